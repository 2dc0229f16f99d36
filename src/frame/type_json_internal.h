#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "alluvium/frame/data_type.h"

namespace alluvium {

/// `{"format", "children": [FIELD...]}`, as the engines' side reads types.
nlohmann::json type_to_json(const DataType& type);
/// `{"name", "type", "nullable", "metadata"}`.
nlohmann::json field_to_json(const Field& field);

/// Writes `document` as text for the engines. Errors: InvalidArgument when a string in it is not
/// valid UTF-8.
std::string to_document(const nlohmann::json& document);

}  // namespace alluvium
