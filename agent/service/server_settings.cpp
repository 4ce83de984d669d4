// SPDX-License-Identifier: Apache-2.0
#include "agent/service/server_settings.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
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
    : target_(std::move(target)),
      proc_(proc),
      files_(root_of(proc, target_), reader_of(proc, target_)) {}

ServerSettings::Load ServerSettings::load_of(const std::optional<Scoreboard>& board) {
  if (!board) return {};
  return {board->generation, board->server_limit, board->thread_limit};
}

const MpmSettings& ServerSettings::recall(const std::optional<Scoreboard>& board) {
  return kept_ && load_of(board) == kept_for_ ? *kept_ : read(board);
}

const MpmSettings& ServerSettings::read(const std::optional<Scoreboard>& board) {
  const Load load = load_of(board);
  if (kept_ && load == kept_for_ && stamps(kept_->files) == kept_stamps_) return *kept_;
  kept_ = read_now(load, board);
  // What was read while a generation had no process is read again.
  kept_for_ = loaded_at(board) ? load : Load{-1, 0, 0};
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
  if (const auto loaded = loaded_at(board))
    settings.changed_since_load = !newer_than(*loaded, settings.files).empty();
  return settings;
}

std::vector<std::string> ServerSettings::newer(const std::optional<Scoreboard>& board) {
  const auto loaded = loaded_at(board);
  return loaded ? newer_than(*loaded, read(board).files) : std::vector<std::string>();
}

std::vector<std::string> ServerSettings::newer_than(Instant loaded,
                                                    const std::vector<std::string>& files) const {
  const auto is_newer = [&](const std::string& path) {
    const auto stamp = files_.stamp(path);
    return stamp &&
           std::chrono::nanoseconds(stamp->changed_ns) > (loaded + kSlack).time_since_epoch();
  };
  std::vector<std::string> found;
  std::set<std::string> folders;
  for (const std::string& file : files) {
    if (is_newer(file)) found.push_back(file);
    // Of other folders it says nothing: editors write beside what they edit.
    if (files_.link_target(file)) folders.insert(file.substr(0, file.rfind('/')));
  }
  if (found.empty()) std::ranges::copy_if(folders, std::back_inserter(found), is_newer);
  return found;
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
std::optional<Instant> ServerSettings::loaded_at(const std::optional<Scoreboard>& board) const {
  Instant loaded = target_.started;
  if (!board) return loaded;
  loaded = std::max(loaded, board->restarted);
  std::optional<Instant> first;
  bool has_begun = false;
  for (const ProcessScore& process : board->processes) {
    if (process.generation != board->generation || process.pid <= 0) continue;
    has_begun = true;
    const auto started = proc_.started(process.pid);
    if (started && (!first || *started < *first)) first = *started;
  }
  if (!has_begun && board->generation > 0) return std::nullopt;
  return first ? std::max(loaded, *first) : loaded;
}

}  // namespace mpm
