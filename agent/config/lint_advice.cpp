// SPDX-License-Identifier: Apache-2.0
//
// Values that httpd takes as they are and that do something else than they seem to, or that go
// badly with the others.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "agent/apache/timeout.h"
#include "agent/config/lint_rules.h"

namespace mpm::config {
namespace {

bool is_threaded(const LintContext& context) {
  return context.mpm() == Mpm::Worker || context.mpm() == Mpm::Event;
}

void look_for_fraction(const LintContext& context, const Rule& rule, Findings& findings) {
  const Occurrence* factor = context.in_force("AsyncRequestWorkerFactor");
  if (factor == nullptr || context.mpm() != Mpm::Event || context.is_older_than("2.4.30")) return;
  const std::string text(factor->value());
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const std::int64_t used = context.number("AsyncRequestWorkerFactor");
  if (*end != '\0' || value <= 0 || value == static_cast<double>(used)) return;
  LintFinding& finding = findings.add(rule, context.place_of_value(*factor));
  finding.claim = fmt::format(
      "AsyncRequestWorkerFactor {} acts as {}: since httpd 2.4.30 the fraction is "
      "dropped and the least is 1, whatever the manual says.",
      text, used);
  finding.mend = fmt::format("Write AsyncRequestWorkerFactor {}{}.", used,
                             value > 1 ? fmt::format(", or {}", used + 1) : std::string());
}

void look_for_backlog(const LintContext& context, const Rule& rule, Findings& findings) {
  const Occurrence* backlog = context.in_force("ListenBacklog");
  const std::int64_t most = context.surroundings().somaxconn;
  if (backlog == nullptr || most <= 0 || leading_integer(backlog->value()) <= most) return;
  LintFinding& finding = findings.add(rule, context.place_of_value(*backlog));
  finding.claim = fmt::format(
      "ListenBacklog is {}, and the kernel cuts it to net.core.somaxconn {} without a "
      "word.",
      backlog->value(), most);
  finding.mend = fmt::format(
      "Raise net.core.somaxconn to {}, and then stop and start httpd; or write ListenBacklog {}.",
      leading_integer(backlog->value()), most);
}

void look_for_shutdown(const LintContext& context, const Rule& rule, Findings& findings) {
  const Occurrence* timeout = context.in_force("GracefulShutdownTimeout");
  if (timeout == nullptr || leading_integer(timeout->value()) <= 0) return;
  LintFinding& finding = findings.add(rule, context.place_of_value(*timeout));
  finding.claim = fmt::format(
      "GracefulShutdownTimeout {} acts on graceful-stop alone: after a reload the old processes "
      "stay as long as their requests last, however long that is.",
      timeout->value());
  finding.mend = "Leave it if graceful-stop is meant; it ends nothing after a reload.";
}

// Slots of processes beyond those that MaxRequestWorkers needs; event keeps the old ones in them.
void look_for_slack(const LintContext& context, const Rule& rule, Findings& findings) {
  if (context.mpm() != Mpm::Event) return;
  const std::int64_t threads = context.number("ThreadsPerChild");
  const std::int64_t processes =
      context.numbers().worker_limit / std::max<std::int64_t>(1, threads);
  const std::int64_t slots = context.number("ServerLimit");
  const bool chosen = context.in_force("ServerLimit") != nullptr ||
                      context.in_force("MaxRequestWorkers") != nullptr ||
                      context.in_force("ThreadsPerChild") != nullptr;
  if (slots > processes) return;
  const std::int64_t better = processes + std::max<std::int64_t>(1, processes / 4);
  LintFinding& finding = findings.add(
      rule, context.place_of_any({"ServerLimit", "MaxRequestWorkers", "ThreadsPerChild"}));
  if (!chosen) finding.severity = Severity::Note;
  finding.claim = fmt::format(
      "ServerLimit {} leaves no slot beside the {} processes of MaxRequestWorkers {}: after a "
      "reload an old process keeps its slot until its last request ends, and while all of them "
      "do no new process can start.",
      slots, processes, context.numbers().worker_limit);
  finding.mend = fmt::format("Write ServerLimit {}; it needs a stop and a start.", better);
  finding.code = "AH03490";
}

void look_for_scoreboard(const LintContext& context, const Rule& rule, Findings& findings) {
  if (!context.mpm() || *context.mpm() == Mpm::Winnt) return;
  constexpr std::int64_t kMiB = std::int64_t{1} << 20;
  constexpr std::int64_t kMost = 64 * kMiB;
  const std::int64_t servers = context.number("ServerLimit");
  const std::int64_t threads = is_threaded(context) ? context.number("ThreadLimit") : 1;
  // sizeof global_score, process_score and worker_score of httpd 2.4.36 and later.
  const std::int64_t bytes = 56 + 40 * servers + 336 * servers * threads;
  if (bytes <= kMost) return;
  LintFinding& finding = findings.add(rule, context.place_of_any({"ServerLimit", "ThreadLimit"}));
  finding.claim = fmt::format(
      "ServerLimit {} with {} workers a process takes a scoreboard of {} MiB of shared "
      "memory, and MaxRequestWorkers {} uses a part of it.",
      servers, threads, bytes / kMiB, context.numbers().worker_limit);
  finding.mend = "Write limits that are near what is to run; both need a stop and a start.";
}

void look_for_keepalive(const LintContext& context, const Rule& rule, Findings& findings) {
  if (context.mpm() != Mpm::Prefork && context.mpm() != Mpm::Worker) return;
  const Occurrence* on = context.in_force("KeepAlive");
  if (on != nullptr && same_name(on->value(), "Off")) return;
  constexpr std::chrono::seconds kLong(15);
  for (const Occurrence& entry : context.occurrences()) {
    if (entry.directive->name != "KeepAliveTimeout") continue;
    if (!entry.in_force && !same_name(entry.section, "<VirtualHost")) continue;
    if (timeout_with_unit(entry.value()).value_or(kLong) <= kLong) continue;
    LintFinding& finding = findings.add(rule, context.place_of_value(entry));
    finding.claim = fmt::format(
        "KeepAliveTimeout {} holds a whole worker of {} after each client's last request, and "
        "mod_status counts it as busy.",
        entry.value(), name_of_mpm(*context.mpm()));
    finding.mend =
        "Write KeepAliveTimeout 5, or use event, where such a connection takes no worker.";
  }
}

void look_for_unlimited(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Occurrence& entry : context.occurrences()) {
    if (entry.directive->name != "MaxKeepAliveRequests" || entry.value() != "0") continue;
    if (!entry.in_force && !same_name(entry.section, "<VirtualHost")) continue;
    LintFinding& finding = findings.add(rule, context.place_of_value(entry));
    finding.claim =
        "MaxKeepAliveRequests 0 sets no limit: a client that keeps asking keeps its connection, "
        "and the process that it is with does not count it against MaxConnectionsPerChild again.";
    finding.mend = "Write a number such as 1000, if connections are to end some time.";
  }
}

void look_for_status(const LintContext& context, const Rule& rule, Findings& findings) {
  const Occurrence* status = context.in_force("ExtendedStatus");
  if (status == nullptr || !same_name(status->value(), "Off")) return;
  if (!context.has_module("mod_status.c")) return;
  LintFinding& finding = findings.add(rule, context.place_of_value(*status));
  finding.claim =
      "ExtendedStatus is Off: the scoreboard has no requests, bytes or durations, so that nobody "
      "can see what the server does or how long it takes.";
  finding.mend = "Write ExtendedStatus On, or remove the line: mod_status turns it on.";
}

void look_for_reach(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const std::string_view name : {"MinSpareServers", "MinSpareThreads"}) {
    const Occurrence* least = context.in_force(name);
    const std::int64_t limit = context.numbers().worker_limit;
    if (least == nullptr || context.number(name) <= limit || limit == 0) continue;
    LintFinding& finding = findings.add(rule, context.place_of_value(*least));
    finding.claim = fmt::format(
        "{} {} is more than the {} workers there can be: it is never met, and all processes run "
        "all the time.",
        name, context.number(name), limit);
    finding.mend = fmt::format("Write {} with a number well below {}.", name, limit);
  }
}

