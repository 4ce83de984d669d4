// SPDX-License-Identifier: Apache-2.0
//
// A simulated server (tests/support/stream.h) that is changed with a reload, and watched by the
// judge until it has decided.
#pragma once

#include <functional>
#include <string>

#include "agent/apply/judge.h"
#include "tests/support/stream.h"

namespace mpm::apply {

using test::Stream;
using test::StreamSettings;

inline constexpr int kBefore = 300;

using Edit = std::function<void(StreamSettings&)>;

// Watches until the judge has decided; `change` is made to the server with the reload.
inline WatchReport watched(const StreamSettings& server, const Edit& change, std::uint32_t seed,
                           int before = kBefore) {
  Stream stream(server, seed);
  const auto samples = stream.next(before);
  stream.reload();
  change(stream.settings);
  Judge judge(samples, samples.back().at);
  for (int second = 0; second < 400; ++second)
    if (const auto& report = judge.see(stream.next()); report.verdict != WatchVerdict::Undecided)
      return report;
  return judge.report();
}

inline void nothing(StreamSettings&) {}
inline void twice_as_slow(StreamSettings& server) {
  server.service_seconds *= 2;
}

inline StreamSettings with(const Edit& edit) {
  StreamSettings server;
  edit(server);
  return server;
}

inline const VerdictEvidence* measure(const WatchReport& report, const std::string& name) {
  for (const VerdictEvidence& evidence : report.evidence)
    if (evidence.measure == name) return &evidence;
  return nullptr;
}

}  // namespace mpm::apply
