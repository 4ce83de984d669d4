// SPDX-License-Identifier: Apache-2.0
//
// What reading out of band costs and yields, against the ways of other tools, on a real httpd
// and in one run:
//
//   saturated  mpmctl status, where ?auto gets no answer in 10 s
//   sample     one look at 512 slots, against one scrape of ?auto, the server's side counted
//   memory     150 children of prefork with PHP, against pmap -d once for each
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include "agent/base/http_get.h"
#include "agent/proc/proc_fs.h"
#include "agent/scoreboard/process_memory.h"
#include "agent/scoreboard/tally.h"
#include "schema/codec/names.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/processor_time.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

bool missed = false;

void report(const std::string& what, double value, const std::string& unit, double bar,
            const std::string& bar_text) {
  const bool held = value <= bar;
  missed = missed || !held;
  fmt::print("  {:<46} {:>10.4g} {:<8} {} {}\n", what, value, unit, held ? "holds" : "MISSES",
             bar_text);
}

double own_cpu() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string eight_workers(Mpm mpm) {
  if (mpm == Mpm::Prefork) return "ServerLimit 8\nMaxRequestWorkers 8\nStartServers 8\n";
  return "ServerLimit 2\nThreadsPerChild 4\nMaxRequestWorkers 8\nStartServers 2\n";
}

void saturated(Mpm mpm) {
  const PrivateHttpd httpd({.mpm = mpm, .directives = eight_workers(mpm)});
  const HeldRequests held(httpd.port(), 11);
  ProcessMemorySource source(httpd.pid());
  wait_for([&] {
    const auto board = source.read();
    return board && count(*board).busy == 8;
  });
  Finished status;
  const double ours = seconds_of([&] {
    status = run({MPM_CTL, "--no-daemon", "status", httpd.target(), "--json"});
  });
  const bool true_counts =
      status.out.find("\"busy\":8,\"idle\":0,\"limit\":8") != std::string::npos;
  const double page = seconds_of([&] {
    (void)http_get(httpd.url("/server-status?auto"), {.deadline = std::chrono::seconds(10)});
  });
  fmt::print("{}: all 8 workers busy\n", name_of(mpm));
  report("mpmctl status", true_counts ? ours : 1e9, "s", 1, "under 1 s, with the true counts");
  report("?auto, less than 10 s", page < 10 ? 1 : 0, "answers", 0, "none in 10 s");
}

void sample() {
  constexpr int kScrapes = 2000;
  constexpr int kLooks = 20000;
  const PrivateHttpd httpd({.directives = "ServerLimit 8\nThreadLimit 64\nThreadsPerChild 64\n"
                                          "MaxRequestWorkers 512\nStartServers 8\n"
                                          "MinSpareThreads 512\nMaxSpareThreads 1024\n"});
  wait_for([&] { return ProcFs().children(httpd.pid())->size() >= 8; });
  ProcessMemorySource source(httpd.pid());
  (void)source.read();
  double begin = own_cpu();
  std::int64_t idle = 0;
  for (int i = 0; i < kLooks; ++i)
    idle += count(*source.read()).idle;
  const double look = (own_cpu() - begin) / kLooks;

  begin = own_cpu();
  const double server_before = processor_seconds_of_children(httpd.pid());
  for (int i = 0; i < kScrapes; ++i)
    (void)http_get(httpd.url("/server-status?auto"));
  const double client = (own_cpu() - begin) / kScrapes;
  const double server = (processor_seconds_of_children(httpd.pid()) - server_before) / kScrapes;
  fmt::print("event: 512 slots, {} idle on average\n", idle / kLooks);
  fmt::print("  one look {:.1f} us; one scrape {:.0f} us here and {:.0f} us in the server\n",
             look * 1e6, client * 1e6, server * 1e6);
  report("CPU of a look over that of a scrape", look / (client + server), "", 1.0 / 50,
         "at most 1/50");
}

void memory() {
  const PrivateHttpd httpd({.mpm = Mpm::Prefork,
                            .directives = "StartServers 150\nMinSpareServers 150\n"
                                          "MaxSpareServers 160\nMaxRequestWorkers 160\n",
                            .php = true});
  const ProcFs proc;
  wait_for([&] { return proc.children(httpd.pid())->size() >= 150; });
  const std::vector<std::int32_t> children = *proc.children(httpd.pid());

  constexpr int kSweeps = 10;
  std::vector<std::string> losses;
  const double begin = own_cpu();
  Bytes unique;
  for (int i = 0; i < kSweeps; ++i)
    for (const std::int32_t pid : children)
      if (const auto usage = proc.usage(pid, losses)) unique += usage->unique;
  const double ours = (own_cpu() - begin) / kSweeps;

  double theirs = 0;
  for (const std::int32_t pid : children)
    theirs += run({"pmap", "-d", std::to_string(pid)}).cpu_seconds;
  fmt::print("prefork with PHP: {} children, {:.1f} MB of their own\n", children.size(),
             static_cast<double>(unique.value) / kSweeps / (1 << 20));
  fmt::print("  a sweep {:.1f} ms; pmap -d for each {:.0f} ms\n", ours * 1e3, theirs * 1e3);
  report("CPU of a sweep over that of pmap", ours / theirs, "", 1.0 / 200, "at most 1/200");
}

}  // namespace
}  // namespace mpm

int main() {
  for (const mpm::Mpm mpm : {mpm::Mpm::Event, mpm::Mpm::Worker, mpm::Mpm::Prefork})
    mpm::saturated(mpm);
  mpm::sample();
  mpm::memory();
  return mpm::missed ? 1 : 0;
}
