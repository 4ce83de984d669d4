// SPDX-License-Identifier: Apache-2.0
//
// A swap that is killed, or fails, or is not alone, at every single call that changes something.
#include <gtest/gtest.h>

#include "tests/agent/apply/swap_tree.h"

namespace mpm::apply {
namespace {

using namespace test;

constexpr int kMostCalls = 400;

enum class Ended { Killed, Done, Refused };

Ended killed_at(int call, const std::function<Result<void>(FileSwap&)>& act) {
  const int status = in_child([&] {
    MortalWorld world(call);
    FileSwap swap(world);
    return act(swap) ? 0 : 1;
  });
  if (status == kKilled) return Ended::Killed;
  return status == 0 ? Ended::Done : Ended::Refused;
}

TEST(FileSwapKilled, LeavesABackupThatIsCompleteOrAbsent) {
  const SwapTree tree;
  const auto before = snapshot(tree.conf());
  Ended ended = Ended::Killed;
  for (int call = 1; ended == Ended::Killed; ++call) {
    ended =
        killed_at(call, [&](FileSwap& swap) { return swap.back_up(tree.edits(), tree.options()); });
    ASSERT_EQ(snapshot(tree.conf()), before);
    FileWorld world;
    if (fs::exists(tree.backup())) {
      ASSERT_TRUE(load_backup(tree.backup())) << call;
      ASSERT_TRUE(remove_backup(world, tree.backup()));
    }
  }
  EXPECT_EQ(ended, Ended::Done);
  FileWorld world;
  sweep_backups(world, (tree.top() / "backups").string());
  EXPECT_TRUE(fs::is_empty(tree.top() / "backups"));
}

// The write killed at every call, and its restore at every call; then restored once more.
struct Ordeal {
  std::function<void()> prepare;
  std::vector<FileEdit> edits;
  bool whole = true;  // every file is old or new at any time
};

void survive(const SwapTree& tree, const Ordeal& ordeal, int& kills) {
  Ended write = Ended::Killed;
  for (int call = 1; write == Ended::Killed; ++call) {
    Ended restore = Ended::Killed;
    for (int undo = 1; restore == Ended::Killed; ++undo, ++kills) {
      SCOPED_TRACE(fmt::format("write killed at {}, restore at {}", call, undo));
      tree.reset();
      ordeal.prepare();
      const auto before = snapshot(tree.conf());
      FileWorld world;
      ASSERT_TRUE(FileSwap(world).back_up(ordeal.edits, tree.options()));
      write = killed_at(call, [&](FileSwap& swap) { return swap.write(tree.backup()); });
      ASSERT_NE(write, Ended::Refused);
      ASSERT_TRUE(!ordeal.whole || tree.is_old_or_new());
      restore = killed_at(undo, [&](FileSwap& swap) { return swap.restore(tree.backup()); });
      ASSERT_NE(restore, Ended::Refused);
      ASSERT_TRUE(!ordeal.whole || tree.is_old_or_new());
      const auto restored = FileSwap(world).restore(tree.backup());
      ASSERT_TRUE(restored) << restored.error().what;
      ASSERT_EQ(snapshot(tree.conf()), before);
    }
  }
  EXPECT_EQ(write, Ended::Done);
}

TEST(FileSwapKilled, LeavesEveryFileOldOrNewAndCanBeUndone) {
  const SwapTree tree;
  int kills = 0;
  survive(tree, {[] {}, tree.edits()}, kills);
  RecordProperty("kills", kills);
  EXPECT_GT(kills, 700);
}

// In its place a file can be half of each; the backup mends it. Shorter, longer and empty: what is
// half written has another length each time.
TEST(FileSwapKilled, CanBeUndoneWhereAFileHasTwoNames) {
  const SwapTree tree;
  int kills = 0;
  const std::string shorter(40, 'a');
  const std::string longer(150, 'b');
  const std::vector<std::pair<std::string, std::string>> texts{{SwapTree::kOld, SwapTree::kNew},
                                                               {shorter, longer},
                                                               {longer, shorter},
                                                               {"", longer},
                                                               {longer, ""}};
  for (const auto& [before, after] : texts) {
    const auto prepare = [&tree, &old = before] {
      put(tree.event(), old);
      fs::create_hard_link(tree.event(), tree.conf() / "other-name.conf");
    };
    survive(tree, {prepare, {{tree.event().string(), FileAction::Rewrite, before, after}}, false},
            kills);
    if (HasFatalFailure()) return;
  }
  RecordProperty("kills", kills);
  EXPECT_GT(kills, 500);
}

// What a power cut would take: bytes that were not synced when their file took its place.
class WatchfulWorld : public FileWorld {
 public:
  int placed = 0;
  int placed_unsynced = 0;
  bool unsynced = false;         // bytes or nature
  bool unsynced_folder = false;  // names

