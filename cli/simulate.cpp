// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl simulate`: what was seen, the same simulated, and the same with other directives, column
// beside column. Only where the first two are alike is the third to be believed.
#include "cli/simulate.h"

#include <utility>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/output.h"
#include "cli/page.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/watch.h"
#include "cli/words.h"

namespace mpm {
namespace {

std::string wishes_in_words(const SimulationReport& report) {
  std::vector<std::string> parts;
  for (const DirectiveChange& change : report.directives)
    parts.push_back(fmt::format("{} {}", change.directive, text_of(change.to_effective)));
  return joined(parts, ", ");
}

Row row(std::string_view name, std::string seen, std::string as_it_is, std::string changed) {
  return {{std::string(name), std::move(seen), std::move(as_it_is), std::move(changed)}, {}};
}

std::string share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? percent(static_cast<double>(part) / static_cast<double>(whole)) : "-";
}

std::vector<Row> rows_of(const SimulationReport& report) {
  const SeenServer& seen = report.seen;
  const SimulatedServer& a = report.as_it_is;
  const SimulatedServer& b = report.changed;
  const auto waiting = [&](std::string_view name, double SimulatedServer::*field) {
    return row(name, "-", duration(a.*field), duration(b.*field));
  };
  return {row("Requests", count(seen.requests), count(a.requests), count(b.requests)),
          waiting("Waiting, median", &SimulatedServer::waiting_p50_seconds),
          waiting("Waiting, 95 %", &SimulatedServer::waiting_p95_seconds),
          waiting("Waiting, 99 %", &SimulatedServer::waiting_p99_seconds),
          row("Given up", "-", share(a.failed, a.requests), share(b.failed, b.requests)),
          row("Refused", count(seen.refused), count(a.refused), count(b.refused)),
          row("Most busy workers", count(seen.busy_max), count(a.busy_max), count(b.busy_max)),
          row("Most processes", count(seen.processes_max), count(a.processes_max),
              count(b.processes_max)),
          row("Longest queue", count(seen.queue_max), count(a.queue_max), count(b.queue_max)),
          row("Most memory", "-", megabytes(a.memory_max), megabytes(b.memory_max))};
}

}  // namespace

std::string what_was_simulated(const SimulationReport& report) {
  return fmt::format(
      "The load of {} on httpd {} ({}): {} requests a second that hold a worker for {} each.",
      duration(report.span_seconds), report.pid, words(report.mpm),
      number(report.requests_per_second), duration(report.service_seconds));
}

std::string render(const SimulationReport& report, const Style& style) {
  std::string text = paragraph({}, what_was_simulated(report), style) + "\n";
  const bool same = report.directives.empty();
  std::vector<Column> columns{{.heading = "", .tone = Tone::Strong},
                              {.heading = "Seen", .align = Align::Right},
                              {.heading = "Simulated", .align = Align::Right}};
  if (!same) columns.push_back({.heading = "With the change", .align = Align::Right});
  std::vector<Row> rows = rows_of(report);
  if (same)
    for (Row& each : rows)
      each.cells.pop_back();
  text += table(columns, rows, style) + "\n";
  if (!same) text += paragraph({}, fmt::format("The change: {}.", wishes_in_words(report)), style);
  for (const std::string& remark : report.remarks)
    text += paragraph({fmt::format("{} ", style.glyphs().note), Tone::Caution}, remark, style);
  return text;
}

Result<Outcome> simulate(const Options& options, Client& client, const Style& style) {
  ConfigQuestion change;
  change.target = options.target;
  change.wishes = options.wishes;
  // What cannot be meant is said before anybody waits.
  if (!change.wishes.empty())
    if (auto plan = client.config_plan(change); !plan) return fail(std::move(plan.error()));
  Options watching = options;
  watching.watch_seconds.reset();  // as long as recommend would, where nobody has watched yet
  if (auto watched = watch(client, watching); !watched) return fail(std::move(watched.error()));
  SimulationQuestion question;
  question.target = options.target;
  question.wishes = options.wishes;
  question.window_seconds = options.watch_seconds.value_or(0);
  auto answer = client.simulation(question);
  if (!answer) return fail(std::move(answer.error()));
  if (!options.html.empty())
    if (auto written = write_page(options.html, simulation_page(answer->value)); !written)
      return fail(std::move(written.error()));
  return outcome(std::move(*answer), options,
                 [&](const SimulationReport& report) { return render(report, style); });
}

}  // namespace mpm
