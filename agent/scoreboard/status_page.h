// SPDX-License-Identifier: Apache-2.0
//
// mod_status's machine-readable page (?auto), of httpd 2.2 to 2.4: "Key: value" lines, of which
// each is read when it is there, whatever the version says. Pure.
//
// `Total Duration` is never read: prefork and worker add each request to it twice. Neither are
// the averages (ReqPerSec ...), which are over the server's whole life.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

struct StatusPage {
  Scoreboard board;
  std::optional<std::int64_t> uptime_seconds;
};

// Malformed: it is a page for people, empty, cut short, or something else; the text says which
// and what to do. Of a key that comes twice, as event's BusyWorkers in 2.4.35 to 2.4.57, the
// first counts: the second takes workers that finish for idle ones.
Result<StatusPage> parse_status_page(std::string_view text);

}  // namespace mpm
