// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/values.h"

namespace mpm::test {
namespace {

constexpr Bytes tenths_of_mb(std::int64_t tenths) {
  return {tenths * kMiB.value / 10};
}
constexpr Bytes mb(std::int64_t amount) {
  return kMiB * amount;
}

std::vector<Finding> findings() {
  return {
      {.rule = "workers-exhausted",
       .severity = Severity::Danger,
       .claim = "All 150 workers were busy in 62 % of the samples, and up to 87 connections "
                "waited in the kernel for one.",
       .advice = "",
       .evidence = {{"busy workers, p99", 150, 150, "workers"},
                    {"accept queue, p95", 87, 0, "connections"},
                    {"looks with all workers busy", 0.62, 0.05, "share"}},
       .formula = "Pinned are samples without an idle worker and with 97 % of the limit busy; "
                  "above 2 % of them it is no chance.",
       .confidence = Confidence::Medium},
      {.rule = "memory-overcommitted",
       .severity = Severity::Warning,
       .claim = "When every worker is at its largest, httpd needs 9.1 GB and 6.8 GB are its own.",
       .advice = "Find the request that needs 115 MB, or give the server more memory: no value "
                 "of MaxRequestWorkers serves the present load within 6.8 GB.",
       .evidence = {{"memory at the peaks", 9771050598, 7301444403, "bytes"}},
       .formula = "",
       .confidence = Confidence::Medium},
      {.rule = "keepalive-holds-workers",
       .severity = Severity::Advice,
       .claim = "41 of 150 busy workers only wait for their client's next request.",
       .advice = "",
       .evidence = {{"workers in keep-alive, p50", 41, 15, "workers"},
                    {"KeepAliveTimeout", 15, 5, "s"}},
       .formula = "",
       .confidence = Confidence::Medium},
      {.rule = "log-says-once",
       .severity = Severity::Note,
       .claim = "httpd writes that MaxRequestWorkers is reached once in the life of its parent, "
                "so the error log is no measure of how often it happens.",
       .advice = "",
       .evidence = {},
       .formula = "",
       .confidence = Confidence::Medium},
      {.rule = "no-swap",
       .severity = Severity::Fine,
       .claim = "No memory of the server is swapped out.",
       .advice = "",
       .evidence = {{"memory swapped out", 0, 0, "bytes"}},
       .formula = "",
       .confidence = Confidence::Medium},
      {.rule = "cpu-headroom",
       .severity = Severity::Fine,
       .claim = "The processors are busy 38 % of the time.",
       .advice = "",
       .evidence = {{"processors, busy", 0.38, 0.85, "share"}},
       .formula = "",
       .confidence = Confidence::Medium},
  };
}

std::vector<Change> changes() {
  return {
      {.directive = "MaxRequestWorkers",
       .from = 150,
       .to = 400,
       .because = "Up to 237 requests were served or waiting at once; twice the need of 200 keeps "
                  "a reserve for the next peak.",
       .formula =
           "2.0 x 200 needed + 1.3 x 0 in keep-alive; in multiples of ThreadsPerChild 25: 400",
       .rules = {"workers-exhausted"},
       .restart = RestartClass::Graceful,
       .confidence = Confidence::High},
      {.directive = "ServerLimit",
       .from = 6,
       .to = 32,
       .because = "400 workers at 25 a process are 16 processes, and a reload needs room for as "
                  "many old ones.",
       .formula = "",
       .rules = {"workers-exhausted"},
       .restart = RestartClass::StopStart,
       .confidence = Confidence::High},
      {.directive = "ListenBacklog",
       .from = 511,
       .to = 1024,
       .because = "A peak of 87 waiting connections arrived within a second.",
       .formula = "",
       .rules = {"workers-exhausted"},
       .restart = RestartClass::StopStart,
       .confidence = Confidence::Medium},
      {.directive = "KeepAliveTimeout",
       .from = 15,
       .to = 5,
       .because = "Half of the clients send their next request within 0.8 s, or never.",
       .formula = "",
       .rules = {"keepalive-holds-workers"},
       .restart = RestartClass::Graceful,
       .confidence = Confidence::Medium},
  };
}

MemorySum sum() {
  return {.budget_terms = {{"memory.max of /system.slice/apache2.service", mb(8192)},
                           {"used by other processes of that group", mb(-256)},
                           {"15 % kept back for what nobody foresees", tenths_of_mb(-11904)}},
          .budget = mb(8192) + mb(-256) + tenths_of_mb(-11904),
          .typical_terms = {{"what all processes share, counted once", tenths_of_mb(416)},
                            {"unique memory of 16 processes at 21.3 MB each", tenths_of_mb(3408)}},
          .typical = tenths_of_mb(416) + tenths_of_mb(3408),
          .worst_terms = {{"what all processes share, counted once", tenths_of_mb(416)},
                          {"unique memory of 32 processes (ServerLimit) at their peak of 115.2 MB",
                           tenths_of_mb(36864)}},
          .worst = tenths_of_mb(416) + tenths_of_mb(36864),
          .workers_that_fit = 1450};
}

constexpr const char* kBlock =
    "<IfModule mpm_event_module>\n"
    "    # MaxRequestWorkers 150 -> 400, ServerLimit 6 -> 32: stop and start\n"
    "    ServerLimit              32\n"
    "    MaxRequestWorkers       400\n"
    "    ListenBacklog          1024\n"
    "</IfModule>\n"
    "KeepAliveTimeout 5\n";

}  // namespace

DoctorReport much_is_missing() {
  DoctorReport report{.at = kNow, .ephemeral = true, .servers = 1, .findings = {}};
  report.findings = {
      {"no-service", Severity::Advice, 0, "",
       "No agent runs as a service, so nothing is remembered from one command to the next.",
       "sudo systemctl enable --now mpm-agent"},
      {"scoreboard", Severity::Warning, 4711, ":8080",
       "Its scoreboard cannot be read from anywhere: /proc/4711/maps: Permission denied",
       "sudo mpmctl doctor"},
      {"not-read", Severity::Note, 4711, ":8080", "Its listening sockets are unknown.", ""}};
  return report;
}

TargetList two_servers() {
  TargetList list{.at = kNow, .targets = {}};
  TargetEntry first;
  first.target.pid = 4711;
  first.target.version = "2.4.62";
  first.target.mpm = Mpm::Event;
  first.target.config_file = "/etc/apache2/apache2.conf";
  first.target.unit = "apache2.service";
  first.target.children = 6;
  first.target.listeners = {{"0.0.0.0", 80}, {"::", 80}, {"::1", 8443}};
  first.settings.worker_limit = 150;
  TargetEntry second;
  second.target.pid = 31002;
  second.target.mpm = Mpm::Prefork;
  second.target.config_file = "/srv/größe/日本/httpd.conf";
  second.target.children = 12;
  second.target.listeners = {{"127.0.0.1", 8080}};
  second.target.losses = {
      "The memory of its processes belongs to user www and cannot be read; run mpmctl as root or "
      "as that user."};
  list.targets = {first, second};
  return list;
}

StatusReport saturated_server() {
  TargetStatus status;
  status.pid = 4711;
  status.version = "2.4.62";
  status.mpm = Mpm::Event;
  status.source = SourceKind::ModStatus;
  status.sources = {{SourceKind::SharedMemory, false,
                     "process_vm_readv of 4711: Operation not permitted; run as root."},
                    {SourceKind::ScoreboardFile, false, "ScoreBoardFile is not configured."},
                    {SourceKind::ModStatus, true, ""}};
  status.health = Health::Saturated;
  status.verdict = "All 150 workers are busy and 87 connections wait for one.";
  status.workers = {.busy = 141,
                    .idle = 9,
                    .limit = 150,
                    .starting = 2,
                    .finishing = 6,
                    .deaf = 9,
                    .reading = 3,
                    .writing = 90,
                    .keepalive = 41};
  status.processes = {.total = 8, .old = 2, .deaf = 1};
  status.memory = MemoryCounts{.processes = 9,
                               .threads = 243,
                               .pss = tenths_of_mb(2123),
                               .unique = tenths_of_mb(1710),
                               .rss = tenths_of_mb(4861),
                               .largest_peak = tenths_of_mb(1152)};
  status.listeners = {{"0.0.0.0", 80, 87, 511, 162, 4}, {"::1", 8443, 0, 0, 1234, 0}};
  status.accesses = 1234567;
  status.bytes = 8123456789;
  status.generation = 3;
  status.restarted = kNow - std::chrono::hours{76};
  status.requests_per_second = 123.44;
  status.oldest_request_seconds = 95.2;
  status.losses = {"mod_status says nothing about old generations; run as root to see them."};
  return {.at = kNow, .targets = {status}};
}

StatusReport quiet_server() {
  TargetStatus status;
  status.pid = 815;
  status.version = "2.4.71";
  status.mpm = Mpm::Prefork;
  status.sources = {{SourceKind::SharedMemory, true, ""}};
  status.health = Health::Well;
  status.verdict = "1 of 256 workers is busy and nothing waits.";
  status.workers = {.busy = 1, .idle = 5, .limit = 256, .writing = 1};
  status.processes = {.total = 6, .old = 0, .deaf = 0};
  status.listeners = {{"::", 80, 0, 511, 1, 0}};
  status.accesses = 1;
  status.bytes = 512;
  status.restarted = kNow - std::chrono::seconds{42};
  return {.at = kNow, .targets = {status}};
}

Proposal changes_needed() {
  return {.pid = 4711,
          .mpm = Mpm::Event,
          .observed_seconds = 30,
          .samples = 60,
          .grade = "D",
          .verdict = "Clients wait: all 150 workers were busy in 62 % of the samples.",
          .findings = findings(),
          .changes = changes(),
          .memory = sum(),
          .restart = RestartClass::StopStart,
          .confidence = Confidence::Medium,
          .weakest = "30 seconds show one load, not a day's",
          .block = kBlock,
          .basis = "a1b2"};
}

Proposal nothing_to_do() {
  Proposal proposal;
  proposal.pid = 815;
  proposal.mpm = Mpm::Prefork;
  proposal.observed_seconds = 600;
  proposal.samples = 1200;
  proposal.grade = "A";
  proposal.verdict = "The MPM directives suit this load.";
  proposal.findings = {findings()[4], findings()[5]};
  proposal.confidence = Confidence::High;
  return proposal;
}

Proposal too_little_data() {
  Proposal proposal;
  proposal.pid = 4711;
  proposal.observed_seconds = 2;
  proposal.samples = 3;
  proposal.grade = "-";
  proposal.verdict = "3 samples are too few for a grade; 10 are the least.";
  proposal.confidence = Confidence::None;
  proposal.weakest = "3 samples in 2 seconds";
  return proposal;
}

MpmSettings event_settings() {
  MpmSettings settings;
  settings.pid = 4711;
  settings.mpm = Mpm::Event;
  settings.config_file = "/etc/apache2/apache2.conf";
  settings.files = {"/etc/apache2/apache2.conf", "/etc/apache2/mods-enabled/mpm_event.conf"};
  settings.worker_limit = 128;
  settings.changed_since_load = true;
  settings.settings = {
      {.directive = "ServerLimit",
       .value = std::nullopt,
       .file = std::nullopt,
       .line = std::nullopt,
       .effective = std::int64_t{16},
       .unit = "processes",
       .remarks = {}},
      {.directive = "ThreadsPerChild",
       .value = "64",
       .file = "/etc/apache2/mods-enabled/mpm_event.conf",
       .line = 11,
       .effective = std::int64_t{64},
       .unit = "workers",
       .remarks = {}},
      {.directive = "MaxRequestWorkers",
       .value = "150",
       .file = "/etc/apache2/mods-enabled/mpm_event.conf",
       .line = 12,
       .effective = std::int64_t{128},
       .unit = "workers",
       .remarks = {{"AH00513",
                    "150 is not a multiple of ThreadsPerChild 64; httpd takes 128, the "
                    "next lower one."}}},
      {.directive = "AsyncRequestWorkerFactor",
       .value = "1.5",
       .file = "/srv/conf/site.conf",
       .line = 3,
       .effective = std::int64_t{1},
       .unit = "",
       .remarks = {{"", "httpd cuts off the fraction where it matters: 1.5 acts as 1."}}},
      {.directive = "KeepAlive",
       .value = "On",
       .file = "/etc/apache2/apache2.conf",
       .line = 98,
       .effective = std::string("On"),
       .unit = "",
       .remarks = {}},
  };
  settings.remarks = {{"", "/etc/apache2/private.conf could not be read: Permission denied."}};
  return settings;
}

Observation watched(double span_seconds, std::int64_t samples) {
  Observation observation;
  observation.pid = 4711;
  observation.mpm = Mpm::Event;
  observation.span_seconds = span_seconds;
  observation.samples = samples;
  return observation;
}

LabReport lab_report() {
  const auto measured = [](Mpm mpm, double p50, std::int64_t held, std::int64_t processes,
                           std::int64_t threads) {
    LabResult result;
    result.mpm = mpm;
    result.answered_per_second = 1004.2;
    result.failed = 0;
    result.p50_seconds = p50;
    result.p99_seconds = p50 * 2.5;
    result.held = held;
    result.processes = processes;
    result.threads = threads;
    return result;
  };
  LabReport report{.at = kNow,
                   .path = "/work?sleep=5ms&cpu=1ms",
                   .due_per_second = 1000,
                   .span_seconds = 5,
                   .connections = 1000,
                   .worker_limit = 256,
                   .results = {measured(Mpm::Prefork, 0.0072, 256, 257, 257),
                               measured(Mpm::Worker, 0.0064, 256, 9, 273),
                               measured(Mpm::Event, 0.0071, 1000, 3, 69), LabResult()}};
  report.results[0].failed = 1234;
  report.results[0].per_thousand_held = tenths_of_mb(2079);
  report.results[1].losses = {"Its memory could not be read: run the agent as root."};
  report.results[2].per_thousand_held = tenths_of_mb(376);
  report.results[3].mpm = Mpm::Winnt;
  report.results[3].losses = {"mpm-httpd ended before it answered: out of threads"};
  return report;
}

}  // namespace mpm::test
