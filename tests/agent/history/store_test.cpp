// SPDX-License-Identifier: Apache-2.0
//
// The store as a daemon lives with it: batches, damage, disks that are full or closed to it, and
// being killed.
#include "agent/history/store.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/samples.h"
#include "tests/support/step_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::StepClock;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kServer = "0.0.0.0:80 /etc/apache2/apache2.conf";

StoredSample sample_at(Instant at) {
  Sample sample;
  sample.at = at;
  sample.pid = 1;
  sample.restarted = kNoon - hours(1);
  sample.tally.busy = 5;
  return {kServer, sample};
}

std::int64_t kept(Store& store) {
  const auto samples = store.read<std::vector<Sample>>(
      [](History& history) { return history.range(kServer, Instant{}, kNoon + hours(9000)); });
  EXPECT_TRUE(samples) << samples.error().what;
  return samples ? static_cast<std::int64_t>(samples->size()) : -1;
}

class Stored : public testing::Test {
 protected:
  StoreOptions options() {
    return {dir_ / "history.db", {}, [this](const std::string& sentence) {
              const std::lock_guard lock(mutex_);
              told_.push_back(sentence);
            }};
  }
  std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
      names.push_back(entry.path().filename());
    return names;
  }

  const TempDir dir_{TempDir::in_memory()};
  StepClock clock_{kNoon};
  std::mutex mutex_;
  std::vector<std::string> told_;
};

TEST_F(Stored, SamplesAreWrittenASecondLater) {
  Store store(options(), clock_);
  clock_.settle();
  store.append(sample_at(kNoon));
  store.append(sample_at(kNoon + seconds(1)));
  EXPECT_EQ(kept(store), 0);
  clock_.move(seconds(1));
  clock_.settle();
  EXPECT_EQ(kept(store), 2);
  EXPECT_EQ(store.stored(), 2);
}

TEST_F(Stored, SamplesInMemoryCanBeReadAtOnce) {
  Store store({":memory:", {}, {}}, clock_);
  store.append(sample_at(kNoon));
  EXPECT_EQ(kept(store), 1);
}

TEST_F(Stored, AStoreThatEndsWritesWhatIsQueued) {
  {
    Store store(options(), clock_);
    store.append(sample_at(kNoon));
  }
  Store again(options(), clock_);
  EXPECT_EQ(kept(again), 1);
  EXPECT_TRUE(told().empty());
}

TEST_F(Stored, AFileThatIsNoDatabaseIsSetAsideWithAWord) {
  dir_.write("history.db", std::string(8192, 'x'));
  Store store(options(), clock_);
  store.append(sample_at(kNoon));
  clock_.move(seconds(1));
  clock_.settle();
  EXPECT_EQ(kept(store), 1);
  EXPECT_THAT(files(), testing::Contains("history.db.damaged-20231114T221320Z"));
  EXPECT_THAT(told(), ElementsAre(HasSubstr("was damaged and is set aside as")));
}

// A page in the middle, as a disk that lies leaves it.
void damage(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(0, std::ios::end);
  const auto size = static_cast<std::int64_t>(file.tellg());
  for (std::int64_t at = 4096; at < size; at += 4096) {
    file.seekp(at);
    file << std::string(64, '\xff');
  }
}

TEST_F(Stored, ADatabaseThatIsDamagedWithinIsFoundWhenItWasNotClosedWell) {
  {
    Store store(options(), clock_);
    for (int second = 0; second < 500; ++second)
      store.append(sample_at(kNoon + seconds(second)));
  }
  {
    auto history = History::open(dir_ / "history.db");
    ASSERT_TRUE(history->begin_use());  // and never its end, as when it is killed
  }
  damage(dir_ / "history.db");
  Store store(options(), clock_);
  clock_.settle();
  store.append(sample_at(kNoon));
  clock_.move(seconds(1));
  clock_.settle();
  EXPECT_EQ(kept(store), 1);
  EXPECT_THAT(told(), ElementsAre(HasSubstr("a new one is begun")));
}

