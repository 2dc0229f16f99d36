#include "functions/span_columns.h"

#include <algorithm>
#include <limits>

namespace alluvium {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

int child_named(const DataType& type, std::string_view name) {
  const auto& fields = type.children();
  const auto at = std::find_if(fields.begin(), fields.end(),
                               [&](const Field& field) { return field.name == name; });
  return at == fields.end() ? -1 : static_cast<int>(at - fields.begin());
}

// Of those that a signed number of 64 bits holds.
bool is_integer(const DataType& type) {
  const auto id = static_cast<int>(type.id());
  return id >= static_cast<int>(DataType::Id::Int8) && id <= static_cast<int>(DataType::Id::UInt32);
}

std::optional<ColumnView> column_named(const ColumnView& spans, std::string_view name) {
  const int index = child_named(spans.type(), name);
  if (index < 0) return std::nullopt;
  return spans.child(index);
}

}  // namespace

std::int64_t Interval::length() const {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(end, begin, &difference)) return difference;
  return end < begin ? kLeast : kMost;
}

bool Interval::overlaps(Interval other) const {
  return std::max(begin, other.begin) < std::min(end, other.end);
}

bool Interval::contains(Interval other) const {
  return begin <= other.begin && other.begin <= other.end && other.end <= end;
}

DataType span_type() {
  return struct_({{.name = "bstart", .type = int64()},
                  {.name = "bend", .type = int64()},
                  {.name = "line_base", .type = int32()},
                  {.name = "col_unit", .type = utf8()},
                  {.name = "end_exclusive", .type = boolean()}});
}

std::string SpanColumns::refusal(const DataType& type) {
  if (type.id() == DataType::Id::Null) return "";
  for (const char* name : {"bstart", "bend"}) {
    const int index = child_named(type, name);
    if (index < 0 || !is_integer(type.children()[static_cast<std::size_t>(index)].type)) {
      return std::string("a span has the integer fields `bstart` and `bend`; `") + name +
             "` is missing in " + type.to_string();
    }
  }
  const int exclusive = child_named(type, "end_exclusive");
  if (exclusive >= 0 && type.children()[static_cast<std::size_t>(exclusive)].type != boolean()) {
    return "a span's `end_exclusive` is a boolean";
  }
  return "";
}

SpanColumns::SpanColumns(const ColumnView& spans)
    : spans_(spans),
      begin_(column_named(spans, "bstart")),
      end_(column_named(spans, "bend")),
      end_exclusive_(column_named(spans, "end_exclusive")) {}

std::optional<Interval> SpanColumns::at(std::int64_t row) const {
  if (!begin_ || !end_ || spans_.is_null(row) || begin_->is_null(row) || end_->is_null(row)) {
    return std::nullopt;
  }
  Interval interval{begin_->int64(row), end_->int64(row)};
  const bool inclusive =
      end_exclusive_ && !end_exclusive_->is_null(row) && !end_exclusive_->boolean(row);
  if (inclusive && interval.end != kMost) ++interval.end;
  return interval;
}

}  // namespace alluvium
