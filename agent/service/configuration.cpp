// SPDX-License-Identifier: Apache-2.0
//
// The use cases that have to do with a configuration: to read one that nobody runs, to say what is
// wrong with one, to plan a change of it, and to write that.
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/apache/explain.h"
#include "agent/apply/file_swap.h"
#include "agent/base/file.h"
#include "agent/config/lint.h"
#include "agent/config/settings.h"
#include "agent/history/journal.h"
#include "agent/proc/proc_parse.h"
#include "agent/service/agent.h"
#include "agent/service/planning.h"

namespace mpm {
namespace {

// What the backups of files that were written without being loaded are called, before their time,
// and how many are kept.
constexpr std::string_view kWrittenBefore = "set-";
constexpr std::size_t kKept = 64;
constexpr std::chrono::milliseconds kOverSoon{2000};

// A change that is under way could not be taken back over what is written meanwhile. Another write
// is over soon.
Result<ChangeLock> lock_for_writing(const std::string& state, Clock& clock) {
  const auto end = clock.mono() + kOverSoon;
  for (;;) {
    auto lock = ChangeLock::take(state);
    if (lock || lock.error().kind != Error::Kind::Conflict || clock.mono() >= end) return lock;
    clock.sleep_until(clock.mono() + kOverSoon / 20, {});
  }
}

}  // namespace

Result<SiteSource> Agent::site_of(const ConfigQuestion& question) {
  if (question.offline) {
    if (!options_.ephemeral)
      return fail(Error::Kind::Denied,
                  "A daemon reads no trees for others; use mpmctl --no-daemon, which reads them "
                  "with your own rights.");
    return offline_source(*question.offline);
  }
  const auto target = resolve(question.target);
  if (!target) return fail(target.error());
  if (target->pid == 0 || target->config_file.empty())
    return fail(Error::Kind::Denied,
                fmt::format("The place of the configuration of {} is unknown; ask on its own host, "
                            "as root.",
                            question.target));
  SiteSource source;
  source.options = site_options(*target, proc_);
  source.root = root_of(proc_, *target);
  source.files = std::make_shared<const HostFiles>(source.root, reader_of(proc_, *target));
  source.pid = target->pid;
  source.mpm = target->mpm;
  source.running = watch(*target)->running();
  return source;
}

Result<MpmSettings> Agent::config_settings(const ConfigQuestion& question) {
  const auto source = site_of(question);
  if (!source) return fail(source.error());
  const config::Site site = config::read_site(source->options, *source->files);
  MpmSettings settings = config::read_settings(site, source->mpm, source->running);
  settings.pid = source->pid;
  settings.config_file = source->options.config_file;
  return settings;
}

Result<LintReport> Agent::config_check(const ConfigQuestion& question) {
  const auto source = site_of(question);
  if (!source) return fail(source.error());
  const config::Site site = config::read_site(source->options, *source->files);
  LintReport report;
  report.pid = source->pid;
  report.mpm = source->mpm ? source->mpm : config::read_settings(site, source->mpm).mpm;
  report.config_file = source->options.config_file;
  report.files = static_cast<std::int64_t>(site.files.size());
  config::Surroundings surroundings{source->options.version, 0};
  if (source->pid != 0)
    if (const auto bound = proc_.text("sys/net/core/somaxconn"))
      surroundings.somaxconn = parse_number(*bound).value_or(0);
  report.findings = config::lint(site, *source->files, report.mpm, source->running, surroundings);
  return report;
}

Result<EditPlan> Agent::config_plan(const ConfigQuestion& question) {
  const auto source = site_of(question);
  if (!source) return fail(source.error());
  auto edit = planned(*source, question);
  if (!edit) return fail(std::move(edit.error()));
  return std::move(edit->plan);
}

Result<EditPlan> Agent::config_write(const ConfigQuestion& question) {
  if (!options_.ephemeral)
    return fail(Error::Kind::Denied,
                "A daemon writes no configuration; use mpmctl --no-daemon, which does it with your "
                "own rights.");
  const auto lock = lock_for_writing(options_.state, clock_);
  if (!lock) return fail(lock.error());
  const auto source = site_of(question);
  if (!source) return fail(source.error());
  auto edit = planned(*source, question);
  if (!edit) return fail(std::move(edit.error()));
  if (auto same = made_from(question, edit->plan); !same) return fail(std::move(same.error()));
  if (edit->files.empty()) return std::move(edit->plan);
  const std::string backup = fmt::format("{}/backups", options_.state);
  // A backup holds what a configuration holds.
  if (auto made = make_private_directory(backup); !made) return fail(std::move(made.error()));
  if (auto forgotten = apply::FileSwap(files_).forget(backup, kWrittenBefore, kKept - 1, {});
      !forgotten)
    return fail(std::move(forgotten.error()));
  const auto now = clock_.now().time_since_epoch().count();
  const apply::BackupOptions saved{fmt::format("{}/{}{}", backup, kWrittenBefore, now),
                                   source->root};
  if (auto written = apply::swap_files(files_, edit->files, saved); !written)
    return fail(std::move(written.error()));
  edit->plan.written = true;
  edit->plan.remarks.push_back(
      {"", fmt::format("The files as they were are kept in {}.", saved.path)});
  return std::move(edit->plan);
}

Result<DirectiveExplanation> Agent::config_directive(const std::string& name) {
  if (auto explanation = explain(name)) return std::move(*explanation);
  return fail(
      Error::Kind::NotFound,
      fmt::format("'{}' is no directive of the MPMs; mpmctl config show lists them.", name));
}

}  // namespace mpm
