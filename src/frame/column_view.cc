#include <nanoarrow/nanoarrow.h>

#include <fmt/format.h>

#include <bit>
#include <charconv>

#include "alluvium/error.h"
#include "frame/column_internal.h"

namespace alluvium {
namespace {

using Impl = ColumnView::Impl;
using Storage = ColumnView::Impl::Storage;
using Id = DataType::Id;

struct Layout {
  Storage storage = Storage::Opaque;
  std::int32_t width = 0;
  // Buffers that an array of it has at least; exactly, but for views.
  std::int64_t buffers = 2;
};

std::int32_t number_after_colon(const std::string& format) {
  std::int32_t number = 0;
  const auto colon = format.find(':');
  if (colon != format.npos) {
    std::from_chars(format.data() + colon + 1, format.data() + format.size(), number);
  }
  return number;
}

Layout layout_of(const DataType& type) {
  switch (type.id()) {
    case Id::Null:
      return {Storage::Null, 0, 0};
    case Id::Bool:
      return {Storage::Bool};
    case Id::Int8:
      return {Storage::Int8};
    case Id::Int16:
      return {Storage::Int16};
    case Id::Int32:
    case Id::Date32:
    case Id::Time32:
    case Id::IntervalYearMonth:
      return {Storage::Int32};
    case Id::Int64:
    case Id::Date64:
    case Id::Time64:
    case Id::Timestamp:
    case Id::Duration:
      return {Storage::Int64};
    case Id::UInt8:
      return {Storage::UInt8};
    case Id::UInt16:
      return {Storage::UInt16};
    case Id::UInt32:
      return {Storage::UInt32};
    case Id::UInt64:
      return {Storage::UInt64};
    case Id::Float16:
      return {Storage::Float16};
    case Id::Float32:
      return {Storage::Float32};
    case Id::Float64:
      return {Storage::Float64};
    case Id::Utf8:
    case Id::Binary:
      return {Storage::Bytes, 0, 3};
    case Id::LargeUtf8:
    case Id::LargeBinary:
      return {Storage::LargeBytes, 0, 3};
    case Id::Utf8View:
    case Id::BinaryView:
      return {Storage::BytesView, 0, 3};
    case Id::FixedSizeBinary:
      return {Storage::FixedBytes, number_after_colon(type.format())};
    case Id::Decimal128:
    case Id::IntervalMonthDayNano:
      return {Storage::FixedBytes, 16};
    case Id::Decimal256:
      return {Storage::FixedBytes, 32};
    case Id::IntervalDayTime:
      return {Storage::FixedBytes, 8};
    case Id::List:
    case Id::Map:
      return {Storage::List};
    case Id::LargeList:
      return {Storage::LargeList};
    case Id::FixedSizeList:
      return {Storage::FixedList, number_after_colon(type.format()), 1};
    case Id::Struct:
      return {Storage::Struct, 0, 1};
    case Id::Dictionary: {
      Layout index = layout_of(type.children().at(0).type);
      return {Storage::Dictionary, 0, index.buffers};
    }
    case Id::Other:
      break;
  }
  if (type.format().starts_with("d:")) {
    return {Storage::FixedBytes, type.format().ends_with(",32") ? 4 : 8};
  }
  if (type.format() == "+vl") return {Storage::ListView, 0, 3};
  if (type.format() == "+vL") return {Storage::LargeListView, 0, 3};
  return {Storage::Opaque, 0, 0};
}

std::size_t count_nodes(const DataType& type) {
  std::size_t count = 1;
  for (const Field& child : type.children()) count += count_nodes(child.type);
  return count;
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::InvalidArgument, "Arrow array: " + what);
}

[[noreturn]] void wrong_kind(const Impl& column, std::string_view wanted) {
  throw Error(ErrorCode::InvalidArgument, fmt::format("a column of storage {} was read as {}",
                                                      static_cast<int>(column.storage), wanted));
}

class TreeBuilder {
 public:
  explicit TreeBuilder(std::vector<Impl>& nodes) : nodes_(nodes) {}

