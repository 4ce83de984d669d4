// SPDX-License-Identifier: Apache-2.0
//
// mpm-httpd beside Debian's httpd: the same MPM, the same directives, one machine, one run.
//
//   speed   requests a second of a small file to wrk, 64 connections, kept and closed; the two
//           servers take turns, and the middle of five rounds counts
//   memory  PSS of all processes of each server after that load
//   idle    5,000 idle keep-alive connections: what each MPM of mpm-httpd needs to hold them
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "agent/proc/proc_fs.h"
#include "schema/codec/names.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

constexpr int kRounds = 5;
constexpr int kConnections = 64;
constexpr int kIdle = 5000;

bool missed = false;

void report(const std::string& what, double ratio, bool held, const std::string& bar) {
  missed = missed || !held;
  fmt::print("  {:<44} {:>6.2f} {} {}\n", what, ratio, held ? "holds " : "MISSES", bar);
}

// The same for both, and enough for 64 connections from the start, so that growth plays no part.
std::string pool_for_load(Mpm mpm) {
  if (mpm == Mpm::Prefork)
    return "StartServers 80\nMinSpareServers 5\nMaxSpareServers 100\nMaxRequestWorkers 100\n";
  return "StartServers 4\nThreadsPerChild 25\nMinSpareThreads 25\nMaxSpareThreads 125\n"
         "MaxRequestWorkers 100\n";
}

// What mpm-httpd does by itself and httpd has modules for.
constexpr const char* kModulesOfHttpd =
    "LoadModule reqtimeout_module /usr/lib/apache2/modules/mod_reqtimeout.so\n"
    "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"\" "
    "combined\n"
    "CustomLog access.log combined\n";

double requests_per_second(const PrivateHttpd& server, bool keep) {
  // Two threads: one is slower than either server, and would be what is measured.
  std::vector<std::string> command{"wrk", "-t2", fmt::format("-c{}", kConnections), "-d2s"};
  if (!keep) command.insert(command.end(), {"-H", "Connection: close"});
  command.push_back(server.url("/"));
  const Finished load = run(command);
  const std::string word = "Requests/sec:";
  const auto at = load.out.find(word);
  return at == std::string::npos ? 0 : std::strtod(load.out.c_str() + at + word.size(), nullptr);
}

double middle(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Held {
  double pss_mb = 0;
  std::size_t processes = 0;
  std::int64_t threads = 0;
};
Held held_by(const PrivateHttpd& server) {
  const ProcFs proc;
  std::vector<std::int32_t> pids =
      proc.children(server.pid()).value_or(std::vector<std::int32_t>());
  pids.push_back(server.pid());
  std::vector<std::string> losses;
  Held held;
  held.processes = pids.size();
  for (const std::int32_t pid : pids) {
    const auto usage = proc.usage(pid, losses);
    if (!usage) continue;
    held.pss_mb += static_cast<double>(usage->pss.value) / (1024 * 1024);
    held.threads += usage->threads;
  }
  return held;
}

void side_by_side(Mpm mpm) {
  HttpdOptions theirs{.mpm = mpm, .directives = pool_for_load(mpm) + kModulesOfHttpd};
  const PrivateHttpd httpd(theirs);
  const PrivateHttpd ours(builtin_httpd(mpm, pool_for_load(mpm)));
  fmt::print("{}\n", name_of(mpm));
  for (const bool keep : {true, false}) {
    std::vector<double> ratios, ours_seen, theirs_seen;
    for (int round = 0; round < kRounds; ++round) {
      theirs_seen.push_back(requests_per_second(httpd, keep));
      ours_seen.push_back(requests_per_second(ours, keep));
      ratios.push_back(ours_seen.back() / theirs_seen.back());
    }
    fmt::print("  {:<18} {:>8.0f} requests a second, httpd {:.0f}\n",
               keep ? "keep-alive" : "Connection: close", middle(ours_seen), middle(theirs_seen));
    const double ratio = middle(ratios);
    report("requests a second over httpd's", ratio, ratio >= 1, "at least 1.0");
  }
  const Held mine = held_by(ours);
  const Held httpds = held_by(httpd);
  fmt::print("  memory             {:.1f} MB in {} processes, httpd {:.1f} MB in {}\n", mine.pss_mb,
             mine.processes, httpds.pss_mb, httpds.processes);
  const double ratio = mine.pss_mb / httpds.pss_mb;
  report("PSS over httpd's", ratio, ratio <= 0.6, "at most 0.6");
}

std::string pool_for_idle(Mpm mpm) {
  const std::string keep = "KeepAliveTimeout 300\nMaxKeepAliveRequests 0\nListenBacklog 5000\n";
  switch (mpm) {
    case Mpm::Prefork:
      return keep +
             "ServerLimit 5050\nMaxRequestWorkers 5050\nStartServers 5050\n"
             "MinSpareServers 1\nMaxSpareServers 5050\n";
    case Mpm::Worker:
      return keep +
             "ServerLimit 202\nThreadsPerChild 25\nMaxRequestWorkers 5050\n"
             "StartServers 202\nMinSpareThreads 1\nMaxSpareThreads 5050\n";
    case Mpm::Winnt:
      return keep + "ThreadLimit 5050\nThreadsPerChild 5050\nThreadStackSize 262144\n";
    case Mpm::Event:
      break;
  }
  return keep +
         "ServerLimit 2\nThreadsPerChild 25\nMaxRequestWorkers 50\nStartServers 2\n"
         "MinSpareThreads 1\nMaxSpareThreads 50\nAsyncRequestWorkerFactor 200\n";
}

std::int64_t field(const std::string& page, const std::string& name) {
  const auto at = page.find("\n" + name + ": ");
  return at == std::string::npos ? -1 : std::atoll(page.c_str() + at + name.size() + 3);
}

void hold_idle(Mpm mpm) {
  const PrivateHttpd server(builtin_httpd(mpm, pool_for_idle(mpm)));
  const Held before = held_by(server);
  const IdleConnections idle(server.port(), kIdle);
  const UniqueFd socket = connect_to(server.port());
  send_text(socket, "GET /server-status?auto HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string page;
  for (std::string more; !(more = receive(socket, std::chrono::seconds(10))).empty();)
    page += more;
  const Held after = held_by(server);
  fmt::print("  {:<8} {:>6} {:>10} {:>8} {:>10.1f} {:>12.1f} {:>8} {:>8}\n", name_of(mpm),
             idle.answered(), after.processes, after.threads, after.pss_mb,
             after.pss_mb - before.pss_mb, field(page, "BusyWorkers"), field(page, "IdleWorkers"));
  if (mpm == Mpm::Event && (idle.answered() != kIdle || field(page, "IdleWorkers") < 49))
    missed = true;
}

// Each held connection is a descriptor here too.
void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int measure() {
  allow_many_descriptors();
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event})
    side_by_side(mpm);
  fmt::print(
      "{} idle keep-alive connections\n  {:<8} {:>6} {:>10} {:>8} {:>10} {:>12} {:>8} {:>8}\n",
      kIdle, "MPM", "held", "processes", "threads", "PSS MB", "of it added", "busy", "idle");
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt})
    hold_idle(mpm);
  return missed ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace mpm

int main() {
  return mpm::measure();
}
