// SPDX-License-Identifier: Apache-2.0
//
// What a server has written into its error log since a moment before it was told something: the
// end of the log is marked, and later everything behind the mark is read, also when the log was
// rotated in between. A log that goes to a program, to syslog or to a terminal cannot be read, and
// that is said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/apache/messages.h"
#include "agent/base/fd.h"
#include "schema/model/result.h"

namespace mpm {

// The file that an ErrorLog names, absolute as the server sees it; `value` as it is written,
// without quotes, and empty for httpd's default. Malformed: it names no file.
Result<std::string> error_log_file(const std::string& value, const std::string& server_root);

// Where a log ended. Move-only: it holds the file open, so that what is written to it after a
// rotation is not lost.
struct LogMark {
  std::string root;  // of the server's files, "/proc/4711/root"; empty for this host's own
  std::string path;  // below it
  UniqueFd file;     // none while there is no such file
  std::int64_t offset = 0;
};

// Links are followed inside of `root`. NotFound is no error: the log may be made later. Denied.
// Malformed: it is there, and is no file (/dev/stderr of a container).
Result<LogMark> mark_log(const std::string& path, const std::string& root = {});

struct LogSince {
  std::vector<ServerMessage> messages;
  bool rotated = false;
  bool cut = false;  // the first `bound` bytes are told, and there were more
};

// Everything behind the mark, which stays where it is.
Result<LogSince> read_log_since(const LogMark& mark, std::size_t bound = std::size_t{1} << 20);

}  // namespace mpm
