// SPDX-License-Identifier: Apache-2.0
//
// The page keeps mod_status's words, order and tables, because tools read it as well as people.
#include <algorithm>

#include <fmt/format.h>

#include "agent/builtin/status_totals.h"

namespace mpm::builtin {
namespace {

// Client, host and request line were sent by strangers.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else if (byte < ' ' || byte > '~')
      safe += '?';
    else
      safe += c;
  }
  return safe;
}

// A field of the scoreboard as far as its NUL.
template <std::size_t Size>
std::string field(const char (&text)[Size]) {
  return escaped(
      std::string_view(text, static_cast<std::size_t>(std::find(text, text + Size, '\0') - text)));
}

std::string amount(double bytes) {
  if (bytes < 5 * 1024) return fmt::format("{:.0f} B", bytes);
  if (bytes < 512 * 1024) return fmt::format("{:.1f} kB", bytes / 1024);
  if (bytes < 512.0 * 1024 * 1024) return fmt::format("{:.1f} MB", bytes / 1024 / 1024);
  return fmt::format("{:.1f} GB", bytes / 1024 / 1024 / 1024);
}

void append_extended(std::string& page, const StatusTotals& totals) {
  const double bytes = 1024.0 * static_cast<double>(totals.kilobytes);
  page += fmt::format(
      "<dt>Total accesses: {} - Total Traffic: {} - Total Duration: {}</dt>\n"
      "<dt>CPU Usage: u{} s{} cu{} cs{}",
      totals.accesses, amount(bytes), totals.duration_ms, number(totals.user),
      number(totals.system), number(totals.children_user), number(totals.children_system));
  const auto uptime = static_cast<double>(totals.uptime);
  const auto accesses = static_cast<double>(totals.accesses);
  const double cpu = totals.user + totals.system + totals.children_user + totals.children_system;
  if (uptime > 0 && cpu > 0) page += fmt::format(" - {}% CPU load", number(cpu / uptime * 100));
  page += "</dt>\n";
  if (uptime > 0)
    page += fmt::format("<dt>{} requests/sec - {}/second", number(accesses / uptime),
                        amount(bytes / uptime));
  if (uptime > 0 && accesses > 0)
    page += fmt::format(" - {}/request - {} ms/request", amount(bytes / accesses),
                        number(static_cast<double>(totals.duration_ms) / accesses));
  if (uptime > 0) page += "</dt>\n";
}

void append_head(std::string& page, const SharedScoreboard& board, const Settings& settings,
                 const StatusFacts& facts, const StatusTotals& totals) {
  const std::string name = escaped(facts.server_name);
  page += fmt::format(
      "<!DOCTYPE html>\n<html><head>\n<title>Apache Status</title>\n</head><body>\n"
      "<h1>Apache Server Status for {0} (via {0})</h1>\n\n"
      "<dl><dt>Server Version: {1}</dt>\n<dt>Server MPM: {2}</dt>\n<dt>Server Built: {3}\n</dt>"
      "</dl><hr /><dl>\n<dt>Current Time: {4}</dt>\n<dt>Restart Time: {5}</dt>\n"
      "<dt>Parent Server Config. Generation: {6}</dt>\n"
      "<dt>Parent Server MPM Generation: {7}</dt>\n<dt>Server uptime:  {8}</dt>\n"
      "<dt>Server load: {9:.2f} {10:.2f} {11:.2f}</dt>\n",
      name, escaped(facts.server_version), mpm_name(settings.pool.mpm), facts.server_built,
      status_time(facts.now_us), status_time(get(board.global().restart_time)),
      facts.config_generation, get(board.global().running_generation), status_uptime(totals.uptime),
      facts.load[0], facts.load[1], facts.load[2]);
  if (settings.extended_status) append_extended(page, totals);
  page += fmt::format(
      "<dt>{} requests currently being processed, {} workers gracefully restarting, {} idle "
      "workers</dt>\n</dl>\n\n",
      totals.busy, totals.graceful, totals.idle);
}

void append_processes(std::string& page, const StatusTotals& totals) {
  page +=
      "<table rules=\"all\" cellpadding=\"1%\">\n"
      "<tr><th rowspan=\"2\">Slot</th><th rowspan=\"2\">PID</th><th rowspan=\"2\">Stopping</th>"
      "<th colspan=\"2\">Connections</th>\n<th colspan=\"3\">Threads</th>"
      "<th colspan=\"4\">Async connections</th></tr>\n"
      "<tr><th>total</th><th>accepting</th><th>busy</th><th>graceful</th><th>idle</th>"
      "<th>wait-io</th><th>writing</th><th>keep-alive</th><th>closing</th></tr>\n";
  ProcessTotals sum;
  std::int32_t stopping = 0;
  for (const ProcessTotals& process : totals.processes) {
    page += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
        "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        process.slot, process.pid, process.stopping ? "yes" : "no",
        process.old_generation ? " (old gen)" : "", process.connections,
        process.accepting ? "yes" : "no", process.busy, process.graceful, process.idle,
        process.wait_io, process.writing, process.keep_alive, process.closing);
    stopping += process.stopping ? 1 : 0;
    sum.connections += process.connections;
    sum.wait_io += process.wait_io;
    sum.writing += process.writing;
    sum.keep_alive += process.keep_alive;
    sum.closing += process.closing;
  }
  page += fmt::format(
      "<tr><td>Sum</td><td>{}</td><td>{}</td><td>{}</td><td>&nbsp;</td><td>{}</td><td>{}</td>"
      "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n</table>\n",
      totals.processes.size(), stopping, sum.connections, totals.busy, totals.graceful, totals.idle,
      sum.wait_io, sum.writing, sum.keep_alive, sum.closing);
}

