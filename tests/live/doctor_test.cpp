// SPDX-License-Identifier: Apache-2.0
//
// mpmctl doctor on running servers: one that is as it should be, and one without what is needed.
#include <string>

#include <gmock/gmock.h>

#include "tests/live/either_httpd.h"
#include "tests/live/mpmctl.h"
#include "tests/support/child.h"
#include "tests/support/private_httpd.h"

namespace mpm {
namespace {

// The checks that found something of that server, by name.
std::string checks_of(const PrivateHttpd& httpd) {
  const Finished asked = run({MPM_CTL, "--no-daemon", "--json", "doctor"});
  const Json report = Json::parse(asked.out, nullptr, false);
  EXPECT_FALSE(report.is_discarded()) << asked.out << asked.err;
  std::string checks;
  for (const Json& finding : report["findings"])
    if (finding["pid"] == httpd.pid()) checks += finding["check"].get<std::string>() + " ";
  return checks;
}

TEST(Doctor, FindsNothingMissingOfAServerThatHasAll) {
  const PrivateHttpd httpd(either_httpd(Mpm::Event));
  EXPECT_EQ(checks_of(httpd), "");
}

TEST(Doctor, NamesWhatAServerLacks) {
  HttpdOptions options = either_httpd(Mpm::Event, "ExtendedStatus Off\n");
  options.status_page = false;
  const PrivateHttpd httpd(options);
  const std::string checks = checks_of(httpd);
  EXPECT_THAT(checks, testing::HasSubstr("extended-status"));
  // mpm-httpd has its page also when nobody asks for one.
  if (kApache) {
    EXPECT_THAT(checks, testing::HasSubstr("status-page"));
  }
  const Finished asked = run({MPM_CTL, "--no-daemon", "doctor"});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.out, testing::HasSubstr("mpmctl apply ExtendedStatus=On :"));
}

}  // namespace
}  // namespace mpm
