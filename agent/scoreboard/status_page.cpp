// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/status_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "agent/scoreboard/page_fields.h"

namespace mpm {
namespace {

using Kind = Error::Kind;
using std::chrono::seconds;

// No server counts this far; memory that another module overwrote does.
constexpr std::uint64_t kMostCount = 1'000'000'000'000'000;
// Far above ServerLimit's 200000 of prefork; a page's letters may not fill our memory.
constexpr std::size_t kMostSlots = std::size_t{1} << 20;
// A hostile line must not fill the log with itself.
constexpr std::size_t kQuoted = 40;

constexpr std::string_view kAskForAuto =
    "turn on mod_status (SetHandler server-status) and ask for its page with ?auto";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// A whole number, or one in APR's %g notation: ".5", "7.9e-6", "1.56e+11"; fractions are
// dropped. Nothing for a negative number, or for text.
std::optional<std::uint64_t> number(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::uint64_t whole = 0;
  if (const auto read = std::from_chars(text.data(), end, whole); read.ptr == end) {
    if (read.ec == std::errc{}) return whole;
    if (read.ec == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  }
  double real = 0;
  const auto read = std::from_chars(text.data(), end, real);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  if (!std::isfinite(real) || real < 0) return std::nullopt;
  if (real > static_cast<double>(kMostCount)) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(real);
}

// The count a field states, no more than `most`; nothing when the page has no such field.
Result<std::optional<std::uint64_t>> count(const PageFields& fields, std::string_view name,
                                           std::uint64_t most = kMostCount) {
  const auto field = fields.find(name);
  if (field == fields.end()) return std::optional<std::uint64_t>{};
  const auto value = number(field->second);
  if (!value) {
    return fail(Kind::Malformed, fmt::format("the status page's {} is \"{}\", which is no count; "
                                             "check that the URL is that of mod_status",
                                             name, field->second.substr(0, kQuoted)));
  }
  if (*value > most) {
    return fail(Kind::Malformed,
                fmt::format("the status page's {} is {}, which no server reaches: httpd's "
                            "scoreboard is corrupt; restart httpd, not gracefully",
                            name, field->second.substr(0, kQuoted)));
  }
  return value;
}

std::string_view text(const PageFields& fields, std::string_view name) {
  const auto field = fields.find(name);
  return field == fields.end() ? std::string_view{} : field->second;
}

std::optional<Mpm> mpm_named(std::string_view name) {
  const std::string known = lower(name);
  if (known == "prefork") return Mpm::Prefork;
  if (known == "worker") return Mpm::Worker;
  if (known == "event") return Mpm::Event;
  if (known == "winnt") return Mpm::Winnt;
  return std::nullopt;
}

struct ZonedTime {
  std::chrono::sys_seconds wall;  // what the zone's clock shows, as if it were UTC
  bool utc = false;
};

std::optional<std::uint32_t> digits(std::string_view text) {
  std::uint32_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> month_named(std::string_view name) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto at = name.size() == 3 ? kMonths.find(name) : std::string_view::npos;
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return static_cast<std::uint32_t>(at / 3 + 1);
}

// "Monday, 23-Nov-2026 09:35:44 UTC" (mod_status, DEFAULT_TIME_FORMAT of httpd.h) and
// "Mon, 23 Nov 2026 09:35:44 GMT" (the Date header): behind the comma all stands at fixed
// places in both.
std::optional<ZonedTime> parse_time(std::string_view shown) {
  const auto comma = shown.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  shown.remove_prefix(comma + 2);
  if (shown.size() < 20) return std::nullopt;
  const auto day = digits(shown.substr(0, 2));
  const auto month = month_named(shown.substr(3, 3));
  const auto year = digits(shown.substr(7, 4));
  const auto hour = digits(shown.substr(12, 2));
  const auto minute = digits(shown.substr(15, 2));
  const auto second = digits(shown.substr(18, 2));
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const std::string_view zone = trimmed(shown.substr(20));
  return ZonedTime{std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                       std::chrono::minutes(*minute) + seconds(*second),
                   zone == "UTC" || zone == "GMT"};
}

Result<Instant> restarted(const PageFields& fields, std::string_view date) {
  const auto shown = parse_time(text(fields, "RestartTime"));
  if (shown && shown->utc) return Instant(shown->wall);
  const auto now = parse_time(date);
  const bool current = fields.contains("ServerUptimeSeconds");
  const auto uptime = count(fields, current ? "ServerUptimeSeconds" : "Uptime");
  if (!uptime) return tl::unexpected(uptime.error());
  if (!now || !*uptime) return Instant{};
  const auto about = now->wall - seconds(**uptime);
  if (!shown) return Instant(about);
  // Zones differ from UTC by whole quarters of an hour; the remainder is the page's delay.
  constexpr double kQuarterHour = 900;
  const auto quarters =
      std::llround(static_cast<double>((shown->wall - about).count()) / kQuarterHour);
  return Instant(shown->wall - seconds(quarters * 900));
}

Error malformed(std::string what) {
  return {Kind::Malformed, std::move(what)};
}

// Why this is not a whole page of mod_status for programs; nothing when it is one.
std::optional<Error> not_a_status_page(std::string_view page, const PageFields& fields) {
  const std::string_view content = trimmed(page);
  if (content.empty()) {
    return malformed(fmt::format("the status page is empty; {}", kAskForAuto));
  }
  if (content.front() == '<') {
    return malformed(
        fmt::format("the page is HTML, not the status page for programs; {}", kAskForAuto));
  }
  // These stand on the page of every version, with ExtendedStatus and without.
  const bool begun = fields.contains("BusyWorkers") || fields.contains("IdleWorkers") ||
                     fields.contains("Total Accesses") || fields.contains("ServerVersion");
  const bool ended = fields.contains("Scoreboard");
  if (!begun && !ended) {
    return malformed(fmt::format("the page begins with \"{}\" and has no field of mod_status; {}",
                                 content.substr(0, std::min(content.find('\n'), kQuoted)),
                                 kAskForAuto));
  }
  if (!ended || page.back() != '\n') {
    return malformed(
        fmt::format("the status page is cut off after {} bytes; ask again, and look "
                    "for a proxy or a crash if it stays so",
                    page.size()));
  }
  return std::nullopt;
}

Result<std::vector<WorkerScore>> slots(std::string_view letters) {
  if (letters.size() > kMostSlots) {
    return fail(Kind::Malformed, fmt::format("the status page shows {} slots, more than the {} "
                                             "that any httpd has; check the URL",
                                             letters.size(), kMostSlots));
  }
  std::vector<WorkerScore> workers(letters.size());
  for (std::size_t at = 0; at < letters.size(); ++at) {
    const auto state = worker_state(letters[at]);
    if (!state) {
      return fail(Kind::Malformed,
                  fmt::format("the status page's Scoreboard has byte {:#04x} at slot {}, which is "
                              "none of \"{}\"; check that the URL is that of mod_status",
                              static_cast<unsigned char>(letters[at]), at, kStateLetters));
    }
    workers[at].state = *state;
  }
  return workers;
}

// Event's counters over all children, each as old as its child's last queue maintenance.
Result<ProcessScore> process(const PageFields& fields) {
  using Counter = std::pair<std::string_view, std::uint32_t ProcessScore::*>;
  constexpr std::array<Counter, 5> kCounters{{
      {"ConnsTotal", &ProcessScore::connections},
      {"ConnsAsyncWaitIO", &ProcessScore::wait_io},
      {"ConnsAsyncWriting", &ProcessScore::write_completion},
      {"ConnsAsyncKeepAlive", &ProcessScore::keep_alive},
      {"ConnsAsyncClosing", &ProcessScore::lingering_close},
  }};
  ProcessScore all;
  for (const auto& [name, counter] : kCounters) {
    const auto value = count(fields, name, std::numeric_limits<std::uint32_t>::max());
    if (!value) return tl::unexpected(value.error());
    all.*counter = static_cast<std::uint32_t>(value->value_or(0));
  }
  auto workers = slots(text(fields, "Scoreboard"));
  if (!workers) return tl::unexpected(workers.error());
  all.workers = std::move(*workers);
  return all;
}

Result<PageTotals> totals(const PageFields& fields) {
  using Total = std::pair<std::string_view, std::optional<std::int64_t> PageTotals::*>;
  constexpr std::array<Total, 3> kTotals{{
      {"BusyWorkers", &PageTotals::busy_workers},
      {"IdleWorkers", &PageTotals::idle_workers},
      {"GracefulWorkers", &PageTotals::graceful_workers},
  }};
  PageTotals page;
  page.server_version = text(fields, "ServerVersion");
  for (const auto& [name, total] : kTotals) {
    const auto value = count(fields, name);
    if (!value) return tl::unexpected(value.error());
    if (*value) page.*total = static_cast<std::int64_t>(**value);
  }
  return page;
}

// accesses, bytes, generation.
std::optional<Error> read_counters(const PageFields& fields, Scoreboard& board) {
  const auto accesses = count(fields, "Total Accesses");
  if (!accesses) return accesses.error();
  const auto kilobytes = count(fields, "Total kBytes");
  if (!kilobytes) return kilobytes.error();
  const auto generation =
      count(fields, "ParentServerMPMGeneration", std::numeric_limits<std::int32_t>::max());
  if (!generation) return generation.error();
  board.accesses = accesses->value_or(0);
  board.bytes = kilobytes->value_or(0) * 1024;
  board.generation = static_cast<std::int32_t>(generation->value_or(0));
  return std::nullopt;
}

}  // namespace

Result<Scoreboard> parse_status_page(std::string_view page, std::string_view date) {
  const PageFields fields = fields_of(page);
  if (auto error = not_a_status_page(page, fields)) return fail(std::move(*error));
  Scoreboard board;
  board.source = SourceKind::ModStatus;
  board.mpm = mpm_named(text(fields, "ServerMPM"));
  if (auto error = read_counters(fields, board)) return fail(std::move(*error));
  const auto since = restarted(fields, date);
  if (!since) return tl::unexpected(since.error());
  board.restarted = *since;
  auto all = process(fields);
  if (!all) return tl::unexpected(all.error());
  board.processes.push_back(std::move(*all));
  auto page_totals = totals(fields);
  if (!page_totals) return tl::unexpected(page_totals.error());
  board.page = std::move(*page_totals);
  return board;
}

}  // namespace mpm
