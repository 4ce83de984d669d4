// SPDX-License-Identifier: Apache-2.0
//
// The page of GET /metrics: our own families of every server, and apache_exporter's of the one
// that is meant. The latter have no label for a server, so where several run here they are given
// only when one is named, /metrics?target=:8080. Pure.
#pragma once

#include <string>

#include "agent/service/snapshot.h"
#include "schema/model/result.h"
#include "schema/model/units.h"

namespace mpm {

// Older looks than this say nothing about the server: something holds the watch up.
inline constexpr std::chrono::seconds kLookTooOld{15};

// `target` is a pid, ":8080", the URL of a status page, or empty. NotFound: no such server is
// watched. A server without a look yet counts as down.
Result<std::string> metrics_page(const Snapshots& servers, const std::string& target, Instant now);

}  // namespace mpm
