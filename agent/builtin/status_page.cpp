// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/status_page.h"

#include <charconv>

#include <fmt/format.h>

#include "agent/builtin/status_totals.h"

namespace mpm::builtin {
namespace {

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += ": ";
  text += value;
  text += '\n';
}
void append_field(std::string& text, std::string_view name, double value) {
  append_field(text, name, number(value));
}
template <class Count>
void append_count(std::string& text, std::string_view name, Count value) {
  append_field(text, name, fmt::to_string(value));
}

// What ExtendedStatus adds.
void append_extended(std::string& text, const StatusTotals& totals) {
  append_count(text, "Total Accesses", totals.accesses);
  append_count(text, "Total kBytes", totals.kilobytes);
  append_count(text, "Total Duration", totals.duration_ms);
  append_field(text, "CPUUser", totals.user);
  append_field(text, "CPUSystem", totals.system);
  append_field(text, "CPUChildrenUser", totals.children_user);
  append_field(text, "CPUChildrenSystem", totals.children_system);
  const double cpu = totals.user + totals.system + totals.children_user + totals.children_system;
  const auto uptime = static_cast<double>(totals.uptime);
  if (cpu > 0 && uptime > 0) append_field(text, "CPULoad", cpu / uptime * 100);
  append_count(text, "Uptime", totals.uptime);
  const double bytes = 1024.0 * static_cast<double>(totals.kilobytes);
  const auto accesses = static_cast<double>(totals.accesses);
  if (uptime > 0) {
    append_field(text, "ReqPerSec", accesses / uptime);
    append_field(text, "BytesPerSec", bytes / uptime);
  }
  if (accesses > 0) {
    append_field(text, "BytesPerReq", bytes / accesses);
    append_field(text, "DurationPerReq", static_cast<double>(totals.duration_ms) / accesses);
  }
}

void append_event(std::string& text, const StatusTotals& totals) {
  std::uint32_t connections = 0, wait_io = 0, writing = 0, keep_alive = 0, closing = 0;
  std::int32_t stopping = 0;
  for (const ProcessTotals& process : totals.processes) {
    stopping += process.stopping ? 1 : 0;
    connections += process.connections;
    wait_io += process.wait_io;
    writing += process.writing;
    keep_alive += process.keep_alive;
    closing += process.closing;
  }
  append_count(text, "Processes", totals.processes.size());
  append_count(text, "Stopping", stopping);
  append_count(text, "ConnsTotal", connections);
  append_count(text, "ConnsAsyncWaitIO", wait_io);
  append_count(text, "ConnsAsyncWriting", writing);
  append_count(text, "ConnsAsyncKeepAlive", keep_alive);
  append_count(text, "ConnsAsyncClosing", closing);
}

}  // namespace

StatusQuery status_query(std::string_view query) {
  StatusQuery asked;
  asked.as_text = query.find("auto") != std::string_view::npos;
  asked.without_table = query.find("notable") != std::string_view::npos;
  constexpr std::string_view kRefresh = "refresh";
  if (const auto at = query.find(kRefresh); at != std::string_view::npos) {
    constexpr int kDefault = 10;
    const std::string_view rest = query.substr(at + kRefresh.size());
    int seconds = 0;
    if (!rest.empty() && rest.front() == '=')
      std::from_chars(rest.data() + 1, rest.data() + rest.size(), seconds);
    asked.refresh_seconds = seconds > 0 ? seconds : kDefault;
  }
  return asked;
}

std::string status_text(const SharedScoreboard& board, const Settings& settings,
                        const StatusFacts& facts) {
  const StatusTotals totals = status_totals(board, settings, facts);
  std::string text(facts.server_name);
  text += '\n';
  append_field(text, "ServerVersion", facts.server_version);
  append_field(text, "ServerMPM", mpm_name(settings.pool.mpm));
  append_field(text, "Server Built", facts.server_built);
  append_field(text, "CurrentTime", status_time(facts.now_us));
  append_field(text, "RestartTime", status_time(get(board.global().restart_time)));
  append_count(text, "ParentServerConfigGeneration", facts.config_generation);
  append_count(text, "ParentServerMPMGeneration", get(board.global().running_generation));
  append_count(text, "ServerUptimeSeconds", totals.uptime);
  append_field(text, "ServerUptime", status_uptime(totals.uptime));
  append_field(text, "Load1", fmt::format("{:.2f}", facts.load[0]));
  append_field(text, "Load5", fmt::format("{:.2f}", facts.load[1]));
  append_field(text, "Load15", fmt::format("{:.2f}", facts.load[2]));
  if (settings.extended_status) append_extended(text, totals);
  append_count(text, "BusyWorkers", totals.busy);
  append_count(text, "GracefulWorkers", totals.graceful);
  append_count(text, "IdleWorkers", totals.idle);
  if (settings.pool.mpm == Mpm::Event) append_event(text, totals);
  append_field(text, "Scoreboard", totals.letters);
  return text;
}

}  // namespace mpm::builtin
