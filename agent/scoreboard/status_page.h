// SPDX-License-Identifier: Apache-2.0
//
// mod_status's page for programs, /server-status?auto, made a Scoreboard:
//
//   www.example.org                          2.4.13 and later
//   ServerMPM: event                         2.4.13
//   RestartTime: Monday, 23-Nov-2026 09:35:44 UTC
//   Total Accesses: 17                       only with ExtendedStatus On
//   Total kBytes: 5
//   BusyWorkers: 1
//   IdleWorkers: 49
//   Scoreboard: W_____....
//
// Laws. A field counts because it is there, never because of a version: distributions
// backport fields. Where a field comes twice the first wins: event of 2.4.35 to 2.4.57
// prints BusyWorkers and IdleWorkers again, the second time with Graceful slots counted as
// idle (PR 63300). Averages (ReqPerSec, CPULoad, BytesPerReq) are over the server's life
// and are not read; nor is Total Duration, which prefork and worker count twice
// (http_request.c:403 and :507). Lines of other modules (mod_ssl, mod_proxy) are passed over.
#pragma once

#include <string_view>

#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// One ProcessScore of pid 0 holds every slot the page shows, in its order, with a state and
// nothing else, and event's connection counters summed over the children. mod_status leaves
// out dead slots, so the number of slots is not MaxRequestWorkers (mod_status.c:334-336).
// `bytes` is in steps of 1024. server_limit and thread_limit stay 0.
//
// `date` is the answer's Date header. RestartTime is in the server's time zone, of which the
// page tells the abbreviation only; with Date and the uptime the zone's offset is known to a
// quarter of an hour, which is exact. Without a Date only UTC and GMT are understood, and
// `restarted` stays 0 for other zones. A page older than RestartTime gives Date - Uptime,
// exact to a second.
//
// Malformed: the page is HTML, is empty, is cut off, has no status field, or has a number or
// a letter that cannot be. Each text says what to do.
Result<Scoreboard> parse_status_page(std::string_view page, std::string_view date = {});

}  // namespace mpm
