// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/file_swap.h"

#include <array>
#include <cstdlib>

#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "tests/agent/apply/swap_tree.h"

namespace mpm::apply {
namespace {

using test::FileEdit;
using test::put;
using test::seen;
using test::snapshot;
using test::SwapTree;
namespace fs = std::filesystem;

#define REQUIRE_OK(result) ASSERT_TRUE(result) << (result).error().what

struct stat status_of(const fs::path& path) {
  struct stat found {};
  ::lstat(path.c_str(), &found);
  return found;
}

std::vector<FileEdit> rewrite(const fs::path& path) {
  return {{path.string(), FileAction::Rewrite, SwapTree::kOld, SwapTree::kNew}};
}

TEST(FileSwap, MakesEveryEdit) {
  const SwapTree tree;
  FileWorld world;
  REQUIRE_OK(swap_files(world, tree.edits(), tree.options()));
  for (const FileEdit& edit : tree.edits()) {
    SCOPED_TRACE(edit.path);
    if (edit.action == FileAction::Link)
      EXPECT_EQ(fs::read_symlink(edit.path), edit.after);
    else if (edit.after.empty())
      EXPECT_FALSE(fs::exists(fs::symlink_status(edit.path)));
    else
      EXPECT_EQ(bytes_of(edit.path), edit.after);
  }
  for (const auto& [path, what] : snapshot(tree.conf()))
    EXPECT_EQ(path.find("mpmctl"), std::string::npos) << "something hidden was left";
}

TEST(FileSwap, KeepsModeOwnerAndAttributes) {
  const SwapTree tree;
  FileWorld world;
  const std::string before = seen(tree.event());
  REQUIRE_OK(swap_files(world, tree.edits(), tree.options()));
  const std::string after = seen(tree.event());
  EXPECT_EQ(before.substr(0, before.find(" time")), after.substr(0, after.find(" time")));
  EXPECT_EQ(before.find("user.note") == std::string::npos,
            after.find("user.note") == std::string::npos);
  EXPECT_NE(after.find("time"), std::string::npos);
}

TEST(FileSwap, RestoresEverythingThatCanBeSeen) {
  const SwapTree tree;
  FileWorld world;
  FileSwap swap(world);
  const auto before = snapshot(tree.conf());
  REQUIRE_OK(swap.back_up(tree.edits(), tree.options()));
  REQUIRE_OK(swap.write(tree.backup()));
  EXPECT_NE(snapshot(tree.conf()), before);
  EXPECT_TRUE(swap.standing(tree.backup())->after);
  REQUIRE_OK(swap.restore(tree.backup()));
  EXPECT_EQ(snapshot(tree.conf()), before);
  EXPECT_TRUE(swap.standing(tree.backup())->before);
  REQUIRE_OK(swap.restore(tree.backup()));
  EXPECT_EQ(snapshot(tree.conf()), before);
}

TEST(FileSwap, KeepsTheAclOfAFileAndTakesNoneFromItsFolder) {
  const SwapTree tree;
  FileWorld world;
  // Version 2: user::rw-, user:77:r--, group::r--, mask::r--, other::---.
  const std::array<unsigned char, 44> acl{
      2, 0,  0,    0,    1,    0,    6,    0, 0xff, 0xff, 0xff, 0xff, 2,    0,    4,
      0, 77, 0,    0,    0,    4,    0,    4, 0,    0xff, 0xff, 0xff, 0xff, 0x10, 0,
      4, 0,  0xff, 0xff, 0xff, 0xff, 0x20, 0, 0,    0,    0xff, 0xff, 0xff, 0xff};
  const char* const name = "system.posix_acl_access";
  if (::setxattr(tree.event().c_str(), name, acl.data(), acl.size(), 0) != 0)
    GTEST_SKIP() << "no ACLs on this file system";
  const std::string with = seen(tree.event());
  REQUIRE_OK(swap_files(world, rewrite(tree.event()), tree.options()));
  EXPECT_NE(seen(tree.event()).find(name), std::string::npos);
  REQUIRE_OK(FileSwap(world).restore(tree.backup()));
  EXPECT_EQ(seen(tree.event()), with);

  tree.reset();
  const std::string without = seen(tree.event());
  ASSERT_EQ(::setxattr((tree.conf() / "mods").c_str(), "system.posix_acl_default", acl.data(),
                       acl.size(), 0),
            0);
  REQUIRE_OK(swap_files(world, rewrite(tree.event()), tree.options()));
  EXPECT_EQ(seen(tree.event()).find(name), std::string::npos);
  REQUIRE_OK(FileSwap(world).restore(tree.backup()));
  EXPECT_EQ(seen(tree.event()), without);
}

TEST(FileSwap, WritesTheRealFileBehindALink) {
  const SwapTree tree;
  FileWorld world;
  const fs::path link = tree.conf() / "enabled/event.conf";
  REQUIRE_OK(swap_files(world, rewrite(link), tree.options()));
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(bytes_of(tree.event()), SwapTree::kNew);
  REQUIRE_OK(FileSwap(world).restore(tree.backup()));
  EXPECT_EQ(bytes_of(tree.event()), SwapTree::kOld);
}

TEST(FileSwap, FollowsLinksInsideTheServersRootOnly) {
  const SwapTree tree;
  FileWorld world;
  const fs::path inside = tree.top() / "root/etc/real.conf";
  put(inside, SwapTree::kOld);
  put(tree.top() / "etc/real.conf", SwapTree::kOld);
  fs::create_symlink("/etc/real.conf", tree.top() / "root/link.conf");
  fs::create_symlink("../../../../etc/real.conf", tree.top() / "root/up.conf");
  for (const char* path : {"/link.conf", "/up.conf"}) {
    SCOPED_TRACE(path);
    const BackupOptions options{tree.backup(), (tree.top() / "root").string()};
    REQUIRE_OK(swap_files(world, rewrite(path), options));
    EXPECT_EQ(bytes_of(inside), SwapTree::kNew);
    REQUIRE_OK(FileSwap(world).restore(tree.backup()));
    EXPECT_EQ(bytes_of(inside), SwapTree::kOld);
    EXPECT_EQ(bytes_of(tree.top() / "etc/real.conf"), SwapTree::kOld);
    REQUIRE_OK(remove_backup(world, tree.backup()));
  }
}

TEST(FileSwap, KeepsHardLinksOneFile) {
  const SwapTree tree;
  FileWorld world;
  const fs::path other = tree.conf() / "other-name.conf";
  fs::create_hard_link(tree.event(), other);
  const auto before = snapshot(tree.conf());
  const ino_t number = status_of(other).st_ino;
  REQUIRE_OK(swap_files(world, tree.edits(), tree.options()));
  EXPECT_EQ(bytes_of(other), SwapTree::kNew);
  EXPECT_EQ(status_of(tree.event()).st_ino, number);
  REQUIRE_OK(FileSwap(world).restore(tree.backup()));
  EXPECT_EQ(snapshot(tree.conf()), before);
  EXPECT_EQ(status_of(tree.event()).st_ino, number);
}

TEST(FileSwap, RefusesBytesThatItWasNotPlannedFor) {
  const SwapTree tree;
  FileWorld world;
  put(tree.event(), SwapTree::kOld + "# mine\n");
  const auto before = snapshot(tree.top());
  const auto swapped = swap_files(world, tree.edits(), tree.options());
  ASSERT_FALSE(swapped);
  EXPECT_EQ(swapped.error().kind, Error::Kind::Conflict);
  EXPECT_NE(swapped.error().what.find("event.conf was changed by somebody else since it was read"),
            std::string::npos)
      << swapped.error().what;
  EXPECT_EQ(snapshot(tree.top()), before);
}

TEST(FileSwap, RefusesAFileThatWasChangedAfterTheBackup) {
  const SwapTree tree;
  FileWorld world;
  FileSwap swap(world);
  REQUIRE_OK(swap.back_up(tree.edits(), tree.options()));
  put(tree.event(), "# mine\n");
  const auto before = snapshot(tree.conf());
  const auto written = swap.write(tree.backup());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Error::Kind::Conflict);
  // What was never touched is not restored over.
  REQUIRE_OK(swap.restore(tree.backup()));
  EXPECT_EQ(snapshot(tree.conf()), before);
}

TEST(FileSwap, LeavesAFileAloneThatSomebodyChangedAfterIt) {
  const SwapTree tree;
  FileWorld world;
  FileSwap swap(world);
  auto expected = snapshot(tree.conf());
  REQUIRE_OK(swap_files(world, tree.edits(), tree.options()));
  put(tree.event(), SwapTree::kNew + "# mine\n");
  expected[tree.event().string()] = seen(tree.event());
  const auto restored = swap.restore(tree.backup());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().kind, Error::Kind::Conflict);
  EXPECT_NE(restored.error().what.find("backups/17/0.before"), std::string::npos)
      << restored.error().what;
  EXPECT_EQ(snapshot(tree.conf()), expected) << "the others are restored all the same";
  EXPECT_EQ(bytes_of(tree.backup() + "/0.before"), SwapTree::kOld);
}

