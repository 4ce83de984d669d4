// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/seats.h"

#include <cerrno>
#include <cstring>
#include <ctime>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/builtin/serve.h"

namespace mpm::builtin {
namespace {

constexpr timespec kPauseAfterFailure{10, 0};  // as httpd, before it tries to go on

}  // namespace

Crew::Crew(const ChildContext& context, const std::atomic<bool>& going, Body body)
    : context_(context), going_(going), body_(std::move(body)) {
  const std::int32_t size = context.generation.settings.pool.threads_per_child;
  members_.reserve(static_cast<std::size_t>(size));
  for (std::int32_t i = 0; i < size; ++i)
    members_.push_back({this, i});
  fill();
}

Crew::~Crew() {
  for (const Member& member : members_)
    if (member.started) ::pthread_join(member.handle, nullptr);
}

bool Crew::fill() {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  const std::int32_t stack = context_.generation.settings.thread_stack_size;
  if (stack > 0) ::pthread_attr_setstacksize(&attributes, static_cast<std::size_t>(stack));
  bool whole = true;
  for (Member& member : members_) {
    if (member.started) continue;
    const WorkerSlot& score = context_.board.worker(context_.slot, member.thread);
    const bool taken =
        state_of(score) != WorkerState::Dead && get(score.pid) != ::getpid() && get(score.pid) != 0;
    if (taken) {
      whole = false;
      continue;
    }
    take_seat(seat(member.thread), WorkerState::Starting);
    const int error = ::pthread_create(&member.handle, &attributes, run, &member);
    member.started = error == 0;
    if (member.started) continue;
    whole = false;
    context_.generation.logs.error(
        LogLevel::Alert, "AH03104",
        fmt::format("pthread_create: unable to create worker thread: {}", std::strerror(error)));
    put_state(context_.board.worker(context_.slot, member.thread), WorkerState::Dead);
    ::nanosleep(&kPauseAfterFailure, nullptr);
    break;
  }
  ::pthread_attr_destroy(&attributes);
  return whole;
}

void Crew::show_going() const {
  for (const Member& member : members_) {
    WorkerSlot& score = context_.board.worker(context_.slot, member.thread);
    if (member.started && state_of(score) == WorkerState::Ready)
      put_state(score, WorkerState::Graceful);
  }
}

void* Crew::run(void* member) {
  const auto& self = *static_cast<const Member*>(member);
  const Seat seat = self.crew->seat(self.thread);
  put_state(seat.score(), WorkerState::Ready);
  self.crew->body_(seat);
  put_state(seat.score(), WorkerState::Dead);
  return nullptr;
}

}  // namespace mpm::builtin
