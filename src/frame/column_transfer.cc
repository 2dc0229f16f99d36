#include "frame/column_transfer_internal.h"

#include <nanoarrow/nanoarrow.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"
#include "frame/column_builder_internal.h"

namespace alluvium {
namespace {

using Id = DataType::Id;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::InvalidArgument, "Arrow array: " + what);
}

// What nanoarrow takes for granted.
void check_pointers(const ArrowArray& array, const DataType& type) {
  // Far more than fits into memory, and far from where sums overflow.
  constexpr std::int64_t kMostRows = std::int64_t{1} << 48;
  if (array.release == nullptr) refuse("released already");
  if (array.length < 0 || array.length > kMostRows || array.offset < 0 ||
      array.offset > kMostRows) {
    refuse(fmt::format("length {} and offset {}", array.length, array.offset));
  }
  if (array.n_buffers < 0 || (array.n_buffers > 0 && array.buffers == nullptr)) {
    refuse("buffers are missing");
  }
  const auto& children = type.children();
  if (array.n_children != static_cast<std::int64_t>(children.size())) {
    refuse(fmt::format("{} children for {}", array.n_children, type.to_string()));
  }
  if (!children.empty() && array.children == nullptr) refuse("children are missing");
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (array.children[i] == nullptr) refuse("a child is missing");
    check_pointers(*array.children[i], children[i].type);
  }
}

// The rows of `values` side by side in memory, at once.
template <typename T>
bool append_numbers(ColumnBuilder& result, const ColumnView& column, const Validity& validity) {
  const T* const values = column.data<T>();
  if (values == nullptr) return false;
  std::copy_n(values, validity.rows(), result.extend<T>(validity));
  return true;
}

bool append_numbers(ColumnBuilder& result, const ColumnView& column, const Validity& validity,
                    Id id) {
  switch (id) {
    case Id::Int8:
      return append_numbers<std::int8_t>(result, column, validity);
    case Id::Int16:
      return append_numbers<std::int16_t>(result, column, validity);
    case Id::Int32:
    case Id::Date32:
    case Id::Time32:
      return append_numbers<std::int32_t>(result, column, validity);
    case Id::Int64:
    case Id::Date64:
    case Id::Time64:
    case Id::Timestamp:
    case Id::Duration:
      return append_numbers<std::int64_t>(result, column, validity);
    case Id::UInt8:
      return append_numbers<std::uint8_t>(result, column, validity);
    case Id::UInt16:
      return append_numbers<std::uint16_t>(result, column, validity);
    case Id::UInt32:
      return append_numbers<std::uint32_t>(result, column, validity);
    case Id::UInt64:
      return append_numbers<std::uint64_t>(result, column, validity);
    case Id::Float32:
      return append_numbers<float>(result, column, validity);
    case Id::Float64:
      return append_numbers<double>(result, column, validity);
    default:
      return false;
  }
}

void append_value(ColumnBuilder& result, const ColumnView& column, std::int64_t row) {
  using Kind = ColumnBuilder::Impl::Kind;
  if (column.is_null(row)) return result.append_null();
  switch (ColumnSource::kind_of(result)) {
    case Kind::Null:
      return result.append_null();
    case Kind::Bool:
      return result.append(column.int64(row) != 0);
    case Kind::Integer:
      return result.append(column.int64(row));
    case Kind::Float:
      return result.append(column.float64(row));
    case Kind::Text:
    case Kind::Bytes:
    case Kind::FixedBytes:
    case Kind::Decimal:
      return result.append(column.bytes(row));
    case Kind::List: {
      ColumnBuilder items = result.child(0);
      const ColumnView values = column.child(0);
      const auto [begin, end] = column.list_range(row);
      for (std::int64_t item = begin; item < end; ++item) append_value(items, values, item);
      return result.finish_element();
    }
    case Kind::Struct:
      for (int i = 0; i < column.child_count(); ++i) {
        ColumnBuilder part = result.child(i);
        append_value(part, column.child(i), row);
      }
      return result.finish_element();
    case Kind::Unsupported:
      break;
  }
  throw Error(ErrorCode::Unsupported, fmt::format("values of type {} can't be copied",
                                                  ColumnSource::field_of(result).type.to_string()));
}

}  // namespace

const DataType& ColumnSource::type_of(const ColumnView& column) { return *column.impl_->type; }

const Field& ColumnSource::field_of(const ColumnBuilder& column) { return *column.impl_->field; }

ColumnBuilder::Impl::Kind ColumnSource::kind_of(const ColumnBuilder& column) {
  return column.impl_->kind;
}

ArrowArray ColumnSource::borrow(const ColumnView& column) {
  const ColumnView::Impl& impl = *column.impl_;
  ArrowArray array = *impl.array;
  array.length = impl.length;
  array.offset = impl.offset;
  // What is shown may be a part of the array.
  if (array.null_count != 0) array.null_count = -1;
  array.private_data = nullptr;
  array.release = [](ArrowArray* self) { self->release = nullptr; };
  return array;
}

void check_foreign_array(const ArrowArray& array, std::int64_t rows, const DataType& type) {
  check_pointers(array, type);
  if (array.length != rows) refuse(fmt::format("{} values for {} rows", array.length, rows));
  ArrowSchema schema;
  export_field({.name = "", .type = type}, &schema);
  const nanoarrow::UniqueSchema owner(&schema);
  nanoarrow::UniqueArrayView view;
  ArrowError error;
  ArrowErrorInit(&error);
  const bool valid =
      ArrowArrayViewInitFromSchema(view.get(), owner.get(), &error) == NANOARROW_OK &&
      ArrowArrayViewSetArray(view.get(), &array, &error) == NANOARROW_OK &&
      ArrowArrayViewValidate(view.get(), NANOARROW_VALIDATION_LEVEL_FULL, &error) == NANOARROW_OK;
  if (!valid) refuse(fmt::format("no array of {}: {}", type.to_string(), error.message));
}

bool can_append_column(const DataType& type) {
  switch (type.id()) {
    case Id::Utf8View:
    case Id::BinaryView:
      // nanoarrow doesn't check where views point.
    case Id::IntervalYearMonth:
    case Id::IntervalDayTime:
    case Id::IntervalMonthDayNano:
    case Id::Dictionary:
    case Id::Other:
      return false;
    default:
      return std::all_of(type.children().begin(), type.children().end(),
                         [](const Field& child) { return can_append_column(child.type); });
  }
}

void append_column(ColumnBuilder result, const ColumnView& column, const Validity& validity) {
  if (append_numbers(result, column, validity, ColumnSource::field_of(result).type.id())) return;
  for (std::int64_t row = 0; row < validity.rows(); ++row) {
    if (validity.is_null(row)) {
      result.append_null();
    } else {
      append_value(result, column, row);
    }
  }
}

}  // namespace alluvium
