// SPDX-License-Identifier: Apache-2.0
//
// Which files an Include or IncludeOptional reads, in httpd's order (server/config.c
// ap_process_fnmatch_configs, server/util.c ap_dir_fnmatch): a name without a wildcard is a file
// or a directory with all that is in it, at any depth, hidden files too; a wildcard in the
// middle of a path takes real directories only and none through a link.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/config/files.h"

namespace mpm::config {

struct IncludeRequest {
  std::string pattern;  // absolute, "." and ".." resolved
  bool optional = false;
  bool directory = false;  // a slash at its end: nothing else is taken
};

// httpd reads the files in order and fails when it comes to what is wrong, so both are told.
struct IncludedFiles {
  std::vector<std::string> files;
  std::string refusal;  // empty, or the sentence why httpd stops behind the last of the files
};

// More directories inside each other than this are refused (AP_MAX_INCLUDE_DIR_DEPTH).
inline constexpr std::size_t kMaxDirectoryDepth = 20;

IncludedFiles find_included(const IncludeRequest& request, const FileSystem& files);

}  // namespace mpm::config
