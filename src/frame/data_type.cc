#include "alluvium/frame/data_type.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace alluvium {
namespace {

using Id = DataType::Id;

struct Named {
  std::string_view format;
  Id id;
  std::string_view name;
};

// The formats without parameters, with the names that `arrow_typeof` gives them.
constexpr std::array kFixed = std::to_array<Named>({
    {"n", Id::Null, "Null"},
    {"b", Id::Bool, "Boolean"},
    {"c", Id::Int8, "Int8"},
    {"s", Id::Int16, "Int16"},
    {"i", Id::Int32, "Int32"},
    {"l", Id::Int64, "Int64"},
    {"C", Id::UInt8, "UInt8"},
    {"S", Id::UInt16, "UInt16"},
    {"I", Id::UInt32, "UInt32"},
    {"L", Id::UInt64, "UInt64"},
    {"e", Id::Float16, "Float16"},
    {"f", Id::Float32, "Float32"},
    {"g", Id::Float64, "Float64"},
    {"u", Id::Utf8, "Utf8"},
    {"U", Id::LargeUtf8, "LargeUtf8"},
    {"vu", Id::Utf8View, "Utf8View"},
    {"z", Id::Binary, "Binary"},
    {"Z", Id::LargeBinary, "LargeBinary"},
    {"vz", Id::BinaryView, "BinaryView"},
    {"tdD", Id::Date32, "Date32"},
    {"tdm", Id::Date64, "Date64"},
    {"tts", Id::Time32, "Time32(s)"},
    {"ttm", Id::Time32, "Time32(ms)"},
    {"ttu", Id::Time64, "Time64(µs)"},
    {"ttn", Id::Time64, "Time64(ns)"},
    {"tDs", Id::Duration, "Duration(s)"},
    {"tDm", Id::Duration, "Duration(ms)"},
    {"tDu", Id::Duration, "Duration(µs)"},
    {"tDn", Id::Duration, "Duration(ns)"},
    {"tiM", Id::IntervalYearMonth, "Interval(YearMonth)"},
    {"tiD", Id::IntervalDayTime, "Interval(DayTime)"},
    {"tin", Id::IntervalMonthDayNano, "Interval(MonthDayNano)"},
    {"+l", Id::List, "List"},
    {"+L", Id::LargeList, "LargeList"},
    {"+s", Id::Struct, "Struct"},
    {"+m", Id::Map, "Map"},
    {"+vl", Id::Other, "ListView"},
    {"+vL", Id::Other, "LargeListView"},
    {"+r", Id::Other, "RunEndEncoded"},
    {"dictionary", Id::Dictionary, "Dictionary"},
});

const Named* find_fixed(std::string_view format) {
  for (const Named& named : kFixed) {
    if (named.format == format) return &named;
  }
  return nullptr;
}

Id id_of(std::string_view format) {
  if (const Named* named = find_fixed(format)) return named->id;
  if (format.starts_with("ts") && format.size() >= 4 && format[3] == ':') return Id::Timestamp;
  if (format.starts_with("w:")) return Id::FixedSizeBinary;
  if (format.starts_with("+w:")) return Id::FixedSizeList;
  if (format.starts_with("d:")) {
    const auto first = format.find(',');
    const auto second = first == format.npos ? first : format.find(',', first + 1);
    const auto bits = second == format.npos ? "128" : format.substr(second + 1);
    if (bits == "128") return Id::Decimal128;
    if (bits == "256") return Id::Decimal256;
  }
  return Id::Other;
}

// One type has one format: the bit width that the Arrow specification lets a writer leave out is
// left out, and a timestamp always has the colon before its time zone.
std::string normalised(std::string format) {
  if (format.starts_with("d:") && format.ends_with(",128")) format.resize(format.size() - 4);
  if (format.size() == 3 && format.starts_with("ts")) format += ':';
  return format;
}

std::string_view unit_name(char unit) {
  switch (unit) {
    case 's':
      return "s";
    case 'm':
      return "ms";
    case 'u':
      return "µs";
    default:
      return "ns";
  }
}

// The same as Rust's Debug of a string, for names without control characters.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string metadata_text(const Field& field) {
  if (field.metadata.empty()) return "";
  std::string out = ", metadata: {";
  std::string_view separator;
  for (const auto& [key, value] : field.metadata) {
    out += fmt::format("{}{}: {}", separator, quoted(key), quoted(value));
    separator = ", ";
  }
  return out += '}';
}

std::string_view nullability(const Field& field) { return field.nullable ? "" : "non-null "; }

std::string field_text(const Field& field) {
  return fmt::format("{}: {}{}{}", quoted(field.name), nullability(field), field.type.to_string(),
                     metadata_text(field));
}

std::string item_text(const Field& item) {
  return fmt::format("{}{}{}{}", nullability(item), item.type.to_string(),
                     item.name == "item" ? "" : fmt::format(", field: '{}'", item.name),
                     metadata_text(item));
}

