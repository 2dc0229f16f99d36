#include <cstdint>
#include <string_view>

#include "alluvium/udf/typed_function.h"
#include "functions/families.h"

namespace alluvium {
namespace {

std::int32_t change_rank(std::string_view change) {
  if (change == "update_postimage") return 3;
  if (change == "insert") return 2;
  if (change == "delete") return 1;
  return change == "update_preimage" ? 0 : -1;
}

bool is_upsert(std::string_view change) {
  return change == "insert" || change == "update_postimage";
}

bool is_delete(std::string_view change) { return change == "delete"; }

Parameter change_type() {
  return {.name = "change_type",
          .type = utf8(),
          .description = "`_change_type` of a change feed's row.",
          .examples = {"'insert'", "'update_preimage'", "'update_postimage'", "'delete'"}};
}

FunctionDocumentation document(const char* description, const char* example, const char* result) {
  return {.category = "change feed",
          .description = description,
          .example = example,
          .example_result = result};
}

}  // namespace

FunctionSet change_feed_functions() {
  return {.scalars = {
              typed_function(
                  {.name = "cdf_change_rank",
                   .parameters = {change_type()},
                   .documentation = document(
                       "Which of one commit's changes to a row tells what it is then, the highest "
                       "first: update_postimage 3, insert 2, delete 1, update_preimage 0; -1 for "
                       "anything else.",
                       "cdf_change_rank('insert')", "2")},
                  change_rank),
              typed_function({.name = "cdf_is_upsert",
                              .parameters = {change_type()},
                              .documentation = document(
                                  "Whether a change leaves a row: an insert or the new image of an "
                                  "update.",
                                  "cdf_is_upsert('update_postimage')", "true")},
                             is_upsert),
              typed_function({.name = "cdf_is_delete",
                              .parameters = {change_type()},
                              .documentation = document("Whether a change removes a row.",
                                                        "cdf_is_delete('insert')", "false")},
                             is_delete),
          }};
}

}  // namespace alluvium
