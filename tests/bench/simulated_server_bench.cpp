// SPDX-License-Identifier: Apache-2.0
//
// The simulator beside Debian's httpd: the same directives, the same load, and second by second
// the number of processes; then how long clients waited.
//
// The moment in which httpd's parent looks at its children is not known. Of the simulator's moments
// the one counts whose processes are most like httpd's; waiting is compared at that one.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/advise/model/simulate.h"
#include "cli/load.h"
#include "tests/live/server.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Record = std::vector<std::int32_t>;  // processes at the end of each second

struct Numbers {
  std::int32_t start = 2;  // processes
  std::int32_t spare = 10;
  std::int32_t most_spare = 20;
  std::int32_t workers = 80;
};

// What is done: so many requests a second, from the third second on.
struct Shape {
  Numbers numbers{};
  double a_second = 200;
  double takes = 0.2;  // seconds
  int busy = 9;        // seconds
  int quiet = 18;      // after it
  std::optional<int> graceful{};
};
constexpr int kLead = 3;

apache::Pool pool_of(Mpm mpm, const Numbers& numbers) {
  const bool prefork = mpm == Mpm::Prefork;
  apache::Pool pool;
  pool.mpm = mpm;
  pool.threads_per_child = prefork ? 1 : 5;
  pool.max_request_workers = numbers.workers;
  pool.max_children = numbers.workers / pool.threads_per_child;
  pool.server_limit = prefork ? numbers.workers : 32;
  pool.start_servers = numbers.start;
  pool.min_spare = numbers.spare;
  pool.max_spare = numbers.most_spare;
  return pool;
}

std::string directives_of(const apache::Pool& pool) {
  const bool prefork = pool.mpm == Mpm::Prefork;
  const std::string what = prefork ? "Servers" : "Threads";
  std::string text = fmt::format(
      "ServerLimit {}\nStartServers {}\nMinSpare{} {}\nMaxSpare{} {}\nMaxRequestWorkers {}\n",
      pool.server_limit, pool.start_servers, what, pool.min_spare, what, pool.max_spare,
      pool.max_request_workers);
  if (!prefork) text += fmt::format("ThreadsPerChild {}\n", pool.threads_per_child);
  return text;
}

struct Seen {
  Record processes{};
  LoadResult clients{};
  double takes = 0;  // seconds, of a request that waits for nobody
};

// On this machine, with all that it does besides: the median, because one that had to wait for a
// processor says nothing about the others.
double seconds_of_a_request(const PrivateHttpd& httpd, const std::string& path) {
  constexpr std::size_t kRequests = 9;
  std::vector<double> took;
  while (took.size() < kRequests) {
    const auto from = std::chrono::steady_clock::now();
    reply_to(httpd, get(path));
    took.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
  }
  std::ranges::sort(took);
  return took[took.size() / 2];
}

Seen on_httpd(Mpm mpm, const Shape& shape) {
  const PrivateHttpd httpd({.mpm = mpm, .directives = directives_of(pool_of(mpm, shape.numbers))});
  LoadOptions options;
  options.port = httpd.port();
  options.path = fmt::format("/lab?sleep={}", std::lround(shape.takes * 1000));
  options.per_second = shape.a_second;
  options.span = std::chrono::seconds(shape.busy);
  std::optional<Load> load;
  Seen seen;
  auto next = std::chrono::steady_clock::now();
  for (int second = 0; second < kLead + shape.busy + shape.quiet; ++second) {
    if (second == kLead) load.emplace(options);
    if (shape.graceful == second) httpd.graceful();
    next += 1s;
    std::this_thread::sleep_until(next);
    seen.processes.push_back(static_cast<std::int32_t>(children_of(httpd).size()));
  }
  seen.clients = load->stop();
  // Of a long one the machine's part is nothing.
  seen.takes = shape.takes < 1 ? seconds_of_a_request(httpd, options.path) : shape.takes;
  return seen;
}

// With the load that was: as many clients in each second, and as long a request.
model::Simulated simulated(Mpm mpm, const Shape& shape, const Seen& seen,
                           const model::SimulationOptions& phase) {
  const model::Served served{.pool = pool_of(mpm, shape.numbers)};
  model::LoadShape load{.arriving = model::Arriving::Counted,
                        .service = model::ServiceTime(seen.takes, 0)};
  load.clients.resize(static_cast<std::size_t>(kLead), 0);
  for (const std::int64_t begun : seen.clients.begun_by_second)
    load.clients.push_back(static_cast<double>(begun));
  load.clients.resize(static_cast<std::size_t>(kLead + shape.busy + shape.quiet), 0);
  model::SimulationOptions options = phase;
  if (shape.graceful) options.graceful = std::chrono::seconds(*shape.graceful);
  return simulate(served, load, options);
}

Record processes_of(const model::Simulated& simulated) {
  Record record;
  for (const model::SecondSeen& second : simulated.seconds)
    record.push_back(second.children.processes);
  return record;
}

// The share of the seconds in which both have the same number, give or take one.
double agreement(const Record& a, const Record& b) {
  int same = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    same += std::abs(a[i] - b[i]) <= 1 ? 1 : 0;
  return same / static_cast<double>(a.size());
}

