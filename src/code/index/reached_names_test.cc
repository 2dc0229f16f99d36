#include "code/index/reached_names.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/session/runtime_profile.h"
#include "code/datasets/datasets.h"
#include "code/extract/python_extractor.h"
#include "code/identity/fact_id.h"
#include "code/identity/identify_facts.h"
#include "code/index/dataset_frames.h"
#include "code/index/python_files_testing.h"
#include "code/resolve/program.h"

namespace alluvium::code {
namespace {

using Contents = std::map<std::string, std::string>;  // by path

constexpr std::uint64_t kMemory = std::uint64_t{1} << 30;

/// Files with what `resolve_reached` starts from.
class Version {
 public:
  explicit Version(const Contents& contents) : session_(open()) {
    RecordBatchBuilder sources({.fields = {{"repo", utf8()},
                                           {"path", utf8()},
                                           {"size_bytes", int64()},
                                           {"language", utf8()},
                                           {"content", binary()}}});
    for (const auto& [path, content] : contents) {
      sources.column(0).append("r");
      sources.column(1).append(path);
      sources.column(2).append(static_cast<std::int64_t>(content.size()));
      sources.column(3).append("python");
      sources.column(4).append(content);
    }
    add("sources", sources);
    RecordBatchBuilder markers({.fields = {{"repo", utf8()}, {"path", utf8()}}});
    add("markers", markers);
    IoAdapter(session_).register_view(
        "listing", session_.sql("SELECT repo, path, size_bytes, language FROM sources"));
    register_modules(session_, {});
    IoAdapter(session_).register_view("facts", session_
                                                   .sql(R"sql(
        SELECT m.file_id,
          identify_facts(m.repo, m.path, m.module, parse_python(s.content)) AS f
        FROM file_modules m JOIN sources s ON s.path = m.path)sql")
                                                   .stage(kMemory));
    make_interfaces(session_, std::nullopt, kMemory, {});
    const std::vector<RecordBatch> rows =
        session_
            .sql(
                "SELECT i.file_id, i.interface, m.path FROM file_interfaces i "
                "JOIN file_modules m ON m.file_id = i.file_id")
            .collect();
    for (const RecordBatch& batch : rows) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        const std::string id(batch.column(0).bytes(row));
        interfaces[id] = batch.column(1).bytes(row);
        ids[std::string(batch.column(2).bytes(row))] = id;
      }
    }
  }

  [[nodiscard]] const Session& session() const { return session_; }

  /// A table of file_id, interface and links.
  [[nodiscard]] DataFrame table(std::string_view name,
                                const std::map<std::string, std::string>& interfaces_of,
                                const std::map<std::string, std::string>& links) const {
    RecordBatchBuilder rows(
        {.fields = {{"file_id", utf8()}, {"interface", binary()}, {"links", binary()}}});
    for (const auto& [id, interface] : interfaces_of) {
      rows.column(0).append(id);
      rows.column(1).append(std::string_view(interface));
      const auto found = links.find(id);
      rows.column(2).append(found == links.end() ? std::string_view() : found->second);
    }
    add(name, rows);
    return session_.table(std::string(name));
  }

  std::map<std::string, std::string> interfaces;  // by file id
  std::map<std::string, std::string> ids;         // by path

 private:
  static Session open() {
    RuntimeProfile profile;
    profile.settings = dataset_settings();
    profile.functions = {.scalars = {fact_id_function(), parse_python_function(),
                                     identify_facts_function(python_facts_type())}};
    return profile.open_session();
  }

  void add(std::string_view name, RecordBatchBuilder& rows) const {
    std::vector<RecordBatch> batches;
    batches.push_back(rows.finish());
    IoAdapter(session_).register_record_batches(std::string(name), std::move(batches));
  }

  Session session_;
};

/// What is kept of a version's files.
struct Kept {
  std::map<std::string, std::string> links;  // by file id
  FileOutcomes outcomes;

  void add(const ResolvedNames& names, const Version& version) {
    names.add_outcomes(outcomes);
    for (std::size_t i = 0; i < names.links().size(); ++i) {
      const std::string id(names.program().files[i].file_id);
      if (!version.interfaces.contains(id) || !names.has(i)) continue;
      links[id].clear();
      names.links()[i].write(links[id]);
    }
  }
};

