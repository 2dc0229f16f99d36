#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include "alluvium/error.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/session/session.h"
#include "alluvium/udf/plugin_library.h"
#include "frame/rows_testing.h"

namespace alluvium {
namespace {

using ::testing::HasSubstr;
using testing::values_of;
namespace fs = std::filesystem;

const fs::path kFolder = PLUGIN_FOLDER;

PluginPin pin(const std::string& name) {
  return {.name = name + ".so", .hash = plugin_hash(kFolder / (name + ".so"))};
}

Error failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::Internal, "nothing was thrown"};
}

Error refusal(const fs::path& folder, const PluginPin& pin) {
  return failure_of([&] { (void)load_plugin(folder, pin); });
}

#define EXPECT_REFUSED(error, expected, text)                            \
  do {                                                                   \
    const Error refused = error;                                         \
    EXPECT_EQ(refused.code(), ErrorCode::expected) << refused.message(); \
    EXPECT_THAT(refused.message(), HasSubstr(text));                     \
    EXPECT_EQ(refused.details().count("plugin"), 1U);                    \
  } while (false)

class PluginFile : public ::testing::Test {
 protected:
  PluginFile() { fs::create_directories(folder_ / "inner"); }
  ~PluginFile() override { fs::remove_all(folder_.parent_path()); }

  // A folder in another one.
  fs::path folder_ = fs::path(::testing::TempDir()) /
                     (std::string("alluvium_plugins_") + std::to_string(::getpid()) +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name()) /
                     "folder";
};