TEST(FileSwap, SaysThatAFileIsImmutable) {
  const SwapTree tree;
  FileWorld world;
  const UniqueFd file(::open(tree.event().c_str(), O_RDONLY));
  int flags = 0;
  ::ioctl(file.get(), FS_IOC_GETFLAGS, &flags);
  flags |= FS_IMMUTABLE_FL;
  if (::ioctl(file.get(), FS_IOC_SETFLAGS, &flags) != 0) GTEST_SKIP() << "no flags here";
  const auto before = snapshot(tree.conf());
  const auto swapped = swap_files(world, tree.edits(), tree.options());
  flags &= ~FS_IMMUTABLE_FL;
  ::ioctl(file.get(), FS_IOC_SETFLAGS, &flags);
  ASSERT_FALSE(swapped);
  EXPECT_EQ(swapped.error().kind, Error::Kind::Denied);
  EXPECT_NE(swapped.error().what.find("event.conf is immutable; nothing was changed; chattr"),
            std::string::npos)
      << swapped.error().what;
  EXPECT_EQ(snapshot(tree.conf()), before);
}

TEST(FileSwap, WritesInPlaceWhereOnlyTheFileMayBeWritten) {
  if (::getuid() != 0) GTEST_SKIP() << "needs another user";
  const SwapTree tree;
  fs::permissions(tree.top(), fs::perms::owner_all | fs::perms::others_exec);
  fs::permissions(tree.conf() / "mods", static_cast<fs::perms>(0755));
  ASSERT_EQ(::chown((tree.top() / "backups").c_str(), 1234, 1234), 0);
  const auto before = snapshot(tree.conf());
  const ino_t number = status_of(tree.event()).st_ino;
  const auto as_its_owner = [&](auto act) {
    return test::in_child([&] {
      if (::setgid(4321) != 0 || ::setuid(1234) != 0) return 9;
      FileWorld world;
      const Result<void> done = act(world);
      if (!done) std::fputs((done.error().what + "\n").c_str(), stderr);
      return done ? 0 : 1;
    });
  };
  ASSERT_EQ(as_its_owner([&](FileWorld& world) {
              return swap_files(world, rewrite(tree.event()), tree.options());
            }),
            0);
  EXPECT_EQ(bytes_of(tree.event()), SwapTree::kNew);
  EXPECT_EQ(status_of(tree.event()).st_ino, number);
  ASSERT_EQ(as_its_owner([&](FileWorld& world) { return FileSwap(world).restore(tree.backup()); }),
            0);
  EXPECT_EQ(snapshot(tree.conf()), before);
}

