#pragma once

#include <string>
#include <vector>

#include "alluvium/session/session.h"
#include "alluvium/udf/function_snapshot.h"

namespace alluvium {

/// The functions that a session should have, to be compared with those that it has. The catalog is
/// the truth: what a session has is what its `information_schema` says.
///
/// Thread-safety: immutable.
class UdfCatalog {
 public:
  explicit UdfCatalog(const FunctionSet& functions) : wanted_(snapshot(functions)) {}

  /// What differs, in both directions, one line each: functions that are missing (`- name`), there
  /// without being wanted nor the engine's own (`+ name`), or told of otherwise in
  /// `information_schema.routines` and `.parameters` (`~ name: ...`). Empty when nothing does.
  [[nodiscard]] std::vector<std::string> drift(const Session& session) const;
  /// Errors: SchemaMismatch with the lines of `drift`.
  void validate(const Session& session) const;

  [[nodiscard]] const FunctionSnapshot& wanted() const { return wanted_; }

 private:
  FunctionSnapshot wanted_;
};

/// The names of the functions that the plan of `frame` calls, the engine's and native ones,
/// ordered.
[[nodiscard]] std::vector<std::string> called_functions(const DataFrame& frame);

/// Makes sure that the native functions that the plan of `frame`, a frame of `session`, calls are
/// what they were when `made_with` was taken. Errors: SchemaMismatch that says which are missing or
/// differ.
void require_functions(const FunctionSnapshot& made_with, const Session& session,
                       const DataFrame& frame);

/// The table functions `udf_registry()` and `udf_docs()`, which list the functions of the session
/// that they are called in.
///
/// `udf_registry`: name, kind, aliases (list), arguments (list of name, type, default, constant),
/// variadic, volatility, returns, nullable, traits (list). `udf_docs`: name, kind, category,
/// syntax, description, arguments (list of name, description), example, example_result.
[[nodiscard]] FunctionSet registry_functions();

}  // namespace alluvium
