// SPDX-License-Identifier: Apache-2.0
//
// A server that is too small for its load, left to `mpmctl apply --auto`: it comes to where it is
// large enough, and then to rest; and nothing is changed that the policy does not allow.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cli/load.h"
#include "tests/live/mpmctl.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class LeftToItself : public testing::Test {
 protected:
  LeftToItself()
      : server_(builtin_httpd(Mpm::Event,
                              "StartServers 1\nThreadsPerChild 4\nMinSpareThreads 4\n"
                              "MaxSpareThreads 8\nMaxRequestWorkers 4\n")) {}

  // A request holds a worker for 100 ms; six of them are needed at once, and more now and then.
  LoadOptions load() const {
    return {.port = server_.port(), .path = "/work?sleep=100ms", .per_second = 60, .span = 280s};
  }

  Finished apply(const std::string& policy, int rounds) const {
    state_.write("policy.toml", policy);
    return mpmctl({"apply", fmt::format(":{}", server_.port()), "--auto", "--policy",
                   state_ / "policy.toml", "--rounds", std::to_string(rounds), "--every", "2s",
                   "--for", "12s", "--watch", "5s", "--state", state_ / "state"},
                  {.deadline = 280s});
  }

  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
      lines.push_back(line);
    return lines;
  }
  Json changes() const {
    return ask({"changes", "--state", state_ / "state"}, {.deadline = 60s})["changes"];
  }

  const PrivateHttpd server_;
  const TempDir state_;
};

TEST_F(LeftToItself, ComesToWhereItServesAllAndThenToRest) {
  // A burst that chance brings late may still ask for spare workers once.
  constexpr int kRounds = 18;
  Load all(load());
  const Finished ended =
      apply("largest_step = 4\nagreeing_looks = 2\nrest_seconds = 0\nleast_confidence = 'low'\n",
            kRounds);
  all.stop();
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
  const auto lines = lines_of(ended.out);
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(kRounds)) << ended.out << ended.err;
  const auto made = [](const std::string& line) { return line.find(": change ") != line.npos; };
  EXPECT_GE(std::ranges::count_if(lines, made), 1) << ended.out;
  EXPECT_LE(std::ranges::count_if(lines, made), 4) << ended.out;
  for (std::size_t i = lines.size() - 4; i < lines.size(); ++i)
    EXPECT_FALSE(made(lines[i])) << ended.out;
  const Json status = status_of(fmt::format(":{}", server_.port()));
  EXPECT_GE(status["workers"]["limit"], 8) << ended.out;
  for (const Json& change : changes())
    EXPECT_EQ(change["phase"], "kept") << ended.out;
}

TEST_F(LeftToItself, ChangesNothingThatThePolicyDoesNotAllow) {
  const std::string before = bytes_of(server_.extra_conf());
  Load all(load());
  const Finished ended = apply(
      "directives = ['KeepAliveTimeout']\nagreeing_looks = 1\nrest_seconds = 0\n"
      "least_confidence = 'low'\n",
      3);
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("The policy does not allow to change"));
  const Finished never = apply("mode = 'propose'\n", 2);
  all.stop();
  EXPECT_EQ(never.status, 0) << never.err;
  EXPECT_THAT(never.out, HasSubstr("The mode is propose"));
  EXPECT_EQ(bytes_of(server_.extra_conf()), before);
  EXPECT_TRUE(changes().empty());
}

TEST_F(LeftToItself, RefusesAPolicyThatMakesNoSense) {
  const Finished unknown = apply("largst_step = 2\n", 1);
  EXPECT_NE(unknown.status, 0);
  EXPECT_THAT(unknown.err, HasSubstr("policy.toml:1: a policy has no key largst_step"));
  const Finished senseless = apply("\nlargest_step = 0.5\n", 1);
  EXPECT_NE(senseless.status, 0);
  EXPECT_THAT(senseless.err, HasSubstr("policy.toml:2: The policy's largest_step"));
  EXPECT_THAT(senseless.out, Not(HasSubstr("change")));
}

}  // namespace
}  // namespace mpm