// What one process more or less changes, against the room between the two bounds.
void look_for_window(const LintContext& context, const Rule& rule, Findings& findings) {
  if (!is_threaded(context) || context.in_force("MaxSpareThreads") == nullptr) return;
  const std::int64_t threads = context.number("ThreadsPerChild");
  const std::int64_t least = context.number("MinSpareThreads");
  const std::int64_t most = context.number("MaxSpareThreads");
  const std::int64_t processes = (most - least) / std::max<std::int64_t>(1, threads);
  if (processes > 2) return;
  LintFinding& finding = findings.add(rule, context.place_of_any({"MaxSpareThreads"}));
  finding.claim = fmt::format(
      "Between MinSpareThreads {} and MaxSpareThreads {} there is room for {} of {} threads: under "
      "a load that goes up and down processes are ended and started again and again.",
      least, most, processes == 1 ? "one process" : fmt::format("{} processes", processes),
      threads);
  finding.mend =
      fmt::format("Write MaxSpareThreads {}, if processes come and go.", least + 4 * threads);
}

void look_for_churn(const LintContext& context, const Rule& rule, Findings& findings) {
  const Occurrence* limit = context.in_force("MaxConnectionsPerChild");
  if (limit == nullptr || !context.mpm()) return;
  constexpr std::int64_t kFew = 100;
  const std::int64_t connections = leading_integer(limit->value());
  if (connections <= 0 || connections >= kFew) return;
  LintFinding& finding = findings.add(rule, context.place_of_value(*limit));
  finding.claim = fmt::format(
      "A process ends after {} connections, of all its threads together, and another is started: "
      "a busy server does that all the time.",
      connections);
  finding.mend = "Write MaxConnectionsPerChild 10000 against leaks, or 0 for never.";
}

