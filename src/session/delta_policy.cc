#include "alluvium/session/delta_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alluvium/error.h"

namespace alluvium::delta {

namespace {

// Words that only options without a secret have in their names.
constexpr std::array<std::string_view, 17> kHarmless = {"region",
                                                        "endpoint",
                                                        "bucket",
                                                        "allow_http",
                                                        "timeout",
                                                        "retries",
                                                        "virtual_hosted",
                                                        "locking",
                                                        "table_name",
                                                        "conditional_put",
                                                        "copy_if_not_exists",
                                                        "account_name",
                                                        "container",
                                                        "skip_signature",
                                                        "unsafe_rename",
                                                        "metadata_endpoint",
                                                        "concurrency"};

}  // namespace

std::string printable_option(std::string_view key, std::string_view value) {
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char letter) {
    return static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
  });
  const bool harmless = std::any_of(kHarmless.begin(), kHarmless.end(), [&](std::string_view word) {
    return lower.find(word) != std::string::npos;
  });
  // A URL may carry a user and password.
  const bool carries_user = value.find('@') != std::string_view::npos;
  return harmless && !carries_user ? std::string(value) : "***";
}

std::string_view to_string(ColumnMapping mapping) {
  switch (mapping) {
    case ColumnMapping::None:
      return "none";
    case ColumnMapping::Name:
      return "name";
    case ColumnMapping::Id:
      return "id";
  }
  return "none";
}

ColumnMapping column_mapping_from_name(std::string_view name) {
  for (const ColumnMapping mapping :
       {ColumnMapping::None, ColumnMapping::Name, ColumnMapping::Id}) {
    if (to_string(mapping) == name) return mapping;
  }
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("`{}` is no column mapping mode; there are none, name and id", name));
}

WriterPolicy WriterPolicy::over(const WriterPolicy& defaults) const {
  WriterPolicy policy = *this;
  const auto fill = [](auto& value, const auto& fallback) {
    if (!value) value = fallback;
  };
  // A level belongs to its codec.
  if (!policy.compression) fill(policy.compression_level, defaults.compression_level);
  fill(policy.compression, defaults.compression);
  fill(policy.max_row_group_rows, defaults.max_row_group_rows);
  fill(policy.rows_at_a_time, defaults.rows_at_a_time);
  fill(policy.bloom_filter_fpp, defaults.bloom_filter_fpp);
  if (policy.bloom_filter_columns.empty()) {
    policy.bloom_filter_columns = defaults.bloom_filter_columns;
  }
  policy.dictionary.insert(defaults.dictionary.begin(), defaults.dictionary.end());
  policy.encodings.insert(defaults.encodings.begin(), defaults.encodings.end());
  if (policy.without_statistics.empty()) policy.without_statistics = defaults.without_statistics;
  return policy;
}

}  // namespace alluvium::delta
