#include <nanoarrow/nanoarrow.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"
#include "frame/column_builder_internal.h"
#include "frame/column_internal.h"
#include "frame/utf8_internal.h"

namespace alluvium {
namespace {

using Impl = ColumnBuilder::Impl;
using Kind = ColumnBuilder::Impl::Kind;
using Id = DataType::Id;

Kind kind_of(const DataType& type) {
  switch (type.id()) {
    case Id::Null:
      return Kind::Null;
    case Id::Bool:
      return Kind::Bool;
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::Int64:
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
    case Id::UInt64:
    case Id::Date32:
    case Id::Date64:
    case Id::Time32:
    case Id::Time64:
    case Id::Timestamp:
    case Id::Duration:
      return Kind::Integer;
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
      return Kind::Float;
    case Id::Utf8:
    case Id::LargeUtf8:
    case Id::Utf8View:
      return Kind::Text;
    case Id::Binary:
    case Id::LargeBinary:
    case Id::BinaryView:
      return Kind::Bytes;
    case Id::FixedSizeBinary:
      return Kind::FixedBytes;
    case Id::Decimal128:
    case Id::Decimal256:
      return Kind::Decimal;
    case Id::List:
    case Id::LargeList:
    case Id::FixedSizeList:
    case Id::Map:
      return Kind::List;
    case Id::Struct:
      return Kind::Struct;
    default:
      if (type.format().starts_with("d:")) return Kind::Decimal;
      return type.format().starts_with("+v") ? Kind::List : Kind::Unsupported;
  }
}

// Bytes of a number or decimal, or of an offset of text; 0 for other layouts.
std::size_t width_of(const DataType& type) {
  switch (type.id()) {
    case Id::Int8:
    case Id::UInt8:
      return 1;
    case Id::Int16:
    case Id::UInt16:
    case Id::Float16:
      return 2;
    case Id::Int32:
    case Id::UInt32:
    case Id::Float32:
    case Id::Date32:
    case Id::Time32:
    case Id::Utf8:
    case Id::Binary:
      return 4;
    case Id::Int64:
    case Id::UInt64:
    case Id::Float64:
    case Id::Date64:
    case Id::Time64:
    case Id::Timestamp:
    case Id::Duration:
    case Id::LargeUtf8:
    case Id::LargeBinary:
      return 8;
    case Id::Decimal128:
      return 16;
    case Id::Decimal256:
      return 32;
    default:
      if (!type.format().starts_with("d:")) return 0;
      return type.format().ends_with(",32") ? 4 : 8;
  }
}

[[noreturn]] void fail(const Impl& column, ErrorCode code, std::string_view what) {
  throw Error(code, fmt::format("column `{}` of type {}: {}", column.field->name,
                                column.field->type.to_string(), what));
}

[[noreturn]] void wrong_kind(const Impl& column, std::string_view value) {
  if (column.kind == Kind::Unsupported) {
    fail(column, ErrorCode::Unsupported, "values of this type can't be built");
  }
  fail(column, ErrorCode::InvalidArgument, fmt::format("{} was appended", value));
}

void check(const Impl& column, ArrowErrorCode code, std::string_view invalid) {
  if (code == NANOARROW_OK) [[likely]]
    return;
  if (code == ENOMEM) fail(column, ErrorCode::ResourceExhausted, "no memory");
  if (code == EOVERFLOW) {
    fail(column, ErrorCode::ResourceExhausted,
         "more than 2 GiB in one batch; use the type's large or view form, or smaller batches");
  }
  fail(column, ErrorCode::InvalidArgument, invalid);
}

void check_finished(const Impl& column) {
  if (column.kind == Kind::List && column.children[0].array->length != column.claimed_items) {
    fail(column, ErrorCode::InvalidArgument,
         "items were appended that belong to no value; call finish_element() after them");
  }
  if (column.kind == Kind::Struct) {
    for (const Impl& child : column.children) {
      if (child.array->length != column.array->length) {
        fail(column, ErrorCode::InvalidArgument,
             "fields were appended that belong to no value; call finish_element() after them");
      }
    }
  }
}

// Parts that no value claims would stay in the children, unseen or longer than their parent.
void check_finished_below(const Impl& column) {
  check_finished(column);
  for (const Impl& child : column.children) check_finished_below(child);
}

void check_nulls(const ArrowArray& array, const Field& field) {
  if (!field.nullable && array.null_count != 0) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("column `{}` has {} nulls where none are allowed", field.name,
                            array.null_count));
  }
  const auto& children = field.type.children();
  for (std::size_t i = 0; i < children.size() && static_cast<std::int64_t>(i) < array.n_children;
       ++i) {
    check_nulls(*array.children[i], children[i]);
  }
}

}  // namespace

