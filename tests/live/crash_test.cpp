// SPDX-License-Identifier: Apache-2.0
//
// A change of a real mpm-httpd whose agent is killed: before and after every call that changes a
// file, at every look at the clock (before each journal write, and between a stop and its start),
// before and after every step, and once more while another one takes it back. Whatever the
// moment, in the end the server serves, with the old configuration or with the new one that was
// checked and loaded, and the journal says with which.
//
// Against Debian's httpd it is killed before and after every step only.
//
// MPM_CRASH_POINTS=all tries every moment; by default every few are tried, others each time that
// the number of moments changes.
#include <csignal>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include "tests/live/either_httpd.h"
#include "tests/live/mpmctl.h"
#include "tests/live/own_agent.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

// Counts the moments of this process's life and ends it at one of them.
class Fate {
 public:
  explicit Fate(int at) : at_(at) {}
  void moment() {
    if (count_++ == at_) ::raise(SIGKILL);
  }
  // Within a step.
  void inner_moment() {
    if (!kApache) moment();
  }
  int count() const { return count_; }

 private:
  const int at_;
  int count_ = 0;
};

class FatalWorld final : public apply::FileWorld {
 public:
  explicit FatalWorld(Fate& fate) : fate_(fate) {}

 private:
  int admit(apply::Call) override {
    fate_.inner_moment();
    return 0;
  }
  void done(apply::Call) override { fate_.inner_moment(); }
  // A file is written in pieces, so that it can be left half written.
  std::size_t piece() const override { return 64; }

  Fate& fate_;
};

class FatalClock final : public Clock {
 public:
  explicit FatalClock(Fate& fate) : fate_(fate) {}
  Instant now() const override {
    fate_.inner_moment();
    return clock_.now();
  }
  std::chrono::steady_clock::time_point mono() const override { return clock_.mono(); }
  bool sleep_until(std::chrono::steady_clock::time_point when, std::stop_token stop) override {
    fate_.inner_moment();
    return clock_.sleep_until(when, std::move(stop));
  }

 private:
  Fate& fate_;
  SystemClock clock_;
};

class FatalHands final : public apply::Hands {
 public:
  FatalHands(Fate& fate, std::unique_ptr<apply::Hands> hands)
      : fate_(fate), hands_(std::move(hands)) {}
  Result<std::string> take(apply::Effect effect, const ChangeRecord& change,
                           const std::stop_token& stop) override {
    fate_.moment();
    auto taken = hands_->take(effect, change, stop);
    fate_.moment();
    return taken;
  }

 private:
  Fate& fate_;
  std::unique_ptr<apply::Hands> hands_;
};

// An agent of one life, as main() would put it together, but that it may be ended at a moment.
class MortalAgent {
 public:
  MortalAgent(std::string state, int at)
      : state_(std::move(state)), fate_(at), world_(fate_), clock_(fate_) {}

  int moments() const { return fate_.count(); }

  // False when there was nothing to change, or it could not begin.
  bool change(std::uint16_t port, const std::vector<Wish>& wishes) {
    auto begun = test::begin_change(state_, port, wishes, proc_, clock_);
    if (!begun) return false;
    const auto hands = hands_for(std::move(begun->server));
    return static_cast<bool>(
        apply::Executor(begun->journal, *hands, clock_).carry_out(begun->id, {}));
  }

  bool recover() {
    Changes changes(state_, clock_);
    return static_cast<bool>(changes.recover([&](const ChangeRecord&, const std::string& noted) {
      return hands_for(test::noted_server(noted));
    }));
  }

 private:
  std::unique_ptr<apply::Hands> hands_for(HandsServer server) {
    return std::make_unique<FatalHands>(
        fate_,
        std::make_unique<ServerHands>(test::blind_world(world_, proc_, clock_), std::move(server)));
  }

  const std::string state_;
  const ProcFs proc_;
  Fate fate_;
  FatalWorld world_;
  FatalClock clock_;
};

