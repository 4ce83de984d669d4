// SPDX-License-Identifier: Apache-2.0
//
// Files read whole, directories listed, errno in words. Files of /proc lie about their size
// and may end while they are read, so nothing here asks for a size first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/result.h"

namespace mpm {

// The Error that `errno_value` means for `what` ("/proc/4711/smaps_rollup"): NotFound for
// ENOENT, ESRCH and ENOTDIR, Denied for EACCES and EPERM, Internal for the rest. The text is
// "<what>: <strerror>".
Error system_error(int errno_value, std::string what);

struct ReadLimits {
  std::size_t bytes = std::size_t{64} << 20;  // more than this is Malformed
};

Result<std::string> read_file(const std::string& path, ReadLimits limits = {});
// Likewise, where somebody else said which: Malformed when it is no regular file. A pipe would be
// waited for without end, and to open a device may do something.
Result<std::string> read_regular_file(const std::string& path, ReadLimits limits = {});

// Names in a directory, without . and .., sorted by byte value.
Result<std::vector<std::string>> list_directory(const std::string& path);

// Where a symbolic link points, as it is written in the link.
Result<std::string> read_link(const std::string& path);

// The directory and those above it, as far as they are missing, for their owner alone. One that is
// there stays as it is.
Result<void> make_private_directory(const std::string& path);

}  // namespace mpm