  Impl* allocate(std::size_t count) {
    const std::size_t first = nodes_.size();
    nodes_.resize(first + count);
    return nodes_.data() + first;
  }

  // `offset`, `length` and `row_mask` come from the parent when it is a struct: its child arrays
  // may be longer than what the parent shows of them.
  void fill(Impl& node, const ArrowArray& array, const DataType& type, std::int64_t offset,
            std::int64_t length, std::int64_t row_mask) {
    const Layout layout = layout_of(type);
    check(array, type, layout);
    if (array.length < offset + length) refuse("a child is shorter than its parent");
    node.type = &type;
    node.storage = layout.storage;
    node.width = layout.width;
    node.length = length;
    node.offset = array.offset + offset;
    node.row_mask = row_mask;
    node.array = &array;
    if (layout.storage == Storage::Null) node.nulls_beyond_validity = true;
    if (layout.buffers >= 1 && array.null_count != 0) {
      node.validity = static_cast<const std::uint8_t*>(array.buffers[0]);
    }
    if (layout.buffers >= 2) node.values = array.buffers[1];
    if (layout.storage == Storage::BytesView) {
      node.variadic = array.buffers + 2;
    } else if (layout.buffers >= 3) {
      node.extra = array.buffers[2];
    }
    if (layout.storage == Storage::Dictionary) return fill_dictionary(node, array, type);
    if (layout.storage == Storage::Opaque) return;
    fill_children(node, array, type);
  }

 private:
  static void check(const ArrowArray& array, const DataType& type, const Layout& layout) {
    if (array.release == nullptr) refuse("already released");
    if (array.length < 0 || array.offset < 0) refuse("negative length or offset");
    const bool exact = layout.storage != Storage::BytesView && layout.storage != Storage::Opaque &&
                       layout.storage != Storage::Null;
    if (array.n_buffers < layout.buffers || (exact && array.n_buffers != layout.buffers)) {
      refuse(fmt::format("{} buffers for {}", array.n_buffers, type.to_string()));
    }
    const bool is_dictionary = type.id() == Id::Dictionary;
    if (is_dictionary != (array.dictionary != nullptr)) {
      refuse(fmt::format("dictionary expected for {} alone", type.to_string()));
    }
    if (!is_dictionary && array.n_children != static_cast<std::int64_t>(type.children().size())) {
      refuse(fmt::format("{} children for {}", array.n_children, type.to_string()));
    }
  }

  void fill_dictionary(Impl& node, const ArrowArray& array, const DataType& type) {
    node.index_storage = layout_of(type.children().at(0).type).storage;
    Impl* values = allocate(1);
    node.dictionary = values;
    fill(*values, *array.dictionary, type.children().at(1).type, 0, array.dictionary->length, -1);
    node.nulls_beyond_validity = values->validity != nullptr || values->nulls_beyond_validity;
  }

  void fill_children(Impl& node, const ArrowArray& array, const DataType& type) {
    const auto count = type.children().size();
    if (count == 0) return;
    Impl* children = allocate(count);
    node.children = children;
    node.child_count = static_cast<std::int32_t>(count);
    for (std::size_t i = 0; i < count; ++i) {
      const ArrowArray& child = *array.children[i];
      if (node.storage == Storage::Struct) {
        fill(children[i], child, type.children()[i].type, node.offset, node.length, node.row_mask);
      } else {
        fill(children[i], child, type.children()[i].type, 0, child.length, -1);
      }
    }
  }