// "php_module", "php7_module"; "mod_php5.c" when it is linked in.
const LoadedModule* php(const Site& site) {
  const auto is_php = [](const LoadedModule& module) {
    const std::string& name = module.identifier;
    return (name.rfind("php", 0) == 0 && name.size() >= 10 && name.size() <= 11 &&
            name.compare(name.size() - 7, 7, "_module") == 0) ||
           module.source.rfind("mod_php", 0) == 0;
  };
  const auto found = std::ranges::find_if(site.modules, is_php);
  return found == site.modules.end() ? nullptr : &*found;
}

void look_for_php_threads(const LintContext& context, const Rule& rule, Findings& findings) {
  const LoadedModule* module = php(context.site());
  if (module == nullptr || !is_threaded(context)) return;
  const std::string name = module->identifier.empty() ? module->source : module->identifier;
  LintFinding& finding = findings.add(rule, context.place_of_load(module->identifier));
  finding.claim = fmt::format(
      "{} is loaded into {}, which runs threads: a PHP that was not built for threads refuses to "
      "start there, and the extensions of one that was must all be safe for them.",
      name, name_of_mpm(*context.mpm()));
  finding.mend = "Use PHP-FPM through mod_proxy_fcgi, or load prefork.";
}

void look_for_php_leaks(const LintContext& context, const Rule& rule, Findings& findings) {
  const LoadedModule* module = php(context.site());
  if (module == nullptr || context.mpm() != Mpm::Prefork) return;
  if (context.number("MaxConnectionsPerChild") != 0) return;
  LintFinding& finding = findings.add(rule, context.in_force("MaxConnectionsPerChild") != nullptr
                                                ? context.place_of_any({"MaxConnectionsPerChild"})
                                                : context.place_of_load(module->identifier));
  finding.claim =
      "MaxConnectionsPerChild is 0: a process with PHP in it is never replaced for its age, so "
      "that what an extension leaks stays in it.";
  finding.mend = "Write MaxConnectionsPerChild 10000, if processes grow.";
}

constexpr std::array kRules = std::to_array<Rule>({
    {"factor-fraction", Severity::Advice, look_for_fraction},
    {"backlog-above-kernel", Severity::Advice, look_for_backlog},
    {"graceful-stop-only", Severity::Note, look_for_shutdown},
    {"server-limit-without-slack", Severity::Advice, look_for_slack},
    {"scoreboard-large", Severity::Warning, look_for_scoreboard},
    {"keepalive-holds-workers", Severity::Note, look_for_keepalive},
    {"keepalive-unlimited", Severity::Note, look_for_unlimited},
    {"no-extended-status", Severity::Note, look_for_status},
    {"spare-unreachable", Severity::Advice, look_for_reach},
    {"spares-narrow", Severity::Note, look_for_window},
    {"child-churn", Severity::Advice, look_for_churn},
    {"php-threads", Severity::Danger, look_for_php_threads},
    {"php-leaks", Severity::Note, look_for_php_leaks},
});

}  // namespace

std::span<const Rule> advice_rules() {
  return kRules;
}

}  // namespace mpm::config
