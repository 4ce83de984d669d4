// SPDX-License-Identifier: Apache-2.0
//
// The sockets that a server listens on. The parent opens them once; they outlive generations, so
// no connection is refused while one follows another. And the children's wait for the next
// connection, or for the word to go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "agent/base/fd.h"
#include "agent/builtin/settings.h"
#include "schema/model/result.h"

namespace mpm::builtin {

// What is accepted inherits its options.
struct Listener {
  ListenOn where;
  UniqueFd socket;  // non-blocking
};

struct ListenOptions {
  std::int32_t backlog = 511;
  bool shared = false;  // other sockets of ours listen on the same address (SO_REUSEPORT)
};

// A socket for each. Unreachable: an address that cannot be listened on, with httpd's AH00072.
Result<std::vector<Listener>> open_listeners(const std::vector<ListenOn>& wanted,
                                             const ListenOptions& options);

// What is accepted from now on waits KeepAliveTimeout to receive and Timeout to send, where it
// blocks at all.
void set_times(const std::vector<Listener>& listeners, const Settings& settings);

// The pipe that tells children of one generation to go: one byte for one child, its end for all.
class Pipe {
 public:
  // Reading waits under the threaded MPMs, where hear() does it, and not under prefork.
  static Result<Pipe> create(Mpm mpm);

  void end_one() const;
  void end_all() { write_.reset(); }
  int reading_end() const { return read_.get(); }
  // In a child: only the parent may write.
  void keep_reading_end() { write_.reset(); }

 private:
  UniqueFd read_, write_;
};

// Of many children that wait for a connection the kernel wakes one (EPOLLEXCLUSIVE), and it may
// wake the same one for two. So a child that turns to its work while connections still wait hands
// the baton on, and one more child wakes. It is the same for all generations.
class Baton {
 public:
  static Result<Baton> create();

  void hand_on() const;
  void take() const;  // if it is there
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

enum class Blocking : std::uint8_t { No, Yes };

struct Accepted {
  UniqueFd socket;
  std::string client;  // "127.0.0.1", "::1"
  std::uint16_t local_port = 0;
};

// The next connection of `listener`; nullopt: there is none now, or it went away already. Where the
// process or the system has no descriptor or memory left for one, it waits a little first, because
// the listener would be ready again at once.
std::optional<Accepted> accept_from(const Listener& listener, Blocking blocking);

// True when a child was told to go: a byte was there for it, or the pipe has ended.
bool told_to_go(int pipe);

// For a child of many threads: a thread of its own waits at the pipe, as in httpd, so the word goes
// to the child that has waited longest, busy or not. What is given back is told_to_go()'s, and
// ready from then on. That thread ends with the process.
UniqueFd hear(int pipe);

// Waits for the listeners, the baton and the pipe together. All outlive it.
class AcceptWait {
 public:
  AcceptWait(const std::vector<Listener>& listeners, const Baton& baton, int pipe);

  // The next connection, as a blocking socket; nullopt: the child was told to go.
  std::optional<Accepted> next();
  // Before the child turns away from the listeners.
  void leave() const;

 private:
  const std::vector<Listener>& listeners_;
  const Baton& baton_;
  int pipe_;
  UniqueFd epoll_;
  void line_up() const;
  std::optional<Accepted> try_all();

  std::size_t turn_ = 0;  // the listener that is tried first, so that none starves
  unsigned taken_ = 0;
};

}  // namespace mpm::builtin
