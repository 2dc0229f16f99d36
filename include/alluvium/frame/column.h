#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "alluvium/frame/data_type.h"

struct ArrowArray;

namespace alluvium {

/// Whether views check the rows that they are asked for: where the program is built with
/// AddressSanitizer.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kChecksRows = true;
#elif defined(__has_feature)
inline constexpr bool kChecksRows = __has_feature(address_sanitizer);
#else
inline constexpr bool kChecksRows = false;
#endif

/// A read-only view of an Arrow array: an argument of a kernel, or a column of a batch. Values are
/// read by position; a scalar argument (`is_scalar()`) has length 1 and answers for every row.
///
/// Rows are checked only in programs that are built with AddressSanitizer (InvalidArgument), and
/// the value of a null row is unspecified: ask `is_null` first. Errors: InvalidArgument when a
/// value is read as another kind than the column's. Thread-safety: const access from many threads.
/// Lives no longer than what it views.
class ColumnView {
 public:
  struct Impl;
  explicit ColumnView(const Impl* impl) : impl_(impl) {}

  [[nodiscard]] std::int64_t length() const;
  [[nodiscard]] bool is_scalar() const;
  /// The type, with the names of nested fields.
  [[nodiscard]] const DataType& type() const;
  [[nodiscard]] bool is_null(std::int64_t row) const;
  /// Integer and boolean columns of any width; temporal columns as their storage integer. An
  /// unsigned value above the signed maximum wraps around.
  [[nodiscard]] std::int64_t int64(std::int64_t row) const;
  /// Whether `int64` is not 0; quicker for boolean columns.
  [[nodiscard]] bool boolean(std::int64_t row) const;
  /// Floating point columns of any width, and what `int64` reads.
  [[nodiscard]] double float64(std::int64_t row) const;
  /// The bytes of a string or binary value, in any of Arrow's layouts (plain, large, view,
  /// dictionary); of decimals and two-part intervals, their storage.
  [[nodiscard]] std::string_view bytes(std::int64_t row) const;
  /// The half-open range of `child(0)` that row `row` of a list or map column covers.
  struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  [[nodiscard]] Range list_range(std::int64_t row) const;
  /// The number of child columns (struct fields, or one list item).
  [[nodiscard]] int child_count() const;
  /// A struct's field or a list's item column (of a map, its entries, a struct). Struct children
  /// are read at the parent's own row numbers; list items at the positions of `list_range`.
  [[nodiscard]] ColumnView child(int index) const;

  /// The values of a column of numbers as they lie in memory, from row 0 on: where its storage is
  /// that of `T` (int8_t to uint64_t, float, double) and it is no scalar; otherwise null. Values of
  /// null rows are unspecified.
  template <typename T>
  [[nodiscard]] const T* data() const;
  /// The bytes of a string or binary column with 32-bit offsets, as they lie in memory: row i is
  /// `bytes[offsets[i]]` to `bytes[offsets[i + 1]]`. Null for other storage, and for scalars.
  struct TextData {
    const std::int32_t* offsets;
    const char* bytes;
  };
  [[nodiscard]] std::optional<TextData> text_data() const;
  /// Whether some row may be null.
  [[nodiscard]] bool may_have_nulls() const;

 private:
  friend class Validity;
  friend struct ColumnSource;
  [[nodiscard]] bool is_null_beyond_validity(std::int64_t position) const;
  [[nodiscard]] std::int64_t int64_of_other(std::int64_t row) const;
  [[nodiscard]] double float64_of_other(std::int64_t row) const;
  [[nodiscard]] std::string_view bytes_of_other(std::int64_t row) const;
  [[nodiscard]] Range range_of_other(std::int64_t row) const;

  const Impl* impl_;
};

/// Where a view finds its values. Public only so that reading a value, which kernels do for every
/// row, is compiled into the caller; made by the library and not to be used directly.
struct ColumnView::Impl {
  enum class Storage : std::uint8_t {
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
    Bytes,       ///< 32-bit offsets, then data.
    LargeBytes,  ///< 64-bit offsets, then data.
    BytesView,   ///< 16-byte views, then data buffers.
    FixedBytes,
    List,
    LargeList,
    ListView,
    LargeListView,
    FixedList,
    Struct,
    Dictionary,
    Opaque,  ///< A layout that is carried but can't be read here.
  };

