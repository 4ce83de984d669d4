// SPDX-License-Identifier: Apache-2.0
//
// Files that are mounted, read-only and full file systems: in a mount namespace of the test's own.
#include <cstdio>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include "tests/agent/apply/swap_tree.h"

namespace mpm::apply {
namespace {

using namespace test;

constexpr int kNoMounts = 77;

// A check that did not hold, as the status of the child and as a line.
#define CHECK_THAT(what)                                    \
  if (!(what)) {                                            \
    std::fprintf(stderr, "line %d: " #what "\n", __LINE__); \
    return 1;                                               \
  }

bool enter_namespace() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

void in_namespace(const std::function<int()>& act) {
  const int status = in_child([&] { return enter_namespace() ? act() : kNoMounts; });
  if (status == kNoMounts) GTEST_SKIP() << "no mount namespace without privileges";
  EXPECT_EQ(status, 0);
}

bool bind(const fs::path& from, const fs::path& to) {
  return ::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0;
}
bool make_read_only(const fs::path& path) {
  return ::mount(nullptr, path.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

bool says(const Result<void>& result, const std::string& what) {
  if (result) return false;
  if (result.error().what.find(what) != std::string::npos) return true;
  std::fprintf(stderr, "%s\n", result.error().what.c_str());
  return false;
}

TEST(FileSwapMounted, WritesThroughABindMountOfAFile) {
  const SwapTree tree;
  in_namespace([&] {
    put(tree.top() / "outside.conf", SwapTree::kOld);
    CHECK_THAT(bind(tree.top() / "outside.conf", tree.event()));
    const auto before = snapshot(tree.conf());
    FileWorld world;
    const auto swapped = swap_files(world, tree.edits(), tree.options());
    CHECK_THAT(swapped);
    CHECK_THAT(bytes_of(tree.top() / "outside.conf") == SwapTree::kNew);
    CHECK_THAT(bytes_of(tree.event()) == SwapTree::kNew);
    CHECK_THAT(FileSwap(world).restore(tree.backup()));
    CHECK_THAT(bytes_of(tree.top() / "outside.conf") == SwapTree::kOld);
    CHECK_THAT(snapshot(tree.conf()) == before);
    return 0;
  });
}

TEST(FileSwapMounted, WritesThroughABindMountInAFolderThatIsReadOnly) {
  const SwapTree tree;
  in_namespace([&] {
    put(tree.top() / "outside.conf", SwapTree::kOld);
    CHECK_THAT(bind(tree.conf(), tree.conf()) && make_read_only(tree.conf()));
    CHECK_THAT(bind(tree.top() / "outside.conf", tree.event()));
    FileWorld world;
    CHECK_THAT(swap_files(world, {tree.edits()[0]}, tree.options()));
    CHECK_THAT(bytes_of(tree.top() / "outside.conf") == SwapTree::kNew);
    CHECK_THAT(FileSwap(world).restore(tree.backup()));
    CHECK_THAT(bytes_of(tree.top() / "outside.conf") == SwapTree::kOld);
    return 0;
  });
}

// rename(2) from outside would take the mount away from under the server.
TEST(FileSwapMounted, KeepsAMountOfAnotherNamespace) {
  const SwapTree tree;
  put(tree.top() / "outside.conf", SwapTree::kOld);
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t container = ::fork();
  if (container == 0) {
    const bool done = enter_namespace() && bind(tree.top() / "outside.conf", tree.event());
    const char word = done ? 'y' : 'n';
    (void)!::write(ready[1], &word, 1);
    for (;;)
      ::pause();
  }
  char word = 'n';
  ASSERT_EQ(::read(ready[0], &word, 1), 1);
  FileWorld world;
  const std::string root = fmt::format("/proc/{}/root", container);
  const fs::path in_container = root + tree.event().string();
  Result<void> swapped;
  std::string seen_inside;
  std::string seen_after;
  if (word == 'y') {
    swapped = swap_files(world, {tree.edits()[0]}, {tree.backup(), root});
    seen_inside = bytes_of(in_container);
    (void)FileSwap(world).restore(tree.backup());
    seen_after = bytes_of(in_container);
  }
  ::kill(container, SIGKILL);
  ::waitpid(container, nullptr, 0);
  if (word != 'y') GTEST_SKIP() << "no mount namespace without privileges";
  ASSERT_TRUE(swapped) << swapped.error().what;
  EXPECT_EQ(seen_inside, SwapTree::kNew);
  EXPECT_EQ(seen_after, SwapTree::kOld);
  EXPECT_EQ(bytes_of(tree.event()), SwapTree::kOld) << "the file below the mount is another";
  EXPECT_EQ(bytes_of(tree.top() / "outside.conf"), SwapTree::kOld);
}

TEST(FileSwapMounted, RefusesAReadOnlyFileSystem) {
  const SwapTree tree;
  in_namespace([&] {
    CHECK_THAT(bind(tree.conf(), tree.conf()) && make_read_only(tree.conf()));
    const auto before = snapshot(tree.conf());
    FileWorld world;
    const auto swapped = swap_files(world, tree.edits(), tree.options());
    CHECK_THAT(says(swapped,
                    "event.conf cannot be written: its file system is read-only; nothing "
                    "was changed"));
    CHECK_THAT(swapped.error().kind == Error::Kind::Denied);
    CHECK_THAT(snapshot(tree.conf()) == before);
    return 0;
  });
}

// A real disk that is full, and one that fills up between the change and its undoing.
TEST(FileSwapMounted, RefusesAFullDiskAndRestoresOnOne) {
  const SwapTree tree;
  in_namespace([&] {
    const fs::path disk = tree.top() / "disk";
    fs::create_directories(disk);
    CHECK_THAT(::mount("none", disk.c_str(), "tmpfs", 0, "size=64k") == 0);
    const std::string old(9000, 'o');
    const std::string wanted(9000, 'n');
    put(disk / "a.conf", old);
    const std::vector<FileEdit> edits{
        {(disk / "a.conf").string(), FileAction::Rewrite, old, wanted}};
    put(disk / "fill", std::string(1 << 17, 'x'));
    FileWorld world;
    CHECK_THAT(says(swap_files(world, edits, tree.options()), "its file system is full"));
    CHECK_THAT(bytes_of(disk / "a.conf") == old);
    fs::remove(disk / "fill");
    CHECK_THAT(remove_backup(world, tree.backup()));
    CHECK_THAT(swap_files(world, edits, tree.options()));
    put(disk / "fill", std::string(1 << 17, 'x'));
    CHECK_THAT(FileSwap(world).restore(tree.backup()));
    CHECK_THAT(bytes_of(disk / "a.conf") == old);
    return 0;
  });
}

TEST(FileSwapMounted, LeavesThingsAsTheyWereWhenTheBackupsDiskIsFull) {
  const SwapTree tree;
  in_namespace([&] {
    const fs::path disk = tree.top() / "disk";
    fs::create_directories(disk);
    CHECK_THAT(::mount("none", disk.c_str(), "tmpfs", 0, "size=16k") == 0);
    put(disk / "fill", std::string(1 << 16, 'x'));
    const auto before = snapshot(tree.conf());
    FileWorld world;
    const auto swapped = swap_files(world, tree.edits(), {(disk / "1").string(), ""});
    CHECK_THAT(says(swapped,
                    "cannot be written: No space left on device; the server's files were "
                    "not touched"));
    CHECK_THAT(!fs::exists(disk / "1"));
    CHECK_THAT(snapshot(tree.conf()) == before);
    return 0;
  });
}

}  // namespace
}  // namespace mpm::apply
