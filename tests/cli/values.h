// SPDX-License-Identifier: Apache-2.0
//
// Messages as an agent sends them, rich enough that every line of a report has a reason to
// appear. The amounts of each memory sum add up to the byte.
#pragma once

#include "schema/model/doctor.h"
#include "schema/model/lab.h"
#include "schema/model/messages.h"
#include "schema/model/observation.h"
#include "schema/model/proposal.h"

namespace mpm::test {

// 2026-11-23T08:40:00Z.
inline constexpr Instant kNow{std::chrono::milliseconds{1795423200000}};

TargetList two_servers();
DoctorReport much_is_missing();   // of the agent and of a server, with and without a mend
StatusReport saturated_server();  // event, old generation, a deaf process, mod_status as source
StatusReport quiet_server();      // prefork, nothing wrong, nothing lost
Proposal changes_needed();        // grade D with every severity, seven changes, a memory sum
Proposal nothing_to_do();         // grade A
Proposal too_little_data();       // grade "-"
MpmSettings event_settings();     // values that httpd clamps, defaults, a file changed since
LabReport lab_report();           // winnt could not be had, and worker's memory not be read
Observation watched(double span_seconds, std::int64_t samples);

}  // namespace mpm::test
