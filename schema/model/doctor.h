// SPDX-License-Identifier: Apache-2.0
//
// The answer to "is all there that this tool needs?": what is missing of each server and of the
// agent itself, and the line that mends it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/proposal.h"
#include "schema/model/units.h"

namespace mpm {

struct DoctorFinding {
  std::string check;  // "extended-status"
  Severity severity = Severity::Note;
  std::int32_t pid = 0;  // of the server's parent; 0: of the agent
  std::string server;    // as it is named on a command line: ":8080"; empty: of the agent
  std::string claim;     // what is missing, and what for
  std::string mend;      // the line to run or to write; may be empty

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"check", &DoctorFinding::check}, Field{"severity", &DoctorFinding::severity},
               Field{"pid", &DoctorFinding::pid}, Field{"server", &DoctorFinding::server},
               Field{"claim", &DoctorFinding::claim}, Field{"mend", &DoctorFinding::mend});
  }
};

struct DoctorReport {
  Instant at{};
  bool ephemeral = false;               // the agent that looked serves one command
  std::int64_t servers = 0;             // that were found
  std::vector<DoctorFinding> findings;  // of the agent first, then by server

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &DoctorReport::at}, Field{"ephemeral", &DoctorReport::ephemeral},
               Field{"servers", &DoctorReport::servers},
               Field{"findings", &DoctorReport::findings});
  }
};

}  // namespace mpm
