// SPDX-License-Identifier: Apache-2.0
//
// How long a scrape takes: /metrics of mpm-agent ten times a second, each over a connection of its
// own, beside an idle httpd and beside one whose every worker is busy.
//   bench_metrics [SECONDS]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/support/agent_command.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kEvery{100};
constexpr double kBarSeconds = 0.005;

std::string scrape(std::uint16_t port, const std::string& target) {
  const UniqueFd socket = connect_to(port);
  if (!socket) return {};
  send_text(socket, "GET /metrics?target=" + target + " HTTP/1.0\r\n\r\n");
  std::string page;
  for (std::string more; !(more = receive(socket, std::chrono::seconds(5))).empty();)
    page += more;
  return page;
}

// In the order of their lengths, in seconds; empty when one failed.
std::vector<double> scrapes(std::uint16_t port, const std::string& target, int count,
                            const std::string& needle) {
  std::vector<double> taken;
  auto next = steady_clock::now();
  for (int i = 0; i < count; ++i) {
    std::this_thread::sleep_until(next += kEvery);
    const auto begin = steady_clock::now();
    const std::string page = scrape(port, target);
    taken.push_back(std::chrono::duration<double>(steady_clock::now() - begin).count());
    if (page.find(needle) == std::string::npos) return {};
  }
  std::ranges::sort(taken);
  return taken;
}

bool report(const std::string& what, const std::vector<double>& taken) {
  if (taken.empty()) {
    fmt::print("  {:<10} a scrape failed or was wrong: MISSES\n", what);
    return false;
  }
  const auto at = [&](double share) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(taken.size()));
    return taken[std::min(index, taken.size() - 1)];
  };
  const bool held = at(0.99) <= kBarSeconds;
  fmt::print("  {:<10} half within {:.2f} ms, 99 % within {:.2f} ms, all within {:.2f} ms: {} {}\n",
             what, at(0.5) * 1e3, at(0.99) * 1e3, taken.back() * 1e3, held ? "holds" : "MISSES",
             "99 % at most 5 ms");
  return held;
}

bool run_all(int seconds) {
  const PrivateHttpd httpd({.directives = "ServerLimit 2\nThreadsPerChild 4\n"
                                          "MaxRequestWorkers 8\nStartServers 2\n"});
  const TempDir dir;
  const std::uint16_t port = free_port();
  const Background agent(
      agent_command(MPM_AGENT, dir, {"--metrics", fmt::format("127.0.0.1:{}", port)}));
  const auto says = [&](const std::string& text) {
    return wait_for([&] { return scrape(port, httpd.target()).find(text) != std::string::npos; },
                    std::chrono::seconds(30));
  };
  if (!says("apache_up 1\n")) return false;
  const int count = seconds * 10;
  fmt::print("event, 8 workers; {} scrapes each, 10 a second\n", count);
  const bool idle = report("idle", scrapes(port, httpd.target(), count, "apache_up 1\n"));
  const HeldRequests held(httpd.port(), 11);
  const std::string busy = "apache_workers{state=\"busy\"} 8\n";
  if (!says(busy)) return false;
  const bool saturated = report("saturated", scrapes(port, httpd.target(), count, busy));
  return idle && saturated;
}

}  // namespace
}  // namespace mpm

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 30;
  return mpm::run_all(std::max(seconds, 1)) ? 0 : 1;
}
