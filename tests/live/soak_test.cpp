// SPDX-License-Identifier: Apache-2.0
//
// An agent that is left alone while the servers it watches are reloaded, restarted, stopped and
// started at random under load, and it is asked everything all the time: it keeps seeing them, no
// answer is a fault of its own, and neither descriptors nor threads grow in number. In a build with
// a sanitizer that looks for leaks and races as well.
//
// MPM_SOAK says for how many seconds; 15 by default. MPM_SEED draws another course.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <httplib.h>

#include "cli/load.h"
#include "tests/live/server.h"
#include "tests/support/agent_command.h"
#include "tests/support/child.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

int number_from(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

constexpr Mpm kMpms[] = {Mpm::Prefork, Mpm::Worker, Mpm::Event};

class Soak : public testing::Test {
 protected:
  Soak() : agent_(agent_command(MPM_AGENT, dir_, {"--interval", "200"}), dir_ / "log") {
    for (const Mpm mpm : kMpms) {
      servers_.push_back(std::make_unique<PrivateHttpd>(builtin_httpd(mpm)));
      LoadOptions load;
      load.port = servers_.back()->port();
      load.path = "/work?sleep=20ms";
      load.per_second = 20;
      load.span = std::chrono::hours(24);
      loads_.push_back(std::make_unique<Load>(load));
    }
  }

  std::size_t entries(const std::string& folder) const {
    const std::filesystem::directory_iterator all(fmt::format("/proc/{}/{}", agent_.pid(), folder));
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  std::string log() const {
    std::ifstream file(dir_ / "log", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // 0: there was no answer.
  int status_of(const std::string& question) const {
    httplib::Client client(dir_ / "agent.sock", 80);
    client.set_address_family(AF_UNIX);
    client.set_read_timeout(60);
    const auto answer = client.Get(question);
    return answer ? answer->status : 0;
  }
  bool sees(const PrivateHttpd& server) const {
    return status_of("/v1/status?target=" + server.target()) == 200;
  }
  void do_something_to(PrivateHttpd& server) {
    switch (std::uniform_int_distribution(0, 3)(chance_)) {
      case 0:
        server.graceful();
        break;
      case 1:
        server.restart();
        break;
      case 2:
        server.stop();
        break;  // and is found stopped by the next question
      default:
        server.stop();
        server.start();
    }
  }
  PrivateHttpd& one_of_them() {
    return *servers_[std::uniform_int_distribution<std::size_t>(0, 2)(chance_)];
  }
  // A server that ends may be asked about: what is not known is said, as a 404 or 502 may.
  void ask_everything(const PrivateHttpd& server) {
    for (const std::string path : {"/v1/status", "/v1/scoreboard", "/v1/settings", "/v1/samples",
                                   "/v1/history", "/v1/observation", "/v1/proposal", "/metrics"}) {
      const int status = status_of(path + "?target=" + server.target());
      EXPECT_THAT(status, testing::AllOf(Not(0), Not(500))) << path;
    }
    EXPECT_EQ(status_of("/healthz"), 200);
    EXPECT_EQ(status_of("/v1/targets"), 200);
    ++rounds_;
  }

  const TempDir dir_;
  Background agent_;
  std::mt19937 chance_{static_cast<std::uint32_t>(number_from("MPM_SEED", 1))};
  std::vector<std::unique_ptr<PrivateHttpd>> servers_;
  std::vector<std::unique_ptr<Load>> loads_;
  int rounds_ = 0;
};

TEST_F(Soak, LeavesAnAgentAsItWas) {
  for (const auto& server : servers_)
    ASSERT_TRUE(wait_for([&] { return sees(*server); }, 30s)) << log();
  for (const auto& server : servers_)
    ask_everything(*server);
  const std::size_t descriptors = entries("fd");
  const std::size_t threads = entries("task");

  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(number_from("MPM_SOAK", 15));
  while (std::chrono::steady_clock::now() < end && !HasFailure()) {
    PrivateHttpd& server = one_of_them();
    do_something_to(server);
    ask_everything(one_of_them());
    if (has_ended(server.pid())) server.start();
    ask_everything(server);
  }

  for (const auto& server : servers_)
    EXPECT_TRUE(wait_for([&] { return sees(*server); }, 30s)) << "not found again";
  // Watches of servers that are no more end with the next round of the discovery.
  EXPECT_TRUE(wait_for(
      [&] { return entries("fd") <= descriptors + 4 && entries("task") <= threads + 4; }, 40s))
      << "descriptors: " << descriptors << ", now " << entries("fd") << "; threads: " << threads
      << ", now " << entries("task");
  for (const auto& load : loads_)
    (void)load->stop();
  std::cout << rounds_ << " times all was asked\n";

  EXPECT_EQ(agent_.end(30s), 0) << log();
  EXPECT_THAT(log(), testing::AllOf(Not(HasSubstr("Sanitizer")), Not(HasSubstr("runtime error"))));
}

}  // namespace
}  // namespace mpm
