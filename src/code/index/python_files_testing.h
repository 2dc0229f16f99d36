#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::code::testing {

/// Python files that use each other's names in every way that resolution follows, out of few names,
/// so that much of it meets; and edits of them.
class PythonFiles {
 public:
  explicit PythonFiles(unsigned seed) : random_(seed) {
    // In some repositories most files have much to do with each other, in others few.
    const std::size_t most = pick(2, 9);
    for (const std::string& path : kPaths) {
      statements_[path].resize(pick(1, most));
      for (std::string& each : statements_[path]) each = statement(path);
    }
  }

  /// By path.
  [[nodiscard]] std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    for (const auto& [path, statements] : statements_) {
      std::string& content = all[path];
      for (const std::string& each : statements) content += each + "\n";
    }
    return all;
  }

  /// Changes the content of one or two files, or adds one.
  void edit() {
    const std::string added = one_of(kMorePaths);
    if (pick(0, 9) == 0 && !statements_.contains(added)) {
      Texts& statements = statements_[added];
      for (std::size_t i = pick(0, 3); i-- > 0;) statements.push_back(statement(added));
      if (pick(0, 1) == 0) return;
    }
    for (std::size_t i = pick(1, 2); i-- > 0;) {
      const std::string path = one_of(kPaths);
      std::vector<std::string>& statements = statements_[path];
      for (std::size_t more = pick(1, 2); more-- > 0;) edit(path, statements);
    }
  }

 private:
  using Texts = std::vector<std::string>;

  void edit(const std::string& path, Texts& statements) {
    const std::size_t at = statements.empty() ? 0 : pick(0, statements.size() - 1);
    const auto place = statements.begin() + static_cast<std::ptrdiff_t>(at);
    switch (pick(0, statements.empty() ? 0 : 6)) {
      case 0:
        statements.insert(place, statement(path));
        break;
      case 1:
        statements.erase(place);
        break;
      case 2:
        *place = statement(path);
        break;
      case 3:
        std::swap(statements.front(), *place);
        break;
      case 4:
      case 5:
        if (const std::size_t result = place->rfind("return "); result != place->npos) {
          place->resize(result);
          *place += "return " + made();
          break;
        }
        [[fallthrough]];
      default:
        // A body changes, or what a class has.
        *place += place->starts_with("class") ? member() : "\n" + statement(path);
    }
  }

  std::size_t pick(std::size_t from, std::size_t to) {
    return std::uniform_int_distribution<std::size_t>(from, to)(random_);
  }
  std::string one_of(const Texts& list) { return list[pick(0, list.size() - 1)]; }
  std::string of_class() { return one_of(Texts{"A", "B", "C", "D", "E"}); }
  std::string function() { return one_of(Texts{"f", "g", "h", "k"}); }
  std::string method() {
    return one_of(Texts{"f", "run", "stop", "visit_a", "visit_b", "setUp", "test_it", "__call__",
                        "__enter__", "__iter__", "__next__", "__getitem__", "__init__"});
  }
  std::string attribute() { return one_of(Texts{"x", "y", "run", "stop", "f", "left"}); }
  std::string variable() { return one_of(Texts{"V", "W", "left", "A", "f"}); }
  std::string fixture() { return one_of(Texts{"given", "other", "f"}); }
  std::string module() {
    return one_of(Texts{"m0", "m1", "m2", "m3", "m4", "sub", "plug", "deep.m1"});
  }
  std::string any_name() { return one_of(Texts{of_class(), function(), variable(), module()}); }
  /// Mostly one that the module has.
  std::string name_in(const std::string& module) {
    Texts names;
    const auto of_module = statements_.find("pkg/" + module + ".py");
    if (of_module == statements_.end()) return imported_name();
    for (const std::string& each : of_module->second) {
      for (const std::string_view start : {"def ", "class "}) {
        const std::size_t at = each.rfind(start, each.find('('));
        if (at != each.npos) {
          names.push_back(each.substr(at + start.size(), each.find('(', at) - at - start.size()));
        }
      }
    }
    return names.empty() || pick(0, 4) == 0 ? imported_name() : one_of(names);
  }
  std::string imported_name() { return one_of(Texts{any_name(), any_name(), fixture()}); }

  std::string expression(int depth = 0) {
    if (depth > 2) return any_name();
    const auto base = [&] { return expression(depth + 1); };
    switch (pick(0, 12)) {
      case 0:
        return of_class() + "()";
      case 1:
        return function() + "()";
      case 2:
        return base() + "." + attribute();
      case 3:
        return base() + "." + method() + "()";
      case 4:
        return base() + "()";
      case 5:
        return base() + "[0]";
      case 6:
        return base() + " if V else " + base();
      case 7:
        return "[" + of_class() + "()]";
      case 8:
        return module() + "." + any_name();
      case 9:
        return "p";
      case 10:
        return "1";
      default:
        return any_name();
    }
  }
  std::string in_method() {
    switch (pick(0, 10)) {
      case 0:
        return "return self";
      case 1:
        return "return self." + attribute();
      case 2:
        return "self." + attribute() + " = " + expression();
      case 3:
        return "self." + method() + "()";
      case 4:
        return "return super()." + method() + "()";
      case 5:
        return "return getattr(self, 'visit_' + p)()";
      case 6:
        return "yield " + expression();
      case 7:
        return "return self." + attribute() + "." + method() + "()";
      case 8:
        return "self." + attribute() + " = p";
      default:
        return "return " + made();
    }
  }
  std::string in_function() {
    switch (pick(0, 9)) {
      case 0:
        return "yield " + expression();
      case 1:
        return "with " + expression() + " as w:\n        return w";
      case 2:
        return "for i in " + expression() + ":\n        i." + method() + "()";
      case 3:
        return pick(0, 1) == 0 ? "p." + method() + "()" : "return p";
      case 4:
        return "from pkg." + module() + " import " + any_name() + " as late\n    return late";
      default:
        return "return " + made();
    }
  }
  /// What may well be known.
  std::string made() {
    switch (pick(0, 4)) {
      case 0:
        return of_class() + "()";
      case 1:
        return function() + "()";
      case 2:
        return function() + "()." + attribute();
      case 3:
        return of_class() + "()." + method() + "()";
      default:
        return expression();
    }
  }
  std::string member() {
    switch (pick(0, 5)) {
      case 0:
        return "\n    " + attribute() + " = " + expression();
      case 1:
        return "\n    @property\n    def " + attribute() + "(self):\n        " + in_method();
      case 2:
        return "\n    @pytest.fixture\n    def " + fixture() + "(self):\n        " + in_method();
      case 3:
        return "\n    def " + method() + "(self, p: " + of_class() + "):\n        " + in_method();
      default:
        return "\n    def " + method() + "(self, p):\n        " + in_method();
    }
  }
  std::string import(const std::string& path) {
    const std::string package = path.starts_with("pkg/sub") ? "pkg.sub" : "pkg";
    switch (pick(0, 12)) {
      case 0:
        return "from " + package + "." + module() + " import *";
      case 1:
        return "import pkg." + module();
      case 2:
        return "from pkg import " + module();
      case 3:
        return "from pkg import " + imported_name();
      case 4:
        return "import " + one_of(Texts{"os", "json", "collections", "django", "a.b"});
      case 5:
        return "from pkg." + module() + " import " + imported_name() + " as " + any_name();
      case 6:
        return "from ." + module() + " import " + imported_name();
      default: {
        const std::string from = module();
        return "from pkg." + from + " import " + name_in(from);
      }
    }
  }
  std::string statement(const std::string& path) {
    switch (pick(0, 18)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 16:
      case 17:
        return import(path);
      case 4:
        return "__all__ = ['" + any_name() + "', '" + any_name() + "']";
      case 5:
        return "__all__ = " + module() + ".__all__ + ['" + any_name() + "']";
      case 6:
        return variable() + " = " + made();
      case 7:
        return "@" + expression(2) + "\ndef " + function() + "(p):\n    " + in_function();
      case 8:
        if (path == "pkg/m1.py") return "@pytest.fixture\ndef given():\n    " + in_function();
        if (path.starts_with("pkg/")) return variable() + " = " + made();
        return "@pytest.fixture" + one_of(Texts{"", "(autouse=True)"}) + "\ndef " + fixture() +
               "(" + fixture() + "):\n    " + in_function();
      case 9:
        return "def test_it(" + fixture() + ", p=None):\n    " + fixture() + "." + method() + "()";
      case 10:
        return "def " + function() + "(p: " + of_class() + ") -> " + of_class() + ":\n    " +
               in_function();
      case 11:
      case 12: {
        std::string bases = one_of(Texts{"", of_class(), module() + "." + of_class(),
                                         of_class() + ", " + of_class(), variable()});
        std::string made = "class " + of_class() + "(" + bases + "):" + member();
        for (std::size_t more = pick(0, 3); more-- > 0;) made += member();
        return made;
      }
      case 13:
        return "def setup_module():\n    " + in_function();
      case 14:
        return made() + "." + attribute();
      default:
        return "def " + function() + "(p):\n    " + in_function();
    }
  }

  inline static const Texts kPaths = {
      "pkg/__init__.py", "pkg/m0.py",       "pkg/m1.py",           "pkg/m2.py",
      "pkg/m3.py",       "pkg/plug.py",     "pkg/sub/__init__.py", "pkg/sub/m1.py",
      "conftest.py",     "tests/test_a.py", "tests/conftest.py",   "tests/sub/test_b.py"};

  inline static const Texts kMorePaths = {
      "pkg/m4.py",      "pkg/sub/m0.py", "pkg/left.py", "tests/sub/conftest.py",
      "pkg/A.py",       "a.py",          "m1.py",       "tests/__init__.py",
      "pkg/deep/m1.py", "pkg/m2.pyi",    "a/b.py",      "json/__init__.py"};

  std::mt19937 random_;
  std::map<std::string, Texts> statements_;
};

}  // namespace alluvium::code::testing
