#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <protozero/exception.hpp>
#include <string>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "code/scip/scip_document.h"
#include "code/scip/scip_testing.h"
#include "code/temporary_folder_testing.h"
#include "code/written_file_testing.h"
#include "frame/rows_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TestDocument;
using testing::TestOccurrence;
using testing::TestSymbol;
using ::testing::UnorderedElementsAre;
using Row = std::vector<std::string>;

std::string in_app(const std::string& descriptors) { return "scip-test pip app 1 " + descriptors; }

class ScipIndexTest : public ::testing::Test {
 protected:
  ScipIndexTest() {
    root_ = folder_ / "app";
    fs::create_directory(root_);
  }

  void write(const std::string& path, std::string_view text) { write_file(root_ / path, text); }
  IndexRequest request() { return {.repository = root_, .repo = "r", .target_partitions = 2}; }
  IndexReport index(std::string_view scip) {
    IndexRequest asked = request();
    asked.scip = folder_ / "index.scip";
    std::ofstream(asked.scip, std::ios::binary) << scip;
    return code::index(asked);
  }
  /// The failure that an index makes.
  Error failure(std::string_view scip) {
    try {
      index(scip);
    } catch (const Error& error) {
      return error;
    }
    return {ErrorCode::Internal, "it did not fail"};
  }
  Rows rows(std::string_view sql) {
    return rows_of(Lake::open(root_ / ".alluvium").session({}).sql(sql));
  }

