#include "code/identity/fact_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

const std::vector<Field>& struct_fields(const DataType& type) {
  return type.id() == DataType::Id::Struct ? type.children()
                                           : type.children().front().type.children();
}

bool is_list_of_structs(const DataType& type) {
  return type.id() == DataType::Id::List &&
         type.children().front().type.id() == DataType::Id::Struct;
}

void copy_texts(const ColumnView& from, std::int64_t row, ColumnBuilder& to) {
  if (from.is_null(row)) {
    to.append_null();
    return;
  }
  const ColumnView items = from.child(0);
  ColumnBuilder item = to.child(0);
  const auto [begin, end] = from.list_range(row);
  for (std::int64_t i = begin; i < end; ++i) {
    if (items.is_null(i)) {
      item.append_null();
    } else {
      item.append(items.bytes(i));
    }
  }
  to.finish_element();
}

Validity validity_of(const ColumnView& from, ColumnView::Range range) {
  Validity validity(range.end - range.begin);
  if (!from.may_have_nulls()) return validity;
  for (std::int64_t row = range.begin; row < range.end; ++row) {
    if (from.is_null(row)) validity.set_null(row - range.begin);
  }
  return validity;
}

void copy_text(const ColumnView& from, ColumnView::Range range, ColumnBuilder& to) {
  const Validity validity = validity_of(from, range);
  std::vector<std::int32_t> lengths(static_cast<std::size_t>(validity.rows()));
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (validity.is_null(row)) continue;
    lengths[i] = static_cast<std::int32_t>(from.bytes(range.begin + row).size());
  }
  char* out = to.extend_text(lengths, validity);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0) continue;
    const std::string_view text = from.bytes(range.begin + static_cast<std::int64_t>(i));
    out = std::copy(text.begin(), text.end(), out);
  }
}

template <typename Number>
void copy_numbers(const ColumnView& from, ColumnView::Range range, ColumnBuilder& to) {
  const Validity validity = validity_of(from, range);
  auto* out = to.extend<Number>(validity);
  for (std::int64_t row = range.begin; row < range.end; ++row) {
    *out++ = static_cast<Number>(validity.is_null(row - range.begin) ? 0 : from.int64(row));
  }
}

}  // namespace

FieldPositions::FieldPositions(const DataType& type) : fields_(struct_fields(type)) {}

int FieldPositions::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name == name) return static_cast<int>(i);
  }
  throw Error(ErrorCode::Internal, fmt::format("facts have no field {}", name));
}

const DataType& FieldPositions::type(std::string_view name) const {
  return fields_[static_cast<std::size_t>((*this)[name])].type;
}

std::vector<std::string_view> FieldPositions::names() const {
  std::vector<std::string_view> names;
  for (const Field& field : fields_) names.push_back(field.name);
  return names;
}

CopiedFields::CopiedFields(const FieldPositions& from, const FieldPositions& to,
                           std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    const DataType& type = to.type(name);
    Copy copy{from[name], to[name], type.id()};
    if (is_list_of_structs(type)) {
      const FieldPositions items(type);
      copy.items.emplace_back(FieldPositions(from.type(name)), items, items.names());
    }
    copies_.push_back(std::move(copy));
  }
}

void CopiedFields::copy_lists(const ColumnView& from, ColumnView::Range range,
                              ColumnBuilder& to) const {
  std::vector<std::int32_t> lengths;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  for (std::int64_t row = range.begin; row < range.end; ++row) {
    const ColumnView::Range items = from.list_range(row);
    if (row == range.begin) begin = items.begin;
    end = items.end;
    lengths.push_back(static_cast<std::int32_t>(items.end - items.begin));
  }
  ColumnBuilder items = to.child(0);
  copy(from.child(0), {begin, end}, items);
  items.finish_elements(Validity(end - begin));
  to.finish_lists(lengths);
}

void CopiedFields::copy(const ColumnView& from, ColumnView::Range range, ColumnBuilder& to) const {
  for (const Copy& copy : copies_) {
    const ColumnView source = from.child(copy.from);
    ColumnBuilder target = to.child(copy.to);
    if (copy.id == DataType::Id::Int64) {
      copy_numbers<std::int64_t>(source, range, target);
      continue;
    }
    if (copy.id == DataType::Id::Int32) {
      copy_numbers<std::int32_t>(source, range, target);
      continue;
    }
    if (copy.id == DataType::Id::Utf8) {
      copy_text(source, range, target);
      continue;
    }
    if (!copy.items.empty()) {
      copy.items.front().copy_lists(source, range, target);
      continue;
    }
    for (std::int64_t row = range.begin; row < range.end; ++row) {
      if (copy.id == DataType::Id::List) {
        copy_texts(source, row, target);
      } else if (source.is_null(row)) {
        target.append_null();
      } else {
        target.append(source.int64(row) != 0);
      }
    }
  }
}

}  // namespace alluvium::code
