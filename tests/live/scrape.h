// SPDX-License-Identifier: Apache-2.0
//
// Pages of metrics as Prometheus gets them: of Debian's prometheus-apache-exporter beside a server,
// and of an mpm-agent with a port.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/live/server.h"
#include "tests/support/agent_command.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {

// The whole answer, with its head.
inline std::string page_of(std::uint16_t port, const std::string& path) {
  const UniqueFd socket = connect_to(port);
  if (!socket) return {};
  // HTTP/1.0 has no chunks, which would cut names in two.
  send_text(socket, "GET " + path + " HTTP/1.0\r\n\r\n");
  return receive_all(socket);
}

// What apache_exporter says of a server that it can reach.
inline std::string exporter_page(const PrivateHttpd& server) {
  const std::uint16_t port = free_port();
  const Background exporter({"prometheus-apache-exporter",
                             fmt::format("--telemetry.address=127.0.0.1:{}", port),
                             "--scrape_uri=" + server.url("/server-status/?auto")});
  std::string page;
  EXPECT_TRUE(wait_for([&] {
    page = page_of(port, "/metrics");
    return page.find("apache_up 1") != std::string::npos;
  })) << page;
  return page;
}

// An mpm-agent as a daemon, with its files in a directory of its own and a port for Prometheus.
class ScrapedAgent {
 public:
  explicit ScrapedAgent(const std::string& program)
      : port_(free_port()),
        agent_(agent_command(program, dir_, {"--metrics", fmt::format("127.0.0.1:{}", port_)})) {}

  std::uint16_t port() const { return port_; }
  std::string page(const PrivateHttpd& server) const {
    return page_of(port_, "/metrics?target=" + server.target());
  }
  // Until the server was looked at and its memory swept; then its page.
  std::string wait_for(const PrivateHttpd& server) const {
    std::string found;
    EXPECT_TRUE(mpm::wait_for(
        [&] {
          found = page(server);
          return found.find("\napache_up 1") != std::string::npos;
        },
        std::chrono::seconds(30)))
        << found;
    return found;
  }

 private:
  const TempDir dir_;
  const std::uint16_t port_;
  const Background agent_;
};

}  // namespace mpm
