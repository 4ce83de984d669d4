// SPDX-License-Identifier: Apache-2.0
#include "agent/files/host_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace mpm {
namespace {

namespace fs = std::filesystem;
using config::Entry;
using config::FileKind;

class HostFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "mpm-host-files-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    top_ = name;
    fs::create_directories(top_ / "root/etc/conf.d");
    write("root/etc/a.conf", "inside\n");
    write("outside.conf", "outside\n");
  }
  void TearDown() override {
    std::error_code none;
    fs::remove_all(top_, none);
  }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(top_ / name, std::ios::binary) << bytes;
  }
  std::string root() const { return (top_ / "root").string(); }

  fs::path top_;
};

TEST_F(HostFilesTest, ReadsBelowItsRoot) {
  const HostFiles files(root());
  EXPECT_EQ(files.read("/etc/a.conf").value(), "inside\n");
  EXPECT_EQ(files.kind("/etc/a.conf"), FileKind::Regular);
  EXPECT_EQ(files.kind("/etc"), FileKind::Directory);
  EXPECT_EQ(files.kind("/"), FileKind::Directory);
  EXPECT_EQ(files.kind("/etc/none"), FileKind::Missing);
}

TEST_F(HostFilesTest, FollowsAnAbsoluteLinkInsideItsRoot) {
  fs::create_symlink("/etc/a.conf", top_ / "root/link");
  EXPECT_EQ(HostFiles(root()).read("/link").value(), "inside\n");
}

TEST_F(HostFilesTest, NeverLeavesItsRoot) {
  fs::create_symlink("../outside.conf", top_ / "root/up");
  fs::create_symlink((top_ / "outside.conf").string(), top_ / "root/absolute");
  const HostFiles files(root());
  EXPECT_FALSE(files.read("/up").has_value());
  EXPECT_FALSE(files.read("/absolute").has_value());
  EXPECT_FALSE(files.read("/../outside.conf").has_value());
  EXPECT_EQ(files.kind("/up"), FileKind::Missing);
}

TEST_F(HostFilesTest, ReadsTheHostItselfWithoutAPrefix) {
  EXPECT_EQ(HostFiles("").read((top_ / "outside.conf").string()).value(), "outside\n");
}

TEST_F(HostFilesTest, TellsALinkToADirectoryFromADirectory) {
  fs::create_directory_symlink("conf.d", top_ / "root/etc/link.d");
  auto entries = HostFiles(root()).list("/etc").value();
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name, "a.conf");
  EXPECT_FALSE(entries[0].is_directory);
  EXPECT_TRUE(entries[1].is_directory);
  EXPECT_EQ(entries[2].name, "link.d");
  EXPECT_FALSE(entries[2].is_directory);
  EXPECT_TRUE(entries[0].is_regular);
  EXPECT_FALSE(entries[1].is_regular);
  EXPECT_FALSE(entries[2].is_regular);
}

TEST_F(HostFilesTest, DoesNotWaitForAPipeAndDoesNotReadIt) {
  ASSERT_EQ(mkfifo((top_ / "root/pipe").c_str(), 0600), 0);
  const HostFiles files(root());
  EXPECT_EQ(files.kind("/pipe"), FileKind::Other);
  const auto bytes = files.read("/pipe");
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().kind, Error::Kind::Malformed);
}

TEST_F(HostFilesTest, TakesTheNullDeviceForAnEmptyFile) {
  EXPECT_EQ(HostFiles(root()).read("/dev/null").value(), "");
}

TEST_F(HostFilesTest, SaysWhyItsRootCannotBeRead) {
  const HostFiles files(root() + "/none");
  const auto bytes = files.read("/etc/a.conf");
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().kind, Error::Kind::NotFound);
  EXPECT_NE(bytes.error().what.find("none"), std::string::npos);
}

TEST_F(HostFilesTest, RefusesAPathWithANulByte) {
  EXPECT_FALSE(HostFiles(root()).read(std::string("/etc/a.conf\0x", 13)).has_value());
}

TEST_F(HostFilesTest, KnowsTheRealNameOfAFileBelowItsRoot) {
  fs::create_symlink("../a.conf", top_ / "root/etc/conf.d/b.conf");
  fs::create_directory_symlink("/etc", top_ / "root/config");
  for (const std::string& prefix : {root(), std::string()}) {
    const std::string below = prefix.empty() ? root() : "";
    const HostFiles files(prefix);
    EXPECT_EQ(files.real_path(below + "/etc/conf.d/b.conf").value(), below + "/etc/a.conf");
    EXPECT_EQ(files.link_target(below + "/etc/conf.d/b.conf").value(), "../a.conf");
    EXPECT_EQ(files.link_target(below + "/etc/a.conf").error().kind, Error::Kind::Malformed);
    EXPECT_EQ(files.real_path(below + "/none").error().kind, Error::Kind::NotFound);
  }
  EXPECT_EQ(HostFiles(root()).real_path("/config/a.conf").value(), "/etc/a.conf");
}

}  // namespace
}  // namespace mpm
