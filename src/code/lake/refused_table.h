#pragma once

#include <string>

#include "alluvium/session/session.h"
#include "alluvium/udf/scalar_function.h"
#include "code/datasets/datasets.h"

namespace alluvium::code {

/// What `register_refused_table` needs in the session.
ScalarFunction refuse_function();

/// Registers a dataset's table, with its columns, that fails with `why` when it is read: rather
/// than one that is not there, or lacks a repository's rows.
void register_refused_table(const Session& session, const Dataset& dataset, const std::string& why,
                            const Interrupt& interrupt);

}  // namespace alluvium::code
