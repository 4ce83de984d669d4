// SPDX-License-Identifier: Apache-2.0
//
// The half of History that works on what is kept: minutes and hours summed up, marks, and what is
// forgotten. All of it goes on from what the database holds, so that an agent that was killed
// leaves nothing undone for good.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/history/columns.h"
#include "agent/history/history.h"

namespace mpm {
namespace {

constexpr std::chrono::milliseconds kMinute{60'000};
constexpr std::chrono::milliseconds kHour{3'600'000};
// What a first sample is compared with lies at most so far before it.
constexpr std::chrono::milliseconds kLookBack{120'000};
// A sample is stored a little after its time.
constexpr std::chrono::milliseconds kLate{5'000};
// Rows that are deleted at once: some tens of milliseconds.
constexpr std::int64_t kMostForgotten = 4000;
// A recommendation whose numbers move by less within so long is the same one, from more looks.
constexpr double kSettles = 1.5;
constexpr std::chrono::milliseconds kSettling{600'000};

std::int64_t milliseconds(Instant instant) {
  return instant.time_since_epoch().count();
}
Instant instant(std::int64_t milliseconds) {
  return Instant(std::chrono::milliseconds(milliseconds));
}

std::string words_of(const Proposal& proposal) {
  std::vector<std::string> words;
  for (const Change& change : proposal.changes)
    words.push_back(fmt::format("{} {} to {}", change.directive, change.from, change.to));
  return words.empty() ? "Nothing was to be changed."
                       : fmt::format("Recommended was {}.", fmt::join(words, ", "));
}

bool is_near(const Change& a, const Change& b) {
  const auto [less, more] = std::minmax(a.to, b.to);
  return a.directive == b.directive && a.from == b.from &&
         static_cast<double>(more) <= kSettles * static_cast<double>(less);
}

bool are_near(const Proposal& a, const Proposal& b) {
  return std::ranges::equal(a.changes, b.changes, is_near);
}

}  // namespace

std::chrono::milliseconds shortest_step(Resolution resolution) {
  switch (resolution) {
    case Resolution::Minute:
      return kMinute;
    case Resolution::Hour:
      return kHour;
    default:
      return std::chrono::milliseconds(0);
  }
}

Result<std::vector<Rollup>> History::rollups(std::string_view table, std::int64_t server,
                                             Instant from, Instant to) {
  auto statement = database_.prepare(
      fmt::format("SELECT {} FROM {} WHERE server = ? AND at >= ? AND at < ? ORDER BY at",
                  fmt::join(columns_of<Rollup>(), ", "), table));
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, server);
  statement->bind(2, milliseconds(from));
  statement->bind(3, milliseconds(to));
  std::vector<Rollup> found;
  for (;;) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return found;
    read_row(*statement, 0, found.emplace_back());
  }
}

Result<void> History::keep(std::string_view table, std::int64_t server,
                           std::span<const Rollup> rollups) {
  const std::vector<std::string> columns = columns_of<Rollup>();
  auto statement = database_.prepare(fmt::format(
      "INSERT OR REPLACE INTO {} (server, {}) VALUES (?, {})", table, fmt::join(columns, ", "),
      fmt::join(std::vector<std::string>(columns.size(), "?"), ", ")));
  if (!statement) return fail(std::move(statement.error()));
  for (const Rollup& rollup : rollups) {
    statement->reset();
    statement->bind(1, server);
    bind_row(*statement, 2, rollup);
    if (auto done = statement->step(); !done) return fail(std::move(done.error()));
  }
  return {};
}

Result<void> History::roll_up(Instant now) {
  const Instant settled = now - kLate;
  auto statement = database_.prepare("SELECT id FROM server");
  if (!statement) return fail(std::move(statement.error()));
  std::vector<std::int64_t> ids;
  for (auto row = statement->step(); row && *row; row = statement->step())
    ids.push_back(statement->integer(0));
  for (const std::int64_t server : ids) {
    if (auto done = roll_up_minutes(server, beginning_of(settled, kMinute)); !done) return done;
    if (auto done = roll_up_hours(server, beginning_of(settled, kHour)); !done) return done;
  }
  return {};
}

// An hour at a time, so that an agent that was away for long holds little in memory.
Result<void> History::roll_up_minutes(std::int64_t server, Instant until) {
  // A clock that was put back has left minutes of the future.
  const auto last = number("SELECT max(at) FROM minute WHERE server = ? AND at < ?",
                           std::array{server, milliseconds(until)});
  if (!last) return fail(last.error());
  Instant from = *last != 0 ? instant(*last) + kMinute : Instant{};
  while (from < until) {
    const auto next = number("SELECT min(at) FROM sample WHERE server = ? AND at >= ? AND at < ?",
                             std::array{server, milliseconds(from), milliseconds(until)});
    if (!next) return fail(next.error());
    if (*next == 0) return {};
    from = beginning_of(instant(*next), kMinute);
    const Instant to = std::min(until, from + kHour);
    const auto samples = looks(server, from - kLookBack, to - std::chrono::milliseconds(1));
    if (!samples) return fail(samples.error());
    auto transaction = Transaction::begin(database_);
    if (!transaction) return fail(std::move(transaction.error()));
    if (auto kept = keep("minute", server, rolled_up(*samples, from, kMinute)); !kept) return kept;
    if (auto done = transaction->commit(); !done) return done;
    from = to;
  }
  return {};
}

// A month at a time, likewise.
Result<void> History::roll_up_hours(std::int64_t server, Instant until) {
  const auto last = number("SELECT max(at) FROM hour WHERE server = ? AND at < ?",
                           std::array{server, milliseconds(until)});
  if (!last) return fail(last.error());
  Instant from = *last != 0 ? instant(*last) + kHour : Instant{};
  while (from < until) {
    const auto next = number("SELECT min(at) FROM minute WHERE server = ? AND at >= ? AND at < ?",
                             std::array{server, milliseconds(from), milliseconds(until)});
    if (!next) return fail(next.error());
    if (*next == 0) return {};
    from = beginning_of(instant(*next), kHour);
    const Instant to = std::min(until, from + 24 * 30 * kHour);
    const auto minutes = rollups("minute", server, from, to);
    if (!minutes) return fail(minutes.error());
    auto transaction = Transaction::begin(database_);
    if (!transaction) return fail(std::move(transaction.error()));
    if (auto kept = keep("hour", server, merged(*minutes, kHour)); !kept) return kept;
    if (auto done = transaction->commit(); !done) return done;
    from = to;
  }
  return {};
}

Result<std::vector<Rollup>> History::minutes(std::int64_t server, Instant from, Instant to) {
  auto found = rollups("minute", server, from, to);
  if (!found) return found;
  const Instant rest = found->empty() ? from : found->back().at + kMinute;
  // Of long ago there are no samples, and of the last minutes nothing else.
  const auto samples = looks(server, std::max(rest, to - kHour) - kLookBack, to);
  if (!samples) return fail(samples.error());
  for (Rollup& minute : rolled_up(*samples, std::max(rest, to - kHour), kMinute))
    if (minute.at < to) found->push_back(std::move(minute));
  return found;
}

// Of no minute in between the samples are forgotten.
Result<bool> History::has_all_looks(std::int64_t server, Instant from, Instant to) {
  const auto oldest = number("SELECT min(at) FROM sample WHERE server = ?", std::array{server});
  if (!oldest) return fail(oldest.error());
  const auto first = number("SELECT min(at) FROM minute WHERE server = ? AND at >= ? AND at < ?",
                            std::array{server, milliseconds(from), milliseconds(to)});
  if (!first) return fail(first.error());
  return *oldest != 0 && (*first == 0 || instant(*first) >= instant(*oldest) - kMinute);
}

Result<History::Series> History::series(const std::string& server, Instant from, Instant to,
                                        std::chrono::milliseconds step) {
  Series series;
  const auto id = known(server);
  if (!id) return series;
  const auto all_looks = has_all_looks(*id, from, to);
  if (!all_looks) return fail(all_looks.error());
  if (step < kMinute && *all_looks) {
    auto samples = looks(*id, from - kLookBack, to);
    if (!samples) return fail(std::move(samples.error()));
    series.steps = rolled_up(*samples, from, step);
    return series;
  }
  series.resolution = step < kHour ? Resolution::Minute : Resolution::Hour;
  Result<std::vector<Rollup>> found;
  if (series.resolution == Resolution::Hour) {
    found = rollups("hour", *id, from, to);
    if (!found) return fail(std::move(found.error()));
    auto rest = minutes(*id, found->empty() ? from : found->back().at + kHour, to);
    if (!rest) return fail(std::move(rest.error()));
    std::ranges::move(*rest, std::back_inserter(*found));
  } else {
    found = minutes(*id, from, to);
    if (!found) return fail(std::move(found.error()));
  }
  series.steps = merged(*found, std::max(step, shortest_step(series.resolution)));
  return series;
}

Result<void> History::mark(std::int64_t server, const HistoryMark& mark,
                           std::string_view proposal) {
  auto statement = database_.prepare(
      "INSERT INTO mark (server, at, kind, sentence, proposal) VALUES (?, ?, ?, ?, ?)");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, server);
  statement->bind(2, milliseconds(mark.at));
  statement->bind(3, name_of(mark.kind));
  statement->bind(4, std::string_view(mark.sentence));
  statement->bind(5, proposal);
  if (auto done = statement->step(); !done) return fail(std::move(done.error()));
  return {};
}

Result<void> History::append(const std::string& server, const Proposal& proposal, Instant at) {
  const auto id = id_of(server);
  if (!id) return fail(id.error());
  const std::string words = words_of(proposal);
  auto statement = database_.prepare(
      "SELECT sentence, at, proposal FROM mark WHERE server = ? AND kind = ? ORDER BY at DESC, id "
      "DESC LIMIT 1");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, *id);
  statement->bind(2, name_of(MarkKind::Recommended));
  const auto row = statement->step();
  if (!row) return fail(row.error());
  // That there is nothing to do is news only after there was something.
  if (*row ? statement->text(0) == words : proposal.changes.empty()) return {};
  if (*row && at - instant(statement->integer(1)) < kSettling) {
    const auto noted = from_json<Proposal>(statement->text(2));
    if (noted && are_near(*noted, proposal)) return {};
  }
  return mark(*id, {at, MarkKind::Recommended, words, 0}, to_json(proposal));
}

Result<std::vector<History::Mark>> History::marks(const std::string& server, Instant from,
                                                  Instant to) {
  std::vector<Mark> found;
  const auto id = known(server);
  if (!id) return found;
  auto statement = database_.prepare(
      "SELECT at, kind, sentence, proposal FROM mark WHERE server = ? AND at BETWEEN ? AND ? "
      "ORDER BY at, id");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, *id);
  statement->bind(2, milliseconds(from));
  statement->bind(3, milliseconds(to));
  for (;;) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return found;
    const auto kind = parse_name<MarkKind>(statement->text(1));
    if (!kind) continue;  // of a newer program
    Mark& mark = found.emplace_back();
    mark.mark = {instant(statement->integer(0)), *kind, statement->text(2), 0};
    if (*kind != MarkKind::Recommended) continue;
    if (auto proposal = from_json<Proposal>(statement->text(3)))
      mark.proposal = std::move(*proposal);
  }
}

