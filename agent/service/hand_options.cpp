// SPDX-License-Identifier: Apache-2.0
#include "agent/service/hand_options.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

namespace mpm {
namespace {

constexpr std::string_view kHand = "--hand";

}  // namespace

bool asks_for_the_hand(int argc, const char* const* argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  return std::ranges::any_of(arguments, [](std::string_view word) { return word == kHand; });
}

tl::expected<HandOptions, EarlyExit> parse_hand_command_line(int argc, const char* const* argv) {
  HandOptions options;
  std::int64_t idle = options.idle.count();
  bool hand = false;
  CLI::App app{
      "Makes the changes that the agent of this host proposes, for the members of a group, and "
      "takes back what it made."};
  app.set_version_flag("--version", "mpm-agent " MPM_VERSION);
  app.add_flag(std::string(kHand), hand, "be the hand, and not the agent")->required();
  app.add_option("--socket", options.socket,
                 "Unix socket to listen on, when systemd passes none on")
      ->capture_default_str();
  app.add_option("--group", options.group, "group whose members may ask, besides root")
      ->capture_default_str();
  app.add_option("--state", options.state, "where changes and what they replaced are kept")
      ->capture_default_str();
  app.add_option("--service", options.service, "socket of the agent that proposes")
      ->capture_default_str();
  app.add_option("--service-user", options.service_user,
                 "user whom that agent runs as; none but this one and root is believed")
      ->capture_default_str();
  app.add_option("--idle", idle,
                 "seconds without a question and without a change after which it ends, where "
                 "systemd listens for it; 0: never")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  if (auto early = parse(app, argc, argv)) return tl::unexpected(std::move(*early));
  options.idle = std::chrono::seconds(idle);
  return options;
}

}  // namespace mpm