  Storage storage = Storage::Opaque;
  Storage index_storage = Storage::Opaque;  ///< Of a dictionary's indices.
  bool nulls_beyond_validity = false;       ///< Null without a cleared validity bit.
  std::int32_t width = 0;                   ///< Bytes of a fixed value; items of a fixed list.
  std::int32_t child_count = 0;
  std::int64_t length = 0;
  std::int64_t offset = 0;     ///< The parents' included.
  std::int64_t row_mask = -1;  ///< 0 for a scalar: every row is the first.
  const DataType* type = nullptr;
  const std::uint8_t* validity = nullptr;
  const void* values = nullptr;           ///< Values, offsets or views.
  const void* extra = nullptr;            ///< Data of byte strings, sizes of list views.
  const void* const* variadic = nullptr;  ///< Data buffers of views.
  const Impl* children = nullptr;         ///< `child_count` of them, side by side.
  const Impl* dictionary = nullptr;
  const ArrowArray* array = nullptr;  ///< What is viewed, and its type.

  template <typename T>
  static constexpr Storage storage_of() {
    if constexpr (std::is_same_v<T, std::int8_t>) return Storage::Int8;
    if constexpr (std::is_same_v<T, std::int16_t>) return Storage::Int16;
    if constexpr (std::is_same_v<T, std::int32_t>) return Storage::Int32;
    if constexpr (std::is_same_v<T, std::int64_t>) return Storage::Int64;
    if constexpr (std::is_same_v<T, std::uint8_t>) return Storage::UInt8;
    if constexpr (std::is_same_v<T, std::uint16_t>) return Storage::UInt16;
    if constexpr (std::is_same_v<T, std::uint32_t>) return Storage::UInt32;
    if constexpr (std::is_same_v<T, std::uint64_t>) return Storage::UInt64;
    if constexpr (std::is_same_v<T, float>) return Storage::Float32;
    if constexpr (std::is_same_v<T, double>) return Storage::Float64;
    return Storage::Opaque;
  }

  [[nodiscard]] std::int64_t position(std::int64_t row) const {
    if constexpr (kChecksRows) check_row(row);
    return (row & row_mask) + offset;
  }
  /// Errors: InvalidArgument when the column, no scalar, has no row `row`.
  void check_row(std::int64_t row) const;
  template <typename T>
  [[nodiscard]] T at(std::int64_t position) const {
    return static_cast<const T*>(values)[position];
  }
};

inline std::int64_t ColumnView::length() const { return impl_->length; }

inline bool ColumnView::is_scalar() const { return impl_->row_mask == 0; }

inline const DataType& ColumnView::type() const { return *impl_->type; }

inline bool ColumnView::is_null(std::int64_t row) const {
  const std::int64_t position = impl_->position(row);
  if (impl_->validity != nullptr && (impl_->validity[position >> 3] >> (position & 7) & 1) == 0) {
    return true;
  }
  return impl_->nulls_beyond_validity && is_null_beyond_validity(position);
}

inline std::int64_t ColumnView::int64(std::int64_t row) const {
  if (impl_->storage == Impl::Storage::Int64) return impl_->at<std::int64_t>(impl_->position(row));
  if (impl_->storage == Impl::Storage::Int32) return impl_->at<std::int32_t>(impl_->position(row));
  return int64_of_other(row);
}

inline bool ColumnView::boolean(std::int64_t row) const {
  if (impl_->storage != Impl::Storage::Bool) return int64(row) != 0;
  const std::int64_t position = impl_->position(row);
  return (static_cast<const std::uint8_t*>(impl_->values)[position >> 3] >> (position & 7) & 1) !=
         0;
}

inline double ColumnView::float64(std::int64_t row) const {
  if (impl_->storage == Impl::Storage::Float64) return impl_->at<double>(impl_->position(row));
  return float64_of_other(row);
}

inline std::string_view ColumnView::bytes(std::int64_t row) const {
  if (impl_->storage != Impl::Storage::Bytes) return bytes_of_other(row);
  const std::int64_t position = impl_->position(row);
  const auto begin = impl_->at<std::int32_t>(position);
  const auto end = impl_->at<std::int32_t>(position + 1);
  return {static_cast<const char*>(impl_->extra) + begin, static_cast<std::size_t>(end - begin)};
}

inline ColumnView::Range ColumnView::list_range(std::int64_t row) const {
  if (impl_->storage != Impl::Storage::List) return range_of_other(row);
  const std::int64_t position = impl_->position(row);
  return {impl_->at<std::int32_t>(position), impl_->at<std::int32_t>(position + 1)};
}

inline int ColumnView::child_count() const { return impl_->child_count; }

inline ColumnView ColumnView::child(int index) const { return ColumnView(impl_->children + index); }

inline bool ColumnView::may_have_nulls() const {
  return impl_->validity != nullptr || impl_->nulls_beyond_validity;
}

template <typename T>
const T* ColumnView::data() const {
  if (impl_->storage != Impl::storage_of<T>() || is_scalar()) return nullptr;
  return static_cast<const T*>(impl_->values) + impl_->offset;
}

inline std::optional<ColumnView::TextData> ColumnView::text_data() const {
  if (impl_->storage != Impl::Storage::Bytes || is_scalar()) return std::nullopt;
  return TextData{static_cast<const std::int32_t*>(impl_->values) + impl_->offset,
                  static_cast<const char*>(impl_->extra)};
}

/// Which of some rows are not null, as Arrow's bitmap: what kernels that write whole buffers give
/// with them.
///
/// Thread-safety: a plain value.
class Validity {
 public:
  /// All of `rows` rows.
  explicit Validity(std::int64_t rows) : rows_(rows) {}
  /// The rows in which no column is null.
  static Validity of_all(std::span<const ColumnView> columns, std::int64_t rows);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t null_count() const { return nulls_; }
  [[nodiscard]] bool is_null(std::int64_t row) const {
    return nulls_ != 0 && (bits_[static_cast<std::size_t>(row >> 3)] >> (row & 7) & 1) == 0;
  }
  void set_null(std::int64_t row);
  /// The bitmap; empty when there is no null.
  [[nodiscard]] std::span<const std::uint8_t> bits() const { return bits_; }