Kept all_of(const Version& version) {
  Kept kept;
  kept.add(ResolvedNames(Program::load(version.session(), {}), {}), version);
  return kept;
}

/// Follows edits, from what was kept of the files before each.
class Follower {
 public:
  explicit Follower(const Contents& contents)
      : before_(contents),
        version_(std::make_unique<Version>(contents)),
        kept_(all_of(*version_)) {}

  /// Returns how many files were resolved, nothing for all.
  std::optional<std::size_t> become(const Contents& contents) {
    auto version = std::make_unique<Version>(contents);
    FileIds added;
    FileIds changed;
    std::map<std::string, std::string> changed_interfaces;
    for (const auto& [path, content] : contents) {
      const auto old = before_.find(path);
      if (old != before_.end() && old->second == content) continue;
      const std::string& id = version->ids.at(path);
      (old == before_.end() ? added : changed).push_back(id);
      changed_interfaces[id] = version->interfaces.at(id);
    }
    std::ranges::sort(added);
    std::ranges::sort(changed);
    const DataFrame states = version->table("states", version_->interfaces, kept_.links);
    const DataFrame interfaces =
        version->table("changed", changed_interfaces, {}).select({"file_id", "interface"});
    const LinkGraph graph = LinkGraph::load(version->session(), states, {});
    const Interrupt interrupt;
    const std::unique_ptr<ResolvedNames> names = resolve_reached({.session = version->session(),
                                                                  .before = graph,
                                                                  .outcomes = kept_.outcomes,
                                                                  .states = states,
                                                                  .interfaces = interfaces,
                                                                  .added = added,
                                                                  .changed = changed,
                                                                  .interrupt = interrupt});
    std::optional<std::size_t> resolved;
    if (names != nullptr) {
      kept_.add(*names, *version);
      resolved = names->file_count();
    } else {
      kept_ = all_of(*version);
    }
    before_ = contents;
    version_ = std::move(version);
    return resolved;
  }

  /// What differs from what all files come to.
  [[nodiscard]] std::string difference() const {
    const Kept all = all_of(*version_);
    std::string text;
    for (const auto& [path, id] : version_->ids) {
      const OutcomesOfFile& found = kept_.outcomes.at(id);
      const OutcomesOfFile& expected = all.outcomes.at(id);
      for (std::size_t place = 0; place < found.size(); ++place) {
        if (found[place] == expected[place]) continue;
        text += path + ": " + std::string(kOutcomeDatasets[place]) + "\n";
      }
      if (kept_.links.at(id) != all.links.at(id)) text += path + ": links\n";
    }
    return text;
  }

 private:
  Contents before_;
  std::unique_ptr<Version> version_;
  Kept kept_;
};

std::string shown(const Contents& before, const Contents& now) {
  std::string text;
  for (const auto& [path, content] : now) {
    text += "# " + path + "\n" + content;
    const auto old = before.find(path);
    if (old == before.end()) {
      text += "# added\n";
    } else if (old->second != content) {
      text += "# before\n" + old->second;
    }
  }
  return text;
}

/// An edit of one file, and how many files it reaches; nothing where all names are to be resolved.
struct Edit {
  std::string what;
  Contents before;
  std::string path;
  std::string now;
  std::optional<std::size_t> reaches;
};

std::ostream& operator<<(std::ostream& out, const Edit& edit) { return out << edit.what; }

class ReachOfEdit : public ::testing::TestWithParam<Edit> {};

TEST_P(ReachOfEdit, IsWhoCanNotice) {
  const Edit& edit = GetParam();
  Contents contents = edit.before;
  Follower follower(contents);
  contents[edit.path] = edit.now;
  EXPECT_EQ(follower.become(contents), edit.reaches);
  EXPECT_EQ(follower.difference(), "");
}

const Contents kResults = {
    {"p/a.py", "class A:\n  def run(self): pass\nclass B:\n  def run(self): pass\n"},
    {"p/b.py", "from p.a import A, B\ndef make():\n  return A()\n"},
    {"p/c.py", "from p.b import make\ndef again():\n  return make()\n"},
    {"p/d.py", "from p.c import again\nagain().run()\n"},
    {"p/e.py", "from p.b import A\nA().run()\n"}};

const std::string kTwoClasses =
    "class A:\n  def run(self): pass\nclass B:\n  def run(self): pass\n";

