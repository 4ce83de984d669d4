// SPDX-License-Identifier: Apache-2.0
#include "agent/history/history.h"

#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/history/columns.h"
#include "agent/history/migrate.h"
#include "schema/codec/json.h"
#include "schema/migrations.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

constexpr Instant kNoon{std::chrono::milliseconds{1700000000000}};

// A value in every field, so that none can be lost or swapped unseen.
Sample sample(std::int32_t pid, int second) {
  Sample value;
  double next = second + 0.5;
  each_column(value, "", [&](const std::string&, auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    next += 1;
    if constexpr (std::same_as<Member, std::optional<double>>)
      member = next;
    else if constexpr (kIsQuantity<Member>)
      member.value = static_cast<std::int64_t>(next);
    else if constexpr (std::is_arithmetic_v<Member>)
      member = static_cast<Member>(next);
  });
  value.seq = 0;
  value.pid = pid;
  value.at = kNoon + std::chrono::seconds(second);
  value.restarted = kNoon;
  value.source = SourceKind::ScoreboardFile;
  value.host.limits.push_back({"/web", "memory.max", Bytes{1}, Bytes{2}, Bytes{3}, Bytes{4}});
  value.listeners.push_back({"127.0.0.1", 80, 1, 2, 3, 4});
  ProcessUsage process;
  process.pid = 77;
  process.parent = true;
  process.unique = Bytes{9};
  process.cpu_seconds = 1.5;
  value.processes.push_back(process);
  return value;
}

// Under a server that is called as its pid.
Result<void> append(History& history, const Sample& value) {
  const std::vector<StoredSample> stored{{std::to_string(value.pid), value}};
  return history.append(stored);
}

Result<bool> forget_before(History& history, Instant instant) {
  Keeping keep;
  keep.processes = keep.samples;
  return history.forget(keep, instant + keep.samples);
}

TEST(History, GivesBackEveryFieldAsItWas) {
  auto history = History::open(":memory:");
  ASSERT_TRUE(history) << history.error().what;
  ASSERT_TRUE(append(*history, sample(1, 0)));
  const auto back = history->range("1", kNoon, kNoon);
  ASSERT_TRUE(back) << back.error().what;
  ASSERT_EQ(back->size(), 1U);
  Sample expected = sample(1, 0);
  expected.seq = 1;
  EXPECT_EQ(to_json((*back)[0]), to_json(expected));
}

TEST(History, KeepsServersApart) {
  auto history = History::open(":memory:");
  for (int second = 0; second < 6; ++second)
    ASSERT_TRUE(append(*history, sample(second % 2 + 1, second)));
  const auto two = history->range("2", kNoon, kNoon + std::chrono::seconds(4));
  ASSERT_EQ(two->size(), 2U);
  for (const Sample& found : *two) {
    EXPECT_EQ(found.pid, 2);
    EXPECT_EQ(found.processes.size(), 1U);
  }
}

TEST(History, GoesOnAfterACursor) {
  auto history = History::open(":memory:");
  for (int second = 0; second < 5; ++second)
    ASSERT_TRUE(append(*history, sample(1, second)));
  const auto page = history->after("1", 2, 2);
  ASSERT_EQ(page->size(), 2U);
  EXPECT_EQ((*page)[0].seq, 3);
  EXPECT_EQ((*page)[1].seq, 4);
  EXPECT_TRUE(history->after("1", 5, 10)->empty());
}

TEST(History, ForgetsOldSamplesWithTheirProcesses) {
  const TempDir dir;
  auto history = History::open(dir / "history.db");
  for (int second = 0; second < 4; ++second)
    ASSERT_TRUE(append(*history, sample(1, second)));
  ASSERT_TRUE(forget_before(*history, kNoon + std::chrono::seconds(3)));
  EXPECT_EQ(history->range("1", kNoon, kNoon + std::chrono::hours(1))->size(), 1U);
  auto database = Database::open(dir / "history.db");
  auto count = database->prepare("SELECT count(*) FROM process_usage");
  ASSERT_TRUE(*count->step());
  EXPECT_EQ(count->integer(0), 1);
}

