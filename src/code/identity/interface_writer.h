#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "code/extract/name_table.h"
#include "code/identity/fact_columns.h"
#include "code/identity/file_interface.h"

namespace alluvium::code {

/// Takes the interface of one file after another out of its facts.
///
/// Thread-safety: one thread at a time.
class InterfaceWriter {
 public:
  /// `facts_type` is `python_facts_type()`.
  explicit InterfaceWriter(const DataType& facts_type);

  /// Adds a question of the file whose interface is written next.
  void add_lookup(LookupKind kind, FactIndex index, std::string_view name);
  /// Counts a reference that asks the question at that place.
  void add_use(std::size_t lookup) { ++interface_.lookups[lookup].uses; }
  /// Returns the interface of row `file` of `facts`, whose definitions and imports have these ids.
  /// Valid until the next call.
  std::string_view write(const ColumnView& facts, std::int64_t file,
                         std::span<const StableId> definitions, std::span<const StableId> imports);

 private:
  /// Where a list of facts and its fields are.
  struct Columns {
    Columns(const DataType& facts_type, std::string_view name);
    int list;
    FieldPositions fields;
  };
  class Rows;

  TextIndex text(std::string_view text);
  void add_definitions(const Rows& rows, std::span<const StableId> ids);
  void add_imports(const Rows& rows, std::span<const StableId> ids);
  void add_bindings(const Rows& rows);
  void add_all_names(const ColumnView& facts, std::int64_t file);
  void add_values(const Rows& rows);
  void add_flows(const Rows& rows);

  Columns definitions_;
  Columns imports_;
  Columns exports_;
  Columns values_;
  Columns flows_;
  int all_names_;
  int all_from_;
  FileInterface interface_;
  NameTable texts_;
  std::string bytes_;
};

}  // namespace alluvium::code
