// SPDX-License-Identifier: Apache-2.0
#include "cli/top/heading.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/bar.h"
#include "cli/text.h"
#include "cli/words.h"

namespace mpm::top {
namespace {

// "14:03:07 UTC".
std::string time_of_day(Instant at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  return fmt::format("{:02}:{:02}:{:02} UTC", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

// The name at the left, when and how often at the right.
Line title(const State& state, const Picture& picture, int columns) {
  std::string name = "Servers that run here";
  std::string when =
      fmt::format("every {}", duration(static_cast<double>(picture.every.count()) / 1000));
  if (state.paused) when = "paused";
  if (picture.answers.report && state.asked.page != Page::Servers) {
    const TargetStatus& status = picture.answers.report->status;
    name = printable(server_name(
        {.pid = status.pid, .url = status.url, .version = status.version, .mpm = status.mpm}));
    when = time_of_day(picture.answers.report->at) + ", " + when;
  }
  const int left = std::max(columns - display_width(when) - 1, 0);
  return {{padded(name, left) + " ", Tone::Strong},
          {when, state.paused ? Tone::Caution : Tone::Faint}};
}

// Two lines, also where one is enough, so that nothing jumps when the verdict changes.
void add_verdict(const Picture& picture, bool is_of_one_server, int columns, const Style& style,
                 Screen& screen) {
  Span lead;
  std::string sentence;
  if (!picture.trouble.empty()) {
    lead = {"no answer  ", Tone::Bad};
    sentence = picture.trouble;
  } else if (is_of_one_server) {
    const TargetStatus& status = picture.answers.report->status;
    lead = {std::string(words(status.health)) + "  ", tone_of(status.health)};
    sentence = status.verdict;
  }
  const int indent = display_width(lead.text);
  auto lines = wrapped(printable(sentence), std::max(columns - indent, 20));
  if (lines.size() > 2)
    lines[1] = shortened(lines[1] + " " + lines[2], columns - indent, style.glyphs().more);
  lines.resize(2);
  screen.push_back({lead, {lines[0]}});
  screen.push_back({{std::string(static_cast<std::size_t>(indent), ' ')}, {lines[1]}});
}

Line workers(const WorkerCounts& workers, int columns, const Style& style) {
  Style plain = style;
  plain.color = false;
  const std::string text =
      fmt::format("  {} busy, {} idle{}", count(workers.busy), count(workers.idle),
                  workers.limit > 0 ? fmt::format(" of {}", count(workers.limit)) : std::string());
  const int cells = std::clamp(columns - 9 - display_width(text), 8, 64);
  return {{"Workers  "},
          {worker_bar({.busy = workers.busy, .idle = workers.idle, .limit = workers.limit}, cells,
                      plain),
           tone_of_load(static_cast<double>(workers.busy), static_cast<double>(workers.limit))},
          {text}};
}

double bytes_per_second(const Holders& holders) {
  double sum = holders.others.bytes_per_second.value_or(0);
  for (const Holder& holder : holders.foremost)
    sum += holder.bytes_per_second.value_or(0);
  return sum;
}

Line numbers(const TopReport& report) {
  const TargetStatus& status = report.status;
  std::vector<std::string> parts;
  if (status.requests_per_second)
    parts.push_back(fmt::format("{} requests/s", number(*status.requests_per_second)));
  if (report.span_seconds)
    parts.push_back(megabytes(Bytes{static_cast<std::int64_t>(bytes_per_second(report.clients))}) +
                    "/s");
  std::int64_t open = 0;
  for (const ListenerUsage& listener : status.listeners)
    open += listener.established;
  if (!status.listeners.empty())
    parts.push_back(
        fmt::format("{} wait, {} open", count(queue_of(status.listeners)), count(open)));
  if (status.oldest_request_seconds)
    parts.push_back("oldest " + duration(*status.oldest_request_seconds));
  if (status.memory) parts.push_back(megabytes(status.memory->pss));
  return {{joined(parts, "  ")}};
}

}  // namespace

Screen heading(const State& state, const Picture& picture, int columns, const Style& style) {
  Screen screen{title(state, picture, columns)};
  const bool is_of_one_server = state.asked.page != Page::Servers && picture.answers.report;
  add_verdict(picture, is_of_one_server, columns, style, screen);
  if (is_of_one_server) {
    screen.push_back(workers(picture.answers.report->status.workers, columns, style));
    screen.push_back(numbers(*picture.answers.report));
  }
  screen.resize(kHeadingLines);
  return screen;
}

}  // namespace mpm::top
