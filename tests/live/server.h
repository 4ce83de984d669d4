// SPDX-License-Identifier: Apache-2.0
//
// What the tests of mpm-httpd ask a server, and how they see its children.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agent/proc/proc_fs.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {

inline std::vector<std::int32_t> children_of(const PrivateHttpd& server) {
  const auto children = ProcFs().children(server.pid());
  return children ? *children : std::vector<std::int32_t>{};
}

// All that comes until the server closes, or nothing more comes.
inline std::string receive_all(const UniqueFd& socket,
                               std::chrono::milliseconds silence = std::chrono::seconds(5)) {
  std::string all;
  for (;;) {
    const std::string more = receive(socket, silence);
    if (more.empty()) return all;
    all += more;
  }
}
inline std::string reply_to(const PrivateHttpd& server, const std::string& request) {
  const UniqueFd socket = connect_to(server.port());
  send_text(socket, request);
  return receive_all(socket);
}
inline std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
}

// Until so many workers are there, idle or busy: a child opens what it needs (an epoll instance,
// an eventfd) before its workers come, and the first one answers before the others do.
inline void wait_for_workers(const PrivateHttpd& server, int workers) {
  const auto all_are_there = [&] {
    const std::string page = reply_to(server, get("/server-status?auto"));
    int count = 0;
    for (const std::string name : {"BusyWorkers: ", "IdleWorkers: "})
      if (const auto at = page.find("\n" + name); at != std::string::npos)
        count += std::stoi(page.substr(at + 1 + name.size()));
    return count >= workers;
  };
  EXPECT_TRUE(wait_for(all_are_there)) << "fewer than " << workers << " workers came";
}

// For tests that run under each MPM.
inline std::string name_of_mpm(const testing::TestParamInfo<Mpm>& info) {
  constexpr const char* kNames[] = {"prefork", "worker", "event", "winnt"};
  return kNames[static_cast<int>(info.param)];
}

}  // namespace mpm
