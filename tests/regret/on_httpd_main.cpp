// SPDX-License-Identifier: Apache-2.0
//
// The game on Debian's httpd: regret_on_httpd [--only NAME] [--seconds N] [--within F]. Under each
// load the defaults, what mpmctl recommends in three rounds, and a few points of a grid; of each
// the mean time of an answer as it was measured, and beside it as the simulator foretells it. Of
// the grid only those points are played that are foretold at most F times the best of them.
//
// A load is open-loop, and each of its requests takes as long as any other. Where memory binds, the
// server is in a cgroup of its own, and its children grow as the load's do. Processors are those of
// this machine, and a load that is about them is made as large.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/load.h"
#include "tests/regret/pools.h"
#include "tests/regret/shapes.h"
#include "tests/regret/visitors.h"
#include "tests/support/cgroup.h"
#include "tests/support/child.h"
#include "tests/support/private_httpd.h"

namespace mpm::regret {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::string_view, 6> kLoads{"L2", "L4", "L6", "L7", "L9", "L11"};
constexpr double kFailure = 10;  // seconds
constexpr int kRounds = 3;
constexpr std::int64_t kSettles = 5;  // seconds, before the engine looks

struct Options {
  std::string only;  // empty: all of them
  std::size_t seconds = 110;
  double within = std::numeric_limits<double>::infinity();
};

// So many seconds of it, with its first burst from their first quarter on.
void cut(std::vector<double>& rates, std::size_t seconds) {
  const auto burst = std::ranges::find_if(rates, [&](double rate) { return rate > rates.front(); });
  const auto lead = static_cast<std::ptrdiff_t>(seconds / 4);
  if (burst != rates.end() && burst - rates.begin() > lead)
    rates.erase(rates.begin(), burst - lead);
  rates.resize(std::min(seconds, rates.size()));
}

Case on_this_machine(Case tried, std::size_t seconds) {
  const double cores = std::thread::hardware_concurrency();
  if (tried.name == "L7")
    for (double& rate : tried.load.clients)
      rate *= cores / tried.machine.cores;
  tried.machine.cores = cores;
  cut(tried.load.clients, seconds);
  // What a request takes is written in its path, and is always the same.
  tried.load.processor = model::ServiceTime(tried.load.processor.mean_seconds(), 0);
  tried.load.service = model::ServiceTime(tried.load.service.mean_seconds(), 0);
  return tried;
}

bool is_bound_by_memory(const Case& tried) {
  return tried.name == "L2" || tried.name == "L11";
}

// What a request takes, and what its child keeps of the memory.
std::string path_of(const Case& tried) {
  std::string path =
      fmt::format("/lab?cpu={}&sleep={}", std::lround(1000 * tried.load.processor.mean_seconds()),
                  std::lround(1000 * tried.load.service.mean_seconds()));
  if (is_bound_by_memory(tried))
    path += fmt::format("&keep={}&leak={}", std::lround(tried.memory.grown / (1 << 20)),
                        std::lround(tried.memory.leaked / 1024));
  return path;
}

// httpd with these directives, and in a cgroup where memory binds.
class Server {
 public:
  Server(const Case& tried, const Directives& directives) : httpd_(options_of(tried, directives)) {
    if (!is_bound_by_memory(tried)) return;
    cgroup_.emplace(static_cast<std::int64_t>(tried.memory.budget));
    if (!*cgroup_) {
      std::fputs("regret_on_httpd: no cgroup can be made here, and memory would bind nothing\n",
                 stderr);
      std::exit(EXIT_FAILURE);
    }
    cgroup_->add(httpd_);
  }
  const PrivateHttpd& httpd() const { return httpd_; }

 private:
  static HttpdOptions options_of(const Case& tried, const Directives& directives) {
    HttpdOptions options{.mpm = tried.mpm};
    for (const auto& [name, value] : directives)
      options.directives += fmt::format("{} {}\n", name, value);
    return options;
  }

  std::optional<MemoryCgroup> cgroup_;  // goes after the server
  PrivateHttpd httpd_;
};

LoadOptions load_on(const PrivateHttpd& httpd, const Case& tried, double a_second,
                    std::size_t seconds) {
  LoadOptions options;
  options.port = httpd.port();
  options.path = path_of(tried);
  options.per_second = a_second;
  options.span = std::chrono::seconds(seconds);
  options.most_open = 8000;
  return options;
}

// A load whose rate changes: the lowest rate all the time, and what is above it beside that.
class Clients {
 public:
  Clients(const PrivateHttpd& httpd, const Case& tried)
      : thread_([this, &httpd, &tried] { run(httpd, tried); }) {}
  // When all have ended: the mean time of an answer, where a failure counts as ten seconds.
  double seconds() {
    thread_.join();
    return seconds_ / requests_;
  }

