// SPDX-License-Identifier: Apache-2.0
//
// What /server-status answers, as mod_status of httpd 2.4.71 writes it: as text for programs
// (?auto), field by field in its order, and as a page for people.
//
// Two things differ: CPULoad is left out in the first second, where httpd divides by 0, and the
// PID key (ExtendedStatus Off) has no entries without a letter. Under winnt it is worker's page,
// CPU times included, which httpd does not have on Windows.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/builtin/settings.h"
#include "agent/builtin/shared_scoreboard.h"

namespace mpm::builtin {

struct StatusFacts {
  std::string_view server_name;
  std::string_view server_version;  // "Apache/2.4.71 (mpm-httpd/0.1.0)"
  std::string_view server_built;    // "2026-11-23T00:00:00"
  std::int64_t now_us = 0;
  std::int32_t config_generation = 1;
  std::array<double, 3> load{};      // the host's, over 1, 5 and 15 minutes
  double ticks_per_second = 100;     // of the tms in the scoreboard
  std::string_view local_address{};  // that the client came to; the page for people names it
};

// Words of the query, found anywhere in it as mod_status does: "auto", "notable", "refresh=N".
struct StatusQuery {
  bool as_text = false;
  bool without_table = false;
  int refresh_seconds = 0;  // for the answer's Refresh header; 0: none
};
StatusQuery status_query(std::string_view query);

std::string status_text(const SharedScoreboard& board, const Settings& settings,
                        const StatusFacts& facts);
std::string status_html(const SharedScoreboard& board, const Settings& settings,
                        const StatusFacts& facts, const StatusQuery& query);

}  // namespace mpm::builtin