TEST(FileSwap, SavesNothingOverABackupThatIsThere) {
  const SwapTree tree;
  FileWorld world;
  FileSwap swap(world);
  REQUIRE_OK(swap.back_up(tree.edits(), tree.options()));
  const auto again = swap.back_up(tree.edits(), tree.options());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Error::Kind::Conflict);
  REQUIRE_OK(load_backup(tree.backup()));
}

TEST(FileSwap, RefusesABackupThatIsDamaged) {
  const SwapTree tree;
  FileWorld world;
  FileSwap swap(world);
  REQUIRE_OK(swap.back_up(tree.edits(), tree.options()));
  REQUIRE_OK(swap.write(tree.backup()));
  put(tree.backup() + "/0.before", SwapTree::kNew);
  const auto now = snapshot(tree.conf());
  const auto restored = swap.restore(tree.backup());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().kind, Error::Kind::Malformed);
  EXPECT_EQ(snapshot(tree.conf()), now);
}

TEST(FileSwap, RefusesToChangeOneFileTwice) {
  const SwapTree tree;
  FileWorld world;
  auto edits = rewrite(tree.event());
  edits.push_back(rewrite(tree.conf() / "enabled/event.conf")[0]);
  const auto saved = FileSwap(world).back_up(edits, tree.options());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, Error::Kind::Usage);
}

TEST(FileSwap, ForgetsBackupsBeyondItsBoundButForOpenChanges) {
  const SwapTree tree;
  FileWorld world;
  FileSwap swap(world);
  const std::string shelf = (tree.top() / "backups").string();
  for (const int number : {2, 9, 10, 11, 100})
    REQUIRE_OK(swap.back_up(tree.edits(), {shelf + "/" + std::to_string(number), ""}));
  for (const int time : {7, 8})
    REQUIRE_OK(swap.back_up(tree.edits(), {shelf + "/set-" + std::to_string(time), ""}));
  fs::create_directories(shelf + "/.left-behind");
  REQUIRE_OK(swap.forget(shelf, "set-", 1, {}));
  REQUIRE_OK(swap.forget(shelf, "", 2, {"9"}));
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(shelf))
    left.push_back(entry.path().filename());
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<std::string>{"100", "11", "9", "set-8"}));
}

}  // namespace
}  // namespace mpm::apply
