// SPDX-License-Identifier: Apache-2.0
//
// Our own metrics of every server that is watched, and of the agent. Base units, no averages and
// no rates, no pid and no other label without bound. A server is named by its first listening
// address, because that stays when it is restarted and its pid does not: its series go on. States
// of one family do not overlap, so that a sum over them is a number of something.
//
// What is not known has no point: a limit that could not be read is never 0. Pure.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "agent/service/families.h"
#include "agent/service/snapshot.h"
#include "schema/model/units.h"

namespace mpm {

// Every family there is, in the order of the page; dashboards and rules are held against it.
std::vector<MetricName> server_family_names();

// One label for each server, and no two the same: where two share an address, as in containers,
// the unit, the cgroup or the pid is added. For a server that is known by its page, the URL
// without its query.
std::vector<std::string> server_labels(const Snapshots& servers);

void add_agent_families(const Snapshots& servers, MetricFamilies& families);
// Adds the families of one server, called `label`. `readable` as in apache_metrics.h.
void add_server_families(const Snapshot& server, const std::string& label, bool readable,
                         MetricFamilies& families);

}  // namespace mpm
