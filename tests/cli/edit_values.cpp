// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/edit_values.h"

namespace mpm::test {
namespace {

constexpr const char* kOfEvent = "/etc/apache2/mods-available/mpm_event.conf";

DirectiveChange workers(std::int64_t line) {
  return {.directive = "MaxRequestWorkers",
          .from = "150",
          .to = "400",
          .from_effective = std::int64_t{150},
          .to_effective = std::int64_t{400},
          .file = kOfEvent,
          .line = line,
          .restart = RestartClass::Graceful};
}

}  // namespace

EditPlan one_value() {
  EditPlan plan;
  plan.pid = 4711;
  plan.mpm_before = plan.mpm_after = Mpm::Event;
  plan.directives = {workers(12)};
  plan.files = {{kOfEvent, FileAction::Rewrite,
                 "--- /etc/apache2/mods-available/mpm_event.conf\n"
                 "+++ /etc/apache2/mods-available/mpm_event.conf\n"
                 "@@ -9,7 +9,7 @@\n"
                 " \tMinSpareThreads         25\n"
                 " \tThreadLimit             64\n"
                 " \tThreadsPerChild         25\n"
                 "-\tMaxRequestWorkers      150\n"
                 "+\tMaxRequestWorkers      400\n"
                 " \tMaxConnectionsPerChild   0\n"
                 " </IfModule>\n"}};
  return plan;
}

EditPlan written_values() {
  EditPlan plan = one_value();
  plan.written = true;
  plan.directives = {{.directive = "ServerLimit",
                      .from = std::nullopt,
                      .to = "32",
                      .from_effective = std::int64_t{16},
                      .to_effective = std::int64_t{32},
                      .file = kOfEvent,
                      .line = 8,
                      .restart = RestartClass::StopStart},
                     workers(13),
                     {.directive = "KeepAliveTimeout",
                      .from = "15",
                      .to = std::nullopt,
                      .from_effective = std::int64_t{15},
                      .to_effective = std::int64_t{5},
                      .file = "/srv/sites/a-customer-with-a-long-name/conf/performance.conf",
                      .line = 104,
                      .restart = RestartClass::Graceful}};
  plan.files.push_back({"/srv/sites/a-customer-with-a-long-name/conf/performance.conf",
                        FileAction::Rewrite,
                        "--- /srv/sites/a-customer-with-a-long-name/conf/performance.conf\n"
                        "+++ /srv/sites/a-customer-with-a-long-name/conf/performance.conf\n"
                        "@@ -104 +103,0 @@\n"
                        "-KeepAliveTimeout 15\n"});
  plan.restart = RestartClass::StopStart;
  plan.remarks = {{"AH00513",
                   "MaxRequestWorkers 400 is no multiple of ThreadsPerChild 64; httpd takes 384, "
                   "the next lower one."},
                  {"",
                   "ServerLimit 32 needs more than the running server can give: it keeps "
                   "ServerLimit 16 until it is stopped. Stop and start it."}};
  return plan;
}

EditPlan switched_mpm() {
  EditPlan plan;
  plan.pid = 4711;
  plan.mpm_before = Mpm::Prefork;
  plan.mpm_after = Mpm::Event;
  plan.directives = {{.directive = "StartServers",
                      .from = "5",
                      .to = "2",
                      .from_effective = std::int64_t{5},
                      .to_effective = std::int64_t{2},
                      .file = kOfEvent,
                      .line = 7,
                      .restart = RestartClass::Graceful},
                     {.directive = "AsyncRequestWorkerFactor",
                      .from = std::nullopt,
                      .to = "2",
                      .from_effective = std::string(),
                      .to_effective = std::int64_t{2},
                      .file = kOfEvent,
                      .line = 12,
                      .restart = RestartClass::Graceful}};
  plan.files = {
      {"/etc/apache2/mods-enabled/mpm_prefork.conf", FileAction::Unlink,
       "-/etc/apache2/mods-enabled/mpm_prefork.conf -> ../mods-available/mpm_prefork.conf\n"},
      {"/etc/apache2/mods-enabled/mpm_prefork.load", FileAction::Unlink,
       "-/etc/apache2/mods-enabled/mpm_prefork.load -> ../mods-available/mpm_prefork.load\n"},
      {"/etc/apache2/mods-enabled/mpm_event.conf", FileAction::Link,
       "+/etc/apache2/mods-enabled/mpm_event.conf -> ../mods-available/mpm_event.conf\n"},
      {"/etc/apache2/mods-enabled/mpm_event.load", FileAction::Link,
       "+/etc/apache2/mods-enabled/mpm_event.load -> ../mods-available/mpm_event.load\n"}};
  plan.restart = RestartClass::StopStart;
  plan.remarks = {{"",
                   "mod_php is loaded, and is safe under prefork alone: unload it, or run PHP "
                   "with php-fpm, before this is put in force."}};
  return plan;
}

EditPlan created_file() {
  EditPlan plan;
  plan.mpm_before = plan.mpm_after = Mpm::Worker;
  plan.directives = {{.directive = "ThreadsPerChild",
                      .from = std::nullopt,
                      .to = "50",
                      .from_effective = std::int64_t{25},
                      .to_effective = std::int64_t{50},
                      .file = "/etc/httpd/conf.modules.d/00-mpm-values.conf",
                      .line = 2,
                      .restart = RestartClass::Restart}};
  plan.files = {{"/etc/httpd/conf.modules.d/00-mpm-values.conf", FileAction::Create,
                 "--- /dev/null\n"
                 "+++ /etc/httpd/conf.modules.d/00-mpm-values.conf\n"
                 "@@ -0,0 +1,3 @@\n"
                 "+<IfModule mpm_worker_module>\n"
                 "+    ThreadsPerChild 50\n"
                 "+</IfModule>\n"},
                {"/etc/httpd/conf.d/old.conf", FileAction::Remove,
                 "--- /etc/httpd/conf.d/old.conf\n"
                 "+++ /dev/null\n"
                 "@@ -1 +0,0 @@\n"
                 "-ThreadsPerChild \x1b[31m50\n"
                 "\\ No newline at end of file\n"}};
  plan.restart = RestartClass::Restart;
  return plan;
}

EditPlan nothing_to_change() {
  EditPlan plan = one_value();
  plan.directives.clear();
  plan.files.clear();
  return plan;
}

LintReport faulty_configuration() {
  LintReport report;
  report.pid = 4711;
  report.mpm = Mpm::Event;
  report.config_file = "/etc/apache2/apache2.conf";
  report.files = 12;
  report.findings = {
      {.rule = "directive-unknown",
       .severity = Severity::Danger,
       .file = "/etc/apache2/apache2.conf",
       .line = 41,
       .column = 5,
       .claim = "MaxRequestWorker is no directive of a module that is loaded, and httpd does not "
                "start with it.",
       .mend = "MaxRequestWorkers",
       .code = ""},
      {.rule = "workers-not-multiple",
       .severity = Severity::Warning,
       .file = "/etc/apache2/mods-enabled/mpm_event.conf",
       .line = 12,
       .column = 1,
       .claim = "MaxRequestWorkers 140 is no multiple of ThreadsPerChild 25: httpd uses 125.",
       .mend = "MaxRequestWorkers 125",
       .code = "AH00513"},
      {.rule = "comment-continues",
       .severity = Severity::Advice,
       .file =
           "/srv/sites/a-customer-with-a-long-name-of-its-own/conf/performance-of-the-shop.conf",
       .line = 104,
       .column = 0,
       .claim = "The comment ends with a backslash, so the next line is a part of it.",
       .mend = "Take the backslash away.",
       .code = ""},
      {.rule = "file-unreadable",
       .severity = Severity::Note,
       .file = "/etc/apache2/private.conf",
       .line = 0,
       .column = 0,
       .claim = "It may not be read: what it says is not known.",
       .mend = "",
       .code = ""},
  };
  return report;
}

LintReport clean_configuration() {
  LintReport report = faulty_configuration();
  report.findings.clear();
  report.files = 1;
  return report;
}

DirectiveExplanation server_limit() {
  DirectiveExplanation limit;
  limit.directive = "ServerLimit";
  limit.mpms = {Mpm::Prefork, Mpm::Worker, Mpm::Event};
  limit.summary =
      "ServerLimit is the number of slots for processes that the server has, from its start to its "
      "stop.";
  limit.paragraphs = {
      "Under worker and event MaxRequestWorkers can use ServerLimit times ThreadsPerChild workers; "
      "under prefork a process is a worker, and ServerLimit is its upper bound.",
      "The parent keeps the value of its first start. A reload and a restart with another one "
      "change nothing and log so; only a stop and a start does."};
  limit.unit = "processes";
  limit.defaults = {"256 processes under prefork.", "16 processes under worker, event.",
                    "Debian 12 and RHEL 9 do not write it."};
  limit.bounds =
      "1 to 200000 under prefork, to 20000 under worker and event; httpd uses the nearer end for "
      "what is outside.";
  limit.restart = RestartClass::StopStart;
  limit.codes = {
      {"AH00175", "prefork: ServerLimit is above httpd's maximum and is cut to it."},
      {"AH00501",
       "event: ServerLimit was changed while the server runs, and the change is ignored."}};
  limit.see_also = {"MaxRequestWorkers", "ThreadsPerChild", "ThreadLimit"};
  return limit;
}

MpmSettings worker_settings() {
  MpmSettings settings;
  settings.mpm = Mpm::Worker;
  settings.config_file = "/mnt/image/etc/httpd/conf/httpd.conf";
  settings.files = {"/mnt/image/etc/httpd/conf/httpd.conf"};
  const auto add = [&](const char* directive, std::optional<std::string> value,
                       SettingValue effective) {
    settings.settings.push_back({.directive = directive,
                                 .value = std::move(value),
                                 .file = std::nullopt,
                                 .line = std::nullopt,
                                 .effective = std::move(effective),
                                 .unit = "",
                                 .remarks = {}});
  };
  add("ServerLimit", "16", std::int64_t{16});
  add("ThreadsPerChild", "64", std::int64_t{64});
  add("MaxRequestWorkers", "512", std::int64_t{512});
  add("KeepAlive", "Off", std::string("Off"));
  add("ScoreBoardFile", "/var/cache/httpd/a-scoreboard-with-a-long-name.shm",
      std::string("/var/cache/httpd/a-scoreboard-with-a-long-name.shm"));
  return settings;
}

}  // namespace mpm::test
