// SPDX-License-Identifier: Apache-2.0
//
// The metrics of apache_exporter with its names, types, help and labels, so that its dashboards
// and rules go on when its port is taken over. Only the faults are left behind:
//
//   * apache_up is 1 when the server was read, never for an answer 404 or a page that is none.
//   * Nothing is kept of a server that cannot be read, of its former MPM or version.
//   * idle leaves out threads of processes that accept no connection: they serve nobody (event).
//   * busy counts those of old generations: they hold memory and clients as others do.
//
// What the scoreboard in memory does not have is absent: balancers of mod_proxy are known where a
// status page is read, and the version is "Apache/2.4.71" without the words that ServerTokens
// adds. Pure.
#pragma once

#include "agent/service/families.h"
#include "agent/service/snapshot.h"

namespace mpm {

// Of the one server, or of none: then it is down. `readable` is whether the last look at it
// worked and is recent.
void add_apache_families(const Snapshot* server, bool readable, MetricFamilies& families);

}  // namespace mpm
