// SPDX-License-Identifier: Apache-2.0
#include "agent/history/journal.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/history/migrate.h"
#include "schema/codec/json.h"
#include "schema/codec/names.h"
#include "schema/migrations.h"

namespace mpm {
namespace {

constexpr mode_t kPrivateFile = 0600;
constexpr std::string_view kColumns =
    "id, at, target, plan, because, undoes, watch_seconds, backup, watch, shortened, "
    "asked_by";

// Who may write the journal has the rights of whoever reads it next: it says what files are brought
// back and how a server is started.
Result<void> make_own_directory(const std::string& path) {
  if (auto made = make_private_directory(path); !made) return made;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return fail(system_error(errno, path));
  if (status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return fail(Error::Kind::Denied,
              fmt::format("{}: others than user {} may write in this state directory, so what it "
                          "says about changes cannot be relied on; give it to that user with mode "
                          "0700, or name another by --state",
                          path, ::geteuid()));
}

// A file that nobody else may read, before anything is written to it.
Result<UniqueFd> make_file(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kPrivateFile));
  if (!file) return fail(system_error(errno, path));
  return file;
}

std::int64_t milliseconds(Instant instant) {
  return instant.time_since_epoch().count();
}
Instant instant(std::int64_t milliseconds) {
  return Instant(std::chrono::milliseconds(milliseconds));
}

std::string words_for(const std::optional<std::string>& written, const SettingValue& effective) {
  if (written) return *written;
  return std::visit([](const auto& value) { return fmt::format("{}", value); }, effective);
}

// A value of the contract out of its JSON; a row that cannot be read is a damaged journal.
template <class T>
Result<T> parsed(const Statement& row, int column, std::int64_t id) {
  auto value = from_json<T>(row.text(column));
  if (!value) return fail(std::move(value.error()).in(fmt::format("change {} in the journal", id)));
  return std::move(*value);
}

Result<ChangeRecord> change_of(const Statement& row) {
  ChangeRecord change;
  change.id = row.integer(0);
  change.at = instant(row.integer(1));
  auto target = parsed<Target>(row, 2, change.id);
  if (!target) return fail(std::move(target.error()));
  change.target = std::move(*target);
  auto plan = parsed<EditPlan>(row, 3, change.id);
  if (!plan) return fail(std::move(plan.error()));
  change.plan = std::move(*plan);
  change.because = row.text(4);
  change.undoes = row.integer(5);
  if (!row.is_null(6)) change.watch_seconds = row.real(6);
  change.backup = row.text(7);
  change.shortened = row.integer(9) != 0;
  change.asked_by = row.text(10);
  if (row.is_null(8)) return change;
  auto watch = parsed<WatchReport>(row, 8, change.id);
  if (!watch) return fail(std::move(watch.error()));
  change.watch = std::move(*watch);
  return change;
}

Result<ChangeStep> step_of(const Statement& row) {
  const auto phase = parse_name<Phase>(row.text(2));
  if (!phase)
    return fail(Error::Kind::Malformed, fmt::format("change {} in the journal is in the phase "
                                                    "'{}', which this program does not know",
                                                    row.integer(0), row.text(2)));
  return ChangeStep{instant(row.integer(1)), *phase, row.text(3)};
}

}  // namespace

Result<ChangeLock> ChangeLock::take(const std::string& directory) {
  if (auto made = make_own_directory(directory); !made) return fail(std::move(made.error()));
  const std::string path = directory + "/changes.lock";
  auto file = make_file(path);
  if (!file) return fail(std::move(file.error()));
  if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(system_error(errno, path));
    std::array<char, 32> pid{};
    const auto got = ::pread(file->get(), pid.data(), pid.size(), 0);
    const std::string holder(pid.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    return fail(Error::Kind::Conflict,
                fmt::format("Another change is under way{}; wait for it, mpmctl changes shows it.",
                            holder.empty() ? "" : fmt::format(" (process {})", holder)));
  }
  // For the sentence above alone.
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(file->get(), 0) != 0 ||
      ::pwrite(file->get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
    return fail(system_error(errno, path));
  return ChangeLock(std::move(*file));
}

Result<Journal> Journal::open(const std::string& directory) {
  if (auto made = make_own_directory(directory); !made) return fail(std::move(made.error()));
  const std::string path = directory + "/changes.db";
  if (auto made = make_file(path); !made) return fail(std::move(made.error()));
  auto database = Database::open(path, Durability::Every);
  if (!database) return fail(std::move(database.error()));
  if (auto migrated = migrate(*database, kChangeMigrations); !migrated)
    return fail(std::move(migrated.error()).in(path));
  return Journal(std::move(*database));
}

Result<std::int64_t> Journal::begin(const ChangeRecord& change, const std::string& launch) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  auto insert = database_.prepare(
      "INSERT INTO change (at, target, launch, plan, because, undoes, watch_seconds, backup, "
      "shortened, asked_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return fail(std::move(insert.error()));
  insert->bind(1, milliseconds(change.at));
  insert->bind(2, std::string_view(to_json(change.target)));
  insert->bind(3, std::string_view(launch));
  insert->bind(4, std::string_view(to_json(change.plan)));
  insert->bind(5, std::string_view(change.because));
  insert->bind(6, change.undoes);
  change.watch_seconds ? insert->bind(7, *change.watch_seconds) : insert->bind_null(7);
  insert->bind(8, std::string_view(change.backup));
  insert->bind(9, change.shortened ? std::int64_t{1} : std::int64_t{0});
  insert->bind(10, std::string_view(change.asked_by));
  if (auto done = insert->step(); !done) return fail(std::move(done.error()));
  const std::int64_t id = database_.last_row();
  if (auto added = add_step(id, {change.at, Phase::Planned, ""}); !added)
    return fail(std::move(added.error()));
  if (auto done = transaction->commit(); !done) return fail(std::move(done.error()));
  return id;
}

Result<void> Journal::set(std::int64_t id, const char* update, std::string_view value) {
  auto statement = database_.prepare(update);
  if (!statement) return fail(std::move(statement.error()));
  statement->bind(1, value);
  statement->bind(2, id);
  if (auto done = statement->step(); !done) return fail(std::move(done.error()));
  return {};
}

Result<void> Journal::set_backup(std::int64_t id, const std::string& path) {
  return set(id, "UPDATE change SET backup = ? WHERE id = ?", path);
}

Result<void> Journal::set_watch(std::int64_t id, const WatchReport& report) {
  return set(id, "UPDATE change SET watch = ? WHERE id = ?", to_json(report));
}

Result<void> Journal::enter(std::int64_t id, const ChangeStep& step) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  if (auto added = add_step(id, step); !added) return added;
  return transaction->commit();
}