TEST(History, OutlivesTheProgramAndItsSeqGrowsOn) {
  const TempDir dir;
  auto first = History::open(dir / "history.db");
  ASSERT_TRUE(append(*first, sample(1, 0)));
  auto again = History::open(dir / "history.db");
  ASSERT_TRUE(forget_before(*again, kNoon + std::chrono::hours(1)));
  ASSERT_TRUE(append(*again, sample(1, 5)));
  EXPECT_EQ((*again->range("1", kNoon, kNoon + std::chrono::hours(1)))[0].seq, 2);
}

TEST(History, SaysWhatIsWrongWithItsFile) {
  const TempDir dir;
  dir.write("text.db", std::string(4096, 'x'));
  const auto text = History::open(dir / "text.db");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, Error::Kind::Malformed);
  EXPECT_NE(text.error().what.find("text.db"), std::string::npos) << text.error().what;

  const auto nowhere = History::open(dir / "no/such/folder.db");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind, Error::Kind::Denied);
  EXPECT_NE(nowhere.error().what.find("folder.db"), std::string::npos) << nowhere.error().what;
}

TEST(Migrate, RefusesADatabaseOfTheFuture) {
  auto database = Database::open(":memory:");
  ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
  const auto done = migrate(*database, kMigrations);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, Error::Kind::Conflict);
}

TEST(Migrate, TakesBackAStepThatFails) {
  auto database = Database::open(":memory:");
  const auto steps = std::to_array<std::string_view>(
      {"CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"});
  EXPECT_FALSE(migrate(*database, steps));
  auto version = database->prepare("PRAGMA user_version");
  ASSERT_TRUE(*version->step());
  EXPECT_EQ(version->integer(0), 1);
  EXPECT_FALSE(database->prepare("SELECT * FROM b"));
}

// A row with something in every column that the table has now.
void fill_a_row(Database& database, const std::string& table) {
  auto info = database.prepare("SELECT name, type FROM pragma_table_info('" + table + "')");
  std::vector<std::string> columns;
  std::vector<std::string> values;
  while (*info->step()) {
    columns.push_back(info->text(0));
    const std::string type = info->text(1);
    values.emplace_back(type == "TEXT" ? "'[]'" : type == "BLOB" ? "x''" : "1");
  }
  ASSERT_TRUE(database.execute(fmt::format("INSERT INTO {} ({}) VALUES ({})", table,
                                           fmt::join(columns, ", "), fmt::join(values, ", "))));
}

TEST(Migrate, LeavesTheRowsOfEveryOlderDatabase) {
  const std::span<const std::string_view> steps(kMigrations);
  for (std::size_t version = 2; version < steps.size(); ++version) {
    auto database = Database::open(":memory:");
    ASSERT_TRUE(migrate(*database, steps.first(version)));
    for (const char* table : {"server", "sample", "minute", "hour"})
      fill_a_row(*database, table);
    ASSERT_TRUE(migrate(*database, steps));
    auto row = database->prepare(
        "SELECT busy_max, children_started FROM minute JOIN sample USING (children_started)");
    ASSERT_TRUE(row);
    ASSERT_TRUE(*row->step()) << "from version " << version;
    EXPECT_EQ(row->integer(0), 1);
    EXPECT_EQ(row->integer(1), version < 3 ? 0 : 1);
  }
}

// The contract: a column for every field and none besides.
template <class T>
void expect_columns(Database& database, const std::string& table, std::vector<std::string> more) {
  for (const std::string& column : columns_of<T>())
    more.push_back(column);
  auto info = database.prepare("SELECT name FROM pragma_table_info('" + table + "')");
  std::vector<std::string> columns;
  while (*info->step())
    columns.push_back(info->text(0));
  // A column that was added later stands at the end.
  EXPECT_THAT(columns, testing::UnorderedElementsAreArray(more));
}

TEST(Schema, OfTheDatabaseIsThatOfTheTypes) {
  auto database = Database::open(":memory:");
  ASSERT_TRUE(migrate(*database, kMigrations));
  expect_columns<Sample>(*database, "sample", {"server"});
  expect_columns<Rollup>(*database, "minute", {"server"});
  expect_columns<Rollup>(*database, "hour", {"server"});
  expect_columns<ProcessUsage>(*database, "process_usage", {"sample"});
}

}  // namespace
}  // namespace mpm
