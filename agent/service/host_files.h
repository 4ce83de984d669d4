// SPDX-License-Identifier: Apache-2.0
//
// The file system as a server sees it: the host's own, or, below a prefix such as
// /proc/4711/root, a container's. Links are resolved inside that root and cannot lead out of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/fd.h"
#include "agent/config/files.h"

namespace mpm {

// Safe from any thread.
class HostFiles final : public config::FileSystem {
 public:
  // `root` is a directory; "" or "/" is the host's own. When it cannot be opened every file is
  // missing.
  explicit HostFiles(const std::string& root = "");

  config::FileKind kind(const std::string& path) const override;
  Result<std::string> read(const std::string& path) const override;
  Result<std::vector<config::Entry>> list(const std::string& path) const override;

  // Change time in nanoseconds since 1970, and size; nullopt when it is not there.
  struct Stamp {
    std::int64_t changed_ns = 0;
    std::int64_t bytes = 0;
    bool operator==(const Stamp&) const = default;
  };
  std::optional<Stamp> stamp(const std::string& path) const;

 private:
  UniqueFd open(const std::string& path, int flags) const;

  UniqueFd root_;
};

}  // namespace mpm