Result<void> Journal::add_step(std::int64_t id, const ChangeStep& step) {
  auto insert = database_.prepare(
      "INSERT INTO step (change, seq, at, phase, detail) VALUES "
      "(?1, (SELECT count(*) + 1 FROM step WHERE change = ?1), ?2, ?3, ?4)");
  if (!insert) return fail(std::move(insert.error()));
  insert->bind(1, id);
  insert->bind(2, milliseconds(step.at));
  insert->bind(3, name_of(step.phase));
  insert->bind(4, std::string_view(step.detail));
  if (auto done = insert->step(); !done) return fail(std::move(done.error()));
  return {};
}

Result<ChangeRecord> Journal::find(std::int64_t id) {
  auto select = database_.prepare(fmt::format("SELECT {} FROM change WHERE id = ?", kColumns));
  if (!select) return fail(std::move(select.error()));
  select->bind(1, id);
  auto found = read(std::move(*select));
  if (!found) return fail(std::move(found.error()));
  if (found->empty())
    return fail(Error::Kind::NotFound,
                fmt::format("There is no change {}; mpmctl changes lists them.", id));
  return std::move(found->front());
}

Result<std::string> Journal::launch(std::int64_t id) {
  auto select = database_.prepare("SELECT launch FROM change WHERE id = ?");
  if (!select) return fail(std::move(select.error()));
  select->bind(1, id);
  const auto row = select->step();
  if (!row) return fail(row.error());
  return *row ? select->text(0) : std::string();
}

Result<std::vector<ChangeRecord>> Journal::newest(std::int64_t limit) {
  auto select =
      database_.prepare(fmt::format("SELECT {} FROM change ORDER BY id DESC LIMIT ?", kColumns));
  if (!select) return fail(std::move(select.error()));
  select->bind(1, limit);
  return read(std::move(*select));
}

Result<std::vector<ChangeRecord>> Journal::open_changes() {
  auto select = database_.prepare(fmt::format(
      "SELECT {} FROM change WHERE (SELECT phase FROM step WHERE change = id ORDER BY seq DESC "
      "LIMIT 1) NOT IN ('kept', 'undone', 'abandoned', 'stuck') ORDER BY id",
      kColumns));
  if (!select) return fail(std::move(select.error()));
  return read(std::move(*select));
}

Result<std::vector<ChangeRecord>> Journal::read(Statement statement) {
  std::vector<ChangeRecord> changes;
  for (;;) {
    const auto row = statement.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    auto change = change_of(statement);
    if (!change) return fail(std::move(change.error()));
    changes.push_back(std::move(*change));
  }
  auto select =
      database_.prepare("SELECT change, at, phase, detail FROM step WHERE change = ? ORDER BY seq");
  if (!select) return fail(std::move(select.error()));
  for (ChangeRecord& change : changes) {
    select->reset();
    select->bind(1, change.id);
    for (;;) {
      const auto row = select->step();
      if (!row) return fail(row.error());
      if (!*row) break;
      auto step = step_of(*select);
      if (!step) return fail(std::move(step.error()));
      change.steps.push_back(std::move(*step));
    }
    if (change.steps.empty())
      return fail(Error::Kind::Malformed,
                  fmt::format("change {} in the journal has no steps, so the journal is damaged",
                              change.id));
  }
  return changes;
}

std::string words_for(const EditPlan& plan) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (plan.mpm_before != plan.mpm_after && plan.mpm_after)
    add(fmt::format("{} to {}", plan.mpm_before ? name_of(*plan.mpm_before) : "no MPM",
                    name_of(*plan.mpm_after)));
  for (const DirectiveChange& change : plan.directives)
    add(fmt::format("{} {} to {}", change.directive, words_for(change.from, change.from_effective),
                    words_for(change.to, change.to_effective)));
  return text;
}

ChangeSummary summary_of(const ChangeRecord& change) {
  ChangeSummary summary;
  summary.id = change.id;
  summary.at = change.at;
  summary.pid = change.target.pid;
  summary.phase = phase_of(change);
  summary.what = words_for(change.plan);
  summary.because = change.because;
  summary.undoes = change.undoes;
  return summary;
}

}  // namespace mpm
