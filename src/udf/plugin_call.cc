#include "udf/plugin_call_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alluvium/error.h"
#include "frame/column_internal.h"
#include "frame/column_transfer_internal.h"
#include "frame/utf8_internal.h"

namespace alluvium {
namespace {

// A struct array around `child`, which it doesn't own.
ArrowArray struct_of(ArrowArray*& child, const void*& no_validity) {
  return {.length = child->length,
          .n_buffers = 1,
          .n_children = 1,
          .buffers = &no_validity,
          .children = &child,
          .release = [](ArrowArray* self) { self->release = nullptr; }};
}

// The one child of a struct array, without the struct.
ArrowArray take_child(ArrowArray& array) {
  const ArrowArray child = *array.children[0];
  array.children[0]->release = nullptr;
  array.release(&array);
  return child;
}

ArrowArray converted(const ColumnView& column, std::int64_t rows, const DataType& type) {
  const WriterSchema schema({{.name = "argument", .type = type}});
  ColumnWriter writer(schema);
  append_column(writer.column(0), column, Validity::of_all({&column, 1}, rows));
  ArrowArray array;
  writer.finish(&array);
  return take_child(array);
}

void check_schema(const ArrowSchema& schema, int depth) {
  const auto refuse = [](std::string_view what) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("Arrow schema: {}", what));
  };
  constexpr int kMaxDepth = 64;
  if (depth > kMaxDepth) refuse("nested too deep");
  if (schema.format == nullptr) refuse("without a format");
  if (schema.release == nullptr) refuse("released already");
  if (schema.n_children < 0 || (schema.n_children > 0 && schema.children == nullptr)) {
    refuse("children are missing");
  }
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    if (schema.children[i] == nullptr) refuse("a child is missing");
    check_schema(*schema.children[i], depth + 1);
  }
  if (schema.dictionary != nullptr) check_schema(*schema.dictionary, depth + 1);
}

}  // namespace

PluginCall::PluginCall() {
  call_ = {.struct_size = sizeof call_,
           .message = message_.data(),
           .message_size = message_.size(),
           .stop_requested = [](const AlluviumCall*) -> std::int32_t {
             return stop_requested() ? 1 : 0;
           }};
}

std::string PluginCall::message() const {
  const auto* const end = std::find(message_.begin(), message_.end(), '\0');
  std::string text(message_.begin(), end);
  if (text.empty()) return "failed without saying why";
  if (!is_valid_utf8(text)) {
    std::replace_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; }, '?');
  }
  return text;
}

void PluginCall::check(std::int32_t returned, const std::string& function) const {
  if (returned != 0) fail_function(function, message());
}

PluginColumns::PluginColumns(std::span<const ColumnView> columns, std::int64_t rows,
                             const std::vector<std::optional<DataType>>& exact) {
  arrays_.reserve(columns.size());
  schemas_.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    add(columns[i], rows, exact.at(std::min(i, exact.size() - 1)));
  }
  columns_ = {.struct_size = sizeof columns_,
              .rows = rows,
              .count = columns.size(),
              .arrays = array_pointers_.data(),
              .types = schema_pointers_.data(),
              .is_constant = is_constant_.data()};
}

void PluginColumns::add(const ColumnView& column, std::int64_t rows,
                        const std::optional<DataType>& exact) {
  const DataType& given = ColumnSource::type_of(column);
  const DataType& wanted = exact ? *exact : given;
  nanoarrow::UniqueSchema& schema = schemas_.emplace_back();
  export_field({.name = "", .type = wanted}, schema.get());
  schema_pointers_.push_back(schema.get());
  is_constant_.push_back(column.is_scalar() ? 1 : 0);
  nanoarrow::UniqueArray& array = arrays_.emplace_back();
  *array.get() = wanted == given ? ColumnSource::borrow(column)
                                 : converted(column, column.is_scalar() ? 1 : rows, wanted);
  array_pointers_.push_back(array.get());
}

PluginResults::~PluginResults() {
  for (ArrowArray& array : arrays_) {
    if (array.release != nullptr) array.release(&array);
  }
}

void PluginResults::append_to(ColumnBuilder result, std::size_t index, std::int64_t rows,
                              std::span<const ColumnView> nulls_of) const {
  const Field& field = ColumnSource::field_of(result);
  ArrowArray array = arrays_[index];
  if (array.release == nullptr) throw Error(ErrorCode::InvalidArgument, "wrote no array");
  check_foreign_array(array, rows, field.type);
  // Its own count isn't trusted.
  array.null_count = -1;
  ArrowArray* child = &array;
  const void* no_validity = nullptr;
  const ArrowArray parent = struct_of(child, no_validity);
  const std::vector<Field> fields = {field};
  const ColumnTree tree(parent, fields);
  std::vector<ColumnView> all(nulls_of.begin(), nulls_of.end());
  const ColumnView values(tree.column(0));
  if (!field.nullable) {
    const std::int64_t expected = Validity::of_all(all, rows).null_count();
    all.push_back(values);
    if (Validity::of_all(all, rows).null_count() != expected) {
      throw Error(ErrorCode::InvalidArgument, "wrote a null where it declares that there is none");
    }
  } else {
    all.push_back(values);
  }
  append_column(result, values, Validity::of_all(all, rows));
}

Field read_plugin_schema(const ArrowSchema& schema) {
  check_schema(schema, 0);
  ArrowSchema borrowed = schema;
  borrowed.release = [](ArrowSchema* self) { self->release = nullptr; };
  return import_field(&borrowed);
}

}  // namespace alluvium