struct Fit {
  double agreement = -1;
  model::SimulationOptions options{};
  model::Simulated simulated{};
};

Fit best_fit(Mpm mpm, const Shape& shape, const Seen& seen) {
  Fit best;
  for (milliseconds look = 50ms; look <= 1000ms; look += 50ms) {
    const model::SimulationOptions options{.first_look = look};
    model::Simulated tried = simulated(mpm, shape, seen, options);
    const double share = agreement(seen.processes, processes_of(tried));
    if (share > best.agreement) best = {share, options, std::move(tried)};
  }
  return best;
}

std::string in_words(const Record& record) {
  return fmt::format("{}", fmt::join(record, " "));
}

class SimulatorBesideHttpd : public testing::TestWithParam<Mpm> {
 protected:
  static void foretells(const Shape& shape) {
    const Seen seen = on_httpd(GetParam(), shape);
    const Fit fit = best_fit(GetParam(), shape, seen);
    EXPECT_GE(fit.agreement, 0.95) << "httpd     " << in_words(seen.processes) << "\nsimulated "
                                   << in_words(processes_of(fit.simulated));
    EXPECT_GT(std::ranges::max(seen.processes), seen.processes.front() + 2) << "nothing happened";
  }
};
INSTANTIATE_TEST_SUITE_P(Live, SimulatorBesideHttpd,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event), name_of_mpm);

TEST_P(SimulatorBesideHttpd, ForetellsTheProcessesOfABurstAndAfterIt) {
  foretells({});
}

TEST_P(SimulatorBesideHttpd, ForetellsThemWhereRequestsHoldTheirWorkers) {
  foretells({.numbers = {.most_spare = 16}, .a_second = 36, .takes = 8, .busy = 1, .quiet = 26});
}

TEST_P(SimulatorBesideHttpd, ForetellsThemThroughAGracefulRestart) {
  foretells({.a_second = 60, .busy = 26, .quiet = 4, .graceful = 12});
}

// Under each MPM, for four loads.
constexpr std::array kLoads{
    // A start from few children.
    Shape{.numbers = {.workers = 80}, .a_second = 60, .takes = 0.5, .busy = 10, .quiet = 2},
    // A third more than all workers can serve.
    Shape{.numbers = {.workers = 20}, .a_second = 130, .takes = 0.2, .busy = 10, .quiet = 4},
    // A short burst of three times what they can.
    Shape{.numbers = {.workers = 40}, .a_second = 500, .takes = 0.2, .busy = 2, .quiet = 8},
    // Few requests that take long.
    Shape{.numbers = {.workers = 40}, .a_second = 25, .takes = 2, .busy = 8, .quiet = 6}};

struct Compared {
  double theirs = 0;  // seconds
  double ours = 0;
  bool within(double share) const {
    // Below a fiftieth of a second it is the machine's noise.
    return std::abs(theirs - ours) <= std::max(share * std::max(theirs, ours), 0.02);
  }
};

// The mean of some seeds, which have the same clients a second at other moments of it.
Compared waiting(Mpm mpm, const Shape& shape, const Seen& seen, const Fit& fit, double share) {
  constexpr int kSeeds = 8;
  Compared compared;
  compared.theirs =
      (share < 0.9 ? seen.clients.p50_seconds : seen.clients.p95_seconds) - seen.takes;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    model::SimulationOptions options = fit.options;
    options.seed = static_cast<std::uint64_t>(seed);
    const model::Simulated run = simulated(mpm, shape, seen, options);
    compared.ours += (run.response.quantile_seconds(share) - seen.takes) / kSeeds;
  }
  return compared;
}

bool same_waiting(Mpm mpm, const Shape& shape, std::string& words) {
  const Seen seen = on_httpd(mpm, shape);
  const Fit fit = best_fit(mpm, shape, seen);
  const Compared p50 = waiting(mpm, shape, seen, fit, 0.5);
  const Compared p95 = waiting(mpm, shape, seen, fit, 0.95);
  const bool same = p50.within(0.2) && p95.within(0.2);
  words = fmt::format(
      "{:7} p50 {:.3f} {:.3f}, p95 {:.3f} {:.3f}, failed {} {}, processes {:.2f}{}\n",
      name_of_mpm({mpm, 0}), p50.theirs, p50.ours, p95.theirs, p95.ours, seen.clients.failed,
      fit.simulated.failed, fit.agreement, same ? "" : "  <- not within a fifth");
  return same;
}

TEST(SimulatorsWaiting, IsWithinAFifthOfHttpds) {
  constexpr std::array kMpms{Mpm::Prefork, Mpm::Worker, Mpm::Event};
  int good = 0;
  std::string all;
  for (const Shape& shape : kLoads) {
    std::array<bool, kMpms.size()> same{};
    std::array<std::string, kMpms.size()> words;
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < kMpms.size(); ++i)
        threads.emplace_back([&, i] { same[i] = same_waiting(kMpms[i], shape, words[i]); });
    }
    good += static_cast<int>(std::ranges::count(same, true));
    for (const std::string& line : words)
      all += line;
  }
  std::puts(("httpd, simulated\n" + all).c_str());
  EXPECT_GE(good, 10);
}

}  // namespace
}  // namespace mpm
