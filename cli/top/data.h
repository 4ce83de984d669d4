// SPDX-License-Identifier: Apache-2.0
//
// What `mpmctl top` shows: one round of the agent's answers, and which of them a page needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/client.h"
#include "schema/model/messages.h"
#include "schema/model/result.h"
#include "schema/model/scoreboard.h"
#include "schema/model/workers.h"

namespace mpm::top {

enum class Page : std::uint8_t { Servers, Workers, Requests, Processes, Vhosts, Clients, Sockets };
// Those of one server have the digits 1 to 6 as their keys; the first is for choosing one.
inline constexpr std::array<std::string_view, 7> kPages{
    "Servers", "Workers", "Requests", "Processes", "Vhosts", "Clients", "Sockets"};

// What is asked for in a round.
struct Asked {
  Page page = Page::Workers;
  std::string target;
  bool idle_too = false;  // on the page of requests, idle workers as well

  bool operator==(const Asked& other) const = default;
};

// What was answered. A page has what it needs, when it was the page that was asked for.
struct Answers {
  std::optional<TargetList> servers;
  std::optional<TopReport> report;
  std::optional<ScoreboardView> board;
  std::optional<WorkerList> workers;
};

Result<Answers> ask(Client& client, const Asked& asked);

}  // namespace mpm::top
