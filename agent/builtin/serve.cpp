// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/serve.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace mpm::builtin {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds kLinger{2000};

// False when `until` passes first.
bool wait_for(int socket, short events, Moment until) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
    pollfd waiting{socket, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

WorkerState state_while(Next next) {
  switch (next) {
    case Next::KeepAlive:
      return WorkerState::Keepalive;
    case Next::Write:
      return WorkerState::Writing;
    case Next::Close:
      return WorkerState::Closing;
    case Next::Read:
      break;
  }
  return WorkerState::Reading;
}

void close_slowly(Connection& connection) {
  if (!connection.linger()) return;
  const Moment until = steady_clock::now() + kLinger;
  while (!connection.drained())
    if (!wait_for(connection.socket(), POLLIN, until)) return;
}

}  // namespace

void serve(Accepted accepted, const Seat& seat) {
  WorkerSlot& score = seat.score();
  put(score.conn_count, std::uint16_t{0});
  put(score.conn_bytes, std::int64_t{0});
  put_state(score, WorkerState::Reading);
  Connection connection(std::move(accepted), seat.generation);
  for (;;) {
    const Next next = connection.advance(seat);
    put_state(score, state_while(next));
    if (next == Next::Close) break;
    if (next == Next::KeepAlive) {
      if (connection.wait_for_request()) continue;
      put_state(score, WorkerState::Closing);
      break;
    }
    const Moment until = connection.due(next, steady_clock::now());
    if (wait_for(connection.socket(), next == Next::Write ? POLLOUT : POLLIN, until)) continue;
    connection.time_out(seat, next);
    put_state(score, WorkerState::Closing);
    break;
  }
  close_slowly(connection);
}

void take_seat(const Seat& seat, WorkerState state) {
  WorkerSlot& score = seat.score();
  put(score.thread_num, seat.slot * seat.board.thread_limit() + seat.thread);
  put(score.pid, static_cast<std::int32_t>(::getpid()));
  put(score.generation, seat.generation.number);
  put(score.my_access_count, std::uint64_t{0});
  put(score.my_bytes_served, std::int64_t{0});
  put(score.conn_count, std::uint16_t{0});
  put(score.conn_bytes, std::int64_t{0});
  put_state(score, state);
}

}  // namespace mpm::builtin
