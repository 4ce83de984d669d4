// SPDX-License-Identifier: Apache-2.0
#include "agent/service/changes.h"

#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/history/journal.h"

namespace mpm {

std::map<std::int64_t, std::int64_t> taken_back(std::span<const ChangeRecord> newest_first) {
  std::map<std::int64_t, std::int64_t> undone;
  for (const ChangeRecord& each : newest_first)
    if (each.undoes != 0 && each.steps.back().phase == Phase::Kept && !undone.contains(each.id))
      undone.emplace(each.undoes, each.id);
  return undone;
}

Changes::~Changes() {
  thread_ = {};
}

Result<Journal> Changes::journal() const {
  return Journal::open(directory_);
}

Result<void> Changes::recover(const HandsFor& hands_for) {
  auto recovered = recover_all(hands_for);
  const std::lock_guard guard(mutex_);
  if (recovered)
    left_open_.reset();
  else
    left_open_ = recovered.error();
  return recovered;
}

Result<void> Changes::recover_all(const HandsFor& hands_for) const {
  if (::access((directory_ + "/changes.db").c_str(), R_OK | W_OK) != 0) return {};
  auto book = journal();
  if (!book) return fail(std::move(book.error()));
  const auto first = book->open_changes();
  if (!first) return fail(first.error());
  if (first->empty()) return {};
  const auto lock = ChangeLock::take(directory_);
  if (!lock) return {};
  // Once more: the process that led them may have ended them since.
  const auto open = book->open_changes();
  if (!open) return fail(open.error());
  for (const ChangeRecord& change : *open) {
    const auto launch = book->launch(change.id);
    if (!launch) return fail(launch.error());
    const auto hands = hands_for(change, *launch);
    if (auto ended = apply::Executor(*book, *hands, clock_).resume(change); !ended)
      return fail(std::move(ended.error()));
  }
  return {};
}

// What a change that stays open did to the files is not known, so nothing is built upon it.
Result<void> Changes::nothing_is_open(Journal& book) const {
  const auto open = book.open_changes();
  if (!open) return fail(open.error());
  if (open->empty()) return {};
  const std::lock_guard guard(mutex_);
  return fail(
      Error::Kind::Conflict,
      fmt::format("Change {} was left open and has to be taken back first{}; mpmctl show "
                  "{} tells how far it is.",
                  open->front().id,
                  left_open_ ? fmt::format(", which failed: {}", left_open_->what) : std::string(),
                  open->front().id));
}

Result<ChangeRecord> Changes::begin(ChangeRecord change, const std::string& launch,
                                    const HandsFor& hands_for) {
  auto lock = ChangeLock::take(directory_);
  if (!lock) return fail(std::move(lock.error()));
  auto book = journal();
  if (!book) return fail(std::move(book.error()));
  if (auto clear = nothing_is_open(*book); !clear) return fail(std::move(clear.error()));
  change.at = clock_.now();
  const auto id = book->begin(change, launch);
  if (!id) return fail(id.error());
  if (auto set = book->set_backup(*id, fmt::format("{}/backups/{}", directory_, *id)); !set)
    return fail(std::move(set.error()));
  auto begun = book->find(*id);
  if (!begun) return begun;
  auto hands = hands_for(*begun, launch);
  const std::lock_guard guard(mutex_);
  leading_ = true;
  thread_ = std::jthread([this, change = *begun, held = std::move(*lock), hands = std::move(hands)](
                             const std::stop_token& stop) { lead(stop, change, *hands); });
  return begun;
}

void Changes::lead(const std::stop_token& stop, const ChangeRecord& change, apply::Hands& hands) {
  auto book = journal();
  Result<Phase> ended = fail(Error{});
  if (book)
    ended = apply::Executor(*book, hands, clock_).carry_out(change.id, stop);
  else
    ended = fail(std::move(book.error()));
  const std::lock_guard guard(mutex_);
  leading_ = false;
  if (ended) return;
  failed_ = change.id;
  failure_ = std::move(ended.error());
}

bool Changes::is_leading() const {
  const std::lock_guard guard(mutex_);
  return leading_;
}

void Changes::note_watch(std::int64_t id, const WatchReport& report) const {
  if (auto book = journal()) (void)book->set_watch(id, report);
}

Result<std::vector<ChangeRecord>> Changes::newest(std::int64_t limit) const {
  if (::access((directory_ + "/changes.db").c_str(), F_OK) != 0) return std::vector<ChangeRecord>();
  auto book = journal();
  if (!book) return fail(std::move(book.error()));
  return book->newest(limit);
}

Result<ChangeList> Changes::list(std::int64_t limit) const {
  const auto changes = newest(limit);
  if (!changes) return fail(changes.error());
  ChangeList list;
  for (const ChangeRecord& change : *changes)
    list.changes.push_back(summary_of(change));
  return list;
}

Result<ChangeRecord> Changes::find(std::int64_t id) const {
  {
    const std::lock_guard guard(mutex_);
    if (failed_ == id && failure_) return fail(*failure_);
  }
  if (::access((directory_ + "/changes.db").c_str(), F_OK) != 0)
    return fail(Error::Kind::NotFound, "No change was ever made here with this state directory.");
  auto book = journal();
  if (!book) return fail(std::move(book.error()));
  return book->find(id);
}

}  // namespace mpm
