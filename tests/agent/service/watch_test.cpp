// SPDX-License-Identifier: Apache-2.0
//
// What a watch leaves for the metrics after each look, at a server whose status page says what the
// test wants.
#include "agent/service/watch.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "agent/service/metrics.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string fixture(const std::string& name) {
  std::ifstream file(std::string(MPM_TESTS) + "/fixtures/status/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class WatchOfAPage : public testing::Test {
 protected:
  WatchOfAPage()
      : server_([this](int fd, const std::string& request) {
          test::answers(status_, body_)(fd, request);
        }),
        watch_(target(), {-1, "page"}, ProcFs(no_proc_.path()), clock_, {}, [](const Sample&) {}) {}

  Target target() const {
    Target target;
    target.url = server_.url();
    target.mpm = Mpm::Event;
    return target;
  }
  // The metrics after a look at a page that says this.
  std::string after(int status, const std::string& body) {
    status_ = status;
    body_ = body;
    (void)watch_.look(Sweep::None);
    return *metrics_page({watch_.snapshot()}, "", Instant{});
  }

  int status_ = 200;
  std::string body_;
  const TempDir no_proc_;
  SystemClock clock_;
  const test::RawServer server_;
  Watch watch_;
};

TEST_F(WatchOfAPage, SaysBeforeTheFirstLookThatNothingIsKnown) {
  ASSERT_NE(watch_.snapshot(), nullptr);
  EXPECT_TRUE(watch_.snapshot()->trouble);
  EXPECT_FALSE(watch_.begun());
}

TEST_F(WatchOfAPage, S27_IsUpOnlyWhenThePageIsOne) {
  const std::string good = fixture("event-2.4.71.txt");
  for (const auto& [status, body] :
       std::vector<std::pair<int, std::string>>{{404, "Not Found"},
                                                {403, "Forbidden"},
                                                {200, fixture("event-2.4.71.html")},
                                                {200, ""},
                                                {200, good.substr(0, good.size() / 2)}}) {
    EXPECT_THAT(after(200, good), HasSubstr("apache_up 1\n"));
    const std::string page = after(status, body);
    EXPECT_THAT(page, HasSubstr("apache_up 0\n")) << status << body;
    EXPECT_THAT(page, Not(HasSubstr("apache_workers"))) << status << body;
  }
}

TEST_F(WatchOfAPage, S27_KeepsNothingOfAServerThatWasThereBefore) {
  const std::string event = after(200, fixture("event-2.4.71.txt"));
  EXPECT_THAT(event, HasSubstr("apache_info{mpm=\"event\",version=\"Apache/2.4.71"));
  EXPECT_THAT(event, HasSubstr("apache_connections{state=\"total\"}"));
  const std::string prefork = after(200, fixture("prefork-2.4.37-rhel8.txt"));
  EXPECT_THAT(prefork, HasSubstr("apache_info{mpm=\"prefork\",version=\"Apache/2.4.37"));
  EXPECT_THAT(prefork, HasSubstr("apache_version 2.04037\n"));
  EXPECT_THAT(prefork, Not(HasSubstr("apache_connections")));
  EXPECT_THAT(prefork, Not(HasSubstr("2.4.71")));
}

}  // namespace
}  // namespace mpm
