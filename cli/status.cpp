// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl status`: how each server is right now. The verdict comes first; each further line
// answers one question and carries its unit.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/bar.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/words.h"

namespace mpm {
namespace {

// "  Workers     ": the name of a line, all equally wide.
Lead name(std::string_view text) {
  return {"  " + padded(text, 12), Tone::Faint};
}

std::string workers(const TargetStatus& status, const Style& style) {
  const WorkerCounts& workers = status.workers;
  const Lead lead = name("Workers");
  const int cells = std::clamp(style.width - display_width(lead.text), 10, 64);
  std::string text =
      style.paint(lead.tone, lead.text) +
      worker_bar({.busy = workers.busy, .idle = workers.idle, .limit = workers.limit}, cells,
                 style) +
      "\n";
  const Glyphs& glyphs = style.glyphs();
  std::string legend = fmt::format("{} {} busy   {} {} idle", glyphs.full, count(workers.busy),
                                   glyphs.half, count(workers.idle));
  if (workers.limit > 0)
    legend +=
        fmt::format("   {} {} could be started; {} is the limit", glyphs.empty,
                    count(std::max<std::int64_t>(0, workers.limit - workers.busy - workers.idle)),
                    count(workers.limit));
  else
    legend += "; the limit is not known";
  return text + paragraph(name(""), legend, style);
}

std::string states(const TargetStatus& status, const Style& style) {
  const WorkerCounts& workers = status.workers;
  const std::int64_t other = workers.busy - workers.reading - workers.writing - workers.keepalive;
  std::vector<std::string> parts;
  const auto add = [&](std::int64_t number, std::string_view what) {
    if (number > 0) parts.push_back(fmt::format("{} {}", count(number), what));
  };
  add(workers.writing, "answering");
  add(workers.reading, "reading a request");
  add(workers.keepalive, "waiting for a client's next request");
  add(other, "closing or otherwise busy");
  add(workers.starting, "starting");
  add(workers.finishing, "finishing in an old process");
  add(workers.deaf, "idle but in a process that accepts nothing");
  return parts.empty() ? "" : paragraph(name("States"), joined(parts, ", "), style);
}

std::string processes(const TargetStatus& status, const Style& style) {
  const ProcessCounts& processes = status.processes;
  std::string text = plural(processes.total, "child process");
  if (processes.old > 0)
    text += fmt::format(", {} of an old generation that only finish their requests",
                        count(processes.old));
  if (processes.deaf > 0)
    text += fmt::format(", {} that accept no connection although they run", count(processes.deaf));
  return paragraph(name("Processes"), text, style,
                   processes.deaf > 0 ? Tone::Caution : Tone::Plain);
}

std::string memory(const TargetStatus& status, const Style& style) {
  if (!status.memory)
    return paragraph(name("Memory"), "not measured yet, or not readable by this user", style);
  const MemoryCounts& memory = *status.memory;
  std::string text = paragraph(
      name("Memory"),
      fmt::format("{} really held by {} (PSS), {} of it in no other process", megabytes(memory.pss),
                  plural(memory.processes, "process"), megabytes(memory.unique)),
      style);
  std::string others = fmt::format(
      "ps would add up {} (RSS), counting shared pages in each process", megabytes(memory.rss));
  if (memory.largest_peak.value > 0)
    others += fmt::format("; one child once needed {}", megabytes(memory.largest_peak));
  return text + paragraph(name(""), others, style, Tone::Faint);
}

std::string requests(const TargetStatus& status, Instant at, const Style& style) {
  std::string text = status.requests_per_second
                         ? fmt::format("{} per second now", number(*status.requests_per_second))
                         : std::string("the rate is known after the second look");
  text += fmt::format("; {} and {} ", plural(status.accesses, "request"),
                      megabytes(Bytes{status.bytes}));
  const bool known = status.restarted > Instant{} && at >= status.restarted;
  text += known ? fmt::format("since the start {} ago",
                              duration(Seconds(at - status.restarted).count()))
                : std::string("since the start");
  if (status.generation > 0) text += fmt::format(" (generation {})", status.generation);
  std::string lines = paragraph(name("Requests"), text, style);
  if (status.oldest_request_seconds && *status.oldest_request_seconds > 0)
    lines += paragraph(
        name("Oldest"),
        fmt::format("a request has been running for {}", duration(*status.oldest_request_seconds)),
        style, *status.oldest_request_seconds >= 60 ? Tone::Caution : Tone::Plain);
  return lines;
}

std::string listeners(const TargetStatus& status, const Style& style) {
  if (status.listeners.empty()) return "";
  std::vector<Row> rows;
  for (const ListenerUsage& listener : status.listeners) {
    rows.push_back({{endpoint(listener.address, listener.port), count(listener.queue),
                     listener.queue_limit > 0 ? count(listener.queue_limit) : "?",
                     count(listener.established), count(listener.closing)},
                    {}});
  }
  return "\n" + table({{.heading = "Listener"},
                       {.heading = "Waiting", .align = Align::Right, .tone = Tone::Strong},
                       {.heading = "Queue", .align = Align::Right},
                       {.heading = "Open", .align = Align::Right},
                       {.heading = "Closing", .align = Align::Right}},
                      rows, style);
}

std::string source(const TargetStatus& status, const Style& style) {
  std::string text =
      "\n" + paragraph(name("Source"), fmt::format("read from {}", words(status.source)), style);
  for (const SourceStatus& other : status.sources) {
    // The order of SourceKind is from the best to the last resort.
    if (other.in_use || other.source >= status.source) continue;
    text += paragraph(name(""), fmt::format("not from {}: {}", words(other.source), other.why),
                      style, Tone::Faint);
  }
  for (const std::string& loss : status.losses)
    text += paragraph({fmt::format("  {} ", style.glyphs().warning), Tone::Caution}, loss, style,
                      Tone::Caution);
  return text;
}

std::string render_one(const TargetStatus& status, Instant at, const Style& style) {
  const std::string title = server_name(
      {.pid = status.pid, .url = status.url, .version = status.version, .mpm = status.mpm});
  std::string text = heading(title, style);
  text += paragraph({fmt::format("  {}   ", words(status.health)), tone_of(status.health)},
                    status.verdict, style, Tone::Strong);
  text += "\n" + workers(status, style) + states(status, style) + processes(status, style);
  text += memory(status, style) + requests(status, at, style);
  return text + listeners(status, style) + source(status, style);
}

}  // namespace

std::string render(const StatusReport& report, const Style& style) {
  std::string text;
  for (const TargetStatus& status : report.targets) {
    if (!text.empty()) text += "\n";
    text += render_one(status, report.at, style);
  }
  return text;
}

}  // namespace mpm
