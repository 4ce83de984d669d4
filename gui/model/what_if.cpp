// SPDX-License-Identifier: Apache-2.0
#include "gui/model/what_if.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <utility>

#include "gui/words.h"

namespace mpm::gui {
namespace {

QString text(const char* source) {
  return QCoreApplication::translate("mpm::gui::WhatIf", source);
}

// As httpd's documentation orders them; what an MPM has not is not among its settings.
struct Known {
  const char* directive;
  std::int64_t least;
};
constexpr std::array kKnown{Known{"MaxRequestWorkers", 1},       Known{"ServerLimit", 1},
                            Known{"ThreadsPerChild", 1},         Known{"StartServers", 1},
                            Known{"MinSpareThreads", 1},         Known{"MaxSpareThreads", 1},
                            Known{"MinSpareServers", 1},         Known{"MaxSpareServers", 1},
                            Known{"KeepAliveTimeout", 1},        Known{"ListenBacklog", 1},
                            Known{"AsyncRequestWorkerFactor", 1}};

// A slider goes as far as four times what is in force, and at least that far.
constexpr std::int64_t kTimes = 4;
constexpr std::int64_t kShortest = 16;

QString cell(std::int64_t value) {
  return number(value);
}
QString cell(double value) {
  return seconds(value);
}
QString cell(Bytes value) {
  return value.value > 0 ? amount(value) : text("not known");
}

// Of as many as were tried; where the limit is as it is, that is to be seen in the table.
bool all_were_busy(const SimulationReport& report) {
  const auto workers =
      std::ranges::find(report.directives, "MaxRequestWorkers", &DirectiveChange::directive);
  if (workers == report.directives.end()) return false;
  const auto* limit = std::get_if<std::int64_t>(&workers->to_effective);
  return limit != nullptr && report.changed.busy_max >= *limit;
}

// `seen` may be unknown: waiting is simulated alone.
template <class Of>
TableRow row(const char* name, const QString& seen, const SimulationReport& report, Of of) {
  return {{text(name), seen, cell(of(report.as_it_is)), cell(of(report.changed))}};
}

}  // namespace

std::vector<Trial> trials_of(const MpmSettings& settings) {
  std::vector<Trial> trials;
  for (const Known& known : kKnown) {
    const Setting* setting = find_setting(settings, known.directive);
    const auto* value =
        setting != nullptr ? std::get_if<std::int64_t>(&setting->effective) : nullptr;
    if (value == nullptr) continue;
    trials.push_back({known.directive, *value, std::min(known.least, *value),
                      std::max(kTimes * *value, kShortest), *value});
  }
  return trials;
}

void try_changes(std::vector<Trial>& trials, const std::vector<Change>& changes) {
  for (Trial& trial : trials) {
    const auto change = std::ranges::find(changes, trial.directive, &Change::directive);
    trial.tried = change == changes.end() ? trial.in_force : change->to;
    trial.least = std::min(trial.least, trial.tried);
    trial.most = std::max(trial.most, trial.tried);
  }
}

std::vector<Wish> wishes_of(const std::vector<Trial>& trials) {
  std::vector<Wish> wishes;
  for (const Trial& trial : trials)
    if (trial.tried != trial.in_force)
      wishes.push_back({trial.directive, std::to_string(trial.tried)});
  return wishes;
}

QStringList forecast_headings() {
  return {text("Measure"), text("Seen"), text("Simulated as it is"), text("Simulated as tried")};
}

std::vector<TableRow> forecast_rows(const SimulationReport& report) {
  const QString none = QStringLiteral("–");
  const SeenServer& seen = report.seen;
  return {
      row("Wait for a worker, median", none, report, [](auto& s) { return s.waiting_p50_seconds; }),
      row("Wait for a worker, 95 %", none, report, [](auto& s) { return s.waiting_p95_seconds; }),
      row("Wait for a worker, 99 %", none, report, [](auto& s) { return s.waiting_p99_seconds; }),
      row("Clients that gave up", none, report, [](auto& s) { return s.failed; }),
      row("Connections refused", number(seen.refused), report, [](auto& s) { return s.refused; }),
      row("Most that waited at once", number(seen.queue_max), report,
          [](auto& s) { return s.queue_max; }),
      row("Most workers busy", number(seen.busy_max), report, [](auto& s) { return s.busy_max; }),
      row("Most processes", number(seen.processes_max), report,
          [](auto& s) { return s.processes_max; }),
      row("Most memory of the children", none, report, [](auto& s) { return s.memory_max; })};
}

QString forecast_verdict(const SimulationReport& report) {
  const SimulatedServer& now = report.as_it_is;
  const SimulatedServer& then = report.changed;
  if (report.directives.empty())
    return text("Nothing is tried: move a slider, and the same load is gone over again.");
  const QString wait =
      text(
          "Of 100 requests 99 would wait at most %1 for a worker, instead of %2; %3 clients would "
          "give up or be refused, instead of %4")
          .arg(seconds(then.waiting_p99_seconds), seconds(now.waiting_p99_seconds),
               number(then.failed + then.refused), number(now.failed + now.refused));
  const QString full =
      all_were_busy(report) ? text(" At the peak all workers would be busy.") : QString();
  if (then.memory_max.value <= 0) return wait + u'.' + full;
  return text("%1; the children would take %2 at most, instead of %3.%4")
      .arg(wait, amount(then.memory_max), amount(now.memory_max), full);
}

}  // namespace mpm::gui
