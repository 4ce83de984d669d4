// SPDX-License-Identifier: Apache-2.0
//
// What the history costs: a year of minutes and hours on the disk, a day at one look a second asked
// for in 600 steps, and a second's samples written. The server has a day and a night, bursts, and
// noise in every number, because a distribution of equal values would take no room.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <vector>

#include "agent/history/columns.h"
#include "agent/history/history.h"
#include "agent/history/series.h"
#include "schema/codec/json.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kYearBar = std::int64_t{200} << 20;
constexpr double kQueryBar = 0.1;  // seconds
constexpr int kDaySeconds = 24 * 3600;
const std::string kServer = "0.0.0.0:80 /etc/apache2/apache2.conf";
const Instant kBegin{milliseconds{1700006400000}};  // a midnight

double passed_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::vector<StoredSample> day_of_samples() {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, 1);
  std::vector<StoredSample> samples;
  samples.reserve(kDaySeconds);
  double accesses = 0;
  for (int second = 0; second < kDaySeconds; ++second) {
    const double day = 0.55 - 0.45 * std::cos(2 * 3.14159265 * second / kDaySeconds);
    const double burst = second % 1800 < 60 ? 1.8 : 1;
    const double rate = std::max(0.0, 400 * day * burst * (1 + 0.25 * noise(random)));
    accesses += rate;
    Sample sample;
    sample.at = kBegin + seconds(second);
    sample.pid = 4711;
    sample.restarted = kBegin - hours(100);
    sample.worker_limit = 150;
    sample.accesses = static_cast<std::int64_t>(accesses);
    sample.bytes = static_cast<std::int64_t>(accesses * 12345);
    const double busy = std::clamp(rate * 0.3 * (1 + 0.2 * noise(random)), 0.0, 150.0);
    sample.tally.busy = static_cast<std::int64_t>(busy);
    sample.tally.idle = 150 - sample.tally.busy;
    sample.tally.keepalive = sample.tally.busy / 3;
    sample.tally.processes = 10;
    sample.work.running = sample.tally.busy;
    sample.work.age_max_seconds = std::exp(noise(random));
    sample.work.finished = sample.tally.busy;
    sample.work.duration_sum_seconds = busy * 0.3 * std::exp(0.5 * noise(random));
    sample.host.cpu_busy_seconds = accesses * 0.002;
    sample.host.cpu_total_seconds = 4.0 * second;
    sample.host.memory_total = kMiB * 8192;
    sample.host.memory_available = kMiB * (2000 + second % 977);
    sample.host.limits.push_back(
        {"/system.slice/apache2.service", "memory.max", kMiB * 4096, kMiB * 900, kMiB, kMiB});
    sample.listeners.push_back({"0.0.0.0", 80, busy >= 149 ? second % 40 : 0, 511,
                                static_cast<std::int64_t>(busy * 2.5), second % 5});
    if (second % 10 == 0) {
      for (std::int32_t child = 0; child < 10; ++child) {
        ProcessUsage usage;
        usage.pid = 5000 + child;
        usage.pss = kMiB * (20 + (second + child * 7) % 5);
        usage.unique = usage.pss;
        sample.processes.push_back(usage);
      }
    }
    samples.push_back({kServer, std::move(sample)});
  }
  return samples;
}

// The minutes of that day over and over, as an agent would have written them.
bool year_on_disk(const std::vector<StoredSample>& day) {
  std::vector<Sample> samples;
  for (const StoredSample& stored : day)
    samples.push_back(stored.sample);
  const auto minutes = rolled_up(samples, kBegin, seconds(60));
  const auto hourly = merged(minutes, hours(1));
  const TempDir dir;
  const std::string path = dir / "history.db";
  {
    auto history = History::open(path);
    (void)history->append(std::vector<StoredSample>{day.front()});
    auto database = Database::open(path);
    std::string marks = "?";
    for (std::size_t i = 0; i < columns_of<Rollup>().size(); ++i)
      marks += ", ?";
    for (int number = 0; number < 365; ++number) {
      auto transaction = Transaction::begin(*database);
      const auto write = [&](const char* table, const std::vector<Rollup>& rollups) {
        auto insert =
            database->prepare(std::string("INSERT INTO ") + table + " VALUES (" + marks + ")");
        for (Rollup rollup : rollups) {
          rollup.at += hours(24 * number);
          insert->reset();
          insert->bind(1, std::int64_t{1});
          bind_row(*insert, 2, rollup);
          if (!insert->step()) std::abort();
        }
      };
      write("minute", minutes);
      write("hour", hourly);
      (void)transaction->commit();
    }
    (void)database->execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  std::printf("a year of %zu minutes and %zu hours: %.1f MiB, %.0f bytes a minute\n",
              365 * minutes.size(), 365 * hourly.size(), static_cast<double>(bytes) / (1 << 20),
              static_cast<double>(bytes) / (365.0 * static_cast<double>(minutes.size())));

  auto history = History::open_to_read(path);
  const auto begun = std::chrono::steady_clock::now();
  const auto year =
      history->series(kServer, kBegin, kBegin + hours(24 * 365), hours(24 * 365) / 600);
  std::printf("the year in %zu steps: %.1f ms\n", year->steps.size(), 1000 * passed_since(begun));
  return bytes <= kYearBar;
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double answer(History& history, milliseconds step, std::size_t& points) {
  const auto begun = std::chrono::steady_clock::now();
  const auto series = history.series(kServer, kBegin, kBegin + hours(24), step);
  const auto fields = chosen_fields("");
  HistoryReport report;
  for (const Rollup& each : series->steps)
    report.points.push_back(point_of(each, *fields));
  points = report.points.size();
  const std::string text = to_json(report);
  return text.empty() ? 0 : passed_since(begun);
}

bool day_asked_for(const std::vector<StoredSample>& day) {
  const TempDir dir;
  const std::string path = dir / "history.db";
  auto history = History::open(path);
  double slowest = 0;
  const auto begun = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < day.size(); ++i) {
    const auto one = std::chrono::steady_clock::now();
    if (!history->append(std::span(&day[i], 1))) return false;
    if (i % 60 == 59 && !history->roll_up(day[i].sample.at + milliseconds(1))) return false;
    slowest = std::max(slowest, passed_since(one));
  }
  const double each = passed_since(begun) / static_cast<double>(day.size());
  std::printf("a look a second written, minutes summed up: %.0f us each, %.1f ms the slowest\n",
              1e6 * each, 1000 * slowest);
  auto reader = History::open_to_read(path);
  bool held = true;
  std::vector<double> times;
  std::size_t points = 0;
  const double before = processor_seconds();
  for (int round = 0; round < 30; ++round)
    times.push_back(answer(*reader, seconds(144), points));
  const double processor = (processor_seconds() - before) / 30;
  std::ranges::sort(times);
  std::printf(
      "24 h in %zu steps of 144 s: %.1f ms the median, %.1f ms the slowest of 30; of the "
      "processor %.1f ms\n",
      points, 1000 * times[15], 1000 * times.back(), 1000 * processor);
  held = held && points == 600 && times[15] <= kQueryBar;
  const double looks = answer(*reader, seconds(59), points);
  std::printf("24 h in %zu steps of 59 s, from the looks themselves: %.0f ms\n", points,
              1000 * looks);
  return held;
}

}  // namespace
}  // namespace mpm

int main() {
  const auto day = mpm::day_of_samples();
  const bool small = mpm::year_on_disk(day);
  const bool quick = mpm::day_asked_for(day);
  return small && quick ? EXIT_SUCCESS : EXIT_FAILURE;
}
