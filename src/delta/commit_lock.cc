#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <initializer_list>
#include <optional>

#include "alluvium/error.h"
#include "delta/commit_lock_internal.h"

namespace alluvium::delta {
namespace {

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// An option of a store: as given, under any of its names, else in the environment.
std::optional<std::string> option(const StorageOptions& options,
                                  std::initializer_list<const char*> names) {
  for (const auto& [key, value] : options) {
    for (const char* name : names) {
      if (in_lower_case(key) == in_lower_case(name)) return value;
    }
  }
  for (const char* name : names) {
    if (const char* value = std::getenv(name)) return value;
  }
  return std::nullopt;
}

bool is_on(const std::optional<std::string>& value) {
  if (!value) return false;
  const std::string text = in_lower_case(*value);
  return text == "1" || text == "true" || text == "on" || text == "yes" || text == "y";
}

}  // namespace

void check_commit_lock(const std::string& table_uri, const StorageOptions& storage_options) {
  if (!table_uri.starts_with("s3://") && !table_uri.starts_with("s3a://")) return;
  if (const auto provider = option(storage_options, {"AWS_S3_LOCKING_PROVIDER"})) {
    if (*provider == "dynamodb") return;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("AWS_S3_LOCKING_PROVIDER is `{}`; there is `dynamodb` only", *provider),
                false, {{"option", "AWS_S3_LOCKING_PROVIDER"}});
  }
  const auto refuse = [&](const char* name) {
    throw Error(ErrorCode::PolicyViolation,
                fmt::format("`{}` is not changed with {}: two writers could take the same version, "
                            "and lose rows. Leave the option out, where the store has conditional "
                            "puts; or let a lock table decide, with "
                            "AWS_S3_LOCKING_PROVIDER=dynamodb",
                            table_uri, name),
                false, {{"table", table_uri}, {"option", name}});
  };
  if (is_on(option(storage_options, {"AWS_S3_ALLOW_UNSAFE_RENAME"}))) {
    refuse("AWS_S3_ALLOW_UNSAFE_RENAME");
  }
  const auto conditional = option(storage_options, {"AWS_CONDITIONAL_PUT", "conditional_put"});
  if (conditional && in_lower_case(*conditional) == "disabled") refuse("AWS_CONDITIONAL_PUT");
}

}  // namespace alluvium::delta
