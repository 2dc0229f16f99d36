#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium {

struct Field;

/// An Arrow data type as a value. Compared structurally.
///
/// Thread-safety: a plain value.
class DataType {
 public:
  /// The Arrow type ids that have a value form here.
  enum class Id {
    Null,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float16,
    Float32,
    Float64,
    Utf8,
    LargeUtf8,
    Utf8View,
    Binary,
    LargeBinary,
    BinaryView,
    FixedSizeBinary,
    Decimal128,
    Decimal256,
    Date32,
    Date64,
    Time32,
    Time64,
    Timestamp,
    Duration,
    IntervalYearMonth,
    IntervalDayTime,
    IntervalMonthDayNano,
    List,
    LargeList,
    FixedSizeList,
    Struct,
    Map,
    Dictionary,
    Other,  ///< A type known only by its C data interface format string (`format()`).
  };

  /// Makes the type whose Arrow C data interface format string is `format` (for instance `l`,
  /// `tsu:UTC`, `+s`), with its children.
  /// Source: Arrow, "The Arrow C data interface", format strings.
  DataType(std::string format, std::vector<Field> children);
  explicit DataType(std::string format);
  DataType();

  [[nodiscard]] Id id() const noexcept { return id_; }
  /// The format string of the Arrow C data interface.
  [[nodiscard]] const std::string& format() const noexcept { return format_; }
  /// The fields of a struct; the one item field of a list; the entries field of a map; key and
  /// value of a dictionary (index first).
  [[nodiscard]] const std::vector<Field>& children() const noexcept { return children_; }
  /// The type as DataFusion's `arrow_typeof` spells it, for simple types; otherwise a readable
  /// form.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const DataType&, const DataType&);

 private:
  Id id_;
  std::string format_;
  std::vector<Field> children_;
};

/// A named, possibly nullable column type with metadata, as Arrow has it.
struct Field {
  std::string name;
  DataType type;
  bool nullable = true;
  std::map<std::string, std::string> metadata = {};

  friend bool operator==(const Field&, const Field&) = default;
};

/// The columns of a frame or a table, in order.
struct Schema {
  std::vector<Field> fields;
  std::map<std::string, std::string> metadata = {};

  /// Returns the position of the column `name`, or -1.
  [[nodiscard]] int index_of(std::string_view name) const;
  /// One `name: type [not null]` a line.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Schema&, const Schema&) = default;
};

/// The units of times, timestamps and durations.
enum class TimeUnit { Second, Milli, Micro, Nano };

DataType null_type();
DataType boolean();
DataType int8();
DataType int16();
DataType int32();
DataType int64();
DataType uint8();
DataType uint16();
DataType uint32();
DataType uint64();
DataType float32();
DataType float64();
DataType utf8();
DataType utf8_view();
DataType binary();
DataType date32();
DataType timestamp(TimeUnit unit, std::string_view timezone = "");
DataType decimal128(int precision, int scale);
/// A list of `item`; the item field is named `item` and nullable.
DataType list(DataType item);
DataType struct_(std::vector<Field> fields);
/// A map; the entries are named `entries`, with fields `key` (never null) and `value`.
DataType map(DataType key, DataType value);

}  // namespace alluvium
