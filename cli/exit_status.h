// SPDX-License-Identifier: Apache-2.0
//
// What mpmctl's exit status says, so that a script need not read the text:
//
//   0    fine
//   1    recommend or doctor has a finding that is advice or worse; a change was taken back or
//        given up
//   2    the command line makes no sense
//   3    nobody could be asked, or nothing could be read; a change could not be taken back
//   4    somebody refused
//   130  interrupted (128 and the signal's number, as a shell has it)
#pragma once

#include "schema/model/result.h"

namespace mpm {

enum class ExitStatus : int { Fine = 0, Findings = 1, Usage = 2, Unreachable = 3, Refused = 4 };

constexpr ExitStatus exit_status(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::Usage:
      return ExitStatus::Usage;
    case Error::Kind::Denied:
    case Error::Kind::Conflict:
      return ExitStatus::Refused;
    case Error::Kind::NotFound:
    case Error::Kind::Malformed:
    case Error::Kind::Unreachable:
    case Error::Kind::TimedOut:
    case Error::Kind::Internal:
      break;
  }
  return ExitStatus::Unreachable;
}

}  // namespace mpm
