// SPDX-License-Identifier: Apache-2.0
#include "agent/history/history.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/history/columns.h"
#include "agent/history/looks.h"
#include "agent/history/migrate.h"
#include "schema/migrations.h"

namespace mpm {
namespace {

std::int64_t milliseconds(Instant instant) {
  return instant.time_since_epoch().count();
}

std::string insert_into(const std::string& table, const std::vector<std::string>& columns) {
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", table, fmt::join(columns, ", "),
                     fmt::join(std::vector<std::string>(columns.size(), "?"), ", "));
}

std::vector<std::string> behind(std::string first, std::vector<std::string> columns) {
  columns.insert(columns.begin(), std::move(first));
  return columns;
}

std::string select_samples() {
  return fmt::format("SELECT {} FROM sample", fmt::join(columns_of<Sample>(), ", "));
}

// Without the limits of cgroups, which are dear to read and in no sum.
std::string select_looks() {
  std::vector<std::string> columns = columns_of<Sample>();
  std::ranges::replace(columns, "host_limits", "'[]'");
  return fmt::format("SELECT {} FROM sample", fmt::join(columns, ", "));
}

// Of a server whose counters began anew.
std::string how_it_began_anew(const Sample& before, const Sample& after) {
  if (before.pid != after.pid)
    return fmt::format("It was stopped and started: process {} became {}.", before.pid, after.pid);
  return "It was restarted in place: its counters began anew.";
}

}  // namespace

Result<History> History::prepared(Database database) {
  auto insert = database.prepare(insert_into("sample", behind("server", columns_of<Sample>())));
  if (!insert) return fail(std::move(insert.error()));
  auto insert_process =
      database.prepare(insert_into("process_usage", behind("sample", columns_of<ProcessUsage>())));
  if (!insert_process) return fail(std::move(insert_process.error()));
  return History(std::move(database), std::move(*insert), std::move(*insert_process));
}

Result<History> History::open(const std::string& path) {
  auto database = Database::open(path);
  if (!database) return fail(std::move(database.error()));
  if (auto migrated = migrate(*database, kMigrations); !migrated)
    return fail(migrated.error().kind, fmt::format("{}: {}", path, migrated.error().what));
  return prepared(std::move(*database));
}

Result<History> History::open_to_read(const std::string& path) {
  auto database = Database::open(path);
  if (!database) return fail(std::move(database.error()));
  if (auto set = database->execute("PRAGMA query_only = ON"); !set)
    return fail(std::move(set.error()));
  return prepared(std::move(*database));
}

Result<std::int64_t> History::number(std::string_view sql,
                                     std::span<const std::int64_t> parameters) {
  auto statement = database_.prepare(sql);
  if (!statement) return fail(std::move(statement.error()));
  int parameter = 0;
  for (const std::int64_t value : parameters)
    statement->bind(++parameter, value);
  const auto row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer(0) : 0;
}

Result<bool> History::begin_use() {
  const auto open = number("SELECT is_open FROM opened");
  if (!open) return fail(open.error());
  if (auto noted = database_.execute("UPDATE opened SET is_open = 1"); !noted)
    return fail(std::move(noted.error()));
  return *open != 0;
}

Result<void> History::end_use() {
  return database_.execute("UPDATE opened SET is_open = 0");
}

Result<void> History::check() {
  auto statement = database_.prepare("PRAGMA quick_check(1)");
  if (!statement) return fail(std::move(statement.error()));
  const auto row = statement->step();
  if (!row) return fail(row.error());
  const std::string said = *row ? statement->text(0) : "nothing was said";
  if (said == "ok") return {};
  return fail(Error::Kind::Malformed, fmt::format("the database is damaged: {}", said));
}

Result<std::int64_t> History::id_of(const std::string& server) {
  if (const auto found = known(server)) return *found;
  auto statement = database_.prepare("INSERT INTO server (name) VALUES (?)");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, std::string_view(server));
  if (auto done = statement->step(); !done) return fail(std::move(done.error()));
  return database_.last_row();
}

std::optional<std::int64_t> History::known(const std::string& server) {
  const auto found = ids_.find(server);
  if (found != ids_.end()) return found->second;
  auto statement = database_.prepare("SELECT id FROM server WHERE name = ?");
  if (!statement) return std::nullopt;
  statement->bind(1, std::string_view(server));
  const auto row = statement->step();
  if (!row || !*row) return std::nullopt;
  return ids_[server] = statement->integer(0);
}

std::vector<std::string> History::servers() {
  std::vector<std::string> names;
  auto statement = database_.prepare("SELECT name FROM server ORDER BY id");
  if (!statement) return names;
  for (auto row = statement->step(); row && *row; row = statement->step())
    names.push_back(statement->text(0));
  return names;
}

