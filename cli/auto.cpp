// SPDX-License-Identifier: Apache-2.0
#include "cli/auto.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/change_commands.h"
#include "cli/output.h"
#include "cli/policy_file.h"
#include "cli/watch.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

constexpr double kUsualPause = 30;  // seconds between two rounds

void sleep_for(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

std::string words_of(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes)
    text += fmt::format("{}{} {} to {}", text.empty() ? "" : ", ", change.directive, change.from,
                        change.to);
  return text;
}

// One after the other, each of which needs what the ones before it saw.
class Rounds {
 public:
  Rounds(const Options& options, Client& client, PolicyFile policy)
      : options_(options), client_(client), policy_(std::move(policy)) {}

  // Whether a change was begun; an error ends the rounds.
  Result<bool> next();
  Phase last_phase() const { return last_phase_; }

 private:
  Result<bool> make(const Admission& admission, const Proposal& proposal);
  double window() const { return options_.watch_seconds.value_or(kUsualWatch); }
  Result<void> tell(const std::string& sentence) const {
    return write_stdout(fmt::format("{}: {}\n", number_, sentence));
  }

  const Options& options_;
  Client& client_;
  const PolicyFile policy_;
  std::int64_t number_ = 0;
  std::vector<ProposedChanges> looks_;  // since the last change
  Phase last_phase_ = Phase::Kept;
};

Result<bool> Rounds::next() {
  ++number_;
  auto proposal = client_.proposal({.target = options_.target, .window_seconds = window()});
  if (!proposal) return fail(std::move(proposal.error()));
  looks_.push_back({proposal->value.changes});
  const auto most =
      static_cast<std::size_t>(std::max<std::int64_t>(1, policy_.policy.agreeing_looks));
  if (looks_.size() > most) looks_.erase(looks_.begin());
  auto answer = client_.change_admission({options_.target, policy_.policy, looks_});
  if (!answer) return fail(policy_.located(std::move(answer.error())));
  const Admission& admission = answer->value;
  const bool allowed =
      admission.answer == AdmissionAnswer::Allowed ||
      (admission.answer == AdmissionAnswer::NeedsYes &&
       says_yes(fmt::format("{}: change {}?", number_, words_of(admission.changes))));
  if (allowed) return make(admission, proposal->value);
  const std::string wanted = words_of(proposal->value.changes);
  if (auto told =
          tell(wanted.empty() ? admission.sentence
                              : fmt::format("{} is proposed. {}", wanted, admission.sentence));
      !told)
    return fail(std::move(told.error()));
  return false;
}

Result<bool> Rounds::make(const Admission& admission, const Proposal& proposal) {
  ChangeRequest request;
  request.question.target = options_.target;
  request.question.basis = proposal.basis;
  for (const Change& change : admission.changes)
    request.question.wishes.push_back({change.directive, fmt::format("{}", change.to)});
  request.because = proposal.verdict;
  request.shortened = admission.shortened;
  request.watch_seconds = options_.change_watch_seconds;
  request.window_seconds = window();
  // The policy's word; the plan may need more than the proposal knew.
  if (policy_.policy.allow_full_restart) request.most_restart = RestartClass::StopStart;
  const std::string what = words_of(admission.changes);
  const auto begun = client_.change_begin(request);
  // Looked at and decided again: the server is as it was.
  looks_.clear();
  if (!begun) {
    auto told = tell(fmt::format("{} is not made: {}", what, begun.error().what));
    if (!told) return fail(std::move(told.error()));
    return false;
  }
  const auto ended = wait_for_end(begun->value.id, client_);
  if (!ended) return fail(ended.error());
  const ChangeStep& last = ended->value.steps.back();
  last_phase_ = last.phase;
  if (auto told = tell(fmt::format("{}: change {} is {}. {}", what, begun->value.id,
                                   name_of(last.phase), reason_of(ended->value)));
      !told)
    return fail(std::move(told.error()));
  return true;
}

}  // namespace

Result<Outcome> apply_automatically(const Options& options, Client& client) {
  PolicyFile policy;
  if (!options.policy.empty()) {
    auto read = read_policy(options.policy);
    if (!read) return fail(std::move(read.error()));
    policy = std::move(*read);
  }
  // The hand passes on what the agent proposes, which has watched all the time.
  if (!options.by_hand)
    if (auto watched = watch(client, options); !watched) return fail(std::move(watched.error()));
  Rounds rounds(options, client, std::move(policy));
  const double pause = options.every_seconds.value_or(kUsualPause);
  for (std::int64_t round = 1;; ++round) {
    const auto changed = rounds.next();
    if (!changed) return fail(changed.error());
    if (rounds.last_phase() == Phase::Stuck) return Outcome{"", ExitStatus::Unreachable};
    if (options.rounds != 0 && round >= options.rounds) return Outcome{};
    // What is proposed next shall rest on what was seen after the change alone.
    sleep_for(*changed ? std::max(pause, options.watch_seconds.value_or(kUsualWatch)) : pause);
  }
}

}  // namespace mpm