 protected:
  int admit(Call call) override {
    if (call == Call::Write || call == Call::SetMode || call == Call::SetTimes) unsynced = true;
    if (call == Call::Sync) unsynced = unsynced_folder = false;
    if (call == Call::Exchange || call == Call::RenameNew) {
      ++placed;
      placed_unsynced += unsynced ? 1 : 0;
      unsynced_folder = true;
    }
    return 0;
  }
};

TEST(FileSwap, SyncsEveryFileBeforeItTakesItsPlaceAndItsFolderAfterwards) {
  const SwapTree tree;
  WatchfulWorld world;
  FileSwap swap(world);
  ASSERT_TRUE(swap.back_up(tree.edits(), tree.options()));
  EXPECT_FALSE(world.unsynced_folder);
  ASSERT_TRUE(swap.write(tree.backup()));
  EXPECT_FALSE(world.unsynced_folder);
  ASSERT_TRUE(swap.restore(tree.backup()));
  EXPECT_FALSE(world.unsynced_folder);
  EXPECT_EQ(world.placed, 11);
  // Times of a link have nothing that can be synced but the folder.
  EXPECT_LE(world.placed_unsynced, 1);
}

class FileSwapFailing : public testing::TestWithParam<int> {};

TEST_P(FileSwapFailing, LeavesEverythingAsItWasWhenOneCallFails) {
  const SwapTree tree;
  int refused = 0;
  for (const bool two_names : {false, true})
    for (int call = 1;; ++call) {
      SCOPED_TRACE(call);
      tree.reset();
      if (two_names) fs::create_hard_link(tree.event(), tree.conf() / "other-name.conf");
      const auto before = snapshot(tree.conf());
      FailingWorld world(call, 1, GetParam());
      const auto swapped = swap_files(world, tree.edits(), tree.options());
      if (!swapped) {
        ++refused;
        EXPECT_FALSE(swapped.error().what.empty());
        ASSERT_EQ(snapshot(tree.conf()), before) << swapped.error().what;
      } else {
        FileWorld well;
        ASSERT_TRUE(FileSwap(well).standing(tree.backup())->after);
        ASSERT_TRUE(FileSwap(well).restore(tree.backup()));
        ASSERT_EQ(snapshot(tree.conf()), before);
      }
      if (world.count() < call) break;
    }
  EXPECT_GT(refused, 20);
}

TEST_P(FileSwapFailing, CanBeUndoneLaterWhenEveryCallFailsFromThenOn) {
  const SwapTree tree;
  for (int call = 1;; ++call) {
    SCOPED_TRACE(call);
    tree.reset();
    const auto before = snapshot(tree.conf());
    FailingWorld world(call, 1 << 20, GetParam());
    const auto swapped = swap_files(world, tree.edits(), tree.options());
    ASSERT_TRUE(tree.is_old_or_new());
    FileWorld well;
    if (fs::exists(tree.backup())) {
      const auto restored = FileSwap(well).restore(tree.backup());
      ASSERT_TRUE(restored) << restored.error().what;
    }
    ASSERT_EQ(snapshot(tree.conf()), before);
    if (swapped) break;
  }
}

INSTANTIATE_TEST_SUITE_P(With, FileSwapFailing,
                         testing::Values(ENOSPC, EIO, EROFS, EDQUOT, EACCES, EPERM),
                         [](const auto& one) { return std::string(::strerrorname_np(one.param)); });

// Whoever writes to the file meanwhile finds what they wrote, at whatever call it was, whether they
// write to the file that is there or put another in its place.
TEST(FileSwapInACrowd, NeverLosesWhatSomebodyElseWrote) {
  const SwapTree tree;
  const std::string theirs = SwapTree::kOld + "# by hand\n";
  const std::vector<std::function<void()>> ways{[&] { put(tree.event(), theirs); },
                                                [&] {
                                                  put(tree.conf() / "mods/editor~", theirs);
                                                  fs::rename(tree.conf() / "mods/editor~",
                                                             tree.event());
                                                }};
  for (const auto& way : ways)
    for (int call = 1; call < kMostCalls; ++call) {
      SCOPED_TRACE(call);
      tree.reset();
      FileWorld alone;
      ASSERT_TRUE(FileSwap(alone).back_up(tree.edits(), tree.options()));
      CrowdedWorld world(call, way);
      const auto written = FileSwap(world).write(tree.backup());
      if (!world.acted()) break;
      ASSERT_EQ(bytes_of(tree.event()), theirs);
      EXPECT_TRUE(written || written.error().kind == Error::Kind::Conflict);
      // Undone, what was touched after us is left alone too.
      (void)FileSwap(alone).restore(tree.backup());
      ASSERT_EQ(bytes_of(tree.event()), theirs);
      for (const auto& [path, what] : snapshot(tree.conf()))
        ASSERT_EQ(path.find("mpmctl"), std::string::npos) << path;
    }
}

TEST(FileSwapInACrowd, NeverLosesWhatSomebodyElseWroteWhileItRestores) {
  const SwapTree tree;
  const std::string theirs = "# by hand\n";
  for (int call = 1; call < kMostCalls; ++call) {
    SCOPED_TRACE(call);
    tree.reset();
    FileWorld alone;
    ASSERT_TRUE(swap_files(alone, tree.edits(), tree.options()));
    CrowdedWorld world(call, [&] { put(tree.event(), theirs); });
    (void)FileSwap(world).restore(tree.backup());
    if (!world.acted()) break;
    ASSERT_EQ(bytes_of(tree.event()), theirs);
  }
}

TEST(FileSwapInACrowd, LeavesAFileThatCameToBeMeanwhile) {
  const SwapTree tree;
  const fs::path place = tree.conf() / "drop-in.conf";
  for (int call = 1; call < kMostCalls; ++call) {
    tree.reset();
    FileWorld alone;
    ASSERT_TRUE(FileSwap(alone).back_up(tree.edits(), tree.options()));
    CrowdedWorld world(call, [&] { put(place, "# theirs\n"); });
    (void)FileSwap(world).write(tree.backup());
    if (!world.acted()) break;
    ASSERT_EQ(bytes_of(place), "# theirs\n") << call;
  }
}

}  // namespace
}  // namespace mpm::apply