TEST_F(Stored, ADatabaseThatIsDamagedWhileItIsUsedStopsNothing) {
  Store store(options(), clock_);
  for (int second = 0; second < 500; ++second)
    store.append(sample_at(kNoon + seconds(second)));
  clock_.move(seconds(1));
  clock_.settle();
  {
    // Into the file itself, and out of the log.
    auto history = Database::open(dir_ / "history.db");
    ASSERT_TRUE(history->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  damage(dir_ / "history.db");
  for (int second = 500; second < 520; ++second) {
    store.append(sample_at(kNoon + seconds(second)));
    clock_.move(seconds(1));
    clock_.settle();
  }
  EXPECT_GT(kept(store), 0);
  ASSERT_FALSE(told().empty());
  EXPECT_THAT(told().front(), HasSubstr("a new one is begun"));
}

TEST_F(Stored, AFolderThatIsMissingKeepsTheLastHourInMemoryUntilItIsThere) {
  StoreOptions elsewhere = options();
  elsewhere.path = dir_ / "later/history.db";
  Store store(elsewhere, clock_);
  store.append(sample_at(kNoon));
  EXPECT_EQ(kept(store), 1);
  EXPECT_THAT(told(), ElementsAre(HasSubstr("is kept in memory")));
  std::filesystem::create_directory(dir_ / "later");
  clock_.move(seconds(61));
  clock_.settle();
  EXPECT_THAT(told(), ElementsAre(HasSubstr("is kept in memory"), HasSubstr("goes on in")));
  store.append(sample_at(kNoon + seconds(61)));
  clock_.move(seconds(1));
  clock_.settle();
  EXPECT_EQ(kept(store), 1);
}

// In a mount namespace of its own; the child's status.
constexpr int kNoMounts = 77;
int in_child(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

TEST_F(Stored, ADiskThatIsFullStopsNothingAndIsGoneOnWithWhenThereIsRoom) {
  const int status = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", dir_.path().c_str(), "tmpfs", 0, "size=1m") != 0)
      return kNoMounts;
    StepClock clock(kNoon);
    Store store(options(), clock);
    int second = 0;
    while (told().empty() && second < 5000) {
      for (int i = 0; i < 50; ++i)
        store.append(sample_at(kNoon + seconds(second++)));
      clock.move(seconds(1));
      clock.settle();
    }
    if (told().size() != 1 || told().front().find("the disk is full") == std::string::npos)
      return 1;
    store.append(sample_at(kNoon + seconds(second)));
    if (kept(store) < 1) return 2;
    if (::mount("none", dir_.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m") != 0) return 3;
    clock.move(seconds(61));
    clock.settle();
    if (told().size() != 2 || told().back().find("goes on in") == std::string::npos) return 4;
    return kept(store) > 500 ? 0 : 5;
  });
  if (status == kNoMounts) GTEST_SKIP() << "no mount namespace without privileges";
  EXPECT_EQ(status, 0);
}

TEST_F(Stored, ADayOfSamplesLeavesNothingBehindInMemory) {
  Store store(options(), clock_);
  // Nothing under a sanitizer, which has an allocator of its own and looks for leaks itself.
  const auto in_use = [] {
    const auto heap = ::mallinfo2();
    return static_cast<std::int64_t>(heap.uordblks + heap.hblkhd);
  };
  std::int64_t after_two_hours = 0;
  // Ten seconds at a time: the store wakes for each as it would for one.
  for (int second = 0; second < 24 * 3600; second += 10) {
    for (int i = 0; i < 10; ++i)
      store.append(sample_at(kNoon + seconds(second + i)));
    clock_.move(seconds(10));
    if (second == 2 * 3600) after_two_hours = in_use();
  }
  clock_.settle();
  EXPECT_LT(in_use() - after_two_hours, std::int64_t{4} << 20);
  EXPECT_EQ(store.stored(), 24 * 3600);
  const auto day = store.read<History::Series>([&](History& history) {
    return history.series(kServer, kNoon, kNoon + hours(24), hours(1));
  });
  EXPECT_GE(day->steps.size(), 24U);
}

}  // namespace
}  // namespace mpm
