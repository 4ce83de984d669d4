// SPDX-License-Identifier: Apache-2.0
//
// What a file is, so that it can be that again: its bytes, mode, owner, times and extended
// attributes. An ACL is the attribute system.posix_acl_access, a label of SELinux the attribute
// security.selinux, so neither needs a library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/apply/file_world.h"
#include "agent/apply/place.h"
#include "schema/model/result.h"

namespace mpm::apply {

using Attributes = std::vector<std::pair<std::string, std::string>>;  // by name

// What goes with the bytes wherever they go.
struct FileNature {
  mode_t mode = 0;  // permissions alone
  Owner owner;
  Times times;
  Attributes attributes;
};

struct FileState {
  bool is_link = false;
  std::string bytes;  // of a link: where it leads
  FileNature nature;
  dev_t device = 0;
  ino_t number = 0;
  nlink_t names = 1;     // hard links
  bool mounted = false;  // something is mounted on it, also in another mount namespace
};

// nullopt: nothing of that name is there. Malformed: neither a file nor a link, or more than 64
// MiB.
Result<std::optional<FileState>> look(const Place& place);

// Of an open file, by name.
Result<std::vector<std::string>> attribute_names(int file, const std::string& path);

// The same file with the same bytes, whatever its times.
bool same_file(const FileState& a, const FileState& b);

// Attributes that httpd's bytes do not own: signatures over them, which new bytes would break.
bool signs_bytes(const std::string& attribute);

}  // namespace mpm::apply
