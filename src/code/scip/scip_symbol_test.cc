#include "code/scip/scip_symbol.h"

#include <gtest/gtest.h>

#include "code/scip/scip_kind.h"
#include "code/scip/scip_language.h"

namespace alluvium::code {
namespace {

TEST(ScipSymbol, IsTakenApart) {
  const auto method = parse_scip_symbol("scip-python python django 5.2 `django.utils`/Text#f().");
  ASSERT_TRUE(method);
  EXPECT_EQ(method->package, "django");
  EXPECT_EQ(method->package_version, "5.2");
  EXPECT_EQ(method->name, "f");
  EXPECT_EQ(method->kind, "method");
  EXPECT_TRUE(method->is_spelled());
  EXPECT_FALSE(method->is_local);
}

TEST(ScipSymbol, HasTheKindOfItsLastDescriptor) {
  const auto kind = [](std::string descriptors) {
    return parse_scip_symbol("s m p v " + descriptors)->kind;
  };
  EXPECT_EQ(kind("a/"), "namespace");
  EXPECT_EQ(kind("a/B#"), "type");
  EXPECT_EQ(kind("a/b."), "term");
  EXPECT_EQ(kind("a/b(+1)."), "method");
  EXPECT_EQ(kind("a/B#[T]"), "type_parameter");
  EXPECT_EQ(kind("a/b().(c)"), "parameter");
  EXPECT_EQ(kind("a/__init__:"), "meta");
  EXPECT_EQ(kind("a/b!"), "macro");
  EXPECT_EQ(parse_scip_symbol("local 7")->kind, "local");
}

TEST(ScipSymbol, UndoesEscapes) {
  const auto symbol = parse_scip_symbol("s . two  words . `a``b c`#");
  ASSERT_TRUE(symbol);
  EXPECT_EQ(symbol->package, "two words");
  EXPECT_EQ(symbol->package_version, "");
  EXPECT_EQ(symbol->name, "a`b c");
  EXPECT_FALSE(symbol->is_spelled());
}

TEST(ScipSymbol, IsNothingForOtherText) {
  for (const char* text : {"", " ", "s m p v", "s m p v ", "s m p v a", "s m p v `a", "s m p v a(",
                           "s m p v a()", "s m p v [T", "s m p v /", "just words"}) {
    EXPECT_FALSE(parse_scip_symbol(text)) << text;
  }
}

TEST(ScipSymbol, NamesThatIndexersMakeUpAreNotSpelled) {
  EXPECT_FALSE(parse_scip_symbol("s m p v A#`<init>`().")->is_spelled());
  EXPECT_FALSE(parse_scip_symbol("s m p v `a.b`/__init__:")->is_spelled());
  EXPECT_TRUE(parse_scip_symbol("s m p v A#`größe`.")->is_spelled());
}

TEST(ScipKind, HasTheNameOfItsNumber) {
  EXPECT_EQ(scip_kind_name(7), "class");
  EXPECT_EQ(scip_kind_name(55), "type_alias");
  EXPECT_EQ(scip_kind_name(86), "concept");
  EXPECT_EQ(scip_kind_name(0), "");
  EXPECT_EQ(scip_kind_name(-1), "");
  EXPECT_EQ(scip_kind_name(1000), "");
}

TEST(ScipLanguage, IsWhatScipSaysElseTheExtensions) {
  EXPECT_EQ(scip_language("TypeScript", "a.txt"), "typescript");
  EXPECT_EQ(scip_language("", "src/a.rs"), "rust");
  EXPECT_EQ(scip_language("", "src/a.GO"), "go");
  EXPECT_EQ(scip_language("", "a.b/Makefile"), "unknown");
  EXPECT_EQ(scip_language("", ".bashrc"), "unknown");
}

}  // namespace
}  // namespace alluvium::code