ColumnBuilder::Impl::Impl(const Field& described, ArrowArray* target)
    : field(&described),
      kind(kind_of(described.type)),
      width(width_of(described.type)),
      array(target) {
  if (kind != Kind::List && kind != Kind::Struct) return;
  for (std::size_t i = 0; i < described.type.children().size(); ++i) {
    children.emplace_back(described.type.children()[i], target->children[i]);
  }
}

void ColumnBuilder::append_null() {
  check_finished(*impl_);
  if (impl_->kind == Kind::Unsupported) wrong_kind(*impl_, "a null");
  check(*impl_, ArrowArrayAppendNull(impl_->array, 1), "can't take a null");
  // A fixed-size list gets empty items for its null.
  if (impl_->kind == Kind::List) impl_->claimed_items = impl_->children[0].array->length;
}

void ColumnBuilder::append(bool value) {
  if (impl_->kind != Kind::Bool) wrong_kind(*impl_, "a boolean");
  check(*impl_, ArrowArrayAppendInt(impl_->array, value ? 1 : 0), "can't take a boolean");
}

void ColumnBuilder::append(std::int64_t value) {
  if (impl_->kind != Kind::Integer && impl_->kind != Kind::Float) wrong_kind(*impl_, "an integer");
  const ArrowErrorCode code = ArrowArrayAppendInt(impl_->array, value);
  if (code == EINVAL) {
    fail(*impl_, ErrorCode::InvalidArgument, fmt::format("{} is out of its range", value));
  }
  check(*impl_, code, "can't take an integer");
}

void ColumnBuilder::append(double value) {
  if (impl_->kind != Kind::Float) wrong_kind(*impl_, "a floating point number");
  check(*impl_, ArrowArrayAppendDouble(impl_->array, value), "can't take a floating point number");
}

namespace {

// nanoarrow appends decimals only as its own kind of number.
void append_decimal(const Impl& column, std::string_view storage) {
  if (storage.size() != column.width) {
    fail(column, ErrorCode::InvalidArgument, "the value has another length");
  }
  check(column,
        ArrowBufferAppend(ArrowArrayBuffer(column.array, 1), storage.data(),
                          static_cast<std::int64_t>(storage.size())),
        "");
  ArrowBitmap* const validity = ArrowArrayValidityBitmap(column.array);
  if (validity->buffer.data != nullptr) check(column, ArrowBitmapAppend(validity, 1, 1), "");
  ++column.array->length;
}

}  // namespace

void ColumnBuilder::append(std::string_view value) {
  if (impl_->kind == Kind::Text) {
    if (!is_valid_utf8(value)) {
      fail(*impl_, ErrorCode::InvalidArgument, "the text is not valid UTF-8");
    }
  } else if (impl_->kind == Kind::Decimal) {
    return append_decimal(*impl_, value);
  } else if (impl_->kind != Kind::Bytes && impl_->kind != Kind::FixedBytes) {
    wrong_kind(*impl_, "text or bytes");
  }
  if (value.size() > std::numeric_limits<std::int32_t>::max()) check(*impl_, EOVERFLOW, "");
  ArrowBufferView view;
  view.data.data = value.data() == nullptr ? "" : value.data();
  view.size_bytes = static_cast<int64_t>(value.size());
  check(*impl_, ArrowArrayAppendBytes(impl_->array, view), "the value has another length");
}

void ColumnBuilder::finish_element() {
  if (impl_->kind != Kind::List && impl_->kind != Kind::Struct) wrong_kind(*impl_, "an element");
  check(*impl_, ArrowArrayFinishElement(impl_->array),
        "its parts don't make one value: each field once, or the fixed number of items");
  if (impl_->kind == Kind::List) impl_->claimed_items = impl_->children[0].array->length;
}

