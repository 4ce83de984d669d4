// SPDX-License-Identifier: Apache-2.0
//
// A bucket: listeners, and the children that accept from them. There is one, unless
// ListenCoresBucketsRatio asks for more: then each has sockets of its own on the same addresses,
// and the kernel spreads the connections over them, so that fewer children contend for one queue.
// A slot of the scoreboard belongs to the bucket of its number modulo their count.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/builtin/listener.h"
#include "agent/builtin/settings.h"
#include "schema/model/result.h"

namespace mpm::builtin {

struct ListenBucket {
  std::vector<Listener> listeners;
  Pipe pipe;
  Baton baton;            // the same for all generations
  std::int32_t rate = 1;  // of starting children, from one second to the next
};

// How many ListenCoresBucketsRatio makes of so many online processors.
std::int32_t bucket_count(const Settings& settings, std::int32_t processors);

Result<std::vector<ListenBucket>> open_buckets(const Settings& settings, std::int32_t count);

// Opens what `settings` listens on in addition, and closes what it does not any more. On failure
// nothing is changed. A backlog is set when a socket is opened and never again, as httpd has it.
Result<void> follow_listen(std::vector<ListenBucket>& buckets, const Settings& settings);

}  // namespace mpm::builtin