/// With a file p/a.py that has these, and `more`.
Contents with_two_classes(Contents contents, const std::string& more) {
  contents["p/a.py"] = kTwoClasses + more;
  return contents;
}

const Contents kEntered = {
    {"p/a.py", "class A:\n  def run(self): pass\nclass B:\n  def run(self): pass\n"},
    {"p/b.py", "from p.a import A, B\ndef make():\n  return A()\n"},
    {"p/c.py", "from p.b import make\nclass C:\n  def __enter__(self):\n    return make()\n"},
    {"p/d.py", "from p.c import C\nwith C() as x:\n  x.run()\n"}};

const Contents kClasses = {
    {"p/a.py", "class A:\n  def f(self):\n    self.left()\n    getattr(self, 'do_' + x)()\n"},
    {"p/b.py", "from p.a import A\nclass B(A):\n  def g(self): pass\n"},
    {"p/c.py", "from p.b import B\nclass C(B):\n  pass\n"},
    {"p/t.py", "class T:\n  def test_it(self): pass\n"},
    {"p/u.py", "from p.t import T\nclass U:\n  pass\n"}};

const Contents kDerivedTests = {{"p/t.py", "class T:\n  def test_it(self): pass\n"},
                                {"p/u.py", "from p.t import T\nclass U(T): pass\n"}};

const Contents kStars = {{"p/a.py", "def f(): pass\n"},
                         {"p/b.py", "from p.a import *\n"},
                         {"p/c.py", "from p.b import f, g\ng()\n"},
                         {"p/d.py", "from p.b import f\nf()\n"}};

const Contents kFixtures = {
    {"p/a.py", "class A:\n  def run(self): pass\nclass B:\n  def run(self): pass\n"},
    {"p/b.py",
     "import pytest\nfrom p.a import A, B\n@pytest.fixture\ndef given():\n"
     "  return A()\ndef other(): pass\n"},
    {"t/conftest.py", "from p.a import A\n"},
    {"t/test_a.py", "def test_it(given):\n  given.run()\n"},
    {"t/test_b.py", "def test_it(): pass\n"}};

/// With more definitions of a name than `kMostCandidates`.
Contents with_many_of(Contents contents, const std::string& name) {
  for (int i = 0; i < 10; ++i) {
    contents["q/m" + std::to_string(i) + ".py"] = "class X:\n  def " + name + "(self): pass\n";
  }
  return contents;
}

/// A base that makes a name of methods of which derived classes have too many to tell something,
/// and that looks into one of them, which has few.
Contents with_too_many_below() {
  std::string many = "from p.a import A\nclass C(A):\n";
  for (int i = 0; i < 300; ++i) many += "  def do_" + std::to_string(i) + "(self): pass\n";
  return {
      {"p/a.py", "class A:\n  def f(self):\n    getattr(self, 'do_' + x)()\nfrom p.b import B\n"},
      {"p/b.py", "from p.a import A\nclass B(A):\n  def do_it(self): pass\n"},
      {"p/c.py", many}};
}

