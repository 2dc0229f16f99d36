#pragma once

#include <vector>

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/program.h"

namespace alluvium::code {

/// What a test runner runs around a test, or runs it as.
struct TestSetUp {
  ProgramIndex test = kNowhere;
  ProgramIndex around = kNowhere;
};

/// Around a test is run what its file, its class, the bases of that and the classes derived from it
/// set up by names that unittest and pytest give a meaning, and pytest's fixtures that are used
/// everywhere, of the same places or of a conftest.py in a folder around. A test is run once more
/// as one of each class that is derived from its own. (Of very many, of the nearest.)
std::vector<TestSetUp> find_test_set_up(const Program& program, const ClassHierarchy& classes);

}  // namespace alluvium::code
