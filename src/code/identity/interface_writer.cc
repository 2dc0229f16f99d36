#include "code/identity/interface_writer.h"

#include <algorithm>
#include <cstddef>

namespace alluvium::code {
namespace {

bool makes_property(std::string_view decorator) {
  const std::string_view name = decorator.substr(decorator.rfind('.') + 1);
  return name == "property" || name == "cached_property" || name == "classproperty" ||
         name == "abstractproperty" || name == "setter" || name == "getter" || name == "deleter";
}

bool makes_fixture(std::string_view decorator) {
  const std::string_view called = decorator.substr(0, decorator.find('('));
  return called.substr(called.rfind('.') + 1) == "fixture";
}

bool is_used_everywhere(std::string_view fixture) {
  constexpr std::string_view kArgument = "autouse";
  const auto place = fixture.find(kArgument);
  if (place == fixture.npos) return false;
  const std::string_view value = fixture.substr(place + kArgument.size());
  return value.substr(std::min(value.find_first_not_of(" ="), value.size())).starts_with("True");
}

DefinitionKind definition_kind(std::string_view text) {
  for (int value = 0; value < static_cast<int>(DefinitionKind::Variable); ++value) {
    if (to_string(static_cast<DefinitionKind>(value)) == text) {
      return static_cast<DefinitionKind>(value);
    }
  }
  return DefinitionKind::Variable;
}

FactIndex position(const ColumnView& column, std::int64_t row) {
  return column.is_null(row) ? kNoFact : static_cast<FactIndex>(column.int64(row));
}

}  // namespace

InterfaceWriter::Columns::Columns(const DataType& facts_type, std::string_view name)
    : list(FieldPositions(facts_type)[name]), fields(FieldPositions(facts_type).type(name)) {}

/// The rows of one list of one file's facts.
class InterfaceWriter::Rows {
 public:
  Rows(const Columns& columns, const ColumnView& facts, std::int64_t file)
      : columns_(columns),
        rows_(facts.child(columns.list).child(0)),
        range_(facts.child(columns.list).list_range(file)) {}

  [[nodiscard]] ColumnView operator[](std::string_view field) const {
    return rows_.child(columns_.fields[field]);
  }
  [[nodiscard]] std::int64_t begin() const { return range_.begin; }
  [[nodiscard]] std::int64_t end() const { return range_.end; }

 private:
  const Columns& columns_;
  ColumnView rows_;
  ColumnView::Range range_;
};

InterfaceWriter::InterfaceWriter(const DataType& facts_type)
    : definitions_(facts_type, "definitions"),
      imports_(facts_type, "imports"),
      exports_(facts_type, "exports"),
      values_(facts_type, "values"),
      flows_(facts_type, "flows"),
      all_names_(FieldPositions(facts_type)["all_names"]),
      all_from_(FieldPositions(facts_type)["all_from"]) {}

TextIndex InterfaceWriter::text(std::string_view text) {
  const NameId index = texts_.intern(text);
  if (index == interface_.texts.size()) interface_.texts.push_back(text);
  return index;
}

void InterfaceWriter::add_lookup(LookupKind kind, FactIndex index, std::string_view name) {
  interface_.lookups.push_back({.kind = kind, .index = index, .name = text(name)});
}

std::string_view InterfaceWriter::write(const ColumnView& facts, std::int64_t file,
                                        std::span<const StableId> definitions,
                                        std::span<const StableId> imports) {
  add_definitions(Rows(definitions_, facts, file), definitions);
  add_imports(Rows(imports_, facts, file), imports);
  add_bindings(Rows(exports_, facts, file));
  add_all_names(facts, file);
  add_values(Rows(values_, facts, file));
  add_flows(Rows(flows_, facts, file));
  bytes_.clear();
  interface_.write(bytes_);
  interface_.clear();
  texts_ = NameTable();
  return bytes_;
}

void InterfaceWriter::add_definitions(const Rows& rows, std::span<const StableId> ids) {
  const ColumnView kind = rows["kind"];
  const ColumnView name = rows["name"];
  const ColumnView parent = rows["parent"];
  const ColumnView decorators = rows["decorators"];
  for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
    FileInterface::Definition made{.id = ids[static_cast<std::size_t>(row - rows.begin())],
                                   .kind = definition_kind(kind.bytes(row)),
                                   .name = text(name.bytes(row)),
                                   .parent = position(parent, row)};
    const auto [begin, end] = decorators.list_range(row);
    for (std::int64_t i = begin; i < end; ++i) {
      const std::string_view decorator = decorators.child(0).bytes(i);
      made.is_property |= makes_property(decorator);
      made.is_static |= decorator == "staticmethod";
      made.is_fixture |= makes_fixture(decorator);
      made.is_used_everywhere |= makes_fixture(decorator) && is_used_everywhere(decorator);
    }
    interface_.definitions.push_back(made);
  }
}