INSTANTIATE_TEST_SUITE_P(
    Edits, ReachOfEdit,
    ::testing::Values(
        Edit{"a comment", kResults, "p/b.py", "# x\n" + kResults.at("p/b.py"), 1},
        Edit{"an import of a file that was not looked into", kResults, "p/a.py",
             "from p.d import again as late\n" + kResults.at("p/a.py"), 1},
        Edit{"a module from elsewhere", kResults, "p/a.py", "import os\n" + kResults.at("p/a.py"),
             std::nullopt},
        Edit{"a result that others pass on", kResults, "p/b.py",
             "from p.a import A, B\ndef make():\n  return B()\n", 3},
        Edit{"a result that is used without being named", kEntered, "p/b.py",
             "from p.a import A, B\ndef make():\n  return B()\n", 3},
        Edit{"a method that is used without being named", kEntered, "p/c.py",
             "from p.b import make, A\nclass C:\n  def __enter__(self):\n    return A()\n", 2},
        Edit{"a result that has another name elsewhere",
             {{"p/a.py",
               "class A:\n  def run(self): pass\nclass B:\n  def run(self): pass\n"
               "def f(): return A()\n"},
              {"p/b.py", "from p.a import f as g\n"},
              {"p/c.py", "from p.b import g\ng().run()\n"}},
             "p/a.py",
             "class A:\n  def run(self): pass\nclass B:\n  def run(self): pass\n"
             "def f(): return B()\n",
             3},
        Edit{"a parameter that is returned",
             with_two_classes({{"p/b.py", "from p.a import f\nf(1).run()\n"}},
                              "def f(x: A): return x\n"),
             "p/a.py", kTwoClasses + "def f(x: B): return x\n", 2},
        Edit{"a parameter that becomes an attribute",
             with_two_classes({{"p/b.py", "from p.a import C\nC(1).x.run()\n"}},
                              "class C:\n  def __init__(self, v: A): self.x = v\n"),
             "p/a.py", kTwoClasses + "class C:\n  def __init__(self, v: B): self.x = v\n", 2},
        Edit{"a parameter that nothing is made of",
             with_two_classes({{"p/b.py", "from p.a import f\nf(1).run()\n"}},
                              "def f(x: A): return A()\n"),
             "p/a.py", kTwoClasses + "def f(x: B): return A()\n", 1},
        Edit{"a member of what a plugin's fixture gives",
             {{"p/a.py", "class A:\n  def run(self): pass\n"},
              {"p/plug.py",
               "import pytest\nfrom p.a import A\n@pytest.fixture\ndef given():\n"
               "  return A()\n"},
              {"t/test_a.py", "def test_it(given):\n  given.run()\n"}},
             "p/a.py",
             "class A:\n  run = 1\n",
             2},
        Edit{"a fixture that another one passes on",
             with_two_classes({{"test_a.py",
                                "import pytest\nfrom p.a import A\n@pytest.fixture\n"
                                "def db(): return A()\n"},
                               {"test_b.py",
                                "import pytest\nfrom p.a import B\n@pytest.fixture\n"
                                "def db(): return B()\n"},
                               {"conftest.py", "from test_a import db\n"},
                               {"s/conftest.py",
                                "import pytest\n@pytest.fixture\n"
                                "def z(db): return db\n"},
                               {"s/test_t.py", "def test_it(z): z.run()\n"}},
                              ""),
             "conftest.py", "from test_b import db\n", 3},
        Edit{"a method that nobody uses", kClasses, "p/b.py",
             "from p.a import A\nclass B(A):\n  def g(self): pass\n  def h(self): pass\n", 1},
        Edit{"a method that a base calls", kClasses, "p/b.py",
             "from p.a import A\nclass B(A):\n  def left(self): pass\n", std::nullopt},
        Edit{"a call of what only derived classes may have", kClasses, "p/a.py",
             "class A:\n  def f(self):\n    self.g()\n    getattr(self, 'do_' + x)()\n",
             std::nullopt},
        Edit{"a method of a name that many have, that a base calls", with_many_of(kClasses, "left"),
             "p/b.py", "from p.a import A\nclass B(A):\n  def left(self): pass\n", std::nullopt},
        Edit{"a base of too many methods that a name may mean", with_too_many_below(), "p/a.py",
             with_too_many_below().at("p/a.py") + "def g(): pass\n", 1},
        Edit{"a new class whose base makes names", kClasses, "p/u.py",
             "from p.a import A\nfrom p.t import T\nclass D(A):\n  def do_it(self): pass\n"
             "class U:\n  pass\n",
             std::nullopt},
        Edit{"what is run around the tests of a base", kDerivedTests, "p/u.py",
             "from p.t import T\nclass U(T):\n  def setUp(self): pass\n", std::nullopt},
        Edit{"a name of a module that another file imports",
             {{"p/__init__.py", ""},
              {"p/m.py", "def f(): pass\n"},
              {"a.py", "import p.m\n"},
              {"b.py", "import p\np.m.f()\n"}},
             "p/m.py",
             "def g(): pass\n",
             2},
        Edit{"a method whose name a base makes", kClasses, "p/b.py",
             "from p.a import A\nclass B(A):\n  def do_it(self): pass\n", std::nullopt},
        Edit{"another base", kClasses, "p/b.py", "class B:\n  def g(self): pass\n", std::nullopt},
        Edit{"a class that is its own base", kClasses, "p/a.py",
             "from p.c import C\nclass A(C):\n  pass\n", std::nullopt},
        Edit{"a class that is run with tests", kClasses, "p/u.py",
             "from p.t import T\nclass U:\n  pass\nclass V(T):\n  pass\n", std::nullopt},
        Edit{"a first test of a class that others are derived from",
             {{"p/t.py", "class T:\n  def help(self): pass\n"},
              {"p/u.py", "from p.t import T\nclass U(T): pass\n"}},
             "p/t.py",
             "class T:\n  def help(self): pass\n  def test_it(self): pass\n",
             std::nullopt},
        Edit{"a second test of one", kDerivedTests, "p/t.py",
             "class T:\n  def test_it(self): pass\n  def test_more(self): pass\n", std::nullopt},
        Edit{"a relation beside those to derived classes", kDerivedTests, "p/t.py",
             "class T:\n  def test_it(self): pass\nclass V: pass\nclass W(V): pass\n",
             std::nullopt},
        Edit{"a name that a star import takes", kStars, "p/a.py", "def f(): pass\ndef g(): pass\n",
             3},
        Edit{"a name that star imports don't take", kStars, "p/a.py",
             "def f(): pass\ndef _g(): pass\n", 2},
        Edit{"a list of names for star imports", kStars, "p/a.py", "def f(): pass\n__all__ = []\n",
             4},
        Edit{"an attribute of something unknown", kResults, "p/e.py",
             "def unknown(x):\n  x.again()\n", 1},
        Edit{"a definition of a name that is asked for",
             {{"p/a.py", "def f(x):\n  x.unusual()\n"}, {"p/b.py", ""}},
             "p/b.py",
             "def unusual(): pass\n",
             2},
        Edit{"a file that nobody asks for", kResults, "p/new.py", "def fresh(): pass\n", 1},
        Edit{"a file that an import asks for",
             {{"p/a.py", "from p.new import f\nf()\n"},
              {"p/b.py", "from p.a import f\nf()\n"},
              {"p/c.py", "def f(): pass\n"}},
             "p/new.py",
             "def f(): pass\n",
             3},
        Edit{"a file that an attribute of its package asks for",
             {{"p/__init__.py", ""}, {"a.py", "import p\np.new.f()\n"}},
             "p/new.py",
             "def f(): pass\n",
             2},
        Edit{"a package where a folder was",
             {{"p/a.py", "def f(): pass\n"}, {"b.py", "from p.a import f\n"}},
             "p/__init__.py",
             "",
             std::nullopt},
        Edit{"a first name of modules that were outside",
             {{"p/a.py", "import q.b\nimport json\n"}, {"p/b.py", "from q.c import d\nd()\n"}},
             "q/b.py",
             "",
             std::nullopt},
        Edit{"what a fixture gives", kFixtures, "p/b.py",
             "import pytest\nfrom p.a import A, B\n@pytest.fixture\ndef given():\n"
             "  return B()\ndef other(): pass\n",
             std::nullopt},
        Edit{"a fixture of a folder", kFixtures, "t/conftest.py",
             "from p.a import B\nimport pytest\n@pytest.fixture\ndef given():\n  return B()\n", 3},
        Edit{"a fixture that a folder imports", kFixtures, "t/conftest.py",
             "from p.b import given\n", 2},
        Edit{"a base that a variable names",
             {{"p/a.py", "class A: pass\nclass B: pass\nBase = A\n"},
              {"p/b.py", "from p.a import Base\nclass C(Base): pass\n"}},
             "p/a.py",
             "class A: pass\nclass B: pass\nBase = B\n",
             std::nullopt}));

unsigned number_in(const char* variable, unsigned otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

TEST(ReachedNamesTest, GiveWhatAllNamesGive) {
  const unsigned from = number_in("ALLUVIUM_TEST_FIRST_SEED", 1);
  const unsigned to = from + number_in("ALLUVIUM_TEST_SEEDS", 4);
  std::size_t parts = 0;
  for (unsigned seed = from; seed < to; ++seed) {
    testing::PythonFiles files(seed);
    Follower follower(files.contents());
    for (int step = 0; step < 25; ++step) {
      const Contents before = files.contents();
      files.edit();
      if (follower.become(files.contents())) ++parts;
      ASSERT_EQ(follower.difference(), "") << "seed " << seed << ", step " << step << "\n"
                                           << shown(before, files.contents());
    }
  }
  EXPECT_GT(parts, 5U * (to - from));
  RecordProperty("parts", static_cast<int>(parts));
}

}  // namespace
}  // namespace alluvium::code
