// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/past.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

#include "gui/plot/course.h"

namespace mpm::test {
namespace {

constexpr double kPi = 3.14159265358979;

// Between 0 and 1, by where it is in the span.
double noise(int step) {
  const double wave = std::sin(step * 12.9898) * 43758.5453;
  return wave - std::floor(wave);
}

double demand(double part, int step) {
  const double day = 60 - 45 * std::cos(part * 2 * kPi);
  const double rush = part > 0.93 ? (part - 0.93) * 2600 : 0;
  return (day + rush + (part > 0.42 && part < 0.5 ? 90 : 0)) * (0.9 + 0.2 * noise(step));
}

std::optional<double> value_of(const std::string& field, double part, int step, double seconds) {
  const double limit = part < 0.5 ? 100 : 160;
  const double wanted = demand(part, step);
  const double busy = std::min(wanted, limit);
  const double over = std::max(0.0, wanted - limit);
  const double slow = 1 + 3 * over / limit;
  if (field == "saturated_seconds") return over > 0 ? seconds * std::min(1.0, over / 20) : 0;
  if (field == "busy") return busy;
  if (field == "busy_max") return std::min(limit, busy * 1.25);
  if (field == "idle") return std::min(limit - busy, 25.0);
  if (field == "worker_limit") return limit;
  if (field == "requests_per_second") return busy * 4;
  if (field == "arrivals_per_second") return wanted * 4;
  if (field == "duration_p50_seconds") return 0.08 * slow;
  if (field == "duration_p95_seconds") return 0.31 * slow;
  if (field == "duration_p99_seconds") return 0.62 * slow;
  if (field == "queue") return over * 0.7;
  if (field == "queue_max") return over * 1.4;
  if (field == "connections") return busy * 1.8;
  if (field == "connections_max") return busy * 2.3;
  if (field == "keepalive") return busy * 0.8;
  if (field == "memory_bytes") return (300 + busy * 5) * 1048576;
  if (field == "memory_max_bytes") return (320 + busy * 5.5) * 1048576;
  return std::nullopt;
}

}  // namespace

HistoryReport past(const gui::TimeSpan& span, int steps) {
  using std::chrono::milliseconds;
  HistoryReport report;
  report.server = "0.0.0.0:80 /etc/apache2/apache2.conf";
  report.from = span.from;
  report.to = span.to;
  report.step_seconds = span.seconds() / steps;
  std::istringstream names(gui::course_fields());
  for (std::string name; std::getline(names, name, ',');)
    report.fields.push_back(name);
  const auto at = [&](double part) {
    return span.from + milliseconds(std::llround(span.seconds() * 1000 * part));
  };
  for (int step = 0; step < steps; ++step) {
    const double part = static_cast<double>(step) / steps;
    if (part > 0.2 && part < 0.22) continue;  // nobody looked
    HistoryPoint point{at(part), report.step_seconds, {}};
    for (const std::string& field : report.fields)
      point.values.push_back(value_of(field, part, step, report.step_seconds));
    report.points.push_back(std::move(point));
  }
  report.marks = {
      {at(0.22), MarkKind::Restarted, "It was restarted: its counters began anew.", 0},
      {at(0.47), MarkKind::Recommended,
       "Recommended was MaxRequestWorkers 100 to 160. It was made as change 7 and kept.", 7},
      {at(0.5), MarkKind::Changed,
       "MaxRequestWorkers 100 to 160. It was made as change 7 and kept.", 7},
      {at(0.502), MarkKind::Reloaded, "It was reloaded gracefully.", 0},
      {at(0.97), MarkKind::Recommended,
       "Recommended was MaxRequestWorkers 160 to 256. It was not made.", 0}};
  return report;
}

}  // namespace mpm::test