std::string fields_text(const std::vector<Field>& fields) {
  std::string out;
  for (const Field& field : fields) {
    if (!out.empty()) out += ", ";
    out += field_text(field);
  }
  return out;
}

std::string decimal_text(std::string_view format) {
  const std::string_view body = format.substr(2);
  const auto first = body.find(',');
  const auto second = first == body.npos ? first : body.find(',', first + 1);
  const std::string_view bits = second == body.npos ? "128" : body.substr(second + 1);
  const std::string_view scale =
      first == body.npos ? "0" : body.substr(first + 1, second - first - 1);
  return fmt::format("Decimal{}({}, {})", bits, body.substr(0, first), scale);
}

}  // namespace

DataType::DataType() : DataType("n") {}

DataType::DataType(std::string format) : DataType(std::move(format), {}) {}

DataType::DataType(std::string format, std::vector<Field> children)
    : id_(id_of(format)), format_(normalised(std::move(format))), children_(std::move(children)) {}

bool operator==(const DataType& a, const DataType& b) {
  return a.format_ == b.format_ && a.children_ == b.children_;
}

std::string DataType::to_string() const {
  const Named* named = find_fixed(format_);
  const bool one_child = children_.size() == 1;
  switch (id_) {
    case Id::List:
    case Id::LargeList:
      if (one_child) return fmt::format("{}({})", named->name, item_text(children_[0]));
      break;
    case Id::FixedSizeList:
      if (one_child) {
        return fmt::format("FixedSizeList({} x {})", format_.substr(3), item_text(children_[0]));
      }
      break;
    case Id::Map:
      if (one_child) return fmt::format("Map({}, unsorted)", field_text(children_[0]));
      break;
    case Id::Struct:
      return fmt::format("Struct({})", fields_text(children_));
    case Id::Dictionary:
      if (children_.size() == 2) {
        return fmt::format("Dictionary({}, {})", children_[0].type.to_string(),
                           children_[1].type.to_string());
      }
      break;
    case Id::Timestamp: {
      const std::string zone = format_.substr(4);
      const auto unit = unit_name(format_[2]);
      return zone.empty() ? fmt::format("Timestamp({})", unit)
                          : fmt::format("Timestamp({}, {})", unit, quoted(zone));
    }
    case Id::FixedSizeBinary:
      return fmt::format("FixedSizeBinary({})", format_.substr(2));
    case Id::Decimal128:
    case Id::Decimal256:
      return decimal_text(format_);
    case Id::Other:
      if (format_.starts_with("d:")) return decimal_text(format_);
      if (format_.starts_with("+v") && one_child && named != nullptr) {
        return fmt::format("{}({})", named->name, item_text(children_[0]));
      }
      if (!children_.empty()) {
        return fmt::format("{}({})", named != nullptr ? named->name : format_,
                           fields_text(children_));
      }
      break;
    default:
      break;
  }
  return named != nullptr ? std::string(named->name) : format_;
}

int Schema::index_of(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::string Schema::to_string() const {
  std::string out;
  for (const Field& field : fields) {
    out += fmt::format("{}: {}{}\n", field.name, field.type.to_string(),
                       field.nullable ? "" : " not null");
  }
  return out;
}

DataType null_type() { return DataType("n"); }
DataType boolean() { return DataType("b"); }
DataType int8() { return DataType("c"); }
DataType int16() { return DataType("s"); }
DataType int32() { return DataType("i"); }
DataType int64() { return DataType("l"); }
DataType uint8() { return DataType("C"); }
DataType uint16() { return DataType("S"); }
DataType uint32() { return DataType("I"); }
DataType uint64() { return DataType("L"); }
DataType float32() { return DataType("f"); }
DataType float64() { return DataType("g"); }
DataType utf8() { return DataType("u"); }
DataType utf8_view() { return DataType("vu"); }
DataType binary() { return DataType("z"); }
DataType date32() { return DataType("tdD"); }

DataType timestamp(TimeUnit unit, std::string_view timezone) {
  constexpr std::string_view kUnits = "smun";
  return DataType(fmt::format("ts{}:{}", kUnits[static_cast<std::size_t>(unit)], timezone));
}

DataType decimal128(int precision, int scale) {
  return DataType(fmt::format("d:{},{}", precision, scale));
}

DataType list(DataType item) {
  return DataType("+l", {Field{.name = "item", .type = std::move(item)}});
}

DataType map(DataType key, DataType value) {
  DataType entries = struct_({{.name = "key", .type = std::move(key), .nullable = false},
                              {.name = "value", .type = std::move(value)}});
  return DataType("+m", {Field{.name = "entries", .type = std::move(entries), .nullable = false}});
}

DataType struct_(std::vector<Field> fields) { return DataType("+s", std::move(fields)); }

}  // namespace alluvium
