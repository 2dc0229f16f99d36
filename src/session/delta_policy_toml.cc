#include <fmt/format.h>

#include <array>
#include <utility>

#include "session/delta_policy_toml_internal.h"

namespace alluvium {
namespace {

constexpr std::array kSchemaModes = {std::pair{delta::SchemaMode::Strict, "strict"},
                                     std::pair{delta::SchemaMode::Merge, "merge"},
                                     std::pair{delta::SchemaMode::Overwrite, "overwrite"}};

template <typename Names>
auto value_named(const Names& names, std::string_view name) {
  std::string all;
  for (const auto& [value, known] : names) {
    if (name == known) return value;
    all += fmt::format("{}`{}`", all.empty() ? "" : ", ", known);
  }
  throw Error(ErrorCode::InvalidArgument, "must be one of " + all);
}

template <typename Names, typename Value>
std::string_view name_of(const Names& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return "";
}

void read_write(const TomlReader& reader, delta::WritePolicy& write) {
  delta::WriterPolicy& writer = write.writer;
  reader.refuse_others({"target_file_size", "compression", "compression_level",
                        "max_row_group_rows", "rows_at_a_time", "bloom_filter_columns",
                        "bloom_filter_fpp", "dictionary", "encodings", "without_statistics"});
  reader.read("target_file_size", write.target_file_size);
  reader.read("compression", writer.compression);
  reader.read("compression_level", writer.compression_level);
  reader.read("max_row_group_rows", writer.max_row_group_rows);
  reader.read("rows_at_a_time", writer.rows_at_a_time);
  reader.read("bloom_filter_columns", writer.bloom_filter_columns);
  reader.read("bloom_filter_fpp", writer.bloom_filter_fpp);
  reader.read("dictionary", writer.dictionary);
  reader.read("encodings", writer.encodings);
  reader.read("without_statistics", writer.without_statistics);
}

void read_mutation(const TomlReader& reader, delta::MutationPolicy& mutation) {
  reader.refuse_others({"max_attempts", "append_only", "allow_managed_tables"});
  reader.read("max_attempts", mutation.max_attempts);
  reader.read("append_only", mutation.append_only);
  reader.read("allow_managed_tables", mutation.allow_managed_tables);
}

void read_schema(const TomlReader& reader, delta::SchemaPolicy& schema) {
  reader.refuse_others({"mode", "column_mapping"});
  reader.read_named("mode", schema.mode,
                    [](std::string_view name) { return value_named(kSchemaModes, name); });
  reader.read_named("column_mapping", schema.column_mapping, delta::column_mapping_from_name);
}

void read_maintenance(const TomlReader& reader, delta::MaintenancePolicy& maintenance) {
  reader.refuse_others({"checkpoint_after_commits", "compact_after_commits",
                        "compact_after_small_files", "small_file_size"});
  reader.read("checkpoint_after_commits", maintenance.checkpoint_after_commits);
  reader.read("compact_after_commits", maintenance.compact_after_commits);
  reader.read("compact_after_small_files", maintenance.compact_after_small_files);
  reader.read("small_file_size", maintenance.small_file_size);
}

void read_store(const TomlReader& reader, delta::StorePolicy& store) {
  reader.refuse_others({"options", "log_options"});
  reader.read("options", store.options);
  reader.read("log_options", store.log_options);
}

// Writes the tables of the policies that say anything.
class PolicyWriter {
 public:
  std::string text(const delta::Policies& policies) && {
    const delta::WriterPolicy& writer = policies.write.writer;
    open("delta.write");
    number_of("target_file_size", policies.write.target_file_size);
    if (writer.compression) line("compression", toml_string(*writer.compression));
    number_of("compression_level", writer.compression_level);
    number_of("max_row_group_rows", writer.max_row_group_rows);
    number_of("rows_at_a_time", writer.rows_at_a_time);
    list("bloom_filter_columns", writer.bloom_filter_columns);
    if (writer.bloom_filter_fpp) {
      line("bloom_filter_fpp", fmt::format("{:e}", *writer.bloom_filter_fpp));
    }
    list("without_statistics", writer.without_statistics);
    open("delta.write.dictionary");
    for (const auto& [column, on] : writer.dictionary) line(toml_string(column), flag(on));
    open("delta.write.encodings");
    for (const auto& [column, name] : writer.encodings) {
      line(toml_string(column), toml_string(name));
    }
    open("delta.mutation");
    line("max_attempts", std::to_string(policies.mutation.max_attempts));
    line("append_only", flag(policies.mutation.append_only));
    line("allow_managed_tables", flag(policies.mutation.allow_managed_tables));
    open("delta.schema");
    line("mode", toml_string(name_of(kSchemaModes, policies.schema.mode)));
    line("column_mapping", toml_string(delta::to_string(policies.schema.column_mapping)));
    open("delta.maintenance");
    const delta::MaintenancePolicy& maintenance = policies.maintenance;
    number_of("checkpoint_after_commits", maintenance.checkpoint_after_commits);
    number_of("compact_after_commits", maintenance.compact_after_commits);
    number_of("compact_after_small_files", maintenance.compact_after_small_files);
    line("small_file_size", std::to_string(maintenance.small_file_size));
    options("delta.store.options", policies.store.options);
    options("delta.store.log_options", policies.store.log_options);
    return std::move(out_);
  }

 private:
  static std::string flag(bool value) { return value ? "true" : "false"; }
  // The heading comes with the first line under it.
  void open(std::string_view table) { heading_ = fmt::format("\n[{}]\n", table); }
  void line(std::string_view key, std::string_view value) {
    out_ += std::exchange(heading_, "");
    out_ += fmt::format("{} = {}\n", key, value);
  }
  template <typename T>
  void number_of(std::string_view key, const std::optional<T>& value) {
    if (value) line(key, std::to_string(*value));
  }
  void list(std::string_view key, const std::vector<std::string>& values) {
    std::string items;
    for (const std::string& value : values) {
      items += (items.empty() ? "" : ", ") + toml_string(value);
    }
    if (!values.empty()) line(key, "[" + items + "]");
  }
  void options(std::string_view table, const delta::StorageOptions& options) {
    open(table);
    for (const auto& [key, value] : options) {
      line(toml_string(key), toml_string(delta::printable_option(key, value)));
    }
  }

  std::string out_;
  std::string heading_;
};

}  // namespace

void read_policies(const TomlReader& reader, delta::Policies& policies) {
  reader.refuse_others({"write", "mutation", "schema", "maintenance", "store"});
  const auto part = [&](std::string_view key, const auto& read_part, auto& out) {
    reader.read_table(key, [&](const TomlReader& table) { read_part(table, out); });
  };
  part("write", read_write, policies.write);
  part("mutation", read_mutation, policies.mutation);
  part("schema", read_schema, policies.schema);
  part("maintenance", read_maintenance, policies.maintenance);
  part("store", read_store, policies.store);
}

std::string policies_toml(const delta::Policies& policies) { return PolicyWriter().text(policies); }

}  // namespace alluvium
