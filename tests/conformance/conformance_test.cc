#include "conformance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alluvium/catalog/udf_catalog.h"
#include "alluvium/functions/library.h"

namespace alluvium::conformance {
namespace {

using testing::IsEmpty;

// One test for each function, named for it.
class Library : public testing::TestWithParam<std::string> {
 protected:
  // The library with the one function alone.
  static FunctionSet only(const std::string& name) {
    FunctionSet all = function_library();
    const auto others = [&](const auto& function) { return function.name != name; };
    std::erase_if(all.scalars, others);
    std::erase_if(all.aggregates, others);
    std::erase_if(all.windows, others);
    all.tables.clear();
    all.aliases.clear();
    all.operators.clear();
    return all;
  }
};

std::vector<std::string> names() {
  std::vector<std::string> names;
  const FunctionSet library = function_library();
  for (const auto& function : library.scalars) names.push_back(function.name);
  for (const auto& function : library.aggregates) names.push_back(function.name);
  for (const auto& function : library.windows) names.push_back(function.name);
  return names;
}

TEST_P(Library, Conforms) {
  EXPECT_THAT(violations(only(GetParam()), function_library()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Functions, Library, testing::ValuesIn(names()),
                         [](const auto& function) { return function.param; });

TEST(Registry, IsWhatTheCatalogShows) {
  FunctionSet functions = function_library();
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions = functions;
  const Session session = profile.open_session();
  EXPECT_THAT(UdfCatalog(functions).drift(session), IsEmpty());
}

}  // namespace
}  // namespace alluvium::conformance
