// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/status_page.h"

#include <charconv>

#include "agent/builtin/status_format.h"
#include "agent/builtin/status_totals.h"

namespace mpm::builtin {
namespace {

void append_server(std::string& text, const StatusTotals& totals, const Settings& settings,
                   const StatusFacts& facts) {
  append(text, "{}\nServerVersion: {}\nServerMPM: {}\nServer Built: {}\n", facts.server_name,
         facts.server_version, shown_name(settings.pool.mpm), facts.server_built);
  append(text, "CurrentTime: {}\nRestartTime: {}\n", local_time(facts.now_us),
         local_time(totals.restart_us));
  append(text, "ParentServerConfigGeneration: {}\nParentServerMPMGeneration: {}\n",
         facts.config_generation, totals.generation);
  append(text, "ServerUptimeSeconds: {}\nServerUptime:{}\n", totals.uptime_seconds,
         shown_uptime(totals.uptime_seconds));
  append(text, "Load1: {}\nLoad5: {}\nLoad15: {}\n", fixed(facts.load[0], 2),
         fixed(facts.load[1], 2), fixed(facts.load[2], 2));
}

void append_traffic(std::string& text, const StatusTotals& totals, double ticks_per_second) {
  const auto cpu = [&](clock_t ticks) { return general(seconds_of(ticks, ticks_per_second)); };
  const auto uptime = static_cast<double>(totals.uptime_seconds);
  const auto accesses = static_cast<double>(totals.accesses);
  const double bytes = 1024 * static_cast<double>(totals.kilobytes);
  append(text, "Total Accesses: {}\nTotal kBytes: {}\nTotal Duration: {}\n", totals.accesses,
         totals.kilobytes, totals.duration_ms);
  append(text, "CPUUser: {}\nCPUSystem: {}\nCPUChildrenUser: {}\nCPUChildrenSystem: {}\n",
         cpu(totals.cpu.tms_utime), cpu(totals.cpu.tms_stime), cpu(totals.cpu.tms_cutime),
         cpu(totals.cpu.tms_cstime));
  // In its first second httpd divides by 0 here.
  if (all_ticks(totals.cpu) != 0 && totals.uptime_seconds > 0)
    append(text, "CPULoad: {}\n", general(cpu_load(totals, ticks_per_second)));
  append(text, "Uptime: {}\n", totals.uptime_seconds);
  if (totals.uptime_seconds > 0)
    append(text, "ReqPerSec: {}\nBytesPerSec: {}\n", general(ratio(accesses, uptime)),
           general(ratio(bytes, uptime)));
  if (totals.accesses > 0)
    append(text, "BytesPerReq: {}\nDurationPerReq: {}\n", general(ratio(bytes, accesses)),
           general(ratio(static_cast<double>(totals.duration_ms), accesses)));
}

// Only an MPM that hands connections over has these.
void append_connections(std::string& text, const StatusTotals& totals) {
  append(text, "Processes: {}\nStopping: {}\nConnsTotal: {}\n", totals.processes, totals.stopping,
         totals.connections);
  append(text, "ConnsAsyncWaitIO: {}\nConnsAsyncWriting: {}\n", totals.wait_io,
         totals.write_completion);
  append(text, "ConnsAsyncKeepAlive: {}\nConnsAsyncClosing: {}\n", totals.keep_alive,
         totals.lingering_close);
}

// mod_status says 10 where no number or none above 0 follows.
int refresh_of(std::string_view query) {
  constexpr std::string_view kWord = "refresh";
  constexpr int kDefault = 10;
  const auto at = query.find(kWord);
  if (at == std::string_view::npos) return 0;
  query.remove_prefix(at + kWord.size());
  if (!query.starts_with('=')) return kDefault;
  query.remove_prefix(1);
  int seconds = 0;
  std::from_chars(query.data(), query.data() + query.size(), seconds);
  return seconds > 0 ? seconds : kDefault;
}

}  // namespace

StatusQuery status_query(std::string_view query) {
  StatusQuery words;
  words.as_text = query.find("auto") != std::string_view::npos;
  words.without_table = query.find("notable") != std::string_view::npos;
  words.refresh_seconds = refresh_of(query);
  return words;
}

std::string status_text(const SharedScoreboard& board, const Settings& settings,
                        const StatusFacts& facts) {
  const StatusTotals totals = status_totals(board, settings, facts.now_us);
  std::string text;
  append_server(text, totals, settings, facts);
  if (settings.extended_status) append_traffic(text, totals, facts.ticks_per_second);
  append(text, "BusyWorkers: {}\nGracefulWorkers: {}\nIdleWorkers: {}\n", totals.threads.busy,
         totals.threads.graceful, totals.threads.idle);
  if (settings.pool.mpm == Mpm::Event) append_connections(text, totals);
  append(text, "Scoreboard: {}\n", totals.letters);
  return text;
}

}  // namespace mpm::builtin
