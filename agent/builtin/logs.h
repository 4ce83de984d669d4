// SPDX-License-Identifier: Apache-2.0
//
// The two kinds of files that a server writes: its error log, a line an event with httpd's AH code
// where httpd has one, and its access logs, a line a request. Every line is one write() to a file
// opened with O_APPEND, so lines of many processes do not mix and none waits in a buffer that a
// killed process would lose.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/fd.h"
#include "agent/builtin/settings.h"
#include "schema/model/result.h"

namespace mpm::builtin {

class Logs {
 public:
  // Opens what `settings` names; relative names start at its ServerRoot. Denied, NotFound: the
  // first that cannot be opened.
  static Result<Logs> open(const Settings& settings);

  // "[Mon Nov 23 12:00:00.123456 2026] [mpm_event:notice] [pid 4711] AH00489: ..."
  // `code` may be empty. Passed over when `level` is below LogLevel. Safe from any thread.
  void error(LogLevel level, std::string_view code, std::string_view text) const;
  void access(const LogEntry& entry) const;
  bool has_access() const { return !access_.empty(); }
  // Standard error goes to the error log from now on, so that what a crash says is there.
  void take_stderr() const;

 private:
  struct Access {
    UniqueFd file;
    LogFormat format;
  };

  LogLevel level_ = LogLevel::Warn;
  std::string_view module_;
  UniqueFd error_;  // none: standard error
  std::vector<Access> access_;
};

}  // namespace mpm::builtin
