#include <limits>

#include "functions/function_testing.h"

namespace alluvium::testing {
namespace {

using Texts = std::vector<std::string>;

std::string digest(Column column) { return value("stable_hash128", {std::move(column)}); }

TEST(Hash, IsTheSameEverywhere) {
  // Computed with another implementation (Python's xxhash) over the part with its length before it.
  EXPECT_EQ(digest(texts({"a"})), "ea7daf8b8b8e0899adea399fbae36cb2");
  EXPECT_EQ(value("stable_hash64", {texts({"a"})}), "5149624786173740241");
  EXPECT_EQ(value("stable_id", {texts({"file"}), texts({"a.py"}), texts({nullptr})}),
            "file:f3b302b170dd4ee2dc21e61f88ac128e");
  EXPECT_EQ(value("prefixed_hash64", {texts({"file"}), texts({"a.py"})}),
            "file:3607473774849871704");
  EXPECT_EQ(value("prefixed_hash_parts64",
                  {texts({"span"}), texts({"a.py"}), numbers({3}), texts({nullptr})}),
            "span:7079008243809640559");
}

TEST(Hash, OfAValueWhateverItsType) {
  for (const DataType& type : {int8(), uint8(), int32(), uint32(), int64(), uint64(), float32(),
                               float64(), DataType("e"), decimal128(5, 0)}) {
    EXPECT_EQ(digest({type, {7}}), digest(texts({"7"}))) << type.to_string();
  }
  EXPECT_EQ(digest({decimal128(10, 2), {700}}), digest(texts({"7"})));
  EXPECT_EQ(digest({decimal128(10, 2), {-105}}), digest(texts({"-1.05"})));
  EXPECT_EQ(digest({decimal128(10, 3), {20}}), digest(texts({"0.02"})));
  EXPECT_EQ(digest({decimal128(10, 3), {0}}), digest(texts({"0"})));
  EXPECT_EQ(digest({decimal128(10, -2), {5}}), digest(texts({"500"})));
  EXPECT_EQ(digest({float64(), {-1.05}}), digest(texts({"-1.05"})));
  EXPECT_EQ(digest({float64(), {-0.0}}), digest(texts({"0"})));
  EXPECT_EQ(digest({float64(), {100000.0}}), digest(texts({"100000"})));
  EXPECT_EQ(digest({float64(), {std::numeric_limits<double>::quiet_NaN()}}),
            digest(texts({"NaN"})));
  EXPECT_EQ(digest({uint64(), {-1}}), digest(texts({"18446744073709551615"})));
  EXPECT_EQ(digest(numbers({std::numeric_limits<std::int64_t>::min()})),
            digest(texts({"-9223372036854775808"})));
  EXPECT_EQ(digest({boolean(), {true}}), digest(texts({"true"})));
  EXPECT_EQ(digest({binary(), {"a"}}), digest(texts({"a"})));
}

TEST(Hash, RefusesWhatIsNoPart) {
  for (const DataType& type : {list(int64()), struct_({{.name = "a", .type = int64()}}),
                               timestamp(TimeUnit::Micro), date32(), DataType("d:50,2,256")}) {
    EXPECT_EQ(code_of([&] { run("stable_id", {texts({"p"}), {type, {nullptr}}}); }),
              ErrorCode::InvalidQuery)
        << type.to_string();
  }
}

TEST(Hash, TreatsNullsAsDocumented) {
  EXPECT_EQ(run("stable_hash64", {texts({nullptr, "a"})}).at(0), "null");
  EXPECT_EQ(digest(texts({nullptr})), "null");
  EXPECT_EQ(digest({null_type(), {nullptr}}), "null");
  EXPECT_EQ(run("prefixed_hash64", {texts({nullptr, "p"}), texts({"v", nullptr})}),
            Texts({"null", "null"}));
  EXPECT_EQ(value("stable_id", {texts({nullptr}), texts({"v"})}), "null");
  const auto id = [](Value part) {
    return value("stable_id", {texts({"p"}), texts({std::move(part)})});
  };
  EXPECT_NE(id(nullptr), id(""));
  EXPECT_NE(id(nullptr), id("null"));
  EXPECT_EQ(id(nullptr).substr(0, 2), "p:");
  EXPECT_NE(value("stable_hash_any", {texts({nullptr}), constant(boolean(), true)}), "null");
  EXPECT_EQ(value("stable_hash_any", {{null_type(), {nullptr}}, constant(boolean(), true)}),
            value("stable_hash_any", {numbers({nullptr}), constant(boolean(), true)}));
}

TEST(Hash, ManyRowsWithAConstantPrefix) {
  const auto ids = run("stable_id", {constant(utf8(), "p"), texts({"a", nullptr, "a", "bé"})});
  EXPECT_EQ(ids.at(0), ids.at(2));
  EXPECT_EQ(ids.at(0), value("stable_id", {texts({"p"}), texts({"a"})}));
  EXPECT_EQ(ids.at(3), value("stable_id", {texts({"p"}), texts({"bé"})}));
  EXPECT_EQ(run("stable_id", {constant(utf8(), nullptr), texts({"a", "b"})}),
            Texts({"null", "null"}));
  EXPECT_NE(value("stable_id", {texts({"a"}), texts({"bc"})}).substr(2),
            value("stable_id", {texts({"ab"}), texts({"c"})}).substr(3));
  EXPECT_EQ(value("stable_id", {texts({""}), texts({"c"})}).substr(0, 1), ":");
}

TEST(Hash, AnyIsCanonicalIfAsked) {
  const auto any = [](const char* text, bool canonical) {
    return value("stable_hash_any", {texts({text}), constant(boolean(), canonical)});
  };
  EXPECT_EQ(any(" a ", true), digest(texts({"a"})));
  EXPECT_EQ(any(" ﬁ\u3000", true), digest(texts({"fi"})));
  EXPECT_EQ(any(" a ", false), digest(texts({" a "})));
  EXPECT_EQ(any("A", true), digest(texts({"A"})));
}

TEST(Hash, SpanIds) {
  const auto id = [](Value path, Value begin, Value end, Value kind) {
    return value("span_id",
                 {constant(utf8(), "ref"), texts({std::move(path)}), numbers({std::move(begin)}),
                  numbers({std::move(end)}), texts({std::move(kind)})});
  };
  EXPECT_EQ(id("a.py", 3, 7, nullptr),
            value("stable_id", {texts({"ref"}), texts({"a.py"}), numbers({3}), numbers({7})}));
  EXPECT_EQ(id("a.py", 3, 7, "k"), value("stable_id", {texts({"ref"}), texts({"a.py"}),
                                                       numbers({3}), numbers({7}), texts({"k"})}));
  EXPECT_NE(id("a.py", 3, 7, ""), id("a.py", 3, 7, nullptr));
  EXPECT_EQ(id(nullptr, 3, 7, "k"), "null");
  EXPECT_EQ(id("a.py", nullptr, 7, "k"), "null");
  EXPECT_EQ(id("a.py", 3, nullptr, "k"), "null");
}

}  // namespace
}  // namespace alluvium::testing
