// SPDX-License-Identifier: Apache-2.0
#include "cli/idle_connections.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace mpm {
namespace {

using Clock = std::chrono::steady_clock;

// A crowd at once would overflow the listening queue, and the kernel tries again only after a
// second.
constexpr std::int64_t kOpenedAtOnce = 50;
constexpr int kPauseMs = 20;

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

enum class Drained : std::uint8_t { Open, Closed };

// Reads and forgets what has come.
Drained drain(int socket) {
  std::array<char, 16384> block;
  for (;;) {
    const ssize_t got = ::recv(socket, block.data(), block.size(), 0);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    return got < 0 && errno == EAGAIN ? Drained::Open : Drained::Closed;
  }
}

}  // namespace

IdleCrowd::IdleCrowd(const CrowdOptions& options) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  const auto end = Clock::now() + options.patience;
  auto last_answer = Clock::now();
  std::int64_t left = options.count;
  std::int64_t unanswered = options.count;
  std::array<epoll_event, 256> events{};
  while (unanswered > 0) {
    for (std::int64_t n = std::min(left, kOpenedAtOnce); n > 0; --n, --left)
      if (!open(options.port)) --unanswered;
    const int ready =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), kPauseMs);
    const auto now = Clock::now();
    for (int i = 0; i < ready; ++i) {
      if (!advance(connections_[events[static_cast<std::size_t>(i)].data.u64])) continue;
      --unanswered;
      last_answer = now;
    }
    if (left > 0) last_answer = now;
    if (now >= end || now - last_answer >= options.quiet) return;
  }
}

bool IdleCrowd::open(std::uint16_t port) {
  Descriptor socket = begin_connecting(port);
  if (!socket) return false;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.u64 = connections_.size();
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event);
  connections_.push_back({std::move(socket), false, false});
  return true;
}

bool IdleCrowd::advance(Connection& connection) {
  if (!connection.sent) {
    const ssize_t sent =
        ::send(connection.socket.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
    connection.sent = sent == static_cast<ssize_t>(kRequest.size());
  }
  // What follows the first bytes of the answer is forgotten in held().
  if (connection.answered || !connection.sent) return false;
  std::array<char, 12> head;
  const ssize_t got = ::recv(connection.socket.get(), head.data(), head.size(), MSG_PEEK);
  connection.answered =
      std::string_view(head.data(), got > 0 ? static_cast<std::size_t>(got) : 0) == "HTTP/1.1 200";
  return connection.answered;
}

std::int64_t IdleCrowd::answered() const {
  return std::ranges::count(connections_, true, &Connection::answered);
}

std::int64_t IdleCrowd::held() {
  return std::ranges::count_if(connections_, [](const Connection& connection) {
    return connection.answered && drain(connection.socket.get()) == Drained::Open;
  });
}

std::int64_t allow_open_files(std::int64_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const auto files = static_cast<rlim_t>(wanted);
  if (limit.rlim_cur < files) {
    limit.rlim_cur = std::min(files, limit.rlim_max);
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, 1U << 30U));
}

}  // namespace mpm
