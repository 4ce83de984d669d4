// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/visitors.h"

#include <atomic>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <httplib.h>
#include <poll.h>

namespace mpm::regret {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// The server may end a kept connection just as the next request is under way. It is asked again on
// a new one then, once, as a browser does (RFC 9112, 9.3.1).
httplib::Result ask_again_where_cut(httplib::Client& client, const Visits& visits) {
  const auto asked = Clock::now();
  auto answer = client.Get(visits.path);
  const bool cut =
      answer.error() == httplib::Error::Read || answer.error() == httplib::Error::Write;
  return cut && Clock::now() - asked < visits.patience ? client.Get(visits.path)
                                                       : std::move(answer);
}

// A browser closes its side at once of a connection that the server ends; until then httpd's worker
// lingers there, for up to two seconds.
void think_for(httplib::Client& client, Seconds thinking) {
  const auto until = Clock::now() + thinking;
  pollfd kept{client.socket(), POLLIN, 0};
  const auto longest = std::chrono::ceil<std::chrono::milliseconds>(thinking);
  if (::poll(&kept, 1, static_cast<int>(longest.count())) > 0) client.stop();
  std::this_thread::sleep_until(until);
}

// One visitor, from its first request to its last.
Visited visit_once(const Visits& visits, std::uint32_t number) {
  std::mt19937 random(number);
  std::exponential_distribution<double> think(1 / visits.think_seconds);
  // A kept connection may end while its visitor thinks; then the client makes another.
  httplib::Client client("127.0.0.1", visits.port);
  client.set_keep_alive(true);
  client.set_connection_timeout(visits.patience);
  client.set_read_timeout(visits.patience);
  Visited visited;
  for (int i = 0; i < visits.requests; ++i) {
    if (i > 0) think_for(client, Seconds(think(random)));
    const auto due = Clock::now();
    const auto answer = i == 0 ? client.Get(visits.path) : ask_again_where_cut(client, visits);
    const Seconds took = Clock::now() - due;
    if (!answer || answer->status != 200 || took > visits.patience) {
      ++visited.failed;
      break;
    }
    ++visited.answered;
    visited.seconds += took.count();
  }
  return visited;
}

}  // namespace

Visited visit(const Visits& visits) {
  std::mt19937 random(42);
  std::exponential_distribution<double> gap(visits.visitors_per_second);
  const auto end = Clock::now() + visits.span;
  std::atomic<std::int64_t> answered = 0;
  std::atomic<std::int64_t> failed = 0;
  std::atomic<double> seconds = 0;
  {
    std::vector<std::jthread> visitors;
    auto due = Clock::now();
    for (std::uint32_t number = 0; due < end; ++number) {
      std::this_thread::sleep_until(due);
      visitors.emplace_back([&, number] {
        const Visited one = visit_once(visits, number);
        answered += one.answered;
        failed += one.failed;
        seconds += one.seconds;
      });
      due += std::chrono::duration_cast<Clock::duration>(Seconds(gap(random)));
    }
  }
  return {answered, failed, seconds};
}

}  // namespace mpm::regret
