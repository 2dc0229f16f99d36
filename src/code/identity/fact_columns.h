#pragma once

#include <initializer_list>
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

 private:
  std::vector<Field> fields_;
};

/// Fields of one struct that go over to another unchanged.
class CopiedFields {
 public:
  CopiedFields(const FieldPositions& from, const FieldPositions& to,
               std::initializer_list<std::string_view> names);

  /// Appends the rows `range` of the struct column `from` to the fields of the struct `to`.
  void copy(const ColumnView& from, ColumnView::Range range, ColumnBuilder& to) const;

 private:
  struct Copy {
    int from;
    int to;
    DataType::Id id;  // of the target
  };
  std::vector<Copy> copies_;
};

}  // namespace alluvium::code
