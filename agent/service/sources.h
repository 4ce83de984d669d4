// SPDX-License-Identifier: Apache-2.0
//
// Which sources a server's scoreboard can have, the best first.
#pragma once

#include <string>

#include "agent/proc/proc_fs.h"
#include "agent/scoreboard/fallback.h"
#include "schema/model/target.h"

namespace mpm {

// The URL of the status page that a listener most likely has.
std::string status_page_of(const ListenAddress& listener);

// A server known by its pid: its memory, its ScoreBoardFile, and its status page on the first
// of its listeners. A server known by a URL: that page alone.
FallbackSource sources_of(const Target& target, const ProcFs& proc);

}  // namespace mpm
