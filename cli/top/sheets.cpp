// SPDX-License-Identifier: Apache-2.0
#include "cli/top/sheets.h"

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/words.h"

namespace mpm::top {
namespace {

constexpr double kLong = 60;  // seconds; a request that takes as long wants care

SheetCell of_count(std::int64_t value) {
  return {count(value), static_cast<double>(value)};
}
SheetCell of_bytes(Bytes amount) {
  return {megabytes(amount), static_cast<double>(amount.value)};
}
SheetCell of_seconds(std::optional<double> seconds) {
  if (!seconds) return {"-"};
  return {duration(*seconds), *seconds};
}
SheetCell of_rate(std::optional<double> rate) {
  if (!rate) return {"-"};
  return {number(*rate), *rate};
}
SheetCell of_pid(std::int32_t pid) {
  if (pid == 0) return {"-"};
  return {fmt::format("{}", pid), pid};
}

// The request comes first: its column may be too narrow for it.
std::string detail_of(const WorkerView& worker) {
  std::string text = worker.request.empty() ? "" : worker.request + "  ";
  text += fmt::format("{}slot {}/{}: {}, {}",
                      worker.serving || worker.request.empty() ? "" : "was last; ", worker.slot,
                      worker.thread, plural(worker.accesses, "request"),
                      megabytes(Bytes{worker.bytes}));
  if (worker.last_seconds) text += ", the last in " + duration(*worker.last_seconds);
  return text;
}

SheetRow row_of(const WorkerView& worker) {
  return {fmt::format("{}/{}", worker.slot, worker.thread),
          {{std::string(1, state_letter(worker.state))},
           of_pid(worker.pid),
           of_seconds(worker.age_seconds),
           {worker.vhost},
           {worker.client},
           {worker.protocol},
           {worker.request}},
          detail_of(worker),
          worker.serving && worker.age_seconds.value_or(0) >= kLong ? Tone::Caution
          : is_busy(worker.state)                                   ? Tone::Plain
                                                                    : Tone::Faint};
}

SheetRow row_of(const Holder& holder, std::string name) {
  const auto bytes = holder.bytes_per_second;
  return {name,
          {{name},
           of_count(holder.busy),
           of_rate(holder.requests_per_second),
           bytes ? SheetCell{megabytes(Bytes{static_cast<std::int64_t>(*bytes)}), *bytes}
                 : SheetCell{"-"},
           of_seconds(holder.mean_age_seconds)},
          ""};
}

Sheet holders_sheet(const Holders& holders, const TopReport& report, std::string_view heading,
                    std::string_view none) {
  Sheet sheet{{{.heading = std::string(heading), .flexible = true},
               {"Workers", Align::Right},
               {"Requests/s", Align::Right},
               {"Bytes/s", Align::Right},
               {"Mean age", Align::Right}},
              {},
              report.missing,
              std::string(none)};
  for (const Holder& holder : holders.foremost)
    sheet.rows.push_back(row_of(holder, holder.name));
  const Holder& others = holders.others;
  const std::int64_t more = holders.names - static_cast<std::int64_t>(holders.foremost.size());
  if (more > 0) sheet.rows.push_back(row_of(others, fmt::format("({})", plural(more, "other"))));
  if (more <= 0 && others.busy > 0) sheet.rows.push_back(row_of(others, "(without a name)"));
  return sheet;
}

}  // namespace

Sheet servers_sheet(const TargetList& servers) {
  Sheet sheet{{{"PID", Align::Right},
               {"Version"},
               {"MPM"},
               {"Listens on", Align::Left, 24},
               {"Children", Align::Right},
               {"Limit", Align::Right},
               {.heading = "Configuration", .flexible = true}},
              {},
              "",
              "No httpd runs here that can be seen."};
  for (const TargetEntry& entry : servers.targets) {
    const Target& target = entry.target;
    std::vector<std::string> addresses;
    for (const ListenAddress& listener : target.listeners)
      addresses.push_back(endpoint(listener.address, listener.port));
    sheet.rows.push_back(
        {fmt::format("{}", target.pid),
         {of_pid(target.pid),
          {target.version},
          {std::string(words(target.mpm))},
          {joined(addresses, " ")},
          of_count(target.children),
          entry.settings.worker_limit > 0 ? of_count(entry.settings.worker_limit) : SheetCell{"?"},
          {target.config_file}},
         target.unit});
  }
  return sheet;
}

Sheet requests_sheet(const WorkerList& workers) {
  Sheet sheet{{{"S", Align::Left, 2},
               {"PID", Align::Right, 8},
               {"Age", Align::Right, 12},
               {"Vhost", Align::Left, 22},
               {"Client", Align::Left, 18},
               {"Protocol", Align::Left, 9},
               {.heading = "Request", .flexible = true}},
              {},
              workers.missing,
              "No worker is busy."};
  for (const WorkerView& worker : workers.workers)
    sheet.rows.push_back(row_of(worker));
  const auto shown = static_cast<std::int64_t>(workers.workers.size());
  if (workers.total > shown)
    sheet.note = fmt::format("These are the first {} of {}. {}", plural(shown, "worker"),
                             count(workers.total), workers.missing);
  return sheet;
}

Sheet processes_sheet(const TopReport& report) {
  Sheet sheet{{{"PID", Align::Right, 8},
               {"What", Align::Left, 7},
               {"Gen", Align::Right},
               {"Requests", Align::Right},
               {"Threads", Align::Right},
               {"PSS", Align::Right},
               {"Unique", Align::Right},
               {"RSS", Align::Right},
               {"Peak", Align::Right},
               {"CPU", Align::Right, 14}},
              {},
              "",
              "The memory was not measured yet, or cannot be read by this user."};
  for (const ProcessUsage& process : report.processes)
    sheet.rows.push_back({fmt::format("{}", process.pid),
                          {of_pid(process.pid),
                           {process.parent ? "parent" : "child"},
                           of_count(process.generation),
                           of_count(process.requests),
                           of_count(process.threads),
                           of_bytes(process.pss),
                           of_bytes(process.unique),
                           of_bytes(process.rss),
                           of_bytes(process.peak),
                           of_seconds(process.cpu_seconds)},
                          ""});
  return sheet;
}

Sheet vhosts_sheet(const TopReport& report) {
  return holders_sheet(report.vhosts, report, "Vhost", "No vhost has a worker.");
}

Sheet clients_sheet(const TopReport& report) {
  return holders_sheet(report.clients, report, "Client", "No client has a worker.");
}

Sheet sockets_sheet(const TopReport& report) {
  Sheet sheet{{{.heading = "Listener", .flexible = true},
               {"Waiting", Align::Right},
               {"Queue", Align::Right},
               {"Open", Align::Right},
               {"Closing", Align::Right}},
              {},
              "",
              "The kernel's side of its listeners cannot be seen from here."};
  for (const ListenerUsage& listener : report.status.listeners) {
    const std::string name = endpoint(listener.address, listener.port);
    sheet.rows.push_back(
        {name,
         {{name},
          of_count(listener.queue),
          listener.queue_limit > 0 ? of_count(listener.queue_limit) : SheetCell{"?"},
          of_count(listener.established),
          of_count(listener.closing)},
         "Waiting: connections that nobody has accepted yet, of a queue so long.",
         listener.queue > 0 ? Tone::Caution : Tone::Plain});
  }
  return sheet;
}

Sheet sheet_of(Page page, const Answers& answers) {
  if (page == Page::Servers && answers.servers) return servers_sheet(*answers.servers);
  if (page == Page::Requests && answers.workers) return requests_sheet(*answers.workers);
  if (answers.report) {
    if (page == Page::Processes) return processes_sheet(*answers.report);
    if (page == Page::Vhosts) return vhosts_sheet(*answers.report);
    if (page == Page::Clients) return clients_sheet(*answers.report);
    if (page == Page::Sockets) return sockets_sheet(*answers.report);
  }
  return {{}, {}, "", page == Page::Workers ? "" : "Waiting for the answer of the agent."};
}

Order first_order(Page page) {
  switch (page) {
    case Page::Requests:
      return {2, true};  // the oldest first
    case Page::Processes:
      return {5, true};  // the largest first
    case Page::Vhosts:
    case Page::Clients:
      return {1, true};  // who holds the most workers
    case Page::Servers:
    case Page::Workers:
    case Page::Sockets:
      break;
  }
  return {0, false};
}

}  // namespace mpm::top
