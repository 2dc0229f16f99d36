#include "code/identity/set_up_names.h"

#include <algorithm>
#include <array>

namespace alluvium::code {

bool is_set_up_of_class(std::string_view name) {
  static constexpr std::array<std::string_view, 13> kNames = {
      "setUp",           "tearDown",    "setUpClass",     "tearDownClass", "setup_method",
      "teardown_method", "setup_class", "teardown_class", "setUpTestData", "asyncSetUp",
      "asyncTearDown",   "setup",       "teardown"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool is_set_up_of_file(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kNames = {"setUpModule",    "tearDownModule",
                                                             "setup_module",   "teardown_module",
                                                             "setup_function", "teardown_function"};
  return std::ranges::find(kNames, name) != kNames.end();
}

}  // namespace alluvium::code
