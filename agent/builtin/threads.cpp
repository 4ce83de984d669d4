// SPDX-License-Identifier: Apache-2.0
//
// worker, and winnt's only child: a listener that accepts when a thread is idle, and threads that
// each serve one connection at a time.
#include <chrono>
#include <semaphore>
#include <thread>

#include "agent/builtin/generation.h"
#include "agent/builtin/seats.h"
#include "agent/builtin/serve.h"

namespace mpm::builtin {
namespace {

constexpr std::chrono::seconds kBetweenTries{1};         // for seats that are still taken
constexpr std::chrono::milliseconds kBetweenLooks{100};  // whether to go, while all are busy

// In the first thread of the child, as its listener.
void accept_all(const ChildContext& context, int told, WorkQueue<Accepted>& queue,
                std::counting_semaphore<>& idle) {
  AcceptWait wait(context.listeners, context.baton, told);
  const std::int32_t most = context.generation.settings.pool.max_connections_per_child;
  for (std::int32_t accepted = 0; most == 0 || accepted < most; ++accepted) {
    // Nobody waits at the listeners for a thread of ours while none is idle.
    if (!idle.try_acquire()) {
      wait.leave();
      while (!idle.try_acquire_for(kBetweenLooks))
        if (told_to_go(told) || context.generation.outlived(context.board)) return;
    }
    auto connection = wait.next();
    if (!connection) return;
    queue.push(std::move(*connection));
  }
}

}  // namespace

void run_threads_child(const ChildContext& context) {
  const UniqueFd told = hear(context.pipe);
  WorkQueue<Accepted> queue;
  std::counting_semaphore<> idle(0);
  std::atomic<bool> going = false;
  Crew crew(context, going, [&](const Seat& seat) {
    idle.release();
    while (auto accepted = queue.pop()) {
      serve(std::move(*accepted), seat);
      put_state(seat.score(), going ? WorkerState::Graceful : WorkerState::Ready);
      idle.release();
    }
  });
  std::jthread filler;
  if (!crew.fill())
    filler = std::jthread([&crew](const std::stop_token& stop) {
      while (!stop.stop_requested() && !crew.fill())
        std::this_thread::sleep_for(kBetweenTries);
    });
  accept_all(context, told.get(), queue, idle);
  const auto least = std::chrono::steady_clock::now() + kLeastFarewell;
  context.baton.hand_on();
  filler = {};
  going = true;
  put(context.board.process(context.slot).quiescing, char{1});
  crew.show_going();
  queue.close();
  std::this_thread::sleep_until(least);
}

}  // namespace mpm::builtin
