// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/change_values.h"

#include <initializer_list>
#include <utility>

#include "tests/cli/edit_values.h"
#include "tests/cli/values.h"

namespace mpm::test {
namespace {

Target target() {
  Target server;
  server.pid = 4711;
  server.version = "2.4.62";
  server.mpm = Mpm::Event;
  server.config_file = "/etc/apache2/apache2.conf";
  return server;
}

ChangeRecord change(EditPlan plan, std::initializer_list<std::pair<Phase, const char*>> steps) {
  ChangeRecord record;
  record.id = 7;
  record.at = kNow;
  record.target = target();
  record.plan = std::move(plan);
  record.because = "Requests wait: every worker is busy 31 % of the time.";
  record.backup = "/var/lib/mpm-agent/backups/7";
  Instant at = kNow;
  for (const auto& [phase, detail] : steps) {
    record.steps.push_back({at, phase, detail});
    at += std::chrono::milliseconds{1250};
  }
  return record;
}

constexpr const char* kSaved =
    "/etc/apache2/mods-available/mpm_event.conf saved in /var/lib/mpm-agent/backups/7.";
constexpr const char* kWritten = "/etc/apache2/mods-available/mpm_event.conf written.";
constexpr const char* kTaken = "The server takes the files: Syntax OK.";
constexpr const char* kTold = "Process 4711 was told to reload (SIGUSR1).";
constexpr const char* kSeen =
    "MaxRequestWorkers 400 is in force: a process of generation 4 has it in its scoreboard.";

WatchReport condemned() {
  WatchReport watch;
  watch.verdict = WatchVerdict::Undo;
  watch.seconds = 24;
  watch.settled = true;
  watch.compared = 9;
  watch.evidence = {
      {"response", 0.041, 0.127, "seconds", true,
       "A request, its wait to be accepted included, takes at least 1.84 times as long as before "
       "at like load, most likely 3.10 times (127 ms, before 41 ms); the load was 1.02 times that "
       "of before."},
      {"load", 391.2, 399.0, "requests a second", false,
       "399.0 requests a second arrived, before the change 391.2."}};
  watch.sentence = "Undo, after 24 s: " + watch.evidence.front().sentence;
  return watch;
}

}  // namespace

ChangePreview allowed_change() {
  ChangePreview preview;
  preview.plan = one_value();
  preview.risks = {
      "41 workers are busy now; the server begins with 25 and has enough again after about 5 s.",
      "2 requests run for 10 s or more, the longest for 94 s in process 4790; they are finished in "
      "the old processes."};
  return preview;
}

ChangePreview refused_change() {
  ChangePreview preview;
  preview.plan = written_values();
  preview.plan.written = false;
  preview.refusal =
      "It takes a full stop and start and that was not allowed; --allow stop-start allows it.";
  return preview;
}

ChangePreview unloaded_change() {
  ChangePreview preview = allowed_change();
  preview.unloaded = {
      "/etc/apache2/conf-enabled/limits.conf is newer than the server's last start or reload: "
      "somebody wrote there what the server has never run with, and loading this change loads that "
      "too."};
  return preview;
}

ChangeRecord kept_change() {
  ChangeRecord record = change(one_value(), {{Phase::Planned, ""},
                                             {Phase::BackedUp, kSaved},
                                             {Phase::Written, kWritten},
                                             {Phase::Accepted, kTaken},
                                             {Phase::Loaded, kTold},
                                             {Phase::Verified, kSeen},
                                             {Phase::Kept,
                                              "Keep, after 75 s: no sign of harm was "
                                              "seen."}});
  record.watch = WatchReport{
      .verdict = WatchVerdict::Keep,
      .seconds = 75,
      .settled = true,
      .compared = 11,
      .passed_over = 1,
      .sentence = "Keep, after 75 s: no sign of harm was seen.",
      .evidence = {{"duration", 0.041, 0.04, "seconds", false,
                    "A request, from its first byte to its end, takes 0.98 times as long as before "
                    "at like load, or between 0.91 and 1.05 times (40 ms, before 41 ms)."}}};
  return record;
}

ChangeRecord undone_change() {
  const WatchReport watch = condemned();
  ChangeRecord record = change(
      one_value(), {{Phase::Planned, ""},
                    {Phase::BackedUp, kSaved},
                    {Phase::Written, kWritten},
                    {Phase::Accepted, kTaken},
                    {Phase::Loaded, kTold},
                    {Phase::Verified, kSeen},
                    {Phase::Undoing, watch.sentence.c_str()},
                    {Phase::Restored, "/etc/apache2/mods-available/mpm_event.conf as before."},
                    {Phase::Undone, "MaxRequestWorkers 150 is in force again."}});
  record.watch = watch;
  return record;
}

ChangeRecord abandoned_change() {
  return change(one_value(), {{Phase::Planned, ""},
                              {Phase::Abandoned,
                               "/etc/apache2/mods-available/mpm_event.conf cannot be written: "
                               "the file system is read-only. Mount it writable."}});
}

ChangeRecord stuck_change() {
  return change(
      one_value(),
      {{Phase::Planned, ""},
       {Phase::BackedUp, kSaved},
       {Phase::Written, kWritten},
       {Phase::Undoing, "The server does not take the files: AH00526: Syntax error on line 12."},
       {Phase::Stuck,
        "/etc/apache2/mods-available/mpm_event.conf was changed by somebody else "
        "since; it is left as it is. The file as it was before is "
        "/var/lib/mpm-agent/backups/7/0."}});
}

ChangeRecord watched_change() {
  ChangeRecord record = change(written_values(), {{Phase::Planned, ""},
                                                  {Phase::BackedUp,
                                                   "2 files saved in "
                                                   "/var/lib/mpm-agent/backups/7."},
                                                  {Phase::Written, "2 files written."},
                                                  {Phase::Accepted, kTaken},
                                                  {Phase::Loaded, kTold},
                                                  {Phase::Verified, kSeen}});
  record.watch =
      WatchReport{.verdict = WatchVerdict::Undecided,
                  .seconds = 12,
                  .settled = true,
                  .compared = 2,
                  .passed_over = 0,
                  .sentence =
                      "12 s after the change nothing is decided yet; 2 blocks of seconds could be "
                      "compared.",
                  .evidence = {}};
  return record;
}

ChangeRecord undoing_change() {
  ChangeRecord record = kept_change();
  record.id = 9;
  record.undoes = 7;
  record.because.clear();
  record.watch.reset();
  return record;
}

ChangeList three_changes() {
  ChangeList list;
  list.changes = {
      {.id = 12,
       .at = kNow,
       .pid = 4711,
       .phase = Phase::Verified,
       .what =
           "MPM prefork to event, StartServers 5 to 2, AsyncRequestWorkerFactor to 2, and 3 more",
       .because = "",
       .undoes = 0},
      {.id = 9,
       .at = kNow - std::chrono::hours{9},
       .pid = 4711,
       .phase = Phase::Kept,
       .what = "MaxRequestWorkers 400 to 150",
       .because = "",
       .undoes = 7},
      {.id = 7,
       .at = kNow - std::chrono::hours{30},
       .pid = 1048576,
       .phase = Phase::Abandoned,
       .what = "MaxRequestWorkers 150 to 400",
       .because = "Requests wait: every worker is busy 31 % of the time.",
       .undoes = 0}};
  return list;
}

}  // namespace mpm::test
