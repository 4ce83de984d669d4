// SPDX-License-Identifier: Apache-2.0
//
// Files that a server calls its own are read as that server may read them, by an agent that is root
// and by one with the capabilities of its unit. As root, who alone can be somebody else.
#include "agent/files/reader_rights.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/files/host_files.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

constexpr uid_t kSomebody = 65533;
constexpr uid_t kAgent = 65532;
const FileReader kReader{kSomebody, kSomebody, {}};

class ReaderRightsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U);
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
    file("root", 0600, 0, 0);
    file("everybody", 0644, 0, 0);
    file("own", 0600, kSomebody, 0);
    file("group", 0640, 0, 4711);
  }

  void file(const std::string& name, int mode, uid_t user, gid_t group) const {
    std::ofstream(dir_ / name) << name;
    std::filesystem::permissions(dir_ / name, std::filesystem::perms(mode));
    ASSERT_EQ(::chown((dir_ / name).c_str(), user, group), 0);
  }

  // What is in it, or "" where it may not be read.
  std::string text(const std::string& name, std::optional<FileReader> reader) const {
    return HostFiles("", std::move(reader)).read(dir_ / name).value_or("");
  }

  const TempDir dir_;
};

// On a thread of its own, which ends as that user: with the unit's capability and no other.
template <class Work>
void as_the_units_agent(Work work) {
  std::thread([&] {
    ASSERT_EQ(::prctl(PR_SET_KEEPCAPS, 1), 0);
    ASSERT_EQ(syscall(SYS_setgroups, 0, nullptr), 0);
    ASSERT_EQ(syscall(SYS_setresgid, kAgent, kAgent, kAgent), 0);
    ASSERT_EQ(syscall(SYS_setresuid, kAgent, kAgent, kAgent), 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3] = {};
    words[0].effective = words[0].permitted = 1U << CAP_DAC_READ_SEARCH;
    ASSERT_EQ(syscall(SYS_capset, &header, words), 0);
    work();
  }).join();
}

TEST_F(ReaderRightsTest, RootReadsWhatTheServersUserMay) {
  EXPECT_EQ(text("root", kReader), "");
  EXPECT_EQ(text("everybody", kReader), "everybody");
  EXPECT_EQ(text("own", kReader), "own");
  EXPECT_EQ(text("group", kReader), "");
  EXPECT_EQ(text("group", FileReader{kSomebody, 4711, {}}), "group");
  EXPECT_EQ(text("group", FileReader{kSomebody, kSomebody, {4711}}), "group");
}

TEST_F(ReaderRightsTest, RootsOwnGroupsAreLeftBehind) {
  file("roots_group", 0640, kAgent, 0);
  EXPECT_EQ(text("roots_group", kReader), "");
}

TEST_F(ReaderRightsTest, RootIsRootAgainAfterwards) {
  { const ReaderRights rights(kReader); }
  EXPECT_EQ(text("root", std::nullopt), "root");
  EXPECT_EQ(text("group", std::nullopt), "group");
}

TEST_F(ReaderRightsTest, WhatRootRunsIsReadAsBefore) {
  EXPECT_EQ(text("root", FileReader{}), "root");
}

TEST_F(ReaderRightsTest, TheUnitsAgentLaysItsCapabilityDownAndTakesItUpAgain) {
  as_the_units_agent([&] {
    EXPECT_EQ(text("root", std::nullopt), "root") << "the capability is there";
    EXPECT_EQ(text("root", kReader), "");
    EXPECT_EQ(text("own", kReader), "") << "it cannot become that user";
    EXPECT_EQ(text("everybody", kReader), "everybody");
    EXPECT_EQ(text("root", std::nullopt), "root") << "and is there again";
  });
}

// Its history and its tokens: anybody could call them his server's configuration.
TEST_F(ReaderRightsTest, NobodyElsesServerIsReadWithTheAgentsOwnRights) {
  file("agents", 0600, kAgent, kAgent);
  file("agents_group", 0640, 0, kAgent);
  file("both", 0640, kSomebody, kAgent);
  std::filesystem::create_directory(dir_ / "agents_folder");
  file("agents_folder/for_all", 0644, kAgent, kAgent);
  std::filesystem::create_symlink("for_all", dir_ / "agents_folder/link");
  std::filesystem::permissions(dir_ / "agents_folder", std::filesystem::perms(0700));
  ASSERT_EQ(::chown((dir_ / "agents_folder").c_str(), kAgent, kAgent), 0);
  std::filesystem::create_symlink(dir_ / "agents", dir_ / "link");
  as_the_units_agent([&] {
    EXPECT_EQ(text("agents", kReader), "");
    EXPECT_EQ(text("agents_group", kReader), "");
    EXPECT_EQ(text("link", kReader), "");
    EXPECT_EQ(text("agents_folder/for_all", kReader), "");
    const HostFiles files("", kReader);
    EXPECT_FALSE(files.list(dir_ / "agents_folder"));
    EXPECT_EQ(files.kind(dir_ / "agents_folder/for_all"), config::FileKind::Missing);
    EXPECT_FALSE(files.link_target(dir_ / "agents_folder/link"));
    EXPECT_FALSE(files.real_path(dir_ / "agents_folder/link"));
    EXPECT_EQ(files.kind(dir_ / "agents"), config::FileKind::Regular) << "which everybody sees";
    EXPECT_TRUE(files.link_target(dir_ / "link"));
    EXPECT_EQ(files.kind("/"), config::FileKind::Directory);
    EXPECT_EQ(text("both", kReader), "both") << "the agent is in its group";
    EXPECT_EQ(text("agents_group", FileReader{kSomebody, kSomebody, {kAgent}}), "agents_group");
    EXPECT_EQ(HostFiles(dir_.path(), kReader).read("/agents").value_or(""), "");
    EXPECT_EQ(HostFiles(dir_.path(), kReader).read("/everybody").value_or(""), "everybody");
    EXPECT_EQ(HostFiles(dir_.path(), kReader).read("/agents_folder/for_all").value_or(""), "");
  });
}

// Such a process reads them without the agent.
TEST_F(ReaderRightsTest, OfTheAgentsOwnUserItReadsWhatThatUserMay) {
  file("agents", 0600, kAgent, kAgent);
  as_the_units_agent([&] {
    EXPECT_EQ(text("agents", FileReader{kAgent, kAgent, {}}), "agents");
    EXPECT_EQ(text("root", FileReader{kAgent, kAgent, {}}), "");
  });
}

TEST_F(ReaderRightsTest, SaysWhoseRightsItWasReadWith) {
  const auto refused = HostFiles("", kReader).read(dir_ / "root");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, Error::Kind::Denied);
  EXPECT_NE(refused.error().what.find("rights of user 65533"), std::string::npos)
      << refused.error().what;
}

TEST_F(ReaderRightsTest, NeitherKindNorNameOfWhatIsInAClosedFolderIsTold) {
  std::filesystem::create_directory(dir_ / "closed");
  file("closed/inside", 0644, 0, 0);
  std::filesystem::permissions(dir_ / "closed", std::filesystem::perms(0700));
  const HostFiles files("", kReader);
  EXPECT_EQ(files.kind(dir_ / "closed/inside"), config::FileKind::Missing);
  EXPECT_FALSE(files.list(dir_ / "closed").has_value());
  EXPECT_FALSE(files.link_target(dir_ / "closed/inside").has_value());
}

}  // namespace
}  // namespace mpm
