#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/udf/function.h"

namespace alluvium {

class Session;

/// A table function in C++: a table that constants name, as in `SELECT * FROM f('a', n => 1)`.
///
/// Its callback runs while the statement is planned, on the thread that called `Session::sql`, and
/// may use the session, which holds it to its policy and allowed roots: it returns a frame of that
/// session. Arguments are columns of one row, converted to what the parameters take and with the
/// defaults filled in. What it throws reaches the caller of `sql` as it is.
struct TableFunction {
  using Plan = std::function<DataFrame(
      const Session& session, std::span<const ColumnView> arguments, const Interrupt& interrupt)>;

  std::string name;
  std::vector<Parameter> parameters;
  Plan plan = {};
  FunctionDocumentation documentation = {};
};

}  // namespace alluvium
