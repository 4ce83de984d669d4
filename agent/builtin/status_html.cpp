// SPDX-License-Identifier: Apache-2.0
//
// The page for people. Its lines are mod_status's: there are programs that read them here.
#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "agent/builtin/status_format.h"
#include "agent/builtin/status_page.h"
#include "agent/builtin/status_totals.h"

namespace mpm::builtin {
namespace {

// The other side may write while this reads: the text ends where its field does, at the latest.
template <std::size_t Size>
std::string text_of(const char (&field)[Size]) {
  std::string text;
  for (const char& place : field) {
    const char c = get(place);
    if (c == '\0') break;
    text += c;
  }
  return escaped(text);
}

void append_head(std::string& page, const StatusTotals& totals, const Settings& settings,
                 const StatusFacts& facts) {
  page +=
      "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
      "\"http://www.w3.org/TR/html4/strict.dtd\">\n"
      "<html><head>\n<title>Apache Status</title>\n</head><body>\n";
  append(page, "<h1>Apache Server Status for {}", escaped(facts.server_name));
  if (!facts.local_address.empty()) append(page, " (via {})", escaped(facts.local_address));
  append(page, "</h1>\n\n<dl><dt>Server Version: {}</dt>\n", escaped(facts.server_version));
  append(page, "<dt>Server MPM: {}</dt>\n", shown_name(settings.pool.mpm));
  append(page, "<dt>Server Built: {}\n</dt></dl><hr /><dl>\n", escaped(facts.server_built));
  append(page, "<dt>Current Time: {}</dt>\n<dt>Restart Time: {}</dt>\n", local_time(facts.now_us),
         local_time(totals.restart_us));
  append(page, "<dt>Parent Server Config. Generation: {}</dt>\n", facts.config_generation);
  append(page, "<dt>Parent Server MPM Generation: {}</dt>\n", totals.generation);
  append(page, "<dt>Server uptime: {}</dt>\n", shown_uptime(totals.uptime_seconds));
  append(page, "<dt>Server load: {} {} {}</dt>\n", fixed(facts.load[0], 2), fixed(facts.load[1], 2),
         fixed(facts.load[2], 2));
}

void append_rates(std::string& page, const StatusTotals& totals) {
  const auto uptime = static_cast<double>(totals.uptime_seconds);
  const auto accesses = static_cast<double>(totals.accesses);
  const double bytes = 1024 * static_cast<double>(totals.kilobytes);
  const auto whole = [](double value) { return static_cast<std::uint64_t>(value); };
  page += "<dt>";
  if (totals.uptime_seconds > 0)
    append(page, "{} requests/sec - {}/second", general(ratio(accesses, uptime), 3),
           shown_bytes(whole(ratio(bytes, uptime))));
  if (totals.uptime_seconds > 0 && totals.accesses > 0) page += " - ";
  if (totals.accesses > 0)
    append(page, "{}/request - {} ms/request", shown_bytes(whole(ratio(bytes, accesses))),
           general(ratio(static_cast<double>(totals.duration_ms), accesses)));
  page += "</dt>\n";
}

void append_traffic(std::string& page, const StatusTotals& totals, double ticks_per_second) {
  const auto cpu = [&](clock_t ticks) { return general(seconds_of(ticks, ticks_per_second)); };
  append(page, "<dt>Total accesses: {} - Total Traffic: {} - Total Duration: {}</dt>\n",
         totals.accesses, shown_kilobytes(totals.kilobytes), totals.duration_ms);
  append(page, "<dt>CPU Usage: u{} s{} cu{} cs{}", cpu(totals.cpu.tms_utime),
         cpu(totals.cpu.tms_stime), cpu(totals.cpu.tms_cutime), cpu(totals.cpu.tms_cstime));
  if (all_ticks(totals.cpu) != 0 && totals.uptime_seconds > 0)
    append(page, " - {}% CPU load", general(cpu_load(totals, ticks_per_second), 3));
  page += "</dt>\n";
  append_rates(page, totals);
}

void append_child(std::string& page, const SharedScoreboard& board, std::int32_t slot,
                  const StatusTotals& totals) {
  const ProcessSlot& process = board.process(slot);
  const std::int32_t pid = get(process.pid);
  if (pid == 0) return;
  const ThreadCounts& threads = totals.children[static_cast<std::size_t>(slot)];
  append(page, "<tr><td>{}</td><td>{}</td><td>{}{}</td>", slot, pid,
         get(process.quiescing) != 0 ? "yes" : "no",
         get(process.generation) != totals.generation ? " (old gen)" : "");
  append(page, "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>", get(process.connections),
         get(process.not_accepting) != 0 ? "no" : "yes", threads.busy, threads.graceful,
         threads.idle);
  append(page, "<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", get(process.wait_io),
         get(process.write_completion), get(process.keep_alive), get(process.lingering_close));
}

void append_children(std::string& page, const SharedScoreboard& board, const StatusTotals& totals) {
  page +=
      "\n\n<table rules=\"all\" cellpadding=\"1%\">\n"
      "<tr><th rowspan=\"2\">Slot</th><th rowspan=\"2\">PID</th>"
      "<th rowspan=\"2\">Stopping</th><th colspan=\"2\">Connections</th>\n"
      "<th colspan=\"3\">Threads</th><th colspan=\"4\">Async connections</th></tr>\n<tr>";
  for (const auto* const title : {"total", "accepting", "busy", "graceful", "idle", "wait-io",
                                  "writing", "keep-alive", "closing"})
    append(page, "<th>{}</th>", title);
  page += "</tr>\n";
  for (std::int32_t slot = 0; slot < board.server_limit(); ++slot)
    append_child(page, board, slot, totals);
  const ThreadCounts& threads = totals.threads;
  append(page, "<tr><td>Sum</td><td>{}</td><td>{}</td><td>{}</td><td>&nbsp;</td>", totals.processes,
         totals.stopping, totals.connections);
  append(page, "<td>{}</td><td>{}</td><td>{}</td>", threads.busy, threads.graceful, threads.idle);
  append(page, "<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n</table>\n", totals.wait_io,
         totals.write_completion, totals.keep_alive, totals.lingering_close);
}

void append_letters(std::string& page, std::string_view letters) {
  constexpr std::size_t kWidth = 64;
  page += "<pre>";
  for (std::size_t at = 0; at < letters.size(); at += kWidth) {
    const std::string_view line = letters.substr(at, kWidth);
    page += line;
    if (line.size() == kWidth) page += '\n';
  }
  page +=
      "</pre>\n<p>Scoreboard Key:<br />\n"
      "\"<b><code>_</code></b>\" Waiting for Connection, \n"
      "\"<b><code>S</code></b>\" Starting up, \n"
      "\"<b><code>R</code></b>\" Reading Request,<br />\n"
      "\"<b><code>W</code></b>\" Sending Reply, \n"
      "\"<b><code>K</code></b>\" Keepalive (read), \n"
      "\"<b><code>D</code></b>\" DNS Lookup,<br />\n"
      "\"<b><code>C</code></b>\" Closing connection, \n"
      "\"<b><code>L</code></b>\" Logging, \n"
      "\"<b><code>G</code></b>\" Gracefully finishing,<br /> \n"
      "\"<b><code>I</code></b>\" Idle cleanup of worker, \n"
      "\"<b><code>.</code></b>\" Open slot with no current process<br />\n"
      "</p>\n";
}

// Without ExtendedStatus: all that is known of a thread.
void append_pids(std::string& page, const SharedScoreboard& board) {
  constexpr int kPerLine = 3;
  page += "PID Key: <br />\n<pre>\n";
  int written = 0;
  for (std::int32_t slot = 0; slot < board.server_limit(); ++slot) {
    const std::int32_t pid = get(board.process(slot).pid);
    for (std::int32_t thread = 0; thread < board.thread_limit(); ++thread) {
      const WorkerState state = state_of(board.worker(slot, thread));
      if (state == WorkerState::Dead) continue;
      append(page, "   {} in state: {} {}", pid, state_letter(state),
             ++written % kPerLine == 0 ? '\n' : ',');
    }
  }
  page +=
      "\n</pre>\n<hr />To obtain a full report with current status information you need to use "
      "the <code>ExtendedStatus On</code> directive.\n";
}

// What both forms of a thread's row say.
struct WorkerRow {
  WorkerState state = WorkerState::Dead;
  std::string server;    // "0-0": slot and generation
  std::string pid;       // "-" of a dead one
  std::int64_t age = 0;  // seconds since it was last used
  std::int64_t request_ms = 0;
  std::int64_t duration_ms = 0;
};

WorkerRow row_of(const SharedScoreboard& board, std::int32_t slot, const WorkerSlot& worker,
                 std::int64_t now_us) {
  const ProcessSlot& process = board.process(slot);
  // Of its own, where the MPM notes it: an old child's thread in a slot that a new child shares.
  const std::int32_t own = get(worker.pid);
  const std::int32_t generation = get(own != 0 ? worker.generation : process.generation);
  WorkerRow row;
  row.state = state_of(worker);
  row.server = fmt::format("{}-{}", slot, generation);
  row.pid =
      row.state == WorkerState::Dead ? "-" : fmt::to_string(own != 0 ? own : get(process.pid));
  row.age = (now_us - get(worker.last_used)) / 1'000'000;
  const std::int64_t start = get(worker.start_time);
  if (start != 0) row.request_ms = std::max<std::int64_t>(0, get(worker.stop_time) - start) / 1000;
  row.duration_ms = get(worker.duration) / 1000;
  return row;
}

clock_t ticks_of(const tms& times) {
  return get(times.tms_utime) + get(times.tms_stime) + get(times.tms_cutime) +
         get(times.tms_cstime);
}

void append_row(std::string& page, const WorkerSlot& worker, const WorkerRow& row,
                double ticks_per_second) {
  constexpr double kKilo = 1024;
  constexpr double kMega = kKilo * 1024;
  constexpr std::string_view kPlain = "_.GI";
  const auto size = [](std::int64_t bytes, double unit, int decimals) {
    return fixed(static_cast<double>(bytes) / unit, decimals);
  };
  const char letter = state_letter(row.state);
  const bool plain = kPlain.find(letter) != std::string_view::npos;
  append(page, "<tr><td><b>{}</b></td><td>{}</td><td>{}/{}/{}</td><td>{}{}{}\n</td>", row.server,
         row.pid, get(worker.conn_count), get(worker.my_access_count), get(worker.access_count),
         plain ? "" : "<b>", letter, plain ? "" : "</b>");
  append(page, "<td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
         fixed(seconds_of(ticks_of(worker.times), ticks_per_second), 2), row.age, row.request_ms,
         row.duration_ms);
  append(page, "<td>{}</td><td>{}</td><td>{}\n</td>", size(get(worker.conn_bytes), kKilo, 1),
         size(get(worker.my_bytes_served), kMega, 2), size(get(worker.bytes_served), kMega, 2));
  append(page, "<td>{}</td><td>{}</td><td nowrap>{}</td><td nowrap>{}</td></tr>\n\n",
         text_of(worker.client64), text_of(worker.protocol), text_of(worker.vhost),
         text_of(worker.request));
}

std::string_view long_name(WorkerState state) {
  constexpr std::array<std::string_view, kStateLetters.size()> kNames{
      "Dead",           "Starting",         "Ready",          "<b>Read</b>",
      "<b>Write</b>",   "<b>Keepalive</b>", "<b>Logging</b>", "<b>DNS lookup</b>",
      "<b>Closing</b>", "Graceful",         "Dying"};
  return kNames[static_cast<std::size_t>(state)];
}

// The row for browsers without tables.
void append_line(std::string& page, const WorkerSlot& worker, const WorkerRow& row,
                 double ticks_per_second) {
  const auto cpu = [&](const clock_t& ticks) {
    return general(seconds_of(get(ticks), ticks_per_second));
  };
  const auto size = [](const std::int64_t& bytes) {
    return shown_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, get(bytes))));
  };
  append(page, "<b>Server {}</b> ({}): {}|{}|{} [{}] ", row.server, row.pid, get(worker.conn_count),
         get(worker.my_access_count), get(worker.access_count), long_name(row.state));
  append(page, "u{} s{} cu{} cs{}\n {} {} {}({}|{}|{})\n", cpu(worker.times.tms_utime),
         cpu(worker.times.tms_stime), cpu(worker.times.tms_cutime), cpu(worker.times.tms_cstime),
         row.age, row.request_ms, row.duration_ms, size(worker.conn_bytes),
         size(worker.my_bytes_served), size(worker.bytes_served));
  append(page, " <i>{} {{{}}}</i> <i>({})</i> <b>[{}]</b><br />\n\n", text_of(worker.client64),
         text_of(worker.request), text_of(worker.protocol), text_of(worker.vhost));
}

