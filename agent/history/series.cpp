// SPDX-License-Identifier: Apache-2.0
#include "agent/history/series.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mpm {
namespace {

using Value = std::optional<double>;

constexpr double kMilli = 1000;

Value ratio(double sum, double by) {
  if (by <= 0) return std::nullopt;
  return sum / by;
}

template <std::int64_t Rollup::*Sum>
Value mean(const Rollup& step) {
  return ratio(static_cast<double>(step.*Sum), static_cast<double>(step.looks));
}

template <std::int64_t Rollup::*Count>
Value per_second(const Rollup& step) {
  return ratio(static_cast<double>(step.*Count), step.seconds);
}

template <std::int64_t Rollup::*Number>
Value number(const Rollup& step) {
  return static_cast<double>(step.*Number);
}

template <Sketch Rollup::*Values, int Percent>
Value quantile(const Rollup& step) {
  return (step.*Values).quantile(Percent / 100.0);
}

Value duration_mean(const Rollup& step) {
  return ratio(static_cast<double>(step.duration_sum_ms) / kMilli,
               static_cast<double>(step.finished));
}
Value limit(const Rollup& step) {
  if (step.worker_limit <= 0) return std::nullopt;
  return static_cast<double>(step.worker_limit);
}
Value cpu_share(const Rollup& step) {
  return ratio(static_cast<double>(step.cpu_busy_ms), static_cast<double>(step.cpu_total_ms));
}
Value memory(const Rollup& step) {
  return ratio(static_cast<double>(step.memory_sum.value), static_cast<double>(step.sweeps));
}
Value memory_max(const Rollup& step) {
  if (step.sweeps == 0) return std::nullopt;
  return static_cast<double>(step.memory_max.value);
}
Value memory_available(const Rollup& step) {
  if (step.memory_available_min.value <= 0) return std::nullopt;
  return static_cast<double>(step.memory_available_min.value);
}

constexpr auto kSeriesFields = std::to_array<SeriesField>({
    {"busy", mean<&Rollup::busy_sum>},
    {"busy_p50", quantile<&Rollup::busy, 50>},
    {"busy_p95", quantile<&Rollup::busy, 95>},
    {"busy_p99", quantile<&Rollup::busy, 99>},
    {"busy_max", number<&Rollup::busy_max>},
    {"idle", mean<&Rollup::idle_sum>},
    {"keepalive", mean<&Rollup::keepalive_sum>},
    {"worker_limit", limit},
    {"processes", mean<&Rollup::processes_sum>},
    {"children_started", number<&Rollup::children_started>},
    {"children_ended", number<&Rollup::children_ended>},
    {"queue", mean<&Rollup::queue_sum>},
    {"queue_p95", quantile<&Rollup::queue, 95>},
    {"queue_max", number<&Rollup::queue_max>},
    {"connections", mean<&Rollup::connections_sum>},
    {"connections_max", number<&Rollup::connections_max>},
    {"requests_per_second", per_second<&Rollup::requests>},
    {"requests_per_second_p95", quantile<&Rollup::rate, 95>},
    {"arrivals_per_second", per_second<&Rollup::arrivals>},
    {"bytes_per_second", per_second<&Rollup::bytes>},
    {"duration_seconds", duration_mean},
    {"duration_p50_seconds", quantile<&Rollup::duration, 50>},
    {"duration_p95_seconds", quantile<&Rollup::duration, 95>},
    {"duration_p99_seconds", quantile<&Rollup::duration, 99>},
    {"oldest_seconds",
     [](const Rollup& step) -> Value { return static_cast<double>(step.oldest_ms) / kMilli; }},
    {"saturated_seconds", [](const Rollup& step) -> Value { return step.saturated_seconds; }},
    {"deaf_seconds", [](const Rollup& step) -> Value { return step.deaf_seconds; }},
    {"overflows", number<&Rollup::overflows>},
    {"restarts", number<&Rollup::restarts>},
    {"reloads", number<&Rollup::reloads>},
    {"cpu_busy_share", cpu_share},
    {"memory_available_bytes", memory_available},
    {"memory_bytes", memory},
    {"memory_max_bytes", memory_max},
});

}  // namespace

std::span<const SeriesField> series_fields() {
  return kSeriesFields;
}

Result<std::vector<SeriesField>> chosen_fields(std::string_view names) {
  std::vector<SeriesField> chosen;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const auto found = std::ranges::find(kSeriesFields, name, &SeriesField::name);
    if (found == kSeriesFields.end()) {
      std::vector<std::string_view> known;
      for (const SeriesField& field : kSeriesFields)
        known.push_back(field.name);
      return fail(Error::Kind::Usage,
                  fmt::format("fields: \"{}\" is none of {}", name, fmt::join(known, ", ")));
    }
    chosen.push_back(*found);
  }
  if (chosen.empty()) chosen.assign(kSeriesFields.begin(), kSeriesFields.end());
  return chosen;
}

HistoryPoint point_of(const Rollup& step, std::span<const SeriesField> fields) {
  HistoryPoint point{step.at, step.seconds, {}};
  point.values.reserve(fields.size());
  for (const SeriesField& field : fields)
    point.values.push_back(field.of(step));
  return point;
}

}  // namespace mpm
