#include "alluvium/catalog/schema_alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "alluvium/error.h"

namespace alluvium {
namespace {

using Fields = std::vector<Field>;
using Id = DataType::Id;

const Field* find(const Fields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string part(const std::string& path, const Field& field) {
  return path.empty() ? field.name : fmt::format("{}.{}", path, field.name);
}

bool is_list(const DataType& type) {
  return type.id() == Id::List || type.id() == Id::LargeList || type.id() == Id::FixedSizeList ||
         type.format().starts_with("+v");
}

// Notes how the columns of a table differ from those of a schema, at any depth.
class Comparison {
 public:
  explicit Comparison(AlignmentReport& report) : report_(report) {}

  void columns(const Fields& from, const Fields& to, bool keep_extra, const std::string& path) {
    std::vector<std::string> here;
    for (const Field& wanted : to) {
      if (const Field* found = find(from, wanted.name)) {
        here.push_back(wanted.name);
        column(*found, wanted, part(path, wanted));
      } else {
        report_.missing.push_back(part(path, wanted));
      }
    }
    std::size_t next = 0;
    for (const Field& found : from) {
      if (find(to, found.name) == nullptr) {
        (keep_extra ? report_.extra : report_.dropped).push_back(part(path, found));
      } else if (next < here.size() && here[next++] != found.name) {
        report_.reordered.push_back(part(path, found));
      }
    }
  }

 private:
  void column(const Field& from, const Field& to, const std::string& path) {
    if (from.nullable && !to.nullable) report_.null_checked.push_back(path);
    type(from.type, to.type, path);
  }

  void type(const DataType& from, const DataType& to, const std::string& path) {
    if (from == to) return;
    if (from.id() == Id::Struct && to.id() == Id::Struct) {
      return columns(from.children(), to.children(), false, path);
    }
    const bool same_kind = from.format() == to.format();
    if (same_kind && is_list(to)) {
      return column(from.children().front(), to.children().front(),
                    part(path, to.children().front()));
    }
    if (same_kind && to.id() == Id::Map) {
      const Fields& old = from.children().front().type.children();
      const Fields& entries = to.children().front().type.children();
      for (std::size_t i = 0; i < std::min(old.size(), entries.size()); ++i) {
        column(old[i], entries[i], part(path, entries[i]));
      }
      return;
    }
    report_.cast.push_back({.column = path, .from = from, .to = to});
  }

  AlignmentReport& report_;
};

[[noreturn]] void refuse(std::string what) {
  throw Error(ErrorCode::InvalidArgument, std::move(what));
}

std::string repeated_name(const Fields& fields) {
  std::set<std::string_view> seen;
  for (const Field& field : fields) {
    if (!seen.insert(field.name).second) return field.name;
  }
  return "";
}

// The schema, with the columns dictionary-encoded that `dictionary` says.
Schema encoded(Schema schema, const std::map<std::string, bool>& dictionary) {
  for (const auto& [name, wanted] : dictionary) {
    const int index = schema.index_of(name);
    if (index < 0) {
      refuse(fmt::format("dictionary names `{}`, which is no column of the schema", name));
    }
    DataType& type = schema.fields[static_cast<std::size_t>(index)].type;
    const bool is_encoded = type.id() == Id::Dictionary;
    if (wanted && !is_encoded) {
      type = DataType("dictionary", {{.name = "index", .type = int32(), .nullable = false},
                                     {.name = "value", .type = type}});
    } else if (!wanted && is_encoded) {
      type = DataType(type.children().at(1).type);
    }
  }
  return schema;
}

class Aligner {
 public:
  Aligner(const DataFrame& table, const Schema& schema, const AlignOptions& options)
      : table_(table),
        from_(table.schema().fields),
        to_(encoded(schema, options.dictionary).fields),
        keep_extra_(options.keep_extra_columns) {
    if (to_.empty()) refuse("the schema to align with has no columns");
    if (const std::string name = repeated_name(to_); !name.empty()) {
      refuse(fmt::format("the schema to align with has the column `{}` more than once", name));
    }
  }

  [[nodiscard]] AlignmentReport report() const {
    AlignmentReport report;
    Comparison(report).columns(from_, to_, keep_extra_, "");
    if (const std::string name = repeated_name(from_); !name.empty()) {
      report.invalid.push_back(
          {.column = name,
           .reason =
               fmt::format("the table has the column `{}` more than once; rename one", name)});
      return report;
    }
    for (const Field& field : to_) check(field, report);
    return report;
  }

  [[nodiscard]] DataFrame projected() const {
    std::vector<Expr> columns;
    columns.reserve(to_.size());
    for (const Field& field : to_) columns.push_back(value(field));
    if (keep_extra_) {
      for (const Field& field : from_) {
        if (find(to_, field.name) == nullptr) columns.push_back(col(field.name));
      }
    }
    return table_.select(columns);
  }

 private:
  [[nodiscard]] Expr value(const Field& field) const {
    const Field* found = find(from_, field.name);
    if (found != nullptr && *found == field) return col(field.name);
    const Expr given = found == nullptr ? lit_null(null_type()) : col(field.name);
    return given.conform_to(field).alias(field.name);
  }

  // Asks the engine whether the column can be had: it knows what casts to what.
  void check(const Field& field, AlignmentReport& report) const {
    const Field* found = find(from_, field.name);
    if (found == nullptr && !field.nullable) {
      report.invalid.push_back(
          {.column = field.name,
           .reason = fmt::format("column `{0}` is missing, and the schema says NOT NULL; add it "
                                 "with with_column(\"{0}\", ...)",
                                 field.name)});
    }
    if (found == nullptr || found->type == field.type) return;
    try {
      (void)table_.select({value(field)});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::SchemaMismatch) throw;
      const auto detail = [&error](const char* key) {
        const auto entry = error.details().find(key);
        return entry == error.details().end() ? std::string() : entry->second;
      };
      report.invalid.push_back({.column = detail("column"),
                                .reason = error.message(),
                                .from = detail("from"),
                                .to = detail("to")});
    }
  }

  const DataFrame& table_;
  Fields from_;
  Fields to_;
  bool keep_extra_;
};

void add_line(std::string& out, std::string_view kind, const std::vector<std::string>& names) {
  if (!names.empty()) out += fmt::format("{}: {}\n", kind, fmt::join(names, ", "));
}

}  // namespace

bool AlignmentReport::is_unchanged() const {
  return missing.empty() && dropped.empty() && extra.empty() && cast.empty() && reordered.empty() &&
         null_checked.empty() && invalid.empty();
}

std::string AlignmentReport::to_string() const {
  std::string out;
  add_line(out, "missing", missing);
  add_line(out, "dropped", dropped);
  add_line(out, "extra", extra);
  for (const Cast& change : cast) {
    out += fmt::format("cast: {} from {} to {}\n", change.column, change.from.to_string(),
                       change.to.to_string());
  }
  add_line(out, "reordered", reordered);
  add_line(out, "null-checked", null_checked);
  for (const Invalid& problem : invalid) out += fmt::format("invalid: {}\n", problem.reason);
  return out.empty() ? "unchanged\n" : out;
}

AlignmentReport alignment_report(const DataFrame& table, const Schema& schema,
                                 const AlignOptions& options) {
  return Aligner(table, schema, options).report();
}

Alignment align_table_to_schema(const DataFrame& table, const Schema& schema,
                                const AlignOptions& options) {
  const Aligner aligner(table, schema, options);
  AlignmentReport report = aligner.report();
  if (!report.invalid.empty()) {
    std::vector<std::string_view> reasons;
    for (const AlignmentReport::Invalid& problem : report.invalid) {
      reasons.push_back(problem.reason);
    }
    const AlignmentReport::Invalid& first = report.invalid.front();
    Error::Details details{{"column", first.column}};
    if (!first.to.empty()) details.insert({{"from", first.from}, {"to", first.to}});
    throw Error(
        ErrorCode::SchemaMismatch,
        fmt::format("the table can't be aligned with the schema: {}", fmt::join(reasons, "; ")),
        false, std::move(details));
  }
  return {.frame = aligner.projected(), .report = std::move(report)};
}

}  // namespace alluvium