namespace {

// Appends to the validity bitmap of `array`, which has one only once it needs it, and counts.
void append_validity(const Impl& column, const Validity& validity) {
  ArrowArray* const array = column.array;
  const std::int64_t rows = validity.rows();
  ArrowBitmap* const bitmap = ArrowArrayValidityBitmap(array);
  if (validity.null_count() != 0 || bitmap->buffer.data != nullptr) {
    if (bitmap->buffer.data == nullptr) {
      check(column, ArrowBitmapAppend(bitmap, 1, array->length), "");
    }
    if (validity.null_count() == 0) {
      check(column, ArrowBitmapAppend(bitmap, 1, rows), "");
    } else if (array->length % 8 == 0) {
      check(column, ArrowBitmapReserve(bitmap, rows), "");
      std::memcpy(bitmap->buffer.data + array->length / 8, validity.bits().data(),
                  validity.bits().size());
      bitmap->size_bits += rows;
      bitmap->buffer.size_bytes = (bitmap->size_bits + 7) / 8;
    } else {
      check(column, ArrowBitmapReserve(bitmap, rows), "");
      for (std::int64_t row = 0; row < rows; ++row) {
        ArrowBitmapAppendUnsafe(bitmap, validity.is_null(row) ? 0 : 1, 1);
      }
    }
  }
  array->null_count += validity.null_count();
  array->length += rows;
}

}  // namespace

void* ColumnBuilder::extend_fixed(const Validity& validity, std::size_t width) {
  if ((impl_->kind != Kind::Integer && impl_->kind != Kind::Float) || impl_->width != width) {
    wrong_kind(*impl_, fmt::format("numbers of {} bytes", width));
  }
  ArrowBuffer* const values = ArrowArrayBuffer(impl_->array, 1);
  const auto bytes = validity.rows() * static_cast<std::int64_t>(width);
  check(*impl_, ArrowBufferReserve(values, bytes), "");
  void* const out = values->data + values->size_bytes;
  values->size_bytes += bytes;
  append_validity(*impl_, validity);
  return out;
}

char* ColumnBuilder::extend_text(std::span<const std::int32_t> lengths, const Validity& validity) {
  if ((impl_->kind != Kind::Text && impl_->kind != Kind::Bytes) || impl_->width != 4) {
    wrong_kind(*impl_, "text with 32-bit offsets");
  }
  ArrowBuffer* const offsets = ArrowArrayBuffer(impl_->array, 1);
  ArrowBuffer* const data = ArrowArrayBuffer(impl_->array, 2);
  check(*impl_, ArrowBufferReserve(offsets, static_cast<std::int64_t>(lengths.size_bytes())), "");
  std::int64_t end = data->size_bytes;
  auto* out = reinterpret_cast<std::int32_t*>(offsets->data + offsets->size_bytes);
  for (const std::int32_t length : lengths) {
    end += length;
    *out++ = static_cast<std::int32_t>(end);
  }
  if (end > std::numeric_limits<std::int32_t>::max()) check(*impl_, EOVERFLOW, "");
  offsets->size_bytes += static_cast<std::int64_t>(lengths.size_bytes());
  check(*impl_, ArrowBufferReserve(data, end - data->size_bytes), "");
  char* const bytes = reinterpret_cast<char*>(data->data) + data->size_bytes;
  data->size_bytes = end;
  append_validity(*impl_, validity);
  return bytes;
}

void ColumnBuilder::extend_booleans(std::span<const std::uint8_t> values,
                                    const Validity& validity) {
  if (impl_->kind != Kind::Bool) wrong_kind(*impl_, "booleans");
  if (values.empty()) return;
  ArrowBuffer* const buffer = ArrowArrayBuffer(impl_->array, 1);
  const std::int64_t before = impl_->array->length;
  const auto rows = static_cast<std::int64_t>(values.size());
  const std::int64_t bytes = (before + rows + 7) / 8;
  check(*impl_, ArrowBufferReserve(buffer, bytes - buffer->size_bytes), "");
  std::memset(buffer->data + buffer->size_bytes, 0,
              static_cast<std::size_t>(bytes - buffer->size_bytes));
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t at = before + row;
    buffer->data[at >> 3] = static_cast<std::uint8_t>(
        buffer->data[at >> 3] | static_cast<unsigned>(values[static_cast<std::size_t>(row)] != 0)
                                    << (at & 7));
  }
  buffer->size_bytes = bytes;
  append_validity(*impl_, validity);
}

void ColumnBuilder::finish_elements(const Validity& validity) {
  if (impl_->kind != Kind::Struct) wrong_kind(*impl_, "a struct");
  for (const Impl& child : impl_->children) {
    if (child.array->length != impl_->array->length + validity.rows()) {
      fail(*impl_, ErrorCode::InvalidArgument, "each field must have one value for each struct");
    }
  }
  append_validity(*impl_, validity);
}

