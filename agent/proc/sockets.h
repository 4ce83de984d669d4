// SPDX-License-Identifier: Apache-2.0
//
// What the kernel knows of a server's listening sockets: the queue nobody has accepted from
// yet, its limit, and the connections that are open. Asked over netlink (sock_diag), in the
// server's own network namespace; httpd's own connection counters are up to KeepAliveTimeout
// old and are not used for this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"

namespace mpm {

// Counting connections walks the kernel's whole table of them, whatever is in it: three
// milliseconds where it has 262,144 rows, as on a host of 16 GiB.
enum class SocketCount : std::uint8_t { WithConnections, QueuesAlone };

// The listeners that `pid` has open. Denied when its descriptors may not be read. Where netlink
// is not to be had, /proc/PID/net/tcp is read; then queue_limit is 0 and the loss is said once.
Result<std::vector<ListenerUsage>> listeners(const ProcFs& proc, std::int32_t pid,
                                             std::vector<std::string>& losses,
                                             SocketCount count = SocketCount::WithConnections);

}  // namespace mpm
