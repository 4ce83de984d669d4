// SPDX-License-Identifier: Apache-2.0
//
// All that reading a configuration may ask of a file system. The reader is pure: it is
// handed one of these, over the server's own root (a container's, /proc/PID/root) or a map
// in memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/result.h"

namespace mpm::config {

enum class FileKind : std::uint8_t { Missing, Regular, Directory, Other };

// One entry of a directory. httpd's globs treat a link to a directory in the middle of a
// path differently from a directory, so both are told.
struct Entry {
  std::string name;
  bool is_directory = false;  // of itself, not through a link
  bool is_regular = false;    // likewise; false where it would have to be looked up
};

// Paths are absolute and as the server sees them.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual FileKind kind(const std::string& path) const = 0;  // links followed
  virtual Result<std::string> read(const std::string& path) const = 0;
  virtual Result<std::vector<Entry>> list(const std::string& path) const = 0;  // any order
  // The path without a link in it, of what is there: two names of one file have the same.
  virtual Result<std::string> real_path(const std::string& path) const = 0;
  // Where a link points, as it is written in it. Malformed: it is no link.
  virtual Result<std::string> link_target(const std::string& path) const = 0;
};

}  // namespace mpm::config