void ColumnBuilder::finish_lists(std::span<const std::int32_t> lengths) {
  if (impl_->kind != Kind::List || impl_->field->type.id() != DataType::Id::List) {
    wrong_kind(*impl_, "lists with 32-bit offsets");
  }
  const std::int64_t items = impl_->children[0].array->length;
  if (items > std::numeric_limits<std::int32_t>::max()) check(*impl_, EOVERFLOW, "");
  if (std::accumulate(lengths.begin(), lengths.end(), impl_->claimed_items) != items) {
    fail(*impl_, ErrorCode::InvalidArgument, "the lists must have all items that were appended");
  }
  ArrowBuffer* const offsets = ArrowArrayBuffer(impl_->array, 1);
  check(*impl_, ArrowBufferReserve(offsets, static_cast<std::int64_t>(lengths.size_bytes())), "");
  auto* out = reinterpret_cast<std::int32_t*>(offsets->data + offsets->size_bytes);
  std::int64_t end = impl_->claimed_items;
  for (const std::int32_t length : lengths) {
    end += length;
    *out++ = static_cast<std::int32_t>(end);
  }
  offsets->size_bytes += static_cast<std::int64_t>(lengths.size_bytes());
  impl_->claimed_items = items;
  append_validity(*impl_, Validity(static_cast<std::int64_t>(lengths.size())));
}

ColumnBuilder ColumnBuilder::child(int index) {
  if (index < 0 || static_cast<std::size_t>(index) >= impl_->children.size()) {
    fail(*impl_, ErrorCode::InvalidArgument, fmt::format("has no child {}", index));
  }
  return ColumnBuilder(&impl_->children[static_cast<std::size_t>(index)]);
}

namespace {

[[noreturn]] void fail_to_build(const std::vector<Field>& fields, ArrowErrorCode code,
                                const char* why) {
  if (code == ENOMEM) throw Error(ErrorCode::ResourceExhausted, "no memory for a column builder");
  throw Error(ErrorCode::Unsupported, fmt::format("can't build columns of\n{}{}",
                                                  Schema{.fields = fields}.to_string(), why));
}

}  // namespace

WriterSchema::WriterSchema(std::vector<Field> fields)
    : fields_(std::move(fields)), layout_(new ArrowArrayView{}, [](ArrowArrayView* view) {
        ArrowArrayViewReset(view);
        delete view;
      }) {
  SchemaExport exported(Schema{.fields = fields_});
  ArrowError error;
  ArrowErrorInit(&error);
  const ArrowErrorCode code = ArrowArrayViewInitFromSchema(layout_.get(), exported.get(), &error);
  if (code != NANOARROW_OK) fail_to_build(fields_, code, error.message);
  const ColumnWriter probe(*this);
}

ColumnWriter::ColumnWriter(const WriterSchema& schema) : schema_(schema) {
  ArrowError error;
  ArrowErrorInit(&error);
  ArrowErrorCode code = ArrowArrayInitFromArrayView(&array_, &schema.layout(), &error);
  if (code == NANOARROW_OK) code = ArrowArrayStartAppending(&array_);
  if (code != NANOARROW_OK) {
    if (array_.release != nullptr) ArrowArrayRelease(&array_);
    fail_to_build(schema.fields(), code, error.message);
  }
  builders_.reserve(schema.fields().size());
  for (std::size_t i = 0; i < schema.fields().size(); ++i) {
    builders_.emplace_back(schema.fields()[i], array_.children[i]);
  }
}

ColumnWriter::~ColumnWriter() {
  if (array_.release != nullptr) ArrowArrayRelease(&array_);
}

ColumnBuilder ColumnWriter::column(std::size_t index) { return ColumnBuilder(&builders_[index]); }

std::int64_t ColumnWriter::length(std::size_t index) const {
  return builders_[index].array->length;
}

void ColumnWriter::finish(ArrowArray* out) {
  const std::vector<Field>& fields = schema_.fields();
  const std::int64_t rows = builders_.empty() ? 0 : length(0);
  for (std::size_t i = 0; i < builders_.size(); ++i) {
    if (length(i) != rows) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("column `{}` has {} values, column `{}` {}", fields[0].name, rows,
                              fields[i].name, length(i)));
    }
    check_finished_below(builders_[i]);
    check_nulls(*array_.children[i], fields[i]);
  }
  array_.length = rows;
  ArrowError error;
  ArrowErrorInit(&error);
  // Nothing to validate: the builders keep lengths, offsets and buffers in step.
  const ArrowErrorCode code =
      ArrowArrayFinishBuilding(&array_, NANOARROW_VALIDATION_LEVEL_NONE, &error);
  if (code == ENOMEM) throw Error(ErrorCode::ResourceExhausted, "no memory to finish a batch");
  if (code != NANOARROW_OK) throw Error(ErrorCode::Internal, error.message);
  ArrowArrayMove(&array_, out);
}

}  // namespace alluvium