void InterfaceWriter::add_imports(const Rows& rows, std::span<const StableId> ids) {
  const ColumnView module = rows["module"];
  const ColumnView name = rows["name"];
  const ColumnView alias = rows["alias"];
  const ColumnView bound_name = rows["bound_name"];
  const ColumnView is_from = rows["is_from"];
  const ColumnView is_star = rows["is_star"];
  const ColumnView in_type_checking = rows["in_type_checking"];
  const ColumnView is_conditional = rows["is_conditional"];
  const ColumnView level = rows["level"];
  const ColumnView bstart = rows["bstart"];
  const ColumnView statement_line = rows["statement_line"];
  const ColumnView scope = rows["scope_definition"];
  const auto optional_text = [&](const ColumnView& column, std::int64_t row) {
    return column.is_null(row) ? kNoText : text(column.bytes(row));
  };
  for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
    interface_.imports.push_back({.id = ids[static_cast<std::size_t>(row - rows.begin())],
                                  .module = optional_text(module, row),
                                  .name = optional_text(name, row),
                                  .alias = optional_text(alias, row),
                                  .bound_name = optional_text(bound_name, row),
                                  .is_from = is_from.boolean(row),
                                  .is_star = is_star.boolean(row),
                                  .in_type_checking = in_type_checking.boolean(row),
                                  .is_conditional = is_conditional.boolean(row),
                                  .level = level.int64(row),
                                  .bstart = bstart.int64(row),
                                  .statement_line = statement_line.int64(row),
                                  .scope = position(scope, row)});
  }
}

void InterfaceWriter::add_bindings(const Rows& rows) {
  const ColumnView name = rows["name"];
  const ColumnView definition = rows["definition"];
  const ColumnView import = rows["import_index"];
  for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
    interface_.bindings.push_back({.name = text(name.bytes(row)),
                                   .definition = position(definition, row),
                                   .import = position(import, row)});
  }
}

void InterfaceWriter::add_all_names(const ColumnView& facts, std::int64_t file) {
  constexpr std::string_view kAll = ".__all__";
  const ColumnView names = facts.child(all_names_);
  interface_.has_all_names = !names.is_null(file);
  if (interface_.has_all_names) {
    const auto [begin, end] = names.list_range(file);
    for (std::int64_t i = begin; i < end; ++i) {
      interface_.all_names.push_back(text(names.child(0).bytes(i)));
    }
  }
  const ColumnView from = facts.child(all_from_);
  if (from.is_null(file)) return;
  const auto [begin, end] = from.list_range(file);
  for (std::int64_t i = begin; i < end; ++i) {
    std::string_view name = from.child(0).bytes(i);
    if (name.ends_with(kAll)) name.remove_suffix(kAll.size());
    interface_.all_from.push_back(text(name));
  }
}

void InterfaceWriter::add_values(const Rows& rows) {
  const ColumnView kind = rows["kind"];
  const ColumnView base = rows["base"];
  const ColumnView other = rows["other"];
  const ColumnView definition = rows["definition"];
  const ColumnView import = rows["import_index"];
  const ColumnView name = rows["name"];
  for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
    FileInterface::Value made{.kind = static_cast<ValueKind>(kind.int64(row)),
                              .other = position(other, row),
                              .definition = position(definition, row)};
    made.base = position(made.kind == ValueKind::Import ? import : base, row);
    if (!name.is_null(row)) made.name = text(name.bytes(row));
    interface_.values.push_back(made);
  }
}

void InterfaceWriter::add_flows(const Rows& rows) {
  const ColumnView role = rows["role"];
  const ColumnView definition = rows["definition"];
  const ColumnView name = rows["name"];
  const ColumnView value = rows["value"];
  for (std::int64_t row = rows.begin(); row < rows.end(); ++row) {
    if (definition.is_null(row)) continue;
    FileInterface::Flow made{.role = static_cast<FlowRole>(role.int64(row)),
                             .definition = position(definition, row),
                             .value = position(value, row)};
    if (!name.is_null(row)) made.name = text(name.bytes(row));
    interface_.flows.push_back(made);
  }
}

}  // namespace alluvium::code