TEST_F(PluginFile, HashIsThatOfSha256sum) {
  std::ofstream(folder_ / "abc") << "abc";
  EXPECT_EQ(plugin_hash(folder_ / "abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(failure_of([&] { (void)plugin_hash(folder_ / "none"); }).code(), ErrorCode::NotFound);
}

TEST_F(PluginFile, IsRefusedOutsideOfTheFolder) {
  const PluginPin good = pin("accepted");
  fs::copy_file(kFolder / good.name, folder_.parent_path() / good.name);
  fs::copy_file(kFolder / good.name, folder_ / "inner" / good.name);
  fs::create_symlink(kFolder / good.name, folder_ / "link.so");
  for (const std::string& name :
       {"../" + good.name, "inner/" + good.name, (kFolder / good.name).string(), std::string(".."),
        std::string(), std::string("inner\\x.so")}) {
    EXPECT_REFUSED(refusal(folder_, {name, good.hash}), PolicyViolation, "without a path");
  }
  EXPECT_REFUSED(refusal(folder_, {"link.so", good.hash}), PolicyViolation, "symbolic link");
  EXPECT_REFUSED(refusal(folder_, {"inner", good.hash}), PolicyViolation, "no regular file");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_REFUSED(refusal(folder_, {"pipe", good.hash}), PolicyViolation, "no regular file");
  EXPECT_REFUSED(refusal(folder_, good), NotFound, "No such file");
  EXPECT_REFUSED(refusal(folder_ / "none", good), NotFound, "plug-in folder");
}

TEST_F(PluginFile, IsRefusedWithAnotherHash) {
  const PluginPin good = pin("accepted");
  fs::copy_file(kFolder / good.name, folder_ / good.name);
  EXPECT_EQ(load_plugin(folder_, good).pin, good);
  std::ofstream(folder_ / good.name, std::ios::app) << "more";
  const Error error = refusal(folder_, good);
  EXPECT_REFUSED(error, PolicyViolation, good.hash);
  EXPECT_THAT(error.message(), HasSubstr(plugin_hash(folder_ / good.name)));
  EXPECT_REFUSED(refusal(folder_, {good.name, ""}), InvalidArgument,
                 plugin_hash(folder_ / good.name));
  EXPECT_REFUSED(refusal(folder_, {good.name, good.hash.substr(7)}), InvalidArgument, "sha256:");
}

TEST_F(PluginFile, IsRefusedWhenItIsNoLibrary) {
  std::ofstream(folder_ / "text.so") << "text";
  EXPECT_REFUSED(refusal(folder_, {"text.so", plugin_hash(folder_ / "text.so")}), InvalidArgument,
                 "can't be loaded");
}

// Many libraries, one after the other: the loader must not take one for another.
TEST(Plugin, IsRefusedForItsDeclaration) {
  const auto expect = [](const std::string& fault, ErrorCode code, std::string_view text) {
    SCOPED_TRACE(fault);
    const Error error = refusal(kFolder, pin(fault));
    EXPECT_EQ(error.code(), code) << error.message();
    EXPECT_THAT(error.message(), HasSubstr(std::string(text)));
    EXPECT_EQ(error.details().at("field"), "plugins");
  };
  using enum ErrorCode;
  expect("no_entry", InvalidArgument, "doesn't export `alluvium_plugin`");
  expect("null_plugin", Unsupported, "ABI version 1");
  expect("other_abi", Unsupported, "has ABI version 99; this Alluvium serves");
  expect("no_plugin_name", InvalidArgument, "has no name");
  expect("no_functions", InvalidArgument, "declares no function");
  expect("short_function", InvalidArgument, "struct_size of 8");
  expect("no_declaration", InvalidArgument, "declaration is null");
  expect("null_name", InvalidArgument, "scalar function 1 has no name");
  expect("bad_name", InvalidArgument, "Drop Table");
  expect("no_parameters", InvalidArgument, "no array of its parameters");
  expect("null_parameter", InvalidArgument, "parameter 2 is null");
  expect("same_parameter", InvalidArgument, "`a` of another one");
  expect("bad_type", InvalidArgument, "has a type that can't be");
  expect("type_twice", InvalidArgument, "neither or both");
  expect("unknown_class", InvalidArgument, "unknown class of types 99");
  expect("bad_default", InvalidArgument, "`many`, which is no");
  expect("default_order", InvalidArgument, "has no default, but the one before");
  expect("default_of_class", InvalidArgument, "its type is a class");
  expect("variadic_nothing", InvalidArgument, "no parameter to repeat");
  expect("class_result", InvalidArgument, "where one type is due");
  expect("view_result", Unsupported, "which a plug-in can't return");
  expect("bad_volatility", InvalidArgument, "unknown volatility 9");
  expect("no_invoke", InvalidArgument, "function `refused` has no `invoke`");
  expect("half_aggregate", InvalidArgument, "has no `create`");
}

TEST(Plugins, AreRefusedWhenNamesClash) {
  const auto clash = [](std::vector<PluginPin> pins, const FunctionSet& functions) {
    return failure_of([&] { (void)load_plugins(kFolder, pins, functions); });
  };
  EXPECT_REFUSED(clash({pin("same_name")}, {}), AlreadyExists, "one of plug-in `same_name.so`");
  EXPECT_REFUSED(clash({pin("accepted")}, {.aliases = {{"refused", "abs"}}}), AlreadyExists,
                 "one of the profile");
  const ScalarFunction taken{.name = "f", .aliases = {"context_alias"}};
  EXPECT_REFUSED(clash({pin("functions")}, {.scalars = {taken}}), AlreadyExists, "context_alias");
  EXPECT_EQ(load_plugins(kFolder, {pin("accepted"), pin("functions")}, {}).size(), 2U);
}

RuntimeProfile profile_with(const std::string& plugin) {
  return {.plugin_folder = kFolder, .plugins = {pin(plugin)}};
}

TEST(Plugins, MayNotTakeAnEnginesName) {
  const Error error = failure_of([] { (void)profile_with("engine_name").open_session(); });
  EXPECT_EQ(error.code(), ErrorCode::AlreadyExists) << error.message();
  EXPECT_THAT(error.message(), HasSubstr("`abs`"));
}

TEST(Plugins, AreListedByTheSession) {
  const RuntimeProfile profile = profile_with("functions");
  const Session session = profile.open_session();
  ASSERT_EQ(session.plugins().size(), 1U);
  EXPECT_EQ(session.plugins()[0].name, "functions");
  EXPECT_EQ(session.plugins()[0].version, "");
  EXPECT_EQ(session.plugins()[0].pin, profile.plugins[0]);
  EXPECT_EQ(session.functions().scalars.size(), session.plugins()[0].functions.scalars.size());
  EXPECT_TRUE(session.profile().functions.empty());
  // As it was given, it opens again.
  EXPECT_EQ(session.profile().open_session().plugins().size(), 1U);
}

TEST(PluginDeclaration, IsReadInFull) {
  const FunctionSet functions = load_plugin(kFolder, pin("functions")).functions;
  const auto find = [&](std::string_view name) -> const ScalarFunction& {
    return *std::find_if(functions.scalars.begin(), functions.scalars.end(),
                         [&](const auto& function) { return function.name == name; });
  };
  const ScalarFunction& context = find("context_value");
  EXPECT_EQ(context.aliases, std::vector<std::string>{"context_alias"});
  EXPECT_TRUE(context.variadic);
  EXPECT_FALSE(context.returns.nullable);
  EXPECT_EQ(context.returns.type, int64());
  EXPECT_EQ(context.documentation.category, "good");
  EXPECT_EQ(context.documentation.example, "context_value('')");
  ASSERT_EQ(context.parameters.size(), 3U);
  EXPECT_EQ(context.parameters[0].description, "A string.");
  EXPECT_FALSE(context.parameters[0].default_value);
  EXPECT_EQ(context.parameters[1].type.exact(), int32());
  EXPECT_TRUE(context.parameters[1].default_value);
  EXPECT_EQ(context.parameters[2].type.exact(), list(int64()));
  EXPECT_TRUE(context.parameters[2].default_value);
  EXPECT_EQ(find("format_of").parameters[0].type.family(), TypeClass::Any);
  EXPECT_FALSE(find("format_of").parameters[0].type.exact());
  EXPECT_TRUE(find("plain_length").null_propagating);
  const ScalarFunction& derived = find("derived");
  EXPECT_EQ(derived.volatility, Volatility::Volatile);
  const auto field_for = [&](std::vector<Field> arguments) {
    FunctionCall call;
    call.arguments = std::move(arguments);
    return derived.return_field(call);
  };
  EXPECT_EQ(field_for({{.name = "x", .type = int64(), .nullable = false}}),
            (Field{.name = "", .type = int64(), .nullable = false}));
  EXPECT_EQ(failure_of([&] { (void)field_for({}); }).code(), ErrorCode::InvalidQuery);
  EXPECT_EQ(failure_of([&] { (void)field_for({{.name = "x", .type = utf8()}}); }).code(),
            ErrorCode::FunctionFailed);
}

// Runs a function of the plug-in `functions` over the columns of a batch.
RecordBatch call(std::string_view name, const RecordBatch& arguments,
                 const Field* returns = nullptr) {
  const FunctionSet functions = load_plugin(kFolder, pin("functions")).functions;
  for (const ScalarFunction& function : functions.scalars) {
    if (function.name != name) continue;
    std::vector<ColumnView> columns;
    for (std::size_t i = 0; i < arguments.schema().fields.size(); ++i) {
      columns.push_back(arguments.column(static_cast<int>(i)));
    }
    Field field = returns != nullptr ? *returns : function.returns;
    field.name = "result";
    RecordBatchBuilder builder({.fields = {field}});
    ColumnBuilder result = builder.column(0);
    function.kernel(columns, arguments.row_count(), result);
    return builder.finish();
  }
  throw Error(ErrorCode::NotFound, std::string(name));
}

RecordBatch one_column(const DataType& type, const std::function<void(ColumnBuilder&)>& fill) {
  RecordBatchBuilder builder({.fields = {{.name = "x", .type = type}}});
  ColumnBuilder column = builder.column(0);
  fill(column);
  return builder.finish();
}

TEST(PluginArguments, ComeInTheExactLayoutAndWithoutNulls) {
  for (const DataType& type : {utf8(), utf8_view(), DataType("U")}) {
    const RecordBatch lengths = call("plain_length", one_column(type, [](ColumnBuilder& column) {
                                       column.append("four");
                                       column.append_null();
                                       column.append("a longer string than a view has inside");
                                     }));
    EXPECT_EQ(lengths.column(0).int64(0), 4);
    EXPECT_TRUE(lengths.column(0).is_null(1));
    EXPECT_EQ(lengths.column(0).int64(2), 38);
  }
}

TEST(PluginArguments, ComeAsTheyAreForAClass) {
  for (const DataType& type :
       {int64(), utf8_view(), timestamp(TimeUnit::Milli, "UTC"), list(int64()), date32()}) {
    const RecordBatch formats =
        call("format_of", one_column(type, [](ColumnBuilder& column) { column.append_null(); }));
    EXPECT_EQ(formats.column(0).bytes(0), type.format());
  }
}

TEST(PluginResults, AreNotTrusted) {
  const RecordBatch three = one_column(int64(), [](ColumnBuilder& column) {
    for (int i = 0; i < 3; ++i) column.append(i);
  });
  const auto expect = [&](const std::string& name, std::string_view text) {
    SCOPED_TRACE(name);
    const Error error = failure_of([&] { (void)call(name, three); });
    EXPECT_EQ(error.code(), ErrorCode::FunctionFailed) << error.message();
    EXPECT_THAT(error.message(), HasSubstr("function `" + name + "`"));
    EXPECT_THAT(error.message(), HasSubstr(std::string(text)));
    EXPECT_EQ(error.details().at("function"), name);
  };
  expect("wrong_length", "4 values for 3 rows");
  expect("no_array", "wrote no array");
  expect("wrong_type", "buffer");
  expect("no_values", "buffer");
  expect("negative_offset", "offset -1");
  expect("unpromised_null", "a null where it declares that there is none");
  expect("wild_offsets", "no array of");
  expect("not_utf8", "not valid UTF-8");
  expect("failing", "the moon is not ? full");
  expect("silent", "without saying why");
}

class PluginAggregateTest : public ::testing::Test {
 protected:
  using Groups = std::vector<std::size_t>;

  static std::vector<AggregateFunction> load() {
    return load_plugin(kFolder, pin("growth")).functions.aggregates;
  }
  [[nodiscard]] std::unique_ptr<Accumulator> accumulator() const {
    AggregateFunction::Call call;
    call.arguments = {{.name = "factor", .type = float64()}};
    call.returns = function_.returns;
    return function_.accumulator(call);
  }
  static RecordBatch factors(const std::vector<std::optional<double>>& values) {
    return one_column(float64(), [&](ColumnBuilder& column) {
      for (const auto& value : values) value ? column.append(*value) : column.append_null();
    });
  }
  static void update(Accumulator& to, const RecordBatch& rows, const Groups& groups) {
    const ColumnView column = rows.column(0);
    to.update({&column, 1}, groups);
  }
  // Negative for null.
  static std::vector<double> results(Accumulator& of, std::size_t count) {
    const RecordBatch batch =
        one_column(float64(), [&](ColumnBuilder& column) { of.write_results(count, column); });
    std::vector<double> out;
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      const ColumnView column = batch.column(0);
      out.push_back(column.is_null(row) ? -1 : column.float64(row));
    }
    return out;
  }

  AggregateFunction function_ = load().at(0);
};

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST_F(PluginAggregateTest, AddsTakesAwayAndForgets) {
  EXPECT_TRUE(function_.retracts);
  const auto means = accumulator();
  const std::size_t empty = means->bytes();
  means->grow(3);
  EXPECT_GT(means->bytes(), empty);
  update(*means, factors({2, 8, std::nullopt, 5, 3}), {0, 0, 0, 2, 2});
  EXPECT_THAT(results(*means, 3),
              ElementsAre(DoubleNear(4, 1e-9), DoubleEq(-1), DoubleNear(std::sqrt(15), 1e-9)));
  const RecordBatch oldest = factors({2, 5});
  const ColumnView column = oldest.column(0);
  means->retract({&column, 1}, Groups{0, 2});
  EXPECT_THAT(results(*means, 1), ElementsAre(DoubleNear(8, 1e-9)));
  means->drop_first(2);
  EXPECT_THAT(results(*means, 1), ElementsAre(DoubleNear(3, 1e-9)));
}

TEST_F(PluginAggregateTest, MergesStates) {
  const auto part = accumulator();
  part->grow(2);
  update(*part, factors({2, 8, 3}), {0, 0, 1});
  const std::vector<Field> fields = function_.state_fields({});
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0], (Field{.name = "sum_of_logs", .type = float64(), .nullable = false}));
  RecordBatchBuilder builder({.fields = fields});
  std::vector<ColumnBuilder> columns = {builder.column(0), builder.column(1)};
  part->write_states(2, columns);
  const RecordBatch states = builder.finish();
  const auto whole = accumulator();
  whole->grow(1);
  const std::vector<ColumnView> views = {states.column(0), states.column(1)};
  whole->merge(views, Groups{0, 0});
  EXPECT_THAT(results(*whole, 1), ElementsAre(DoubleNear(std::cbrt(48), 1e-9)));
}

