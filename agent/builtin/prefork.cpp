// SPDX-License-Identifier: Apache-2.0
//
// prefork: a child serves one connection at a time, and nothing it does reaches the others. The
// children wait for the listeners together and the kernel wakes one, so no mutex is needed.
#include "agent/builtin/generation.h"
#include "agent/builtin/serve.h"

namespace mpm::builtin {

void run_prefork_child(const ChildContext& context) {
  std::atomic<bool> going = false;
  const Seat seat{context.generation, context.board, going, context.slot, 0};
  take_seat(seat, WorkerState::Ready);
  AcceptWait wait(context.listeners, context.baton, context.pipe);
  const std::int32_t most = context.generation.settings.pool.max_connections_per_child;
  for (std::int32_t served = 0; most == 0 || served < most; ++served) {
    if (context.generation.outlived(context.board)) break;
    auto accepted = wait.next();
    if (!accepted) break;
    wait.leave();
    going = most != 0 && served + 1 == most;
    serve(std::move(*accepted), seat);
    put_state(seat.score(), WorkerState::Ready);
  }
  context.baton.hand_on();
}

}  // namespace mpm::builtin
