// SPDX-License-Identifier: Apache-2.0
#include "agent/service/proposed.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/apply/judge.h"
#include "agent/service/admitting.h"
#include "agent/service/changes.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

constexpr std::string_view kOrBeRoot =
    "make what is proposed now (mpmctl apply), or be root (sudo mpmctl apply)";

tl::unexpected<Error> denied(std::string sentence) {
  return fail(Error::Kind::Denied, std::move(sentence));
}

std::string words_of(const Proposal& proposal) {
  std::string words;
  for (const Change& change : proposal.changes)
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", change.directive, change.to);
  return words;
}

const Change* find(const Proposal& proposal, std::string_view directive) {
  const auto found = std::ranges::find_if(proposal.changes, [&](const Change& change) {
    return same_name(change.directive, directive);
  });
  return found == proposal.changes.end() ? nullptr : &*found;
}

std::optional<std::int64_t> whole_number(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

// 0 turns a directive off and is no small number of it, so nothing lies between it and others.
bool is_on_the_way(const Change& change, std::int64_t value) {
  if (value == change.to) return true;
  if (change.from <= 0 || change.to <= 0) return false;
  const auto [least, most] = std::minmax(change.from, change.to);
  return least <= value && value <= most;
}

Result<void> is_of_the_same_server(const EditPlan& plan, const Proposal& proposal) {
  if (proposal.pid != plan.pid || plan.pid == 0)
    return fail(Error::Kind::Conflict,
                fmt::format("The agent speaks of process {} and the change is of process {}: the "
                            "server was just started again; ask again in a moment.",
                            proposal.pid, plan.pid));
  if (plan.basis.empty() || proposal.basis != plan.basis)
    return fail(Error::Kind::Conflict,
                "The agent's proposal was made from other files than are there now; ask again in a "
                "moment.");
  return {};
}

// What is wished for, against what is proposed.
Result<void> are_the_proposed_values(const std::vector<Wish>& wishes, const Proposal& proposal) {
  for (const Wish& wish : wishes) {
    const Change* const change = find(proposal, wish.directive);
    if (change == nullptr)
      return denied(
          fmt::format("{} is not among what is proposed for httpd {} now, which is {}; {}.",
                      wish.directive, proposal.pid, words_of(proposal), kOrBeRoot));
    const auto value = whole_number(wish.value);
    if (!value || !is_on_the_way(*change, *value))
      return denied(fmt::format("{} {} is not what is proposed for httpd {} now, which is {}; {}.",
                                wish.directive, wish.value.value_or("unset"), proposal.pid,
                                words_of(proposal), kOrBeRoot));
  }
  for (const Change& change : proposal.changes)
    if (std::ranges::none_of(
            wishes, [&](const Wish& wish) { return same_name(wish.directive, change.directive); }))
      return denied(
          fmt::format("{} is missing of what is proposed for httpd {} now, which is {} and goes "
                      "together; {}.",
                      change.directive, proposal.pid, words_of(proposal), kOrBeRoot));
  return {};
}

// What would be made of the wishes, which are a few words, in the files.
Result<void> does_nothing_else(const ChangePreview& preview, const Proposal& proposal) {
  for (const DirectiveChange& change : preview.plan.directives)
    if (find(proposal, change.directive) == nullptr)
      return denied(
          fmt::format("{} would be changed as well and that is not proposed; be root (sudo mpmctl "
                      "apply).",
                      change.directive));
  if (preview.plan.restart > proposal.restart)
    return denied(
        fmt::format("It takes more (way of loading: {}) than the proposal said ({}); be root (sudo "
                    "mpmctl apply).",
                    name_of(preview.plan.restart), name_of(proposal.restart)));
  if (!preview.unloaded.empty())
    return denied(preview.unloaded.front() +
                  " That is not proposed; have root load it, or make the change (sudo mpmctl "
                  "apply).");
  return {};
}

bool stands(const ChangeRecord& change) {
  const Phase phase = phase_of(change);
  return change.undoes == 0 && (phase == Phase::Kept || phase == Phase::Stuck);
}

}  // namespace

Result<void> may_be_asked_of_the_hand(const ChangeRequest& request) {
  const ConfigQuestion& question = request.question;
  if (question.offline)
    return denied("The hand changes servers that run, and no trees; use mpmctl config set.");
  if (question.mpm)
    return denied(
        fmt::format("Another MPM is never proposed, so the hand switches to none; {}.", kOrBeRoot));
  const double least = apply::JudgePolicy().least_seconds;
  if (request.watch_seconds && !(*request.watch_seconds >= least))
    return denied(fmt::format(
        "What the hand changes is watched for {:.0f} s at least; leave --watch away, or "
        "be root (sudo mpmctl apply).",
        least));
  return {};
}

Result<void> is_proposed(const ChangeRequest& request, const ChangePreview& preview,
                         const Proposal& proposal) {
  if (auto same = is_of_the_same_server(preview.plan, proposal); !same) return same;
  if (proposal.changes.empty())
    return denied(
        fmt::format("Nothing is proposed for httpd {} now, so the hand changes nothing (mpmctl "
                    "recommend says why); root can (sudo mpmctl apply).",
                    proposal.pid));
  if (preview.plan.mpm_before != preview.plan.mpm_after)
    return denied(
        fmt::format("Another MPM is never proposed, so the hand switches to none; {}.", kOrBeRoot));
  if (auto same = are_the_proposed_values(request.question.wishes, proposal); !same) return same;
  return does_nothing_else(preview, proposal);
}

Result<std::int64_t> may_be_taken_back(std::span<const ChangeRecord> newest_first,
                                       std::int64_t id) {
  const auto undone = taken_back(newest_first);
  const ChangeRecord* wanted = nullptr;
  for (const ChangeRecord& change : newest_first) {
    const bool is_wanted =
        id == 0 ? stands(change) && !undone.contains(change.id) : change.id == id;
    if (wanted == nullptr && is_wanted) wanted = &change;
  }
  if (wanted == nullptr && id == 0)
    return fail(Error::Kind::Usage, "There is no change to take back.");
  if (wanted == nullptr)
    return fail(Error::Kind::NotFound,
                fmt::format("There is no change {}; mpmctl changes lists what there is.", id));
  if (wanted->asked_by.empty() || wanted->undoes != 0)
    return denied(fmt::format(
        "Change {0} is not one that the hand made, so root takes it back: sudo mpmctl undo {0}.",
        wanted->id));
  for (const ChangeRecord& later : newest_first)
    if (later.id > wanted->id && stands(later) && !undone.contains(later.id) &&
        is_of(later, wanted->target))
      return denied(
          fmt::format("Change {} was made since; take that one back first, or be root (sudo mpmctl "
                      "undo {}).",
                      later.id, wanted->id));
  return wanted->id;
}

}  // namespace mpm