Result<Bytes> History::size() {
  const auto pages = number("PRAGMA page_count");
  const auto unused = number("PRAGMA freelist_count");
  const auto page = number("PRAGMA page_size");
  if (!pages || !unused || !page) return fail(!pages ? pages.error() : Error{});
  return Bytes{(*pages - *unused) * *page};
}

// Rows are added in the order of their times, so the oldest stand first.
Result<bool> History::forget_before(std::string_view table, Instant instant) {
  if (auto done = database_.execute(
          fmt::format("DELETE FROM {0} WHERE rowid IN (SELECT row FROM (SELECT rowid AS row, at "
                      "FROM {0} ORDER BY rowid LIMIT {2}) WHERE at < {1})",
                      table, milliseconds(instant), kMostForgotten));
      !done)
    return fail(std::move(done.error()));
  const auto gone = number("SELECT changes()");
  if (!gone) return fail(gone.error());
  return *gone >= kMostForgotten;
}

Result<bool> History::forget(const Keeping& keeping, Instant now) {
  const auto processes_until = number(
      "SELECT max(seq) FROM (SELECT (SELECT seq FROM sample WHERE server = server.id AND at < ? "
      "ORDER BY at DESC LIMIT 1) AS seq FROM server)",
      std::array{milliseconds(now - keeping.processes)});
  if (!processes_until) return fail(processes_until.error());
  if (auto done = database_.execute(
          fmt::format("DELETE FROM process_usage WHERE sample IN (SELECT DISTINCT sample FROM "
                      "process_usage WHERE sample <= {} ORDER BY sample LIMIT 100)",
                      *processes_until));
      !done)
    return fail(std::move(done.error()));
  bool more = false;
  const std::array<std::pair<std::string_view, std::chrono::hours>, 4> ages{
      {{"sample", keeping.samples},
       {"minute", keeping.rollups},
       {"hour", keeping.rollups},
       {"mark", keeping.rollups}}};
  for (const auto& [table, age] : ages) {
    const auto rest = forget_before(table, now - age);
    if (!rest) return fail(rest.error());
    more = more || *rest;
  }
  const auto used = size();
  if (!used) return fail(used.error());
  if (*used <= keeping.most) return more;
  // Samples are dear and their minutes are kept; then the oldest minutes.
  const auto samples =
      number("SELECT count(*) FROM (SELECT 1 FROM sample LIMIT ?)", std::array{kMostForgotten + 1});
  if (!samples) return fail(samples.error());
  if (auto forgotten = forget_before(*samples > kMostForgotten ? "sample" : "minute", now);
      !forgotten)
    return fail(std::move(forgotten.error()));
  return true;
}

}  // namespace mpm