  std::vector<Impl>& nodes_;
};

std::int64_t integer_at(const Impl& column, Storage storage, std::int64_t position) {
  switch (storage) {
    case Storage::Bool:
      return static_cast<const std::uint8_t*>(column.values)[position >> 3] >> (position & 7) & 1;
    case Storage::Int8:
      return column.at<std::int8_t>(position);
    case Storage::Int16:
      return column.at<std::int16_t>(position);
    case Storage::Int32:
      return column.at<std::int32_t>(position);
    case Storage::Int64:
      return column.at<std::int64_t>(position);
    case Storage::UInt8:
      return column.at<std::uint8_t>(position);
    case Storage::UInt16:
      return column.at<std::uint16_t>(position);
    case Storage::UInt32:
      return column.at<std::uint32_t>(position);
    case Storage::UInt64:
      return static_cast<std::int64_t>(column.at<std::uint64_t>(position));
    default:
      wrong_kind(column, "an integer");
  }
}

// The row of the dictionary that holds the value at `position`.
std::int64_t dictionary_row(const Impl& column, std::int64_t position) {
  return integer_at(column, column.index_storage, position);
}

}  // namespace

void ColumnView::Impl::check_row(std::int64_t row) const {
  if (row_mask == 0 || (row >= 0 && row < length)) return;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("row {} was read of a column of {} rows", row, length));
}

ColumnTree::ColumnTree(const ArrowArray& array, const std::vector<Field>& columns,
                       std::span<const bool> is_scalar) {
  if (array.release == nullptr) refuse("already released");
  if (array.n_children != static_cast<std::int64_t>(columns.size())) {
    refuse(fmt::format("{} columns where the schema has {}", array.n_children, columns.size()));
  }
  std::size_t count = 0;
  for (const Field& column : columns) count += count_nodes(column.type);
  nodes_.reserve(count);
  TreeBuilder builder(nodes_);
  Impl* roots = builder.allocate(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool scalar = i < is_scalar.size() && is_scalar[i];
    // A scalar is one row, whatever the struct around it says.
    builder.fill(roots[i], *array.children[i], columns[i].type, scalar ? 0 : array.offset,
                 scalar ? 1 : array.length, scalar ? 0 : -1);
  }
}

bool ColumnView::is_null_beyond_validity(std::int64_t position) const {
  if (impl_->storage == Storage::Null) return true;
  return ColumnView(impl_->dictionary).is_null(dictionary_row(*impl_, position));
}

std::int64_t ColumnView::int64_of_other(std::int64_t row) const {
  const std::int64_t position = impl_->position(row);
  if (impl_->storage == Storage::Dictionary) {
    return ColumnView(impl_->dictionary).int64(dictionary_row(*impl_, position));
  }
  return integer_at(*impl_, impl_->storage, position);
}

double ColumnView::float64_of_other(std::int64_t row) const {
  const std::int64_t position = impl_->position(row);
  switch (impl_->storage) {
    case Storage::Float32:
      return impl_->at<float>(position);
    case Storage::Float16:
      return ArrowHalfFloatToFloat(impl_->at<std::uint16_t>(position));
    case Storage::UInt64:
      return static_cast<double>(impl_->at<std::uint64_t>(position));
    case Storage::Dictionary:
      return ColumnView(impl_->dictionary).float64(dictionary_row(*impl_, position));
    default:
      return static_cast<double>(integer_at(*impl_, impl_->storage, position));
  }
}

std::string_view ColumnView::bytes_of_other(std::int64_t row) const {
  const std::int64_t position = impl_->position(row);
  switch (impl_->storage) {
    case Storage::LargeBytes: {
      const auto begin = impl_->at<std::int64_t>(position);
      const auto end = impl_->at<std::int64_t>(position + 1);
      return {static_cast<const char*>(impl_->extra) + begin,
              static_cast<std::size_t>(end - begin)};
    }
    case Storage::BytesView: {
      // A view is its length, then up to 12 bytes in place, or a prefix, a buffer and an offset.
      const char* view = static_cast<const char*>(impl_->values) + position * 16;
      std::int32_t parts[4];
      std::memcpy(parts, view, sizeof parts);
      const auto size = static_cast<std::size_t>(parts[0]);
      if (size <= 12) return {view + 4, size};
      return {static_cast<const char*>(impl_->variadic[parts[2]]) + parts[3], size};
    }
    case Storage::FixedBytes:
      return {static_cast<const char*>(impl_->values) + position * impl_->width,
              static_cast<std::size_t>(impl_->width)};
    case Storage::Dictionary:
      return ColumnView(impl_->dictionary).bytes(dictionary_row(*impl_, position));
    default:
      wrong_kind(*impl_, "bytes");
  }
}

