// SPDX-License-Identifier: Apache-2.0
//
// What a daemon costs that looks once a second and is scraped once a second: mpm-agent beside
// Debian's prometheus-apache-exporter, whose every scrape is work of the server too; 150 busy
// children of prefork, and event with 10,240 workers.
//   bench_agent [SECONDS]        600 when not given, of each of the two
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "agent/base/http_get.h"
#include "agent/proc/proc_fs.h"
#include "cli/load.h"
#include "tests/support/agent_command.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/processor_time.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr double kMostOfACore = 0.005;
constexpr double kMostOfACoreAtTenThousand = 0.01;
constexpr double kMostMib = 25;

bool missed = false;

void report(const std::string& what, double value, const std::string& unit, double bar) {
  const bool held = value <= bar;
  missed = missed || !held;
  fmt::print("  {:<44} {:>8.3f} {:<10} {} at most {:.3g}\n", what, value, unit,
             held ? "holds" : "MISSES", bar);
}

double pss_mib(pid_t pid) {
  std::vector<std::string> losses;
  const auto usage = ProcFs().usage(pid, losses);
  return usage ? static_cast<double>(usage->pss.value) / static_cast<double>(kMiB.value) : 0;
}

bool answers(std::uint16_t port, const std::string& needle) {
  const auto page = http_get(fmt::format("http://127.0.0.1:{}/metrics", port));
  return page && page->body.find(needle) != std::string::npos;
}

// A daemon with a port for Prometheus, and what it took since it was last asked.
class Daemon {
 public:
  Daemon(const std::vector<std::string>& arguments, std::uint16_t port)
      : port_(port), process_(arguments) {}

  bool wait() const {
    return wait_for([&] { return answers(port_, "apache_up 1"); }, seconds(30));
  }
  void begin() { before_ = processor_seconds(process_.pid()); }
  bool scrape() {
    mib_ += pss_mib(process_.pid());
    ++scrapes_;
    return answers(port_, "apache_up 1");
  }
  double cores(double over) const { return (processor_seconds(process_.pid()) - before_) / over; }
  double mib() const { return mib_ / scrapes_; }

 private:
  const std::uint16_t port_;
  const Background process_;
  double before_ = 0;
  double mib_ = 0;
  int scrapes_ = 0;
};

// One page of mod_status, as processor time of the server that has nothing else to do.
double cost_of_a_page(const PrivateHttpd& httpd) {
  constexpr int kPages = 2000;
  const double before = processor_seconds_of_children(httpd.pid());
  for (int i = 0; i < kPages; ++i)
    (void)http_get(httpd.url("/server-status/?auto"));
  return (processor_seconds_of_children(httpd.pid()) - before) / kPages;
}

struct Both {
  Daemon ours;
  Daemon theirs;
};

// Scrapes both once a second; false when one did not answer.
bool scrape_both(Both& both, int count) {
  auto next = steady_clock::now();
  both.ours.begin();
  both.theirs.begin();
  bool good = true;
  for (int i = 0; i < count; ++i) {
    std::this_thread::sleep_until(next += seconds(1));
    good = both.ours.scrape() && good;
    good = both.theirs.scrape() && good;
  }
  return good;
}

bool measure(const std::string& what, const PrivateHttpd& httpd, const LoadOptions* load, int count,
             double bar) {
  const double page = cost_of_a_page(httpd);
  const TempDir dir;
  const std::uint16_t port = free_port();
  const std::uint16_t their_port = free_port();
  Both both{
      {agent_command(MPM_AGENT, dir, {"--metrics", fmt::format("127.0.0.1:{}", port)}), port},
      {{"prometheus-apache-exporter", fmt::format("--telemetry.address=127.0.0.1:{}", their_port),
        "--scrape_uri=" + httpd.url("/server-status/?auto")},
       their_port}};
  if (!both.ours.wait() || !both.theirs.wait()) return false;
  LoadResult result;
  bool good = false;
  const auto begin = steady_clock::now();
  if (load != nullptr) {
    Load work(*load);
    good = scrape_both(both, count);
    result = work.stop();
  } else {
    good = scrape_both(both, count);
  }
  const double took = std::chrono::duration<double>(steady_clock::now() - begin).count();
  const double ours = both.ours.cores(took);
  const double theirs = both.theirs.cores(took);
  fmt::print("{}; {} s, {} requests answered\n", what, count, result.answered);
  report("mpm-agent, 1 Hz, scraped every second", 100 * ours, "% of core", 100 * bar);
  report("  its memory (PSS), on average", both.ours.mib(), "MiB", kMostMib);
  fmt::print("  exporter {:.3f} % of a core and {:.1f} MiB; the server {:.3f} % for its pages\n",
             100 * theirs, both.theirs.mib(), 100 * page);
  report("mpm-agent over exporter and server", ours / (theirs + page), "", 1);
  return good;
}

bool run_all(int count) {
  bool good = true;
  {
    const PrivateHttpd httpd({.mpm = Mpm::Prefork,
                              .directives = "ServerLimit 150\nMaxRequestWorkers 150\n"
                                            "StartServers 150\nMinSpareServers 150\n"
                                            "MaxSpareServers 150\n"});
    const LoadOptions load{.port = httpd.port(),
                           .path = "/lab?sleep=400",
                           .per_second = 200,
                           .span = seconds(count + 60)};
    good = measure("prefork, 150 children, 200 requests/s of 400 ms", httpd, &load, count,
                   kMostOfACore);
  }
  const PrivateHttpd httpd({.directives = "ServerLimit 160\nThreadLimit 64\nThreadsPerChild 64\n"
                                          "MaxRequestWorkers 10240\nStartServers 160\n"
                                          "MinSpareThreads 10240\nMaxSpareThreads 10304\n"});
  const auto all_there = [&] {
    const auto children = ProcFs().children(httpd.pid());
    return children && children->size() >= 160;
  };
  if (!wait_for(all_there, seconds(60))) return false;
  return measure("event, 10,240 workers, idle", httpd, nullptr, count, kMostOfACoreAtTenThousand) &&
         good;
}

}  // namespace
}  // namespace mpm

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 600;
  const bool good = mpm::run_all(std::max(count, 10));
  if (!good) fmt::print("  a daemon did not answer\n");
  return good && !mpm::missed ? 0 : 1;
}
