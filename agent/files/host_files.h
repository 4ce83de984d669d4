// SPDX-License-Identifier: Apache-2.0
//
// The file system as a server sees it: below a root such as /proc/4711/root for a server in a
// container, or this host's own. Links are followed inside that root (openat2 with
// RESOLVE_IN_ROOT), so a link to /etc/passwd inside a container leads to the container's file
// and never out of it. Where the kernel has no openat2, a root other than the host's own cannot
// be read safely and is refused.
//
// What a server calls its configuration is read as that server may read it (reader_rights.h). Where
// the agent can be nobody else, it opens a file with its own rights and reads what the server's
// user might read too: else the server could name the agent's own files, its history and tokens.
//
// It only reads. One object may be used from several threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/fd.h"
#include "agent/config/files.h"
#include "agent/files/reader_rights.h"

namespace mpm {

class HostFiles : public config::FileSystem {
 public:
  // "" is the host's own root. A root that cannot be opened makes every look fail with the
  // reason. The root is held open, so a process that ends meanwhile is not mixed up with
  // another of its number. `reader`: with whose rights; nullopt: with those of this process.
  explicit HostFiles(std::string root_prefix, std::optional<FileReader> reader = std::nullopt);

  config::FileKind kind(const std::string& path) const override;
  // Regular files up to 64 MiB, and /dev/null, which is empty.
  Result<std::string> read(const std::string& path) const override;
  Result<std::vector<config::Entry>> list(const std::string& path) const override;
  Result<std::string> real_path(const std::string& path) const override;
  Result<std::string> link_target(const std::string& path) const override;

  // What changes with a file: its change time in nanoseconds since 1970, or that of the link by
  // which it is found where that is newer, and its size.
  struct Stamp {
    std::int64_t changed_ns = 0;
    std::int64_t bytes = 0;
    bool operator==(const Stamp&) const = default;
  };
  std::optional<Stamp> stamp(const std::string& path) const;  // nullopt: it is not there

  // What tells a file from every other one of this machine, by whatever name it is found.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    bool operator==(const Identity&) const = default;
  };
  std::optional<Identity> identity(const std::string& path) const;  // nullopt: it is not there

 private:
  Result<UniqueFd> open(const std::string& path, int flags) const;
  Result<UniqueFd> open_as_agent(const std::string& path, int flags) const;
  Result<std::string> name_of(const UniqueFd& file) const;
  bool is_readers(const UniqueFd& file, int flags) const;
  // Whether the kernel's word on a name of this host is all that there is to ask.
  bool kernel_knows_names() const { return prefix_.empty() && !ReaderRights::are_wider(reader_); }
  Error refused_to_the_reader(const std::string& path) const;

  std::string prefix_;
  std::optional<FileReader> reader_;
  UniqueFd root_;
  int root_errno_ = 0;
};

}  // namespace mpm