 private:
  void run(const PrivateHttpd& httpd, const Case& tried) {
    if (tried.keeps_connections()) return visit_all(httpd, tried);
    const std::vector<double>& rates = tried.load.clients;
    const double low = std::ranges::min(rates);
    const auto begin = Clock::now();
    Load base(load_on(httpd, tried, low, rates.size()));
    for (std::size_t second = 0; second < rates.size();) {
      const auto end =
          std::find_if(rates.begin() + static_cast<std::ptrdiff_t>(second), rates.end(),
                       [&](double rate) { return rate != rates[second]; });
      const auto lasts = static_cast<std::size_t>(end - rates.begin()) - second;
      std::this_thread::sleep_until(begin + std::chrono::seconds(second));
      if (rates[second] > low) count(generate(load_on(httpd, tried, rates[second] - low, lasts)));
      second += lasts;
    }
    std::this_thread::sleep_until(begin + std::chrono::seconds(rates.size()) +
                                  LoadOptions().patience);
    count(base.stop());
  }
  // Their rate is always the same.
  void visit_all(const PrivateHttpd& httpd, const Case& tried) {
    const Visited visited =
        visit({.port = httpd.port(),
               .path = path_of(tried),
               .visitors_per_second = tried.load.clients.front(),
               .requests = static_cast<int>(std::lround(tried.load.requests_a_client)),
               .think_seconds = tried.load.think_seconds,
               .span = std::chrono::seconds(tried.load.clients.size())});
    seconds_ = visited.seconds + static_cast<double>(visited.failed) * kFailure;
    requests_ = static_cast<double>(visited.answered + visited.failed);
  }
  void count(const LoadResult& result) {
    const auto answered = static_cast<double>(result.answered);
    const auto failed = static_cast<double>(result.failed);
    seconds_ += answered * result.mean_seconds + failed * kFailure;
    requests_ += answered + failed;
  }

  double seconds_ = 0, requests_ = 0;
  std::jthread thread_;
};

double measured(const Case& tried, const Directives& directives) {
  const Server server(tried, directives);
  return Clients(server.httpd(), tried).seconds();
}

double foretold(const Case& tried, const Directives& directives) {
  constexpr std::uint64_t kSeeds = 8;
  double seconds = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const model::SimulationOptions options{
        .seed = seed, .first_look = std::chrono::milliseconds(125 * (seed + 1))};
    seconds += simulate(served_by(tried, directives), tried.load, options).response.mean_seconds();
  }
  return seconds / kSeeds;
}

// What the product says of the server under this load, set.
std::optional<Directives> after_a_round(const Case& tried, Directives directives) {
  const Server server(tried, directives);
  Clients clients(server.httpd(), tried);
  std::this_thread::sleep_for(std::chrono::seconds(kSettles));
  const auto span = static_cast<std::int64_t>(tried.load.clients.size()) - 2 * kSettles;
  const Finished said = run({MPM_CTL, "--no-daemon", "recommend", server.httpd().target(), "--for",
                             fmt::format("{}s", span), "--json"},
                            {.deadline = std::chrono::seconds(span + 60)});
  clients.seconds();
  const auto proposal = nlohmann::json::parse(said.out, nullptr, false);
  if (proposal.is_discarded() || !proposal.contains("changes")) {
    std::fprintf(stderr, "mpmctl recommend: %s%s\n", said.out.c_str(), said.err.c_str());
    return std::nullopt;
  }
  for (const auto& change : proposal["changes"])
    directives[change["directive"].get<std::string>()] = change["to"].get<std::int64_t>();
  return directives;
}

double show(const Case& tried, std::string_view who, const Directives& directives) {
  const double seconds = measured(tried, directives);
  std::string words;
  for (const auto& [name, value] : directives)
    words += fmt::format(" {} {}", name, value);
  std::fputs(fmt::format("{:4} {:10} {:8.4f} s, foretold {:8.4f} s {}\n", tried.name, who, seconds,
                         foretold(tried, directives), words)
                 .c_str(),
             stdout);
  std::fflush(stdout);
  return seconds;
}

