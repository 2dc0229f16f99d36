#pragma once

#include <filesystem>
#include <string>

#include "alluvium/code/index_plan.h"

namespace alluvium::cli {

/// A plan for people.
std::string plan_text(const code::IndexPlan& plan, const std::filesystem::path& lake);
/// As a JSON document.
std::string plan_json(const code::IndexPlan& plan, const std::filesystem::path& lake);

}  // namespace alluvium::cli