void append_letters(std::string& page, std::string_view letters) {
  constexpr std::size_t kLine = 64;
  page += "<pre>";
  for (std::size_t at = 0; at < letters.size(); at += kLine) {
    page += letters.substr(at, kLine);
    if (at + kLine < letters.size()) page += '\n';
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
      "\"<b><code>.</code></b>\" Open slot with no current process<br />\n</p>\n";
}

void append_worker(std::string& page, const WorkerSlot& score, std::int32_t slot,
                   const StatusFacts& facts) {
  const WorkerState state = state_of(score);
  const bool live = state != WorkerState::Dead && state != WorkerState::Ready;
  const char letter = state_letter(state);
  const std::int64_t since = get(score.last_used) == 0
                                 ? 0
                                 : std::max<std::int64_t>(0, facts.now_us - get(score.last_used));
  const std::int64_t took = std::max<std::int64_t>(0, get(score.stop_time) - get(score.start_time));
  const double cpu = static_cast<double>(score.times.tms_utime + score.times.tms_stime);
  page += fmt::format(
      "<tr><td><b>{}-{}</b></td><td>{}</td><td>{}/{}/{}</td><td>{}{}{}\n</td><td>{:.2f}</td>"
      "<td>{}</td><td>{}</td><td>{}</td><td>{:.1f}</td><td>{:.2f}</td><td>{:.2f}\n</td>"
      "<td>{}</td><td>{}</td><td nowrap>{}</td><td nowrap>{}</td></tr>\n\n",
      slot, get(score.generation), get(score.pid), get(score.conn_count),
      get(score.my_access_count), get(score.access_count), live ? "<b>" : "", letter,
      live ? "</b>" : "", cpu / facts.ticks_per_second, since / 1'000'000, took / 1000,
      get(score.duration) / 1000, static_cast<double>(get(score.conn_bytes)) / 1024,
      static_cast<double>(get(score.my_bytes_served)) / 1024 / 1024,
      static_cast<double>(get(score.bytes_served)) / 1024 / 1024, field(score.client64),
      field(score.protocol), field(score.vhost), field(score.request));
}

void append_workers(std::string& page, const SharedScoreboard& board, const StatusFacts& facts) {
  page +=
      "\n\n<table border=\"0\"><tr><th>Srv</th><th>PID</th><th>Acc</th><th>M</th><th>CPU\n</th>"
      "<th>SS</th><th>Req</th><th>Dur</th><th>Conn</th><th>Child</th><th>Slot</th>"
      "<th>Client</th><th>Protocol</th><th>VHost</th><th>Request</th></tr>\n\n";
  for (std::int32_t slot = 0; slot < board.server_limit(); ++slot)
    for (std::int32_t thread = 0; thread < board.thread_limit(); ++thread) {
      const WorkerSlot& score = board.worker(slot, thread);
      const WorkerState state = state_of(score);
      const bool idle = state == WorkerState::Ready || state == WorkerState::Dead;
      if (get(score.access_count) == 0 && idle) continue;
      append_worker(page, score, slot, facts);
    }
  page +=
      "</table>\n <hr /> <table>\n"
      " <tr><th>Srv</th><td>Child Server number - generation</td></tr>\n"
      " <tr><th>PID</th><td>OS process ID</td></tr>\n"
      " <tr><th>Acc</th><td>Number of accesses this connection / this child / this slot</td></tr>\n"
      " <tr><th>M</th><td>Mode of operation</td></tr>\n"
      "<tr><th>CPU</th><td>CPU usage, number of seconds</td></tr>\n"
      "<tr><th>SS</th><td>Seconds since beginning of most recent request</td></tr>\n"
      " <tr><th>Req</th><td>Milliseconds required to process most recent request</td></tr>\n"
      " <tr><th>Dur</th><td>Sum of milliseconds required to process all requests</td></tr>\n"
      " <tr><th>Conn</th><td>Kilobytes transferred this connection</td></tr>\n"
      " <tr><th>Child</th><td>Megabytes transferred this child</td></tr>\n"
      " <tr><th>Slot</th><td>Total megabytes transferred this slot</td></tr>\n </table>\n";
}

}  // namespace

std::string status_html(const SharedScoreboard& board, const Settings& settings,
                        const StatusFacts& facts, const StatusQuery& query) {
  const StatusTotals totals = status_totals(board, settings, facts);
  std::string page;
  append_head(page, board, settings, facts, totals);
  if (settings.pool.mpm == Mpm::Event) append_processes(page, totals);
  append_letters(page, totals.letters);
  if (settings.extended_status && !query.without_table) append_workers(page, board, facts);
  page += "</body></html>\n";
  return page;
}

}  // namespace mpm::builtin
