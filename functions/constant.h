#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alluvium/error.h"
#include "alluvium/frame/column.h"
#include "alluvium/udf/function.h"

namespace alluvium {

/// The text of a constant argument; none where it is null or not known yet.
inline std::optional<std::string_view> constant_text(const FunctionCall& call, std::size_t index) {
  const std::optional<ColumnView>& value = call.constants[index];
  if (!value || value->is_null(0)) return std::nullopt;
  return value->bytes(0);
}

/// The value of a constant argument as a kernel gets it; `otherwise` where it is null.
inline bool constant_boolean(const ColumnView& argument, bool otherwise) {
  if (argument.length() == 0 || argument.is_null(0)) return otherwise;
  return argument.boolean(0);
}
inline std::string_view constant_text(const ColumnView& argument, std::string_view otherwise) {
  if (argument.length() == 0 || argument.is_null(0)) return otherwise;
  return argument.bytes(0);
}

[[noreturn]] inline void refuse_call(const std::string& why) {
  throw Error(ErrorCode::InvalidQuery, why);
}

}  // namespace alluvium
