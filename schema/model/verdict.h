// SPDX-License-Identifier: Apache-2.0
//
// What watching a server after a change came to: keep the change or undo it, and the numbers of
// before and after that say so. Plain values; no behaviour.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/fields.h"

namespace mpm {

enum class WatchVerdict : std::uint8_t { Undecided, Keep, Undo };

// One measure, before the change and after it.
struct VerdictEvidence {
  std::string measure;  // "response", "duration", "saturation", "silence", "overflows", ...
  double before = 0;
  double after = 0;
  std::string unit;
  bool condemns = false;  // it is why the change is undone
  std::string sentence;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"measure", &VerdictEvidence::measure},
               Field{"before", &VerdictEvidence::before}, Field{"after", &VerdictEvidence::after},
               Field{"unit", &VerdictEvidence::unit}, Field{"condemns", &VerdictEvidence::condemns},
               Field{"sentence", &VerdictEvidence::sentence});
  }
};

struct WatchReport {
  WatchVerdict verdict = WatchVerdict::Undecided;
  double seconds = 0;    // since the change was in force
  bool settled = false;  // old processes gone and the pool grown again, or long enough waited for
  std::int64_t compared = 0;     // blocks of seconds whose load could be compared with before's
  std::int64_t passed_over = 0;  // blocks with more load than before ever had, or with none
  std::string sentence;          // the verdict, and what it rests on
  std::vector<VerdictEvidence> evidence;  // what condemns first

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"verdict", &WatchReport::verdict}, Field{"seconds", &WatchReport::seconds},
               Field{"settled", &WatchReport::settled}, Field{"compared", &WatchReport::compared},
               Field{"passed_over", &WatchReport::passed_over},
               Field{"sentence", &WatchReport::sentence},
               Field{"evidence", &WatchReport::evidence});
  }
};

}  // namespace mpm
