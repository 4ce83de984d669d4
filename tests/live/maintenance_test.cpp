// SPDX-License-Identifier: Apache-2.0
//
// Child maintenance of mpm-httpd beside that of Debian's httpd: both get the same recorded load,
// idle, then a burst, then idle again, and the number of their processes is written down.
//
// Both look at their children once a second, but not at the same moment, so the two records are
// laid over each other by up to a second and a half, where they fit best. Where two looks of a
// parent fall just before and just after the burst began, one of both is a doubling ahead until the
// end; then the same is played again. Other rules than httpd's would not fit any time.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/load.h"
#include "tests/live/server.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Record = std::vector<std::int32_t>;  // processes, every kEvery

constexpr milliseconds kEvery{100};
constexpr int kASecond = 10;
constexpr int kIdle = 3 * kASecond;
constexpr int kBurst = 9 * kASecond;
constexpr int kAfter = 18 * kASecond;
constexpr int kLongestShift = 15;
constexpr double kFits = 0.95;  // of the moments
constexpr int kPlays = 3;

std::string pool(Mpm mpm) {
  if (mpm == Mpm::Prefork)
    return "StartServers 5\nMinSpareServers 5\nMaxSpareServers 10\nMaxRequestWorkers 60\n";
  return "StartServers 2\nThreadsPerChild 5\nMinSpareThreads 10\nMaxSpareThreads 20\n"
         "MaxRequestWorkers 80\nServerLimit 32\n";
}

// Some 40 workers are busy as long as it lasts, by many short requests or by few long ones, which
// children that were told to go have to finish.
struct Burst {
  int per_second = 200;
  milliseconds takes{200};
  milliseconds span = kBurst * kEvery;
};
constexpr Burst kShort{};
constexpr Burst kLong{.per_second = 80, .takes = 8s, .span = 500ms};

LoadOptions burst_on(const PrivateHttpd& server, const std::string& path, const Burst& burst) {
  LoadOptions load;
  load.port = server.port();
  load.path = path;
  load.per_second = burst.per_second;
  load.span = burst.span;
  return load;
}

class SameMaintenance : public testing::TestWithParam<Mpm> {
 protected:
  void follows_httpd(const Burst& burst) const;
};
INSTANTIATE_TEST_SUITE_P(Live, SameMaintenance,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event), name_of_mpm);

// The share of the moments at which both have the same number of processes, give or take one,
// when `b` is laid `shift` moments later.
double agreement(const Record& a, const Record& b, int shift) {
  int compared = 0, same = 0;
  for (int i = 0; i < static_cast<int>(a.size()); ++i) {
    const int other = i + shift;
    if (other < 0 || other >= static_cast<int>(b.size())) continue;
    ++compared;
    if (std::abs(a[static_cast<std::size_t>(i)] - b[static_cast<std::size_t>(other)]) <= 1) ++same;
  }
  return static_cast<double>(same) / compared;
}

std::string in_seconds(const Record& record) {
  std::string text;
  for (std::size_t i = 0; i < record.size(); i += kASecond)
    text += fmt::format("{} ", record[i]);
  return text;
}

struct Play {
  Record theirs, mine;
};

Play played(const PrivateHttpd& httpd, const PrivateHttpd& ours, const Burst& burst) {
  std::optional<Load> on_httpd, on_ours;
  Play play;
  auto next = std::chrono::steady_clock::now();
  for (int i = 0; i < kIdle + kBurst + kAfter; ++i) {
    if (i == kIdle) {
      const auto takes = burst.takes.count();
      on_httpd.emplace(burst_on(httpd, fmt::format("/lab?sleep={}", takes), burst));
      on_ours.emplace(burst_on(ours, fmt::format("/work?sleep={}ms", takes), burst));
    }
    play.theirs.push_back(static_cast<std::int32_t>(children_of(httpd).size()));
    play.mine.push_back(static_cast<std::int32_t>(children_of(ours).size()));
    next += kEvery;
    std::this_thread::sleep_until(next);
  }
  return play;
}

double best_agreement(const Play& play) {
  double best = 0;
  for (int shift = -kLongestShift; shift <= kLongestShift; ++shift)
    best = std::max(best, agreement(play.mine, play.theirs, shift));
  return best;
}

void SameMaintenance::follows_httpd(const Burst& burst) const {
  double best = 0;
  std::string said;
  for (int i = 0; i < kPlays && best < kFits; ++i) {
    const PrivateHttpd httpd({.mpm = GetParam(), .directives = pool(GetParam())});
    const PrivateHttpd ours(builtin_httpd(GetParam(), pool(GetParam())));
    const Play play = played(httpd, ours, burst);
    ASSERT_GT(*std::ranges::max_element(play.theirs), play.theirs.front() + 4)
        << "the burst was none";
    best = std::max(best, best_agreement(play));
    said +=
        fmt::format("mpm-httpd {}\nhttpd     {}\n", in_seconds(play.mine), in_seconds(play.theirs));
  }
  EXPECT_GE(best, kFits) << said;
}

TEST_P(SameMaintenance, FollowsHttpd) {
  follows_httpd(kShort);
}

TEST_P(SameMaintenance, FollowsHttpdThroughRequestsThatHoldTheirWorkers) {
  follows_httpd(kLong);
}

}  // namespace
}  // namespace mpm
