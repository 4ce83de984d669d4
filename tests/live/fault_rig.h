// SPDX-License-Identifier: Apache-2.0
//
// A change of a server that runs, to which something happens right before one of its steps: put
// together as main() would, in the test's own process, so that the test can be the other hand, the
// full disk and the clock that jumps.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/live/own_agent.h"

namespace mpm::test {

using Happening = std::function<void()>;

class MeddledHands final : public apply::Hands {
 public:
  MeddledHands(std::unique_ptr<apply::Hands> hands,
               const std::map<apply::Effect, Happening>& before)
      : hands_(std::move(hands)), before_(before) {}
  Result<std::string> take(apply::Effect effect, const ChangeRecord& change,
                           const std::stop_token& stop) override {
    if (const auto found = before_.find(effect); found != before_.end()) found->second();
    return hands_->take(effect, change, stop);
  }

 private:
  std::unique_ptr<apply::Hands> hands_;
  const std::map<apply::Effect, Happening>& before_;
};

// What goes wrong, and how long things may take so that a test does not.
struct Fault {
  std::map<apply::Effect, Happening> before{};
  apply::FileWorld* files = nullptr;  // null: the true one
  std::chrono::milliseconds check{20000};
  std::chrono::milliseconds seen_within{20000};
};

struct Ended {
  bool planned = false;         // there was something to change, and it was begun
  std::string journal_trouble;  // the journal itself failed
  Phase phase = Phase::Planned;
  std::string sentence;  // of the step that failed first; of the last one where none did
  std::string last;      // of the last one
};

class Rig {
 public:
  Rig(std::string state, std::uint16_t port) : state_(std::move(state)), port_(port) {}

  // One change, unwatched, to its end.
  Ended change(const std::vector<Wish>& wishes, const Fault& fault = {}) {
    Ended ended;
    auto begun = begin_change(state_, port_, wishes, proc_, clock_);
    if (!begun) return ended;
    ended.planned = true;
    const auto hands = hands_for(std::move(begun->server), fault);
    const auto phase = apply::Executor(begun->journal, *hands, clock_).carry_out(begun->id, {});
    if (!phase) ended.journal_trouble = phase.error().what;
    tell(begun->journal, begun->id, ended);
    return ended;
  }

  // As the next agent would.
  Result<void> recover() {
    Changes changes(state_, clock_);
    return changes.recover([&](const ChangeRecord&, const std::string& noted) {
      return hands_for(noted_server(noted), none_);
    });
  }

  // Of the newest change.
  Phase phase() {
    auto journal = Journal::open(state_);
    if (!journal) return Phase::Planned;
    const auto newest = journal->newest(1);
    return newest && !newest->empty() ? newest->front().steps.back().phase : Phase::Planned;
  }

 private:
  static void tell(Journal& journal, std::int64_t id, Ended& ended) {
    const auto record = journal.find(id);
    if (!record) return;
    const auto& steps = record->steps;
    ended.phase = steps.back().phase;
    ended.last = ended.sentence = steps.back().detail;
    for (std::size_t i = 0; i < steps.size(); ++i)
      if (steps[i].phase == Phase::Undoing || steps[i].phase == Phase::Abandoned) {
        ended.sentence = steps[i].detail;
        return;
      }
  }

  std::unique_ptr<apply::Hands> hands_for(HandsServer server, const Fault& fault) {
    HandsWorld world = blind_world(fault.files != nullptr ? *fault.files : files_, proc_, clock_);
    world.driver.check = fault.check;
    world.seen_within = fault.seen_within;
    return std::make_unique<MeddledHands>(std::make_unique<ServerHands>(world, std::move(server)),
                                          fault.before);
  }

  const std::string state_;
  const std::uint16_t port_;
  const ProcFs proc_;
  const Fault none_{};
  SystemClock clock_;
  apply::FileWorld files_;
};

}  // namespace mpm::test
