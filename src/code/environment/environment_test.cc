#include "code/environment/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "alluvium/error.h"
#include "code/temporary_folder_testing.h"
#include "code/written_file_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EnvironmentTest : public ::testing::Test {
 protected:
  void write(const std::string& path, std::string_view text) { write_file(site_ / path, text); }
  void install(const std::string& name, const std::string& version, const std::string& record) {
    const std::string folder = name + "-" + version + ".dist-info/";
    write(folder + "METADATA", "Name: " + name + "\nVersion: " + version + "\n");
    write(folder + "RECORD", record);
  }
  [[nodiscard]] Environment read() const { return Environment::read(folder_.path() / "venv", {}); }

  /// The distribution and version of a module, else `?`; then all that offer it.
  static std::string origin(const Environment& environment, std::string_view module) {
    const auto found = environment.find(module);
    if (!found) return "none";
    std::string text = found->distribution == nullptr
                           ? "?"
                           : found->distribution->name + " " + found->distribution->version;
    for (const std::string_view name : found->offered_by) text.append(", ").append(name);
    return text;
  }
  static std::vector<std::string> problems(const Environment& environment) {
    std::vector<std::string> texts;
    for (const SkippedEntry& entry : environment.problems()) {
      EXPECT_EQ(entry.code, "bad-distribution");
      texts.push_back(entry.path + ": " + entry.message);
    }
    return texts;
  }
  static ErrorCode code_of(const fs::path& folder) {
    try {
      static_cast<void>(Environment::read(folder, {}));
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  }

  const TemporaryFolder folder_;
  const fs::path site_ = folder_.path() / "venv" / "lib" / "python3.13" / "site-packages";
};

TEST_F(EnvironmentTest, ModulesAreOfTheirDistributions) {
  install("Six", "1.17.0", "six.py,,\n");
  install("yaml", "6", "yaml/__init__.py,,\n_yaml/__init__.py,,\n");
  write("old.egg-info/PKG-INFO", "Name: old\nVersion: 0.1\n");
  write("old.egg-info/top_level.txt", "ancient\n");
  write("older.egg-info", "Name: older\nVersion: 0.0.1\n");
  const Environment environment = read();
  EXPECT_EQ(origin(environment, "six"), "Six 1.17.0, Six");
  EXPECT_EQ(origin(environment, "six.moves.urllib"), "Six 1.17.0, Six");
  EXPECT_EQ(origin(environment, "_yaml"), "yaml 6, yaml");
  EXPECT_EQ(origin(environment, "ancient"), "old 0.1, old");
  EXPECT_EQ(origin(environment, "sixth"), "none");
  EXPECT_EQ(origin(environment, ""), "none");
  EXPECT_THAT(problems(environment),
              ElementsAre(HasSubstr("older.egg-info: which modules it has is unknown")));
  EXPECT_EQ(environment.content_hash(), Environment::read(site_, {}).content_hash());
}

TEST_F(EnvironmentTest, PartsOfOnePackageAreOfTheNearest) {
  install("cloud-a", "1", "cloud/a/__init__.py,,\ncloud/a/x.py,,\ncloud/common.py,,\n");
  install("cloud-b", "2", "cloud/b/__init__.py,,\ncloud/common.py,,\n");
  const Environment environment = read();
  EXPECT_EQ(origin(environment, "cloud"), "?, cloud-a, cloud-b");
  EXPECT_EQ(origin(environment, "cloud.a"), "cloud-a 1, cloud-a, cloud-b");
  EXPECT_EQ(origin(environment, "cloud.a.y.z"), "cloud-a 1, cloud-a, cloud-b");
  EXPECT_EQ(origin(environment, "cloud.b.x"), "cloud-b 2, cloud-a, cloud-b");
  EXPECT_EQ(origin(environment, "cloud.common"), "?, cloud-a, cloud-b");
  EXPECT_EQ(origin(environment, "cloud.c"), "?, cloud-a, cloud-b");
}

TEST_F(EnvironmentTest, BadMetadataIsLeftOut) {
  write("a-1.dist-info/METADATA", std::string("\0\xff\xfe not metadata", 16));
  fs::create_directories(site_ / "b-1.dist-info");
  install("c", "1", "c.py,,\n");
  write("c-2.dist-info/METADATA", "Name: C\nVersion: 2\n");
  write("d-1.dist-info/METADATA", "Name: d\nVersion: 1\n");
  write("outside/METADATA", "Name: e\nVersion: 1\n");
  fs::create_directory_symlink(site_ / "outside", site_ / "e-1.dist-info");
  const Environment environment = read();
  EXPECT_THAT(problems(environment),
              ElementsAre(HasSubstr("a-1.dist-info: its metadata has no usable name"),
                          HasSubstr("b-1.dist-info: its metadata: the file can't be read"),
                          HasSubstr("c-2.dist-info: another installed version of C"),
                          HasSubstr("d-1.dist-info: which modules it has is unknown"),
                          HasSubstr("e-1.dist-info: its metadata: a symbolic link")));
  EXPECT_EQ(origin(environment, "c"), "c 1, c");
  EXPECT_EQ(origin(environment, "e"), "none");
}

TEST_F(EnvironmentTest, WhatIsInstalledIsInTheHash) {
  install("a", "1", "a.py,,\n");
  const std::string before = read().content_hash();
  write("a.py", "x = 1\n");
  EXPECT_EQ(read().content_hash(), before);
  write("a-1.dist-info/METADATA", "Name: a\nVersion: 2\n");
  EXPECT_NE(read().content_hash(), before);
}

TEST_F(EnvironmentTest, FoldersThatAreNoEnvironment) {
  EXPECT_EQ(code_of(folder_.path() / "nowhere"), ErrorCode::NotFound);
  write("six.py", "");
  EXPECT_EQ(code_of(site_ / "six.py"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of(folder_.path() / "venv" / "lib"), ErrorCode::InvalidArgument);
  EXPECT_THAT(problems(read()), IsEmpty());
  fs::create_directories(folder_.path() / "venv" / "lib" / "python3.12" / "site-packages");
  EXPECT_EQ(code_of(folder_.path() / "venv"), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace alluvium::code