// The oracle, thinned: each number of workers with what the load is about besides.
std::vector<Directives> grid_of(const Case& tried) {
  std::vector<Directives> others{{}};
  if (tried.keeps_connections())
    others = {{{"KeepAliveTimeout", 0}}, {{"KeepAliveTimeout", 1}}, {{"KeepAliveTimeout", 15}}};
  if (tried.memory.leaked > 0)
    others = {{{"MaxConnectionsPerChild", 200}}, {{"MaxConnectionsPerChild", 1000}}};
  std::vector<Directives> grid;
  for (const std::int64_t workers : {20, 50, 100, 200, 400, 800, 1200})
    for (const Directives& other : others)
      for (const bool all_kept : {false, true}) {
        Directives point = other;
        point["ListenBacklog"] = workers < 200 ? 64 : 511;
        set_workers(tried.mpm, workers, point);
        if (all_kept) keep_all(tried.mpm, workers, point);
        grid.push_back(std::move(point));
      }
  return grid;
}

// The points that are foretold at most `within` times the best of them.
std::vector<Directives> likely_of(const Case& tried, double within) {
  const std::vector<Directives> grid = grid_of(tried);
  std::vector<double> seconds;
  for (const Directives& point : grid)
    seconds.push_back(foretold(tried, point));
  const double most = within * std::ranges::min(seconds);
  std::vector<Directives> likely;
  for (std::size_t i = 0; i < grid.size(); ++i)
    if (seconds[i] <= most) likely.push_back(grid[i]);
  return likely;
}

// Mean times over the best that was seen.
struct Regret {
  double defaults = 0, ours = 0;
};

std::optional<Regret> play(const Case& tried, double within) {
  const double before = show(tried, "default", {});
  Directives ours;
  double after = before;
  for (int round = 1; round <= kRounds; ++round) {
    const auto next = after_a_round(tried, ours);
    if (!next) return std::nullopt;
    ours = *next;
    after = show(tried, fmt::format("ours {}", round), ours);
  }
  double best = std::min(before, after);
  for (const Directives& point : likely_of(tried, within))
    best = std::min(best, show(tried, "grid", point));
  const Regret regret{before / best, after / best};
  std::fputs(fmt::format("{:4} default {:.2f}, ours {:.2f} times the best\n", tried.name,
                         regret.defaults, regret.ours)
                 .c_str(),
             stdout);
  std::fflush(stdout);
  return regret;
}

std::optional<Options> read(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view word = argv[i];
    if (i + 1 == argc) return std::nullopt;
    if (word == "--only")
      options.only = argv[i + 1];
    else if (word == "--seconds")
      options.seconds = std::strtoul(argv[i + 1], nullptr, 10);
    else if (word == "--within")
      options.within = std::strtod(argv[i + 1], nullptr);
    else
      return std::nullopt;
  }
  // The product wants some looks, and the load some time before and after them.
  if (options.seconds < 5 * kSettles || options.within < 1) return std::nullopt;
  return options;
}

}  // namespace
}  // namespace mpm::regret

int main(int argc, char** argv) {
  using namespace mpm::regret;
  const auto options = read(argc, argv);
  if (!options) {
    std::fputs(
        "usage: regret_on_httpd [--only NAME] [--seconds N] [--within F], N at least 25, "
        "F at least 1\n",
        stderr);
    return EXIT_FAILURE;
  }
  bool good = true;
  int played = 0;
  double defaults = 0, ours = 0;  // sums of logarithms
  for (const Case& tried : hand_made()) {
    if (std::ranges::find(kLoads, tried.name) == kLoads.end()) continue;
    if (!options->only.empty() && options->only != tried.name) continue;
    const auto regret = play(on_this_machine(tried, options->seconds), options->within);
    ++played;
    good &= regret.has_value();
    defaults += std::log(regret ? regret->defaults : 1);
    ours += std::log(regret ? regret->ours : 1);
  }
  if (good && played > 1)
    std::fputs(fmt::format("geometric mean of {}: default {:.3f}, ours {:.3f}\n", played,
                           std::exp(defaults / played), std::exp(ours / played))
                   .c_str(),
               stdout);
  if (played == 0)
    std::fprintf(stderr,
                 "regret_on_httpd: there is no load %s; L2, L4, L6, L7, L9 and L11 are played\n",
                 options->only.c_str());
  return good && played > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
