#include <nlohmann/json.hpp>

#include "alluvium/error.h"
#include "frame/type_json_internal.h"

namespace alluvium {

nlohmann::json type_to_json(const DataType& type) {
  auto children = nlohmann::json::array();
  for (const Field& child : type.children()) children.push_back(field_to_json(child));
  return {{"format", type.format()}, {"children", std::move(children)}};
}

nlohmann::json field_to_json(const Field& field) {
  auto metadata = nlohmann::json::object();
  for (const auto& [key, value] : field.metadata) metadata[key] = value;
  return {{"name", field.name},
          {"type", type_to_json(field.type)},
          {"nullable", field.nullable},
          {"metadata", std::move(metadata)}};
}

std::string to_document(const nlohmann::json& document) {
  try {
    return document.dump();
  } catch (const nlohmann::json::type_error& error) {
    throw Error(ErrorCode::InvalidArgument,
                std::string("a name or text value is not valid UTF-8; give bytes as a binary "
                            "literal: ") +
                    error.what());
  }
}

}  // namespace alluvium
