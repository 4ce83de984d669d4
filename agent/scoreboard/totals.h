// SPDX-License-Identifier: Apache-2.0
//
// What a server has summed up besides its scoreboard: processor time, the length of its requests,
// and on a status page what the page alone says. Only the metrics need it, so it travels beside
// the Scoreboard and not in it. What a source does not tell is absent, never 0.
//
// From the memory it is summed as mod_status does (mod_status.c, status_handler): times() is of a
// whole process, and each thread notes it when its request ends, so that of the slots of a child
// the latest counts; what children that have ended took stands in global_score.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/scoreboard/shm_layout.h"

namespace mpm {

// One worker of a mod_proxy balancer; the page alone knows of them.
struct BalancerWorker {
  std::string balancer;  // "balancer://app"
  std::string worker;    // "http://10.0.0.1:8080"
  std::string status;    // "Ok", "Init Err"
  double elected = 0;
  double busy = 0;
  double sent_kilobytes = 0;
  double received_kilobytes = 0;
};

struct ServerTotals {
  // User and system time of the children and of their own children.
  std::optional<double> cpu_user_seconds;
  std::optional<double> cpu_system_seconds;
  // httpd's Total Duration. prefork and worker count each request twice (http_request.c:403 and
  // :507), so it is right under event only.
  std::optional<double> duration_seconds;
  // Of the page alone:
  std::string server_version;             // "Apache/2.4.71 (Debian)", as ServerTokens has it
  std::optional<std::int64_t> processes;  // event, since 2.4.35
  std::optional<std::int64_t> stopping;   // of them
  std::optional<std::int64_t> config_generation;
  std::optional<std::array<double, 3>> load;  // over 1, 5 and 15 minutes, of the server's host
  std::vector<BalancerWorker> balancers;
};

// Nothing is told by a segment that is shorter than the layout.
ServerTotals totals_of_segment(std::span<const std::byte> segment, const ShmLayout& layout);

// Of a page that parse_status_page takes.
ServerTotals totals_of_page(std::string_view page);

}  // namespace mpm
