// SPDX-License-Identifier: Apache-2.0
//
// What `mpmctl lab` prints: a row an MPM, and below it what the columns mean.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/lab.h"
#include "cli/table.h"
#include "cli/words.h"

namespace mpm {
namespace {

std::string cell(const std::optional<std::int64_t>& value) {
  return value ? count(*value) : "-";
}
std::string cell(const std::optional<double>& value) {
  return value ? number(*value) : "-";
}
std::string cell(const std::optional<Bytes>& value) {
  return value ? megabytes(*value) : "-";
}
std::string milliseconds_of(const std::optional<double>& seconds) {
  return seconds ? number(*seconds * 1000) : "-";
}

Row row_of(const LabResult& result) {
  Row row{{std::string(words(result.mpm)), cell(result.answered_per_second), cell(result.failed),
           milliseconds_of(result.p50_seconds), milliseconds_of(result.p99_seconds),
           cell(result.per_thousand_held), cell(result.processes), cell(result.threads),
           cell(result.held)},
          {}};
  for (const std::string& loss : result.losses)
    row.notes.push_back({Tone::Caution, loss});
  return row;
}

}  // namespace

std::string what_was_done(const LabReport& report) {
  return fmt::format(
      "Under each MPM a server with {} workers got {} requests a second for {} (GET {}), begun "
      "when they were due, whether or not earlier ones were answered; then {} that were answered "
      "once and kept open.",
      count(report.worker_limit), number(report.due_per_second), duration(report.span_seconds),
      report.path, plural(report.connections, "connection"));
}

std::string render(const LabReport& report, const Style& style) {
  std::vector<Row> rows;
  rows.reserve(report.results.size());
  for (const LabResult& result : report.results)
    rows.push_back(row_of(result));
  std::vector<Column> columns{{.heading = "MPM", .tone = Tone::Strong}};
  for (const char* heading :
       {"Req/s", "Failed", "p50 ms", "p99 ms", "Memory", "Processes", "Threads", "Held"})
    columns.push_back({.heading = heading, .align = Align::Right});
  std::string text = paragraph({}, what_was_done(report), style) + "\n";
  text += table(columns, rows, style) + "\n";
  for (const auto& [name, meaning] :
       {std::pair("Req/s", "requests answered with 200 in a second; the others failed"),
        std::pair("Memory",
                  "what 1,000 idle connections add: PSS of all processes with those "
                  "that are held, less PSS without any, scaled"),
        std::pair("Held",
                  "idle connections that were answered and are still open; processes and "
                  "threads are counted with them")})
    text += paragraph({fmt::format("  {:<8}", name), Tone::Faint}, meaning, style, Tone::Faint);
  return text;
}

}  // namespace mpm
