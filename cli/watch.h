// SPDX-License-Identifier: Apache-2.0
//
// `recommend` waits until the agent has seen enough: it asks for the observation four times a
// second and shows how far it is on stderr.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/client.h"
#include "cli/options.h"
#include "cli/style.h"
#include "schema/model/result.h"

namespace mpm {

// What is waited for when --for does not say it: the shortest time that shows a server's
// usual ups and downs.
inline constexpr double kUsualWatch = 30;

// Whether a window of `wanted` seconds is full. Samples stand inside the window, so their
// span stays short of it by up to one interval on either side.
bool watched_enough(const Observation& observation, double wanted_seconds);

// "watching  ████░░░░  12 s of 30 s, 24 samples", for a terminal.
std::string progress_line(const Observation& observation, double wanted_seconds,
                          const Style& style);

// Waits; the pid of the server that is watched. Ends also when the time has passed twice and
// the window is still not full: the proposal then says itself on how little it rests.
Result<std::int32_t> watch(Client& client, const Options& options);

}  // namespace mpm
