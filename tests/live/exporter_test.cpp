// SPDX-License-Identifier: Apache-2.0
//
// Debian's prometheus-apache-exporter asks mpm-httpd as it asks httpd: under each MPM it exports
// the same metrics.
#include <regex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "tests/live/scrape.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

// "apache_workers{state="busy"}" and its like; of the rest, that is the exporter's own.
std::set<std::string> exported(const PrivateHttpd& server) {
  const std::string page = exporter_page(server);
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
