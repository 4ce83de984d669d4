// SPDX-License-Identifier: Apache-2.0
//
// A hundred thousand requests that nobody would send, against a server under each MPM: no child
// dies, no descriptor stays open, and the next client is served. With the sanitizers' preset it
// is their build of the server that is asked.
#include <algorithm>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/base/file.h"
#include "tests/live/server.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

// Under each of the four MPMs. Each has a connection of its own, because what is wrong ends one.
constexpr int kRequests = 25'000;

// Requests that are right, from which wrong ones are made.
const std::vector<std::string>& seeds() {
  static const std::vector<std::string> all{
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "HEAD /index.html HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "GET /%2e%2e/%00/..;/index.html?auto HTTP/1.1\r\nHost: a\r\nRange: bytes=1-2,-1\r\n\r\n",
      "GET /server-status?auto HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n\r\n",
      "GET /work?alloc=64KB&cpu=1us HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
      "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
  };
  return all;
}

class Mutator {
 public:
  std::string next() {
    std::string text = seeds()[below(seeds().size())];
    for (std::size_t changes = below(4); changes > 0; --changes)
      change(text);
    return text;
  }
  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }

 private:
  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        text.insert(at, 1, static_cast<char>(below(256)));
        return;
      case 1:
        text.erase(at, below(8));
        return;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), below(40)));
        return;
      case 3:
        text.insert(at, below(3) * 9000, 'x');
        return;
      case 4:
        text.insert(at, seeds()[below(seeds().size())]);
        return;
      default:
        text.resize(at);
        text += ' ';
    }
  }

  std::mt19937 random_{20261123};
};

class FuzzedServer : public testing::TestWithParam<Mpm> {};
INSTANTIATE_TEST_SUITE_P(Live, FuzzedServer,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt),
                         name_of_mpm);

TEST_P(FuzzedServer, SurvivesWhatNobodyWouldSend) {
  const PrivateHttpd server(builtin_httpd(GetParam(),
                                          "Timeout 2\nKeepAliveTimeout 1\n"
                                          "RequestReadTimeout header=1\n"));
  const std::map<Mpm, int> workers{
      {Mpm::Prefork, 5}, {Mpm::Worker, 75}, {Mpm::Event, 75}, {Mpm::Winnt, 64}};
  wait_for_workers(server, workers.at(GetParam()));
  const auto before = children_of(server);
  const auto descriptors = [&] {
    std::size_t count = 0;
    for (const std::int32_t pid : before)
      if (const auto names = list_directory(fmt::format("/proc/{}/fd", pid)))
        count += names->size();
    return count;
  };
  const std::size_t open = descriptors();
  Mutator mutator;
  for (int i = 0; i < kRequests; ++i) {
    const UniqueFd socket = connect_to(server.port());
    ASSERT_TRUE(socket) << i;
    send_text(socket, mutator.next());
    // Some wait for the answer, some are gone when it comes.
    if (mutator.below(4) == 0) receive(socket, 5ms);
  }
  EXPECT_EQ(get_status(server.port(), "/", 10s), 200);
  const auto now = children_of(server);
  for (const std::int32_t pid : before)
    EXPECT_NE(std::ranges::find(now, pid), now.end()) << "a child died\n" << server.error_log();
  EXPECT_TRUE(wait_for([&] { return descriptors() <= open + before.size(); }, 30s))
      << descriptors() << " descriptors are open, before " << open;
}

}  // namespace
}  // namespace mpm