// In a process of its own; -1 when it was killed, else what it gives.
template <class Life>
int live(const Life& life) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(life());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class KilledAgent : public testing::Test {
 protected:
  KilledAgent()
      : server_(either_httpd(Mpm::Event,
                             "StartServers 1\nThreadsPerChild 4\nMinSpareThreads 4\n"
                             "MaxSpareThreads 16\nServerLimit 16\nMaxRequestWorkers 16\n")) {}

  std::string state() const { return state_ / "state"; }

  // How many moments one undisturbed life has.
  int moments_of(const std::vector<Wish>& wishes) {
    const int pipe = live([&] {
      MortalAgent agent(state(), -1);
      if (!agent.change(server_.port(), wishes)) return 0;
      std::ofstream(state_ / "moments") << agent.moments();
      return 1;
    });
    EXPECT_EQ(pipe, 1);
    int moments = 0;
    std::ifstream(state_ / "moments") >> moments;
    return moments;
  }

  // The newest change by the product's own agent, which takes back what is open first; null: none.
  Json newest() {
    const Finished list =
        mpmctl({"changes", "--limit", "1", "--json", "--state", state()}, {.deadline = 120s});
    const Json changes = Json::parse(list.out, nullptr, false);
    if (changes.is_discarded()) {
      ADD_FAILURE() << list.err;
      return {};
    }
    return changes["changes"].empty() ? Json() : changes["changes"][0];
  }

  void expect_it_serves_what_the_journal_says(const std::string& where, const Json& last,
                                              const std::string& before,
                                              const std::string& directive, int old_value,
                                              int new_value) {
    SCOPED_TRACE(where);
    const Json change = newest();
    // Ended before it was journalled: then there was no change.
    const std::string phase = change == last ? "abandoned" : std::string(change["phase"]);
    EXPECT_EQ(get_status(server_.port(), "/", 5s), 200) << phase;
    // What runs, and not only what is written.
    const Json settings = ask({"config", "show", fmt::format(":{}", server_.port())});
    if (directive == "MaxRequestWorkers") {
      EXPECT_EQ(status_of(fmt::format(":{}", server_.port()))["workers"]["limit"],
                phase == "kept" ? new_value : old_value)
          << phase;
    }
    EXPECT_FALSE(settings["changed_since_load"]) << phase;
    const int value = setting(settings, directive)["effective"];
    if (phase == "kept") {
      EXPECT_EQ(value, new_value);
      EXPECT_NE(bytes_of(server_.extra_conf()), before);
      return;
    }
    EXPECT_TRUE(phase == "undone" || phase == "abandoned") << phase;
    EXPECT_EQ(value, old_value) << phase;
    EXPECT_EQ(bytes_of(server_.extra_conf()), before) << phase;
  }

  // A change that turns one value into another and back, killed at every `step`th moment.
  void kill_at_each(const std::string& directive, int one, int other, int step) {
    const char* all = std::getenv("MPM_CRASH_POINTS");
    if (kApache || (all != nullptr && std::string(all) == "all")) step = 1;
    int values[2] = {one, other};
    const auto wishes = [&] { return std::vector<Wish>{{directive, std::to_string(values[1])}}; };
    const int moments = moments_of(wishes());
    ASSERT_GT(moments, kApache ? 10 : 40);
    std::swap(values[0], values[1]);
    int killed = 0;
    for (int at = 0; at < moments + step; at += step) {
      const std::string before = bytes_of(server_.extra_conf());
      const Json last = newest();
      const int ended =
          live([&] { return MortalAgent(state(), at).change(server_.port(), wishes()) ? 1 : 0; });
      if (ended == -1) ++killed;
      // Whoever comes back is killed as well, at another moment each time.
      live([&] { return MortalAgent(state(), (at * 7) % (kApache ? 4 : 40)).recover() ? 1 : 0; });
      expect_it_serves_what_the_journal_says(fmt::format("killed at {} of {}", at, moments), last,
                                             before, directive, values[0], values[1]);
      if (HasFatalFailure()) return;
      if (bytes_of(server_.extra_conf()) != before) std::swap(values[0], values[1]);
    }
    EXPECT_GE(killed, moments / step - 2);
  }

  const PrivateHttpd server_;
  const TempDir state_;
};

TEST_F(KilledAgent, LeavesAServerThatServesAfterAGracefulReload) {
  kill_at_each("MaxRequestWorkers", 16, 12, 5);
}

TEST_F(KilledAgent, LeavesAServerThatServesAfterAStopAndStart) {
  kill_at_each("ServerLimit", 16, 20, 7);
}

}  // namespace
}  // namespace mpm