TEST_F(PluginAggregateTest, FailsWithItsName) {
  const auto means = accumulator();
  means->grow(1);
  const Error error = failure_of([&] { update(*means, factors({-1}), {0}); });
  EXPECT_EQ(error.code(), ErrorCode::FunctionFailed);
  EXPECT_THAT(error.message(), HasSubstr("function `geometric_mean`: a factor isn't positive"));
}

TEST(PluginFunctions, WorkInSql) {
  const Session session = profile_with("functions").open_session();
  EXPECT_EQ(values_of(session.sql("SELECT plain_length(x) FROM (VALUES ('a'), (NULL), ('bcd')) "
                                  "AS t(x)")),
            (std::vector<std::string>{"1", "NULL", "3"}));
  EXPECT_EQ(values_of(session.sql("SELECT plain_length('constant')")),
            std::vector<std::string>{"8"});
  EXPECT_EQ(values_of(session.sql("SELECT routine_name FROM information_schema.routines WHERE "
                                  "routine_name = 'plain_length' LIMIT 1")),
            std::vector<std::string>{"plain_length"});
}

TEST(PluginFunctions, OutliveTheirSession) {
  std::optional<DataFrame> frame;
  {
    const Session session = profile_with("functions").open_session();
    frame = session.sql("SELECT plain_length('constant')");
  }
  EXPECT_EQ(values_of(*frame), std::vector<std::string>{"8"});
}

TEST(Plugins, AreNotForUntrustedProfiles) {
  EXPECT_TRUE(RuntimeProfile::untrusted({}, 1, std::chrono::seconds(1)).plugins.empty());
}

}  // namespace
}  // namespace alluvium