Result<void> History::append(std::span<const StoredSample> samples) {
  auto done = append_all(samples);
  if (!done) {
    // What was taken back is not known any more.
    ids_.clear();
    last_.clear();
  }
  return done;
}

Result<void> History::append_all(std::span<const StoredSample> samples) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  for (const StoredSample& stored : samples) {
    const auto server = id_of(stored.server);
    if (!server) return fail(server.error());
    auto done = mark_what_happened(*server, stored.sample);
    if (done) done = insert(*server, stored.sample);
    insert_.reset();
    insert_process_.reset();
    if (!done) return done;
    Sample& last = last_[*server];
    last = stored.sample;
    last.processes.clear();
  }
  return transaction->commit();
}

Result<void> History::insert(std::int64_t server, const Sample& sample) {
  insert_.bind(1, server);
  bind_row(insert_, 2, sample);
  insert_.bind_null(2);  // seq: SQLite's next
  if (auto done = insert_.step(); !done) return fail(std::move(done.error()));
  const std::int64_t seq = database_.last_row();
  for (const ProcessUsage& process : sample.processes) {
    insert_process_.reset();
    insert_process_.bind(1, seq);
    bind_row(insert_process_, 2, process);
    if (auto done = insert_process_.step(); !done) return fail(std::move(done.error()));
  }
  return {};
}

Result<void> History::mark_what_happened(std::int64_t server, const Sample& sample) {
  if (!last_.contains(server)) {
    auto statement =
        database_.prepare(select_samples() + " WHERE server = ? ORDER BY at DESC LIMIT 1");
    if (!statement) return fail(std::move(statement.error()));
    statement->bind(1, server);
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (*row)
      read_row(*statement, 0, last_[server]);
    else
      return mark(server, {sample.at, MarkKind::Began, "It is watched from here on.", 0}, "");
  }
  const Sample& before = last_[server];
  const Between step = mpm::between(before, sample, 0);
  if (step.restarted)
    return mark(server, {sample.at, MarkKind::Restarted, how_it_began_anew(before, sample), 0}, "");
  if (step.reloaded)
    return mark(server, {sample.at, MarkKind::Reloaded, "It was reloaded gracefully.", 0}, "");
  return {};
}

Result<std::vector<Sample>> History::looks(std::int64_t server, Instant from, Instant to) {
  return between(select_looks(), server, from, to);
}

Result<std::vector<Sample>> History::between(const std::string& select, std::int64_t server,
                                             Instant from, Instant to) {
  auto statement =
      database_.prepare(select + " WHERE server = ? AND at BETWEEN ? AND ? ORDER BY at, seq");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, server);
  statement->bind(2, milliseconds(from));
  statement->bind(3, milliseconds(to));
  return read(std::move(*statement));
}

Result<std::vector<Sample>> History::range(const std::string& server, Instant from, Instant to) {
  const auto id = known(server);
  return id ? between(select_samples(), *id, from, to) : std::vector<Sample>();
}

Result<std::vector<Sample>> History::after(const std::string& server, std::int64_t seq,
                                           std::int64_t limit) {
  const auto id = known(server);
  if (!id) return std::vector<Sample>();
  // The sign keeps SQLite from sorting all of the server's: few are of others.
  auto statement =
      database_.prepare(select_samples() + " WHERE +server = ? AND seq > ? ORDER BY seq LIMIT ?");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, *id);
  statement->bind(2, seq);
  statement->bind(3, limit);
  return read(std::move(*statement));
}

Result<std::vector<Sample>> History::read(Statement statement) {
  std::vector<Sample> samples;
  for (;;) {
    auto row = statement.step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) break;
    read_row(statement, 0, samples.emplace_back());
  }
  if (auto added = add_processes(samples); !added) return fail(std::move(added.error()));
  return samples;
}

Result<void> History::add_processes(std::vector<Sample>& samples) {
  if (samples.empty()) return {};
  std::map<std::int64_t, Sample*> by_seq;
  for (Sample& sample : samples)
    by_seq[sample.seq] = &sample;
  auto statement = database_.prepare(
      fmt::format("SELECT {} FROM process_usage WHERE sample BETWEEN ? AND ? ORDER BY sample, pid",
                  fmt::join(behind("sample", columns_of<ProcessUsage>()), ", ")));
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, by_seq.begin()->first);
  statement->bind(2, by_seq.rbegin()->first);
  for (;;) {
    auto row = statement->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return {};
    // Samples of other servers lie between.
    const auto found = by_seq.find(statement->integer(0));
    if (found != by_seq.end()) read_row(*statement, 1, found->second->processes.emplace_back());
  }
}

}  // namespace mpm