  /// a.py defines f and C.m, b.py uses them.
  void write_two_files() {
    write("a.py", "def f(x):\n    return x\n\nclass C:\n    def m(self): pass\n");
    write("b.py", "from a import f as g, C\ng(1)\nC().m()\n");
  }
  static TestDocument document_a() {
    return {
        .path = "a.py",
        .occurrences = {{{0, 0, 0}, in_app("a/__init__:"), 1},
                        {{0, 4, 5}, in_app("a/f()."), 1, {0, 0, 1, 12}},
                        {{0, 6, 7}, in_app("a/f().(x)"), 1},
                        {{1, 11, 12}, in_app("a/f().(x)")},
                        {{3, 6, 7}, in_app("a/C#"), 1},
                        {{4, 8, 9}, in_app("a/C#m()."), 1}},
        .symbols = {
            {in_app("a/f()."), {"Does f.", "More."}, 17, "f"},
            {in_app("a/f()."), {"Does f, again."}},
            {in_app("a/C#m()."),
             {},
             0,
             "",
             {{in_app("a/Base#m()."),
               {ScipRelationshipField::IsImplementation, ScipRelationshipField::IsReference}}}}}};
  }
  static TestDocument document_b() {
    return {.path = "b.py",
            .occurrences = {{{0, 14, 20}, in_app("a/f().")},
                            {{1, 0, 1}, in_app("a/f().")},
                            {{2, 0, 1}, in_app("a/C#")},
                            {{2, 4, 5}, in_app("a/C#m().")}}};
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  fs::path root_;
};

TEST_F(ScipIndexTest, GivesOccurrencesInBytes) {
  write_two_files();
  index(testing::encode_index({document_a(), document_b()}));
  EXPECT_THAT(
      rows("SELECT f.path, o.symbol, o.bstart, o.bend, o.roles, o.line, o.\"column\", "
           "o.enclosing_bstart, o.enclosing_bend FROM occurrences o "
           "JOIN files f ON f.file_id = o.file_id WHERE o.symbol LIKE '%f().' "
           "ORDER BY 1, 3"),
      ElementsAre(Row{"a.py", in_app("a/f()."), "4", "5", "1", "1", "4", "0", "22"},
                  Row{"b.py", in_app("a/f()."), "14", "20", "8", "1", "14", "NULL", "NULL"},
                  Row{"b.py", in_app("a/f()."), "24", "25", "8", "2", "0", "NULL", "NULL"}));
}

TEST_F(ScipIndexTest, GivesEachSymbolOnceWithItsDefinition) {
  write_two_files();
  index(testing::encode_index({document_a(), document_b()},
                              {{"scip-test pip lib 2 lib/g().", {"G."}}}));
  EXPECT_THAT(
      rows("SELECT s.symbol, s.kind, s.display_name, d.qualified_name, s.documentation[1], "
           "s.is_external, s.has_information, s.package FROM symbols s "
           "LEFT JOIN definitions d ON d.def_id = s.def_id ORDER BY 1"),
      ElementsAre(
          Row{in_app("a/Base#m()."), "method", "m", "NULL", "NULL", "false", "false", "app"},
          Row{in_app("a/C#"), "type", "C", "a.C", "NULL", "false", "false", "app"},
          Row{in_app("a/C#m()."), "method", "m", "a.C.m", "NULL", "false", "true", "app"},
          Row{in_app("a/__init__:"), "meta", "__init__", "NULL", "NULL", "false", "false", "app"},
          Row{in_app("a/f()."), "function", "f", "a.f", "Does f.", "false", "true", "app"},
          Row{in_app("a/f().(x)"), "parameter", "x", "a.f.<locals>.x", "NULL", "false", "false",
              "app"},
          Row{"scip-test pip lib 2 lib/g().", "method", "g", "NULL", "G.", "true", "true", "lib"}));
  EXPECT_THAT(rows("SELECT symbol, related_symbol, is_reference, is_implementation, "
                   "is_type_definition, is_definition FROM symbol_relationships"),
              ElementsAre(Row{in_app("a/C#m()."), in_app("a/Base#m()."), "true", "true", "false",
                              "false"}));
}

TEST_F(ScipIndexTest, KeepsLocalSymbolsOfFilesApart) {
  write("a.py", "def f():\n    v = 1\n    return v\n");
  write("b.py", "def f():\n    v = 1\n    return v\n");
  TestDocument document{.path = "a.py",
                        .occurrences = {{{1, 4, 5}, "local 0", 1}, {{2, 11, 12}, "local 0"}},
                        .symbols = {{"local 0", {"v"}}}};
  TestDocument other = document;
  other.path = "b.py";
  other.symbols.front().documentation = {"another v"};
  index(testing::encode_index({document, other}));
  EXPECT_THAT(rows("SELECT s.symbol, f.path, s.documentation[1], s.is_local FROM symbols s "
                   "JOIN files f ON f.file_id = s.file_id ORDER BY f.path"),
              ElementsAre(Row{"local 0", "a.py", "v", "true"},
                          Row{"local 0", "b.py", "another v", "true"}));
}

TEST_F(ScipIndexTest, RanksAboveTheRulesOfResolution) {
  write_two_files();
  index(testing::encode_index({document_a(), document_b()}));
  EXPECT_THAT(
      rows("SELECT c.callee_text, d.qualified_name, c.resolution, c.confidence FROM calls c "
           "LEFT JOIN definitions d ON d.def_id = c.callee_def_id ORDER BY c.bend"),
      ElementsAre(Row{"g", "a.f", "scip", "1.0"}, Row{"C", "a.C", "scip", "1.0"},
                  Row{"C().m", "a.C.m", "scip", "1.0"}));
  EXPECT_THAT(
      rows("SELECT r.name, d.qualified_name FROM refs r "
           "JOIN definitions d ON d.def_id = r.def_id WHERE r.resolution = 'scip' "
           "ORDER BY r.file_id = (SELECT file_id FROM files WHERE path = 'b.py'), r.bstart"),
      ElementsAre(Row{"x", "a.f.<locals>.x"}, Row{"g", "a.f"}, Row{"C", "a.C"}, Row{"m", "a.C.m"}));
}

TEST_F(ScipIndexTest, TakesBackGuessesForWhatIsElsewhere) {
  write("a.py", "class C:\n    def only(self): pass\n");
  write("b.py", "import lib\nlib.thing().only()\n");
  index(testing::encode_index(
      {{.path = "a.py",
        .occurrences = {{{0, 6, 7}, in_app("a/C#"), 1}, {{1, 8, 12}, in_app("a/C#only()."), 1}}},
       {.path = "b.py", .occurrences = {{{1, 12, 16}, "scip-test pip lib 2 lib/T#only()."}}}}));
  EXPECT_THAT(rows("SELECT resolution, def_id, confidence FROM refs WHERE name = 'only'"),
              ElementsAre(Row{"external", "NULL", "1.0"}));
}

TEST_F(ScipIndexTest, IsEmptyWithoutAnIndex) {
  write_two_files();
  const IndexReport report = code::index(request());
  for (const char* table : {"symbols", "occurrences", "symbol_relationships"}) {
    EXPECT_EQ(report.run.counts.at(table), 0) << table;
    EXPECT_THAT(rows(std::string("SELECT count(*) FROM ") + table), ElementsAre(Row{"0"}));
  }
}

TEST_F(ScipIndexTest, DecidesWhetherARunIsUnchanged) {
  write_two_files();
  const std::string both = testing::encode_index({document_a(), document_b()});
  EXPECT_FALSE(index(both).unchanged);
  EXPECT_TRUE(index(both).unchanged);
  EXPECT_FALSE(index(testing::encode_index({document_a()})).unchanged);
  const IndexReport without = code::index(request());
  EXPECT_FALSE(without.unchanged);
  EXPECT_EQ(without.run.counts.at("occurrences"), 0);
}

TEST_F(ScipIndexTest, KnowsFilesOfOtherLanguages) {
  write_two_files();
  write("web/__init__.ts", "export function h() {}\n");
  write("tool", "#!/bin/sh\nrun() { :; }\n");
  write("other.ts", "not in the index\n");
  index(testing::encode_index(
      {document_a(),
       {.path = "web/__init__.ts",
        .occurrences = {{{0, 16, 17}, "scip-typescript npm app 1 web/h().", 1}},
        .language = "TypeScript"},
       {.path = "tool",
        .occurrences = {{{1, 0, 3}, "scip-test . . . run().", 1}},
        .language = "ShellScript"}}));
  EXPECT_THAT(rows("SELECT path, language, module, line_count, parse_status FROM files "
                   "WHERE language <> 'python' ORDER BY path"),
              ElementsAre(Row{"tool", "shellscript", "NULL", "NULL", "NULL"},
                          Row{"web/__init__.ts", "typescript", "NULL", "NULL", "NULL"}));
  EXPECT_THAT(rows("SELECT o.symbol FROM occurrences o JOIN files f ON f.file_id = o.file_id "
                   "WHERE f.language = 'typescript'"),
              ElementsAre(Row{"scip-typescript npm app 1 web/h()."}));
  EXPECT_THAT(rows("SELECT module FROM modules ORDER BY module"), ElementsAre(Row{"a"}, Row{"b"}));
}

TEST_F(ScipIndexTest, ReindexesWhenAFileOfAnotherLanguageChanges) {
  write_two_files();
  write("c.ts", "export function h() {}\n");
  const std::string scip = testing::encode_index(
      {document_a(), {.path = "c.ts", .occurrences = {{{0, 16, 17}, "s npm app 1 h().", 1}}}});
  index(scip);
  write("c.ts", "export function h() { }\n");
  const IndexReport report = index(scip);
  EXPECT_EQ(report.files_changed, 1U);
  EXPECT_EQ(report.files_added, 0U);
}

TEST_F(ScipIndexTest, LeavesOutRangesOutsideOfTheFile) {
  write_two_files();
  TestDocument document = document_a();
  document.occurrences.push_back({{99, 0, 1}, in_app("a/f().")});
  document.occurrences.push_back({{1, 2}, in_app("a/f().")});
  document.occurrences.push_back({{1, 0, 500}, in_app("a/f().")});
  const IndexReport report = index(testing::encode_index({document}));
  EXPECT_EQ(report.run.counts.at("occurrences"), 6);
  EXPECT_THAT(rows("SELECT severity, code, message, source FROM diagnostics"),
              ElementsAre(Row{"warning", "scip-range-outside-file",
                              "3 of 9 occurrences of the SCIP index are not in the file, the first "
                              "in line 100; they are left out",
                              "scip"}));
}

TEST_F(ScipIndexTest, PassesDiagnosticsOn) {
  write_two_files();
  TestDocument document = document_a();
  document.occurrences[1].diagnostic = "f is too short";
  index(testing::encode_index({document}));
  EXPECT_THAT(rows("SELECT severity, code, message, bstart, bend, source FROM diagnostics"),
              ElementsAre(Row{"error", "scip", "f is too short", "4", "5", "scip"}));
}

TEST_F(ScipIndexTest, TellsOfDocumentsWithoutAFile) {
  write_two_files();
  TestDocument elsewhere = document_b();
  elsewhere.path = "gone.py";
  index(testing::encode_index({document_a(), elsewhere}));
  EXPECT_THAT(rows("SELECT severity, code, source FROM diagnostics"),
              ElementsAre(Row{"warning", "scip-no-file", "scip"}));
  EXPECT_THAT(rows("SELECT count(*) FROM occurrences"), ElementsAre(Row{"6"}));
}

TEST_F(ScipIndexTest, LeavesOutDocumentsOfOtherContent) {
  write_two_files();
  write("c.py", "\n\n\ndef moved(): pass\n");
  const TestDocument stale{
      .path = "c.py",
      .occurrences = {{{0, 4, 9}, in_app("c/moved()."), 1}, {{3, 4, 9}, in_app("a/f().")}}};
  index(testing::encode_index({document_a(), document_b(), stale}));
  EXPECT_THAT(rows("SELECT severity, code FROM diagnostics"),
              ElementsAre(Row{"warning", "scip-stale-document"}));
  EXPECT_THAT(rows("SELECT count(*) FROM occurrences o JOIN files f ON f.file_id = o.file_id "
                   "WHERE f.path = 'c.py'"),
              ElementsAre(Row{"0"}));
}

TEST_F(ScipIndexTest, TakesAnImportUnderAnotherNameForTheName) {
  write_two_files();
  write("c.py", "from a import f as f\nfrom a import C as K\n");
  const TestDocument again{
      .path = "c.py",
      .occurrences = {{{0, 14, 20}, in_app("a/f().")}, {{1, 14, 20}, in_app("a/C#")}}};
  index(testing::encode_index({document_a(), document_b(), again}));
  EXPECT_THAT(rows("SELECT severity, code FROM diagnostics"), ::testing::IsEmpty());
  EXPECT_THAT(rows("SELECT count(*) FROM occurrences o JOIN files f ON f.file_id = o.file_id "
                   "WHERE f.path = 'c.py'"),
              ElementsAre(Row{"2"}));
}

TEST_F(ScipIndexTest, TrustsOnlyNamesInAPartlyStaleDocument) {
  write("a.py", "def f(): pass\ndef h(): pass\nf()\nh()\n\ndef k(): pass\n");
  // As indexed, the calls were in the other order and k one line above.
  index(testing::encode_index({{.path = "a.py",
                                .occurrences = {{{0, 4, 5}, in_app("a/f()."), 1},
                                                {{1, 4, 5}, in_app("a/h()."), 1},
                                                {{2, 0, 1}, in_app("a/h().")},
                                                {{3, 0, 1}, in_app("a/f().")},
                                                {{4, 4, 5}, in_app("a/k()."), 1}}}}));
  EXPECT_THAT(rows("SELECT c.callee_text, d.name, c.resolution FROM calls c "
                   "JOIN definitions d ON d.def_id = c.callee_def_id ORDER BY c.bstart"),
              ElementsAre(Row{"f", "f", "definition"}, Row{"h", "h", "definition"}));
  EXPECT_THAT(rows("SELECT code FROM diagnostics WHERE severity = 'warning' ORDER BY code"),
              ElementsAre(Row{"scip-partly-stale-document"}, Row{"scip-range-outside-file"}));
}

TEST_F(ScipIndexTest, ToleratesDirt) {
  write_two_files();
  TestDocument document = document_a();
  document.occurrences.push_back({{1, 4, 4}, ""});
  document.occurrences.push_back({{1, 4, 10}, "\xFF no symbol"});
  document.occurrences.push_back(document.occurrences.back());
  document.symbols.push_back({""});
  const IndexReport report = index(testing::encode_index({document, document}));
  EXPECT_EQ(report.run.counts.at("occurrences"), 2 * 9);
  EXPECT_THAT(rows("SELECT count(*), count(DISTINCT symbol) FROM symbols"),
              ElementsAre(Row{"7", "7"}));
  EXPECT_THAT(rows("SELECT kind FROM symbols WHERE symbol LIKE '%no symbol'"),
              ElementsAre(Row{"unknown"}));
}

TEST_F(ScipIndexTest, RefusesWhatIsNoIndexOfTheRepository) {
  write_two_files();
  const Error missing = [&] {
    try {
      IndexRequest asked = request();
      asked.scip = folder_ / "nowhere.scip";
      code::index(asked);
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorCode::Internal, "it did not fail");
  }();
  EXPECT_EQ(missing.code(), ErrorCode::NotFound);

  TestDocument elsewhere = document_a();
  elsewhere.path = "src/a.py";
  const Error root = failure(testing::encode_index({elsewhere}));
  EXPECT_EQ(root.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(root.message(), HasSubstr("another root"));
  EXPECT_THAT(root.message(), HasSubstr("src/a.py"));

  write("a.py", "\n\n\n\n# changed\n\ndef g(): pass\n");
  const Error revision = failure(testing::encode_index({document_a()}));
  EXPECT_EQ(revision.code(), ErrorCode::InvalidArgument);
  EXPECT_THAT(revision.message(), HasSubstr("another revision"));

  EXPECT_THAT(failure("this is text, no index").message(), HasSubstr("can't be read"));
  EXPECT_THAT(failure("").message(), HasSubstr("no documents"));

  // After all of these there is still no run.
  EXPECT_THROW((void)Lake::open(root_ / ".alluvium"), Error);
}

TEST_F(ScipIndexTest, RefusesADocumentThatContradictsItself) {
  write_two_files();
  std::string bytes;
  protozero::pbf_builder<ScipIndexField> out(bytes);
  std::string document;
  protozero::pbf_builder<ScipDocumentField> inner(document);
  inner.add_string(ScipDocumentField::Path, "a.py");
  inner.add_string(ScipDocumentField::Occurrence, "\x0a\x7f");  // a range longer than it is
  out.add_message(ScipIndexField::Document, document);
  const Error error = failure(bytes);
  EXPECT_EQ(error.code(), ErrorCode::Corruption);
  EXPECT_THAT(error.message(), HasSubstr("a.py"));
}

TEST_F(ScipIndexTest, HasACapOnTheIndex) {
  write_two_files();
  IndexRequest asked = request();
  asked.scip = folder_ / "index.scip";
  asked.max_scip_bytes = 10;
  std::ofstream(asked.scip, std::ios::binary) << testing::encode_index({document_a()});
  try {
    code::index(asked);
    FAIL() << "it did not fail";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::ResourceExhausted);
  }
}

}  // namespace
}  // namespace alluvium::code