 private:
  void require_bits();

  std::int64_t rows_;
  std::int64_t nulls_ = 0;
  std::vector<std::uint8_t> bits_;
};

/// The result column of a kernel, appended to value by value. Made by the caller with the type
/// that the function declared.
///
/// Nested values are appended inside out: a list's items into `child(0)`, then `finish_element()`
/// on the list; a struct's fields each into their child, then `finish_element()` on the struct. A
/// map is a list of its entries, `child(0)`, a struct of key and value.
///
/// Errors: ResourceExhausted when memory runs out or a 32-bit offset would overflow;
/// InvalidArgument when a value is of another kind than the column, doesn't fit its width, or is
/// text that is not valid UTF-8; Unsupported for types that can't be built (dictionaries, unions,
/// intervals).
/// Thread-safety: one thread at a time.
class ColumnBuilder {
 public:
  struct Impl;
  explicit ColumnBuilder(Impl* impl) : impl_(impl) {}

  /// Appends a null; to a struct, also to its children.
  void append_null();
  void append(bool value);
  void append(std::int32_t value) { append(static_cast<std::int64_t>(value)); }
  /// Appends to an integer, floating point or temporal column (as its storage integer).
  void append(std::int64_t value);
  void append(double value);
  /// Appends a string or binary value; to a decimal column its storage, as `ColumnView::bytes`
  /// reads it.
  void append(std::string_view value);
  void append(const char* value) { append(std::string_view(value)); }
  /// Ends one list or struct value whose parts were appended to the children.
  void finish_element();
  /// Ends as many struct values at once, whose fields were all appended to the children, those of
  /// null rows too.
  void finish_elements(const Validity& validity);
  /// Ends as many list values at once, none of them null, with so many items each, which were all
  /// appended to the child. The column has 32-bit offsets.
  void finish_lists(std::span<const std::int32_t> lengths);
  [[nodiscard]] ColumnBuilder child(int index);

  /// Appends `validity.rows()` numbers and returns where they go: the caller writes all of them,
  /// those of null rows too. `T` has the width of the column's values.
  template <typename T>
  [[nodiscard]] T* extend(const Validity& validity) {
    return static_cast<T*>(extend_fixed(validity, sizeof(T)));
  }
  /// Appends strings or binary values of these lengths, in bytes, and returns where their bytes go,
  /// one after the other: the caller writes all of them. Strings must be valid UTF-8: it is not
  /// checked. The column has 32-bit offsets. Null rows have the length 0.
  [[nodiscard]] char* extend_text(std::span<const std::int32_t> lengths, const Validity& validity);
  /// Appends booleans, one for each byte of `values`: not 0 is true.
  void extend_booleans(std::span<const std::uint8_t> values, const Validity& validity);

 private:
  friend struct ColumnSource;
  void* extend_fixed(const Validity& validity, std::size_t width);

  Impl* impl_;
};

}  // namespace alluvium
