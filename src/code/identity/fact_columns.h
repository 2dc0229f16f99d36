#pragma once

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"

namespace alluvium::code {

/// Where the fields of a struct are, by name.
class FieldPositions {
 public:
  /// `type` is a struct or a list of structs.
  explicit FieldPositions(const DataType& type);

  /// Errors: Internal when there is no field `name`.
  [[nodiscard]] int operator[](std::string_view name) const;
  [[nodiscard]] const DataType& type(std::string_view name) const;
  /// All names, in order.
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  std::vector<Field> fields_;
};

/// Fields of one struct that go over to another unchanged.
class CopiedFields {
 public:
  /// Errors: Internal when there is no field of a name.
  CopiedFields(const FieldPositions& from, const FieldPositions& to,
               std::span<const std::string_view> names);
  CopiedFields(const FieldPositions& from, const FieldPositions& to,
               std::initializer_list<std::string_view> names)
      : CopiedFields(from, to, std::span(names.begin(), names.size())) {}

  /// Appends the rows `range` of the struct column `from` to the fields of the struct `to`.
  void copy(const ColumnView& from, ColumnView::Range range, ColumnBuilder& to) const;

 private:
  /// Appends the rows `range` of a list of the structs to such a list. None of them is null.
  void copy_lists(const ColumnView& from, ColumnView::Range range, ColumnBuilder& to) const;

  struct Copy {
    int from;
    int to;
    DataType::Id id;                       // of the target
    std::vector<CopiedFields> items = {};  // of a list of structs: their fields, as one
  };
  std::vector<Copy> copies_;
};

}  // namespace alluvium::code
