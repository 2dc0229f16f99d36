#include "functions/function_testing.h"
#include "functions/unicode.h"

namespace alluvium::testing {
namespace {

using Texts = std::vector<std::string>;

std::string normal(const char* text, const char* form = "NFKC", bool casefold = true,
                   bool collapse = true) {
  return value("utf8_normalize", {texts({text}), constant(utf8(), form),
                                  constant(boolean(), casefold), constant(boolean(), collapse)});
}

TEST(Text, NormalizesForms) {
  EXPECT_EQ(normal("e\u0301", "NFC", false), "\u00e9");
  EXPECT_EQ(normal("\u00e9", "nfd", false), "e\u0301");
  EXPECT_EQ(normal("\ufb01", "NFC", false), "\ufb01");
  EXPECT_EQ(normal("\ufb01", "NFKC", false), "fi");
  EXPECT_EQ(normal("\u00c5\ufb01", "NFKD", false), "A\u030afi");
  EXPECT_EQ(normal("\u1100\u1161", "NFC", false), "\uac00");
  EXPECT_EQ(code_of([] { normal("a", "NFX"); }), ErrorCode::InvalidArgument);
}

TEST(Text, FoldsCase) {
  EXPECT_EQ(normal("Straße ÉCOLE"), "strasse école");
  EXPECT_EQ(normal("ΣΑΣ"), normal("σας"));
  // The iota below is folded after the marks are in order (Unicode 3.13, D145).
  EXPECT_EQ(normal("\u03b1\u0345\u0301"), normal("\u0391\u0301\u0345"));
  EXPECT_EQ(normal("AbC", "NFC", false), "AbC");
}

TEST(Text, CollapsesWhiteSpace) {
  EXPECT_EQ(normal(" \u3000a\t\n b\u00a0 \u2003c "), "a b c");
  EXPECT_EQ(normal(" a  b ", "NFC", true, false), " a  b ");
  EXPECT_EQ(normal(" \u3000\t"), "null");
  EXPECT_EQ(normal("", "NFC", true, false), "null");
}

TEST(Text, BlankIsNull) {
  EXPECT_EQ(
      run("utf8_null_if_blank", {texts({" a b\u2003", "", "  \u3000", nullptr, "é", "日本"})}),
      Texts({"a b", "null", "null", "null", "é", "日本"}));
}

TEST(Text, TrimsNoStrayBytes) {
  EXPECT_EQ(trim_white_space("\x85 a \xA0"), "\x85 a \xA0");
  EXPECT_EQ(trim_white_space(" \xE3\x80"), "\xE3\x80");
  EXPECT_EQ(code_of([] { return normalize("\xFF", NormalForm::Nfc, false); }),
            ErrorCode::InvalidArgument);
}

TEST(Name, IsPythons) {
  EXPECT_EQ(run("qname_normalize", {texts({"C", "pkg.C", " C ", "pkg . C", "", nullptr, "ﬁeld"}),
                                    constant(utf8(), " m.n ")}),
            Texts({"m.n.C", "pkg.C", "m.n.C", "pkg.C", "null", "null", "m.n.field"}));
  EXPECT_EQ(run("qname_normalize", {texts({"C", "C"}), texts({nullptr, " "})}), Texts({"C", "C"}));
}

TEST(ChangeFeed, RanksAndClassifies) {
  const Column changes =
      texts({"insert", "update_preimage", "update_postimage", "delete", "Insert", nullptr});
  EXPECT_EQ(run("cdf_change_rank", {changes}), Texts({"2", "0", "3", "1", "-1", "null"}));
  EXPECT_EQ(run("cdf_is_upsert", {changes}),
            Texts({"true", "false", "true", "false", "false", "null"}));
  EXPECT_EQ(run("cdf_is_delete", {changes}),
            Texts({"false", "false", "false", "true", "false", "null"}));
}

}  // namespace
}  // namespace alluvium::testing
