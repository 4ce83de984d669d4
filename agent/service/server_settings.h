// SPDX-License-Identifier: Apache-2.0
//
// The configuration of a running server, read from where that server reads it: through its
// own root (a container's), with its own environment, arguments and built-in modules. The
// answer is kept until the server is reloaded or one of the files changes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/files/host_files.h"
#include "agent/proc/proc_fs.h"
#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"
#include "schema/model/target.h"

namespace mpm {

// Not safe from two threads at once.
class ServerSettings {
 public:
  ServerSettings(Target target, const ProcFs& proc);

  // `board` tells the limits that the running server keeps until it is stopped, and its
  // generation; without one the settings are what a start would make of the files.
  const MpmSettings& read(const std::optional<Scoreboard>& board);
  // What was read last, while the server is as it was loaded then; else it is read. It does not
  // look at the files, of which a site has hundreds.
  const MpmSettings& recall(const std::optional<Scoreboard>& board);

  // What of the configuration is newer than the server's last start or reload: files, and folders
  // of links from which one was taken or to which one was added.
  std::vector<std::string> newer(const std::optional<Scoreboard>& board);

 private:
  struct Load {
    std::int32_t generation = 0;
    std::int32_t server_limit = 0;
    std::int32_t thread_limit = 0;
    bool operator==(const Load&) const = default;
  };
  static Load load_of(const std::optional<Scoreboard>& board);

  MpmSettings read_now(const Load& load, const std::optional<Scoreboard>& board) const;
  std::vector<std::string> newer_than(Instant loaded, const std::vector<std::string>& files) const;
  std::map<std::string, HostFiles::Stamp> stamps(const std::vector<std::string>& files) const;
  // Nothing: its generation has no process yet, so that nobody can tell.
  std::optional<Instant> loaded_at(const std::optional<Scoreboard>& board) const;

  const Target target_;
  const ProcFs proc_;
  const HostFiles files_;  // as the server sees them
  std::optional<MpmSettings> kept_;
  Load kept_for_;
  std::map<std::string, HostFiles::Stamp> kept_stamps_;
};

}  // namespace mpm