void append_legend(std::string& page) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kLegend{{
      {"Srv", "Child Server number - generation"},
      {"PID", "OS process ID"},
      {"Acc", "Number of accesses this connection / this child / this slot"},
      {"M", "Mode of operation"},
      {"CPU", "CPU usage, number of seconds"},
      {"SS", "Seconds since beginning of most recent request"},
      {"Req", "Milliseconds required to process most recent request"},
      {"Dur", "Sum of milliseconds required to process all requests"},
      {"Conn", "Kilobytes transferred this connection"},
      {"Child", "Megabytes transferred this child"},
      {"Slot", "Total megabytes transferred this slot"},
  }};
  page += "</table>\n <hr /> <table>\n";
  for (const auto& [column, meaning] : kLegend)
    append(page, "<tr><th>{}</th><td>{}</td></tr>\n", column, meaning);
  page += "</table>\n";
}

void append_workers(std::string& page, const SharedScoreboard& board, const StatusFacts& facts,
                    bool as_table) {
  page += as_table ? "\n\n<table border=\"0\"><tr><th>Srv</th><th>PID</th><th>Acc</th><th>M</th>"
                     "<th>CPU\n</th><th>SS</th><th>Req</th><th>Dur</th><th>Conn</th>"
                     "<th>Child</th><th>Slot</th><th>Client</th><th>Protocol</th><th>VHost</th>"
                     "<th>Request</th></tr>\n\n"
                   : "<hr /><h2>Server Details</h2>\n\n";
  for (std::int32_t slot = 0; slot < board.server_limit(); ++slot) {
    for (std::int32_t thread = 0; thread < board.thread_limit(); ++thread) {
      const WorkerSlot& worker = board.worker(slot, thread);
      if (!ever_worked(worker)) continue;
      const WorkerRow row = row_of(board, slot, worker, facts.now_us);
      (as_table ? append_row : append_line)(page, worker, row, facts.ticks_per_second);
    }
  }
  if (as_table) append_legend(page);
}

}  // namespace

std::string status_html(const SharedScoreboard& board, const Settings& settings,
                        const StatusFacts& facts, const StatusQuery& query) {
  const StatusTotals totals = status_totals(board, settings, facts.now_us);
  std::string page;
  append_head(page, totals, settings, facts);
  if (settings.extended_status) append_traffic(page, totals, facts.ticks_per_second);
  append(page,
         "<dt>{} requests currently being processed, {} workers gracefully restarting, "
         "{} idle workers</dt>\n</dl>",
         totals.threads.busy, totals.threads.graceful, totals.threads.idle);
  if (settings.pool.mpm == Mpm::Event) append_children(page, board, totals);
  append_letters(page, totals.letters);
  if (settings.extended_status) {
    append_workers(page, board, facts, !query.without_table);
  } else {
    append_pids(page, board);
  }
  page += "</body></html>\n";
  return page;
}

}  // namespace mpm::builtin
