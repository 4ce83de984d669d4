// SPDX-License-Identifier: Apache-2.0
#include "agent/service/server_settings.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/config/settings.h"
#include "agent/config/site.h"
#include "agent/service/site_source.h"

namespace mpm {
namespace {

// File times and start times come from two clocks, and a start takes a moment.
constexpr std::chrono::seconds kSlack{1};

}  // namespace

ServerSettings::ServerSettings(Target target, const ProcFs& proc)
    : target_(std::move(target)), proc_(proc), files_(root_of(proc, target_)) {}

const MpmSettings& ServerSettings::read(const std::optional<Scoreboard>& board) {
  Load load;
  if (board) load = {board->generation, board->server_limit, board->thread_limit};
  if (kept_ && load == kept_for_ && stamps(kept_->files) == kept_stamps_) return *kept_;
  kept_ = read_now(load, board);
  kept_for_ = load;
  kept_stamps_ = stamps(kept_->files);
  return *kept_;
}

MpmSettings ServerSettings::read_now(const Load& load,
                                     const std::optional<Scoreboard>& board) const {
  MpmSettings settings;
  settings.mpm = target_.mpm;
  if (target_.pid == 0) {
    settings.remarks.push_back(
        {"", "Only the status page of this server is known; its configuration is not."});
  } else if (target_.config_file.empty()) {
    settings.remarks.push_back(
        {"",
         "The place of the configuration is unknown, because the server's binary cannot be "
         "read: run the agent as root."});
  } else {
    const config::Site site = config::read_site(site_options(target_, proc_), files_);
    settings = config::read_settings(site, target_.mpm, {load.server_limit, load.thread_limit});
  }
  settings.pid = target_.pid;
  settings.config_file = target_.config_file;
  const Instant loaded = loaded_at(board) + kSlack;
  for (const auto& [file, stamp] : stamps(settings.files))
    settings.changed_since_load =
        settings.changed_since_load ||
        std::chrono::nanoseconds(stamp.changed_ns) > loaded.time_since_epoch();
  return settings;
}

std::map<std::string, HostFiles::Stamp> ServerSettings::stamps(
    const std::vector<std::string>& files) const {
  std::map<std::string, HostFiles::Stamp> found;
  for (const std::string& file : files)
    if (const auto stamp = files_.stamp(file)) found.emplace(file, *stamp);
  return found;
}

// A graceful restart leaves no time of its own: the first child of the present generation was
// started right after it.
Instant ServerSettings::loaded_at(const std::optional<Scoreboard>& board) const {
  Instant loaded = target_.started;
  if (!board) return loaded;
  loaded = std::max(loaded, board->restarted);
  std::optional<Instant> first;
  for (const ProcessScore& process : board->processes) {
    if (process.generation != board->generation || process.pid <= 0) continue;
    const auto started = proc_.started(process.pid);
    if (started && (!first || *started < *first)) first = *started;
  }
  return first ? std::max(loaded, *first) : loaded;
}

}  // namespace mpm
