#pragma once

#include <vector>

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/program.h"

namespace alluvium::code {

/// A parameter of a test or a fixture, to which pytest passes what a fixture gives.
struct Injection {
  ProgramIndex parameter = kNowhere;
  ProgramIndex fixture = kNowhere;
};

/// Whether it is a fixture that tests of any file may be passed.
bool may_be_plugged_in(const Program& program, const Program::Definition& definition);

/// Whether fixtures are passed to it: it is a test, or a fixture itself.
bool takes_fixtures(const Program& program, const Program::Definition& function);

/// What pytest passes: of the fixtures of a parameter's name the nearest, which is one of the same
/// class or a base of it, else one that the same file defines or imports, else the conftest.py in
/// the innermost folder around; else each of a file that isn't called conftest.py, test_*.py or
/// *_test.py: it may be a plugin.
std::vector<Injection> find_injections(const Program& program, const ClassHierarchy& classes);

}  // namespace alluvium::code
