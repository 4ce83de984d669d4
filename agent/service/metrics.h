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

// `target` is a pid, ":8080", the URL of a status page, or empty. A look from before `oldest` says
// nothing about the server any more: something holds its watch up, and it counts as down, as one
// without a look does. NotFound: no such server is watched.
Result<std::string> metrics_page(const Snapshots& servers, const std::string& target,
                                 Instant oldest);

}  // namespace mpm
