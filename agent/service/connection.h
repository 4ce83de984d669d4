// SPDX-License-Identifier: Apache-2.0
//
// One connection to the agent: bytes in and out, in the clear or over TLS, each within a time that
// is for the whole and not for every byte. A request that comes a byte a second would else hold
// its thread for hours, and one without an end fill the memory.
//
// Threads: one, which serves it; another one may only shut down its descriptor (crowd.h).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "agent/base/fd.h"
#include "agent/service/tls.h"

namespace mpm {

struct ConnectionLimits {
  std::chrono::milliseconds idle{2000};     // from one request to the next
  std::chrono::milliseconds request{5000};  // until it has come whole, and TLS is agreed upon
  std::chrono::milliseconds answer{5000};   // until it was taken
  std::size_t request_bytes = (std::size_t{1} << 20) + 65536;
  int requests = 1000;           // then it has to be made anew
  std::size_t at_once = 64;      // connections, each of which has a thread
  std::size_t in_waiting = 256;  // for one of these
};

// Who is at the other end of a Unix socket, as the kernel noted it when the connection was made.
struct Peer {
  uid_t uid = 0;
  std::vector<gid_t> gids;  // the effective one first
};

class Connection {
 public:
  // `tls` may be null; it must outlive this.
  Connection(UniqueFd socket, const TlsContext* tls, const ConnectionLimits& limits);

  // Agrees upon TLS, when there is one. False: the other end does not, or has no right to.
  bool begin();
  // Waits for a request, or its beginning; false when none comes. The time of a request runs from
  // then on.
  bool wait_for_request();
  // How many bytes came, at most `count`. 0: they came too late, or there are too many of them, or
  // the other end is gone.
  std::size_t read(char* into, std::size_t count);
  bool write(const char* bytes, std::size_t count);
  // Absent for a port.
  std::optional<Peer> peer() const;

  int fd() const { return socket_.get(); }
  // Whether what came is not all that was sent, so that nothing more can be made of it.
  bool spoilt() const { return spoilt_; }
  void spoil() { spoilt_ = true; }

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  bool fill();
  bool ready(short events, Deadline deadline) const;
  // What is to be waited for before a TLS operation can go on; false when it never can.
  bool ready_for(int result, Deadline deadline) const;

  const UniqueFd socket_;
  const ConnectionLimits limits_;
  const bool is_tls_;
  TlsSession tls_;
  Deadline deadline_{};  // of the request
  std::array<char, 4096> bytes_{};
  std::size_t next_ = 0;
  std::size_t end_ = 0;
  std::size_t taken_ = 0;  // of the request
  bool spoilt_ = false;
};

}  // namespace mpm
