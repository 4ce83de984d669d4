// SPDX-License-Identifier: Apache-2.0
//
// What the kernel knows of a server's listening sockets: the queue nobody has accepted from
// yet, its limit, and the connections that are open. Asked over netlink (sock_diag), in the
// server's own network namespace; httpd's own connection counters are up to KeepAliveTimeout
// old and are not used for this.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/fd.h"
#include "agent/proc/proc_fs.h"
#include "agent/proc/socket_table.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"

namespace mpm {

// Counting connections walks the kernel's whole table of them, whatever is in it: three
// milliseconds where it has 262,144 rows, as on a host of 16 GiB. The queues alone are those of the
// listeners that a count knows of, and of new ones of the same family by the fifth reading.
enum class SocketCount : std::uint8_t { WithConnections, QueuesAlone };

// The listeners of one process, for somebody who asks each second: the socket to the kernel is
// kept, and the process's descriptors are read anew only when the namespace has other listeners
// than before. Not safe from two threads at once.
class ListeningSockets {
 public:
  ListeningSockets(ProcFs proc, std::int32_t pid) : proc_(std::move(proc)), pid_(pid) {}

  // Denied when its descriptors may not be read. Where netlink is not to be had, /proc/PID/net/tcp
  // is read; then queue_limit is 0 and the loss is said once.
  Result<std::vector<ListenerUsage>> read(std::vector<std::string>& losses, SocketCount count);

 private:
  Result<void> connect();
  bool is_left_out(std::size_t family, SocketCount count) const;
  Result<void> learn();
  std::optional<std::vector<SocketEntry>> by_name();
  Result<std::vector<ListenerUsage>> by_netlink(SocketCount count);
  Result<std::vector<ListenerUsage>> by_text(SocketCount count);

  ProcFs proc_;
  std::int32_t pid_;
  UniqueFd netlink_;  // in the process's network namespace, whoever's it is
  struct Family {
    std::set<std::uint64_t> listening;  // inodes of all that listen there, when `owned_` was read
    bool has_theirs = false;            // the process's among them, when it was asked for last
  };
  std::array<Family, 2> families_;  // IPv4 and IPv6
  std::set<std::uint64_t> owned_;   // inodes of the process's sockets
  // Its listeners, as they were when all were asked for last; none where there are too many of
  // them, or their addresses tell them not apart.
  std::vector<SocketEntry> named_;
  int named_in_a_row_ = 0;  // readings since
};

// Asked once.
Result<std::vector<ListenerUsage>> listeners(const ProcFs& proc, std::int32_t pid,
                                             std::vector<std::string>& losses,
                                             SocketCount count = SocketCount::WithConnections);

}  // namespace mpm
