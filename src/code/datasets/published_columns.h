#pragma once

#include <vector>

#include "code/datasets/datasets.h"

namespace alluvium::code {

// The columns of the published tables and views. The first of each are a contract with their
// readers (docs: the tables); more may be added at the end.
std::vector<Column> files_columns();
std::vector<Column> modules_columns();
std::vector<Column> definitions_columns();
std::vector<Column> refs_columns();
std::vector<Column> calls_columns();
std::vector<Column> candidates_columns();
std::vector<Column> imports_columns();
std::vector<Column> imports_resolved_columns();
std::vector<Column> external_modules_columns();
std::vector<Column> exports_columns();
std::vector<Column> type_exprs_columns();
std::vector<Column> scopes_columns();
std::vector<Column> bindings_columns();
std::vector<Column> relations_columns();
std::vector<Column> diagnostics_columns();
std::vector<Column> symbols_columns();
std::vector<Column> occurrences_columns();
std::vector<Column> symbol_relationships_columns();
std::vector<Column> nodes_columns();
std::vector<Column> edges_columns();
std::vector<Column> props_columns();
std::vector<Column> imports_across_columns();

}  // namespace alluvium::code