ColumnView::Range ColumnView::range_of_other(std::int64_t row) const {
  const std::int64_t position = impl_->position(row);
  switch (impl_->storage) {
    case Storage::LargeList:
      return {impl_->at<std::int64_t>(position), impl_->at<std::int64_t>(position + 1)};
    case Storage::ListView: {
      const auto begin = impl_->at<std::int32_t>(position);
      return {begin,
              begin + std::int64_t{static_cast<const std::int32_t*>(impl_->extra)[position]}};
    }
    case Storage::LargeListView: {
      const auto begin = impl_->at<std::int64_t>(position);
      return {begin, begin + static_cast<const std::int64_t*>(impl_->extra)[position]};
    }
    case Storage::FixedList:
      return {position * impl_->width, (position + 1) * impl_->width};
    default:
      wrong_kind(*impl_, "a list");
  }
}

void Validity::require_bits() {
  if (!bits_.empty()) return;
  bits_.assign(static_cast<std::size_t>((rows_ + 7) / 8), 0xff);
}

void Validity::set_null(std::int64_t row) {
  require_bits();
  std::uint8_t& byte = bits_[static_cast<std::size_t>(row >> 3)];
  const auto bit = static_cast<std::uint8_t>(1U << (row & 7));
  if ((byte & bit) == 0) return;
  byte = static_cast<std::uint8_t>(byte & ~bit);
  ++nulls_;
}

Validity Validity::of_all(std::span<const ColumnView> columns, std::int64_t rows) {
  Validity all(rows);
  for (const ColumnView& column : columns) {
    if (!column.may_have_nulls()) continue;
    if (column.is_scalar()) {
      if (!column.is_null(0)) continue;
      for (std::int64_t row = 0; row < rows; ++row) all.set_null(row);
      return all;
    }
    const Impl& impl = *column.impl_;
    if (impl.nulls_beyond_validity) {
      for (std::int64_t row = 0; row < rows; ++row) {
        if (column.is_null(row)) all.set_null(row);
      }
      continue;
    }
    all.require_bits();
    const auto whole = static_cast<std::size_t>(rows / 8);
    const std::uint8_t* const source = impl.validity + (impl.offset >> 3);
    const auto shift = static_cast<unsigned>(impl.offset & 7);
    for (std::size_t i = 0; i < whole; ++i) {
      const unsigned bits =
          shift == 0 ? source[i] : source[i] >> shift | source[i + 1] << (8 - shift);
      all.bits_[i] = static_cast<std::uint8_t>(all.bits_[i] & bits);
    }
    for (auto row = static_cast<std::int64_t>(whole) * 8; row < rows; ++row) {
      if (column.is_null(row)) {
        all.bits_[whole] = static_cast<std::uint8_t>(all.bits_[whole] & ~(1U << (row & 7)));
      }
    }
  }
  if (all.bits_.empty()) return all;
  std::int64_t valid = 0;
  for (std::size_t i = 0; i < all.bits_.size(); ++i) {
    std::uint8_t bits = all.bits_[i];
    // Bits behind the last row count for none.
    if (i + 1 == all.bits_.size() && rows % 8 != 0) {
      bits = static_cast<std::uint8_t>(bits & ((1U << (rows % 8)) - 1));
    }
    valid += std::popcount(bits);
  }
  all.nulls_ = rows - valid;
  if (all.nulls_ == 0) all.bits_.clear();
  return all;
}

}  // namespace alluvium
