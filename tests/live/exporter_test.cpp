// SPDX-License-Identifier: Apache-2.0
//
// Debian's prometheus-apache-exporter asks mpm-httpd as it asks httpd: under each MPM it exports
// the same metrics.
#include <regex>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/live/server.h"
#include "tests/support/child.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

std::string page_of(std::uint16_t port, const std::string& path) {
  const UniqueFd socket = connect_to(port);
  if (!socket) return {};
  // HTTP/1.0 has no chunks, which would cut names in two.
  send_text(socket, "GET " + path + " HTTP/1.0\r\n\r\n");
  return receive_all(socket);
}

// "apache_workers{state="busy"}" and its like; of the rest, that is the exporter's own.
std::set<std::string> exported(const PrivateHttpd& server) {
  const std::uint16_t port = free_port();
  const Background exporter({"prometheus-apache-exporter",
                             fmt::format("--telemetry.address=127.0.0.1:{}", port),
                             "--scrape_uri=" + server.url("/server-status/?auto")});
  std::string page;
  EXPECT_TRUE(wait_for([&] {
    page = page_of(port, "/metrics");
    return page.find("apache_up 1") != std::string::npos;
  })) << page;
  std::set<std::string> names;
  // The version is a number of its own; a label's value is part of the name but for versions.
  const std::regex name("(^|\n)(apache_[a-z_]+(\\{[^}]*\\})?) ");
  const std::regex version("version=\"[^\"]*\"");
  for (std::sregex_iterator i(page.begin(), page.end(), name), end; i != end; ++i)
    names.insert(std::regex_replace((*i)[2].str(), version, "version"));
  return names;
}

class Exporter : public testing::TestWithParam<Mpm> {};
INSTANTIATE_TEST_SUITE_P(Live, Exporter, testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event),
                         name_of_mpm);

TEST_P(Exporter, ExportsTheSameOfBoth) {
  const PrivateHttpd httpd({.mpm = GetParam()});
  const PrivateHttpd ours(builtin_httpd(GetParam()));
  // A second and a request, without which httpd leaves fields out.
  std::this_thread::sleep_for(1100ms);
  EXPECT_EQ(get_status(httpd.port(), "/", 5s), 200);
  EXPECT_EQ(get_status(ours.port(), "/", 5s), 200);
  const auto of_httpd = exported(httpd);
  EXPECT_GT(of_httpd.size(), 20U);
  EXPECT_EQ(exported(ours), of_httpd);
}

}  // namespace
}  // namespace mpm
