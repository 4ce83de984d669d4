// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/listener.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "agent/base/file.h"

namespace mpm::builtin {
namespace {

using Kind = Error::Kind;

// DEFAULT_TCP_DEFER_ACCEPT: a connection is not handed out before its client has spoken.
constexpr int kDeferSeconds = 30;
constexpr timespec kPauseWithoutDescriptors{0, 100'000'000};

enum class Waiter : std::uint32_t { Listener, Baton, Pipe };

void watch(const UniqueFd& epoll, int fd, Waiter who, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = static_cast<std::uint32_t>(who);
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event);
}

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

std::optional<socklen_t> fill(const ListenOn& where, SocketAddress& address) {
  std::memset(&address, 0, sizeof address);
  if (::inet_pton(AF_INET, where.address.c_str(), &address.v4.sin_addr) == 1) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(where.port);
    return sizeof address.v4;
  }
  if (::inet_pton(AF_INET6, where.address.c_str(), &address.v6.sin6_addr) == 1) {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(where.port);
    return sizeof address.v6;
  }
  return std::nullopt;
}

void set(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof value);
}

void set_time(int socket, int option, milliseconds time) {
  const timeval value{time.count() / 1000, time.count() % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, option, &value, sizeof value);
}

Result<Listener> open_one(const ListenOn& where, const ListenOptions& options) {
  const auto refuse = [&](std::string_view why) {
    return fail(Kind::Unreachable,
                fmt::format("AH00072: could not bind to address {}:{}: {}; free the port or change "
                            "Listen",
                            where.address, where.port, why));
  };
  SocketAddress address{};
  const auto length = fill(where, address);
  if (!length) return refuse("it is no IP address");
  UniqueFd fd(::socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return refuse(std::strerror(errno));
  set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (options.shared) set(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  // What is accepted inherits it.
  set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, kDeferSeconds);
  if (address.any.sa_family == AF_INET6) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(fd.get(), &address.any, *length) != 0 || ::listen(fd.get(), options.backlog) != 0)
    return refuse(std::strerror(errno));
  return Listener{where, std::move(fd)};
}

std::string client_name(const SocketAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = address.any.sa_family == AF_INET;
  const bool mapped = !v4 && IN6_IS_ADDR_V4MAPPED(&address.v6.sin6_addr) != 0;
  const void* bytes = v4 ? static_cast<const void*>(&address.v4.sin_addr)
                         : static_cast<const void*>(&address.v6.sin6_addr);
  if (mapped) bytes = &address.v6.sin6_addr.s6_addr[12];
  ::inet_ntop(v4 || mapped ? AF_INET : AF_INET6, bytes, text.data(), text.size());
  return text.data();
}

}  // namespace

Result<std::vector<Listener>> open_listeners(const std::vector<ListenOn>& wanted,
                                             const ListenOptions& options) {
  std::vector<Listener> listeners;
  for (const ListenOn& where : wanted) {
    auto opened = open_one(where, options);
    if (!opened) return fail(std::move(opened.error()));
    listeners.push_back(std::move(*opened));
  }
  return listeners;
}

void set_times(const std::vector<Listener>& listeners, const Settings& settings) {
  for (const Listener& listener : listeners) {
    set_time(listener.socket.get(), SO_RCVTIMEO, settings.keep_alive_timeout);
    set_time(listener.socket.get(), SO_SNDTIMEO, settings.timeout);
  }
}

Result<Pipe> Pipe::create(Mpm mpm) {
  std::array<int, 2> ends{};
  const int waits = mpm == Mpm::Prefork ? O_NONBLOCK : 0;
  if (::pipe2(ends.data(), O_CLOEXEC | waits) != 0)
    return fail(system_error(errno, "the pipe to the children"));
  Pipe pipe;
  pipe.read_.reset(ends[0]);
  pipe.write_.reset(ends[1]);
  return pipe;
}

void Pipe::end_one() const {
  constexpr char kByte = '!';
  while (::write(write_.get(), &kByte, 1) < 0 && errno == EINTR) {
  }
}

std::optional<Accepted> accept_from(const Listener& listener, Blocking blocking) {
  SocketAddress address{};
  socklen_t length = sizeof address;
  const int flags = SOCK_CLOEXEC | (blocking == Blocking::Yes ? 0 : SOCK_NONBLOCK);
  UniqueFd socket(::accept4(listener.socket.get(), &address.any, &length, flags));
  if (!socket) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
      ::nanosleep(&kPauseWithoutDescriptors, nullptr);
    return std::nullopt;
  }
  return Accepted{std::move(socket), client_name(address), listener.where.port};
}

bool told_to_go(int pipe) {
  char byte = 0;
  const ssize_t got = ::read(pipe, &byte, 1);
  return got >= 0;
}

Result<Baton> Baton::create() {
  Baton baton;
  baton.fd_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
  if (!baton.fd_) return fail(system_error(errno, "the baton of the children"));
  return baton;
}

void Baton::hand_on() const {
  constexpr std::uint64_t kOne = 1;
  while (::write(fd_.get(), &kOne, sizeof kOne) < 0 && errno == EINTR) {
  }
}

void Baton::take() const {
  std::uint64_t one = 0;
  while (::read(fd_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

UniqueFd hear(int pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return {};
  std::thread([pipe, told = ends[1]] {
    char byte = 0;
    while (::read(pipe, &byte, 1) < 0 && errno == EINTR) {
    }
    ::close(told);
  }).detach();
  return UniqueFd(ends[0]);
}

AcceptWait::AcceptWait(const std::vector<Listener>& listeners, const Baton& baton, int pipe)
    : listeners_(listeners), baton_(baton), pipe_(pipe), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  watch(epoll_, baton.fd(), Waiter::Baton, EPOLLIN | EPOLLEXCLUSIVE);
  watch(epoll_, pipe, Waiter::Pipe, EPOLLIN);
  line_up();
}

// The kernel wakes the first in a listener's line that waits, and leaves it where it is in the
// line. So that it is whoever has waited longest, as in httpd, each begins at the end again.
void AcceptWait::line_up() const {
  for (const Listener& listener : listeners_) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.socket.get(), nullptr);
    watch(epoll_, listener.socket.get(), Waiter::Listener, EPOLLIN | EPOLLEXCLUSIVE);
  }
}

std::optional<Accepted> AcceptWait::try_all() {
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    turn_ = (turn_ + 1) % listeners_.size();
    if (auto accepted = accept_from(listeners_[turn_], Blocking::Yes)) return accepted;
  }
  return std::nullopt;
}

std::optional<Accepted> AcceptWait::next() {
  // Under load the next one is there already; only now and then the pipe is asked first.
  constexpr unsigned kWithoutAsking = 8;
  if (++taken_ % kWithoutAsking != 0)
    if (auto accepted = try_all()) return accepted;
  line_up();
  for (;;) {
    std::array<epoll_event, 8> events{};
    const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const auto who = static_cast<Waiter>(events[static_cast<std::size_t>(i)].data.u32);
      if (who == Waiter::Baton) baton_.take();
      if (who == Waiter::Pipe && told_to_go(pipe_)) {
        baton_.hand_on();
        return std::nullopt;
      }
    }
    if (auto accepted = try_all()) return accepted;
  }
}

void AcceptWait::leave() const {
  std::array<epoll_event, 8> events{};
  const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(), 0);
  for (int i = 0; i < ready; ++i) {
    const auto who = static_cast<Waiter>(events[static_cast<std::size_t>(i)].data.u32);
    if (who == Waiter::Listener) return baton_.hand_on();
  }
}

}  // namespace mpm::builtin
