// SPDX-License-Identifier: Apache-2.0
//
// Killed at any moment: the database opens, is sound, and has all but the last second. Writers are
// processes of their own, killed by SIGKILL at random; as often as MPM_KILLS says, or a few times.
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/base/fd.h"
#include "agent/history/store.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kServer = "0.0.0.0:80 /etc/apache2/apache2.conf";

int kills(int usual) {
  const char* wanted = std::getenv("MPM_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : usual;
}

StoredSample sample_at(Instant at, std::int64_t accesses) {
  Sample sample;
  sample.at = at;
  sample.pid = 1;
  sample.accesses = accesses;
  sample.processes.resize(3);
  for (std::int32_t i = 0; i < 3; ++i)
    sample.processes[static_cast<std::size_t>(i)].pid = i + 1;
  return {kServer, sample};
}

// A process that does this and is killed after a while; what it has told before.
class Killed {
 public:
  Killed(const std::function<void(int)>& act, std::chrono::microseconds after) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    const UniqueFd out(ends[0]);
    const pid_t child = ::fork();
    if (child == 0) {
      act(ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    std::this_thread::sleep_for(after);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::int64_t number = 0;
    while (::read(out.get(), &number, sizeof number) == sizeof number)
      told_ = number;
  }
  std::int64_t told() const { return told_; }

 private:
  std::int64_t told_ = 0;
};

void tell(int out, std::int64_t number) {
  if (::write(out, &number, sizeof number) != sizeof number) ::_exit(1);
}

std::int64_t last_of(const std::string& path) {
  auto history = History::open(path);
  EXPECT_TRUE(history) << history.error().what;
  if (!history) return -1;
  const auto sound = history->check();
  EXPECT_TRUE(sound) << sound.error().what;
  const auto samples =
      history->range(kServer, Instant{}, Instant{} + std::chrono::hours(24 * 365 * 200));
  EXPECT_TRUE(samples) << samples.error().what;
  if (!samples || samples->empty()) return 0;
  EXPECT_EQ(samples->back().processes.size(), 3U) << "half a sample";
  return samples->back().accesses;
}

TEST(KilledHistory, HasAllThatWasCommittedAndIsSound) {
  const TempDir dir;
  const std::string path = dir / "history.db";
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> after(1000, 60'000);
  for (int round = 0; round < kills(40) && !HasFailure(); ++round) {
    const std::int64_t before = last_of(path);
    const Killed killed(
        [&](int out) {
          auto history = History::open(path);
          if (!history || !history->begin_use()) ::_exit(1);
          Keeping keep;
          keep.samples = std::chrono::hours(1);
          for (std::int64_t number = before + 1;; number += 10) {
            std::vector<StoredSample> batch;
            for (std::int64_t i = number; i < number + 10; ++i)
              batch.push_back(sample_at(Instant{} + seconds(i), i));
            if (!history->append(batch)) ::_exit(1);
            tell(out, number + 9);
            const Instant now = batch.back().sample.at;
            if (!history->roll_up(now) || !history->forget(keep, now)) ::_exit(1);
          }
        },
        std::chrono::microseconds(after(random)));
    EXPECT_GE(last_of(path), std::max(before, killed.told()));
  }
}

TEST(KilledStore, LosesTheLastSecondAtMost) {
  const TempDir dir;
  const std::string path = dir / "history.db";
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> after(1'100'000, 2'500'000);
  std::int64_t opened = 0;
  for (int round = 0; round < kills(4) && !HasFailure(); ++round) {
    const Killed killed(
        [&](int out) {
          SystemClock clock;
          Store store({path, {}, [](const std::string&) { ::_exit(1); }}, clock);
          for (;;) {
            const Instant now = clock.now();
            store.append(sample_at(now, now.time_since_epoch().count()));
            tell(out, now.time_since_epoch().count());
            std::this_thread::sleep_for(milliseconds(10));
          }
        },
        std::chrono::microseconds(after(random)));
    const std::int64_t last = last_of(path);
    EXPECT_GT(killed.told(), 0) << "the writer ended by itself";
    // A second and what a batch takes on a busy machine.
    EXPECT_LE(killed.told() - last, 1500) << "milliseconds";
    opened += last > 0 ? 1 : 0;
  }
  EXPECT_EQ(opened, kills(4));
}

}  // namespace
}  // namespace mpm
