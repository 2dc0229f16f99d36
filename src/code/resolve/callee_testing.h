#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "code/resolve/resolved_testing.h"

namespace alluvium::code::testing {

/// What is called, by which resolution, and how surely.
using Callee = std::vector<std::string>;

inline Callee callee(const Resolved& resolved, const std::string& text) {
  const alluvium::testing::Rows rows = resolved.rows(
      "SELECT d.qualified_name, c.resolution, c.confidence FROM calls c "
      "LEFT JOIN definitions d ON d.def_id = c.callee_def_id WHERE c.callee_text = '" +
      text + "'");
  EXPECT_EQ(rows.size(), 1U) << text;
  return rows.empty() ? Callee{} : rows.front();
}

/// Of the module `m` alone.
inline Callee callee_in(const std::string& content, const std::string& text) {
  return callee(Resolved(Files{{"m.py", content}}), text);
}

/// Every class has a method `f`, so that its name alone never tells which one is called.
inline const std::string kClasses = R"py(
class A:
    def f(self): pass
class B:
    def f(self): pass
)py";

}  // namespace alluvium::code::testing
