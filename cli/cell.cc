#include "cli/cell.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "cli/utf8.h"

namespace alluvium::cli {
namespace {

using Id = DataType::Id;

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = (group << 8) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out.push_back(j <= count ? kDigits[(group >> (18 - 6 * j)) & 0x3F] : '=');
    }
  }
}

// The shortest digits that read back as the same number, and always as a real number.
template <typename T>
void append_real(std::string& out, T value) {
  const std::size_t start = out.size();
  fmt::format_to(std::back_inserter(out), "{}", value);
  if (out.find_first_of(".en", start) == std::string::npos) out += ".0";
}

void append_list(std::string& out, const ColumnView& column, const DataType& type,
                 std::int64_t row) {
  const ColumnView::Range range = column.list_range(row);
  const ColumnView items = column.child(0);
  out.push_back('[');
  for (std::int64_t i = range.begin; i < range.end; ++i) {
    if (i > range.begin) out.push_back(',');
    append_json(out, items, type.children().at(0).type, i);
  }
  out.push_back(']');
}

void append_struct(std::string& out, const ColumnView& column, const DataType& type,
                   std::int64_t row) {
  out.push_back('{');
  for (std::size_t i = 0; i < type.children().size(); ++i) {
    const Field& field = type.children()[i];
    if (i > 0) out.push_back(',');
    append_json_string(out, field.name);
    out.push_back(':');
    append_json(out, column.child(static_cast<int>(i)), field.type, row);
  }
  out.push_back('}');
}

void append_map(std::string& out, const ColumnView& column, const DataType& type,
                std::int64_t row) {
  const ColumnView::Range range = column.list_range(row);
  const ColumnView entries = column.child(0);
  const DataType& entry = type.children().at(0).type;
  const ColumnView keys = entries.child(0);
  out.push_back('{');
  for (std::int64_t i = range.begin; i < range.end; ++i) {
    if (i > range.begin) out.push_back(',');
    std::string key;
    append_text(key, keys, entry.children().at(0).type, i);
    append_json_string(out, key);
    out.push_back(':');
    append_json(out, entries.child(1), entry.children().at(1).type, i);
  }
  out.push_back('}');
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (!c.valid) {
      append_utf8(out, c.value);
    } else if (c.value == U'"' || c.value == U'\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c.value));
    } else if (c.value == U'\n') {
      out += "\\n";
    } else if (c.value == U'\t') {
      out += "\\t";
    } else if (c.value == U'\r') {
      out += "\\r";
    } else if (c.value < 0x20 || (c.value >= 0x7F && c.value < 0xA0)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(c.value));
    } else {
      out.append(text.substr(0, c.length));
    }
    text.remove_prefix(c.length);
  }
  out.push_back('"');
}

void append_text(std::string& out, const ColumnView& column, const DataType& type,
                 std::int64_t row) {
  switch (type.id()) {
    case Id::Bool:
      out += column.int64(row) != 0 ? "true" : "false";
      return;
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::Int64:
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
      fmt::format_to(std::back_inserter(out), "{}", column.int64(row));
      return;
    case Id::UInt64:
      fmt::format_to(std::back_inserter(out), "{}", static_cast<std::uint64_t>(column.int64(row)));
      return;
    case Id::Float16:
    case Id::Float32:
      append_real(out, static_cast<float>(column.float64(row)));
      return;
    case Id::Float64:
      append_real(out, column.float64(row));
      return;
    case Id::Binary:
    case Id::LargeBinary:
    case Id::BinaryView:
    case Id::FixedSizeBinary:
      append_base64(out, column.bytes(row));
      return;
    case Id::List:
    case Id::LargeList:
    case Id::FixedSizeList:
    case Id::Struct:
    case Id::Map:
      append_json(out, column, type, row);
      return;
    case Id::Dictionary:
      append_text(out, column, type.children().at(1).type, row);
      return;
    default:
      out += column.bytes(row);
  }
}

void append_json(std::string& out, const ColumnView& column, const DataType& type,
                 std::int64_t row) {
  if (column.is_null(row)) {
    out += "null";
    return;
  }
  switch (type.id()) {
    case Id::List:
    case Id::LargeList:
    case Id::FixedSizeList:
      append_list(out, column, type, row);
      return;
    case Id::Struct:
      append_struct(out, column, type, row);
      return;
    case Id::Map:
      append_map(out, column, type, row);
      return;
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
      if (!std::isfinite(column.float64(row))) {
        out += "null";
        return;
      }
      append_text(out, column, type, row);
      return;
    case Id::Binary:
    case Id::LargeBinary:
    case Id::BinaryView:
    case Id::FixedSizeBinary:
      out.push_back('"');
      append_base64(out, column.bytes(row));
      out.push_back('"');
      return;
    case Id::Utf8:
    case Id::LargeUtf8:
    case Id::Utf8View:
      append_json_string(out, column.bytes(row));
      return;
    case Id::Dictionary:
      append_json(out, column, type.children().at(1).type, row);
      return;
    default:
      append_text(out, column, type, row);
  }
}

}  // namespace alluvium::cli
