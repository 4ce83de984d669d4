// SPDX-License-Identifier: Apache-2.0
//
// TCP sockets as the kernel lists them, from either of its two notations: netlink's
// inet_diag messages and the text of /proc/PID/net/tcp. Pure: bytes in, values out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/sample.h"

namespace mpm {

// The kernel's numbers, include/net/tcp_states.h.
enum class TcpState : std::uint8_t {
  Established = 1,
  SynSent,
  SynReceived,
  FinWait1,
  FinWait2,
  TimeWait,
  Close,
  CloseWait,
  LastAck,
  Listen,
  Closing,
};

struct SocketEntry {
  std::string address;  // local; an IPv4 address mapped into IPv6 is shown as IPv4
  std::int32_t port = 0;
  TcpState state = TcpState::Close;
  std::uint64_t inode = 0;  // 0: belongs to nobody, as a connection that is not yet accepted
  // Of a listener: connections that wait, and how many may (netlink only).
  std::int64_t queue = 0;
  std::int64_t queue_limit = 0;
  // Of a listener, as netlink has them: the family, the local address, the kernel's name for it.
  std::uint8_t family = 0;
  std::array<std::uint32_t, 4> bound{};
  std::array<std::uint32_t, 2> cookie{};
};

// What one read from a netlink socket yields. `done` when the dump is complete or failed.
struct DiagBatch {
  std::vector<SocketEntry> sockets;
  bool done = false;
  int error = 0;  // errno of a message NLMSG_ERROR, 0 when there was none
};
DiagBatch decode_diag(std::span<const std::byte> bytes);

// /proc/net/tcp and tcp6; lines that are no sockets are passed over.
std::vector<SocketEntry> parse_net_tcp(std::string_view text);

// The listeners among `sockets` whose inode is in `owned`, with the connections that came in
// through each: those of its port and address. Sorted by port, then by address.
std::vector<ListenerUsage> usage_of(std::span<const SocketEntry> sockets,
                                    const std::set<std::uint64_t>& owned);

}  // namespace mpm
