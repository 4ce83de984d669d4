// SPDX-License-Identifier: Apache-2.0
#include "agent/history/history.h"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/history/columns.h"
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

std::string select_samples() {
  return fmt::format("SELECT {} FROM sample", fmt::join(columns_of<Sample>(), ", "));
}

std::vector<std::string> process_columns() {
  std::vector<std::string> columns = columns_of<ProcessUsage>();
  columns.insert(columns.begin(), "sample");
  return columns;
}

}  // namespace

Result<History> History::open(const std::string& path) {
  auto database = Database::open(path);
  if (!database) return fail(std::move(database.error()));
  if (auto migrated = migrate(*database, kMigrations); !migrated)
    return fail(migrated.error().kind, fmt::format("{}: {}", path, migrated.error().what));
  auto insert = database->prepare(insert_into("sample", columns_of<Sample>()));
  if (!insert) return fail(std::move(insert.error()));
  auto insert_process = database->prepare(insert_into("process_usage", process_columns()));
  if (!insert_process) return fail(std::move(insert_process.error()));
  return History(std::move(*database), std::move(*insert), std::move(*insert_process));
}

Result<void> History::append(const Sample& sample) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  auto inserted = insert(sample);
  insert_.reset();
  insert_process_.reset();
  if (!inserted) return inserted;
  return transaction->commit();
}

Result<void> History::insert(const Sample& sample) {
  bind_row(insert_, 1, sample);
  insert_.bind_null(1);  // seq: SQLite's next
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

Result<std::vector<Sample>> History::range(std::int32_t pid, Instant from, Instant to) {
  auto statement = database_.prepare(select_samples() +
                                     " WHERE pid = ? AND at BETWEEN ? AND ? ORDER BY at, seq");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, std::int64_t{pid});
  statement->bind(2, milliseconds(from));
  statement->bind(3, milliseconds(to));
  return read(std::move(*statement));
}

Result<std::vector<Sample>> History::after(std::int32_t pid, std::int64_t seq, std::int64_t limit) {
  auto statement =
      database_.prepare(select_samples() + " WHERE pid = ? AND seq > ? ORDER BY seq LIMIT ?");
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, std::int64_t{pid});
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
                  fmt::join(process_columns(), ", ")));
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

Result<void> History::forget_before(Instant instant) {
  return database_.execute(fmt::format("DELETE FROM sample WHERE at < {}", milliseconds(instant)));
}

}  // namespace mpm
