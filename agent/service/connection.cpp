// SPDX-License-Identifier: Apache-2.0
#include "agent/service/connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMostGroups = 65536;

}  // namespace

Connection::Connection(UniqueFd socket, const TlsContext* tls, const ConnectionLimits& limits)
    : socket_(std::move(socket)),
      limits_(limits),
      is_tls_(tls != nullptr),
      tls_(tls != nullptr ? tls->session(socket_.get()) : TlsSession()) {}

bool Connection::ready(short events, Deadline deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{socket_.get(), events, 0};
    const int found = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (found > 0) return true;
    if (found < 0 && errno != EINTR) return false;
  }
}

bool Connection::ready_for(int result, Deadline deadline) const {
  const int why = ::SSL_get_error(tls_.get(), result);
  if (why == SSL_ERROR_WANT_READ) return ready(POLLIN, deadline);
  return why == SSL_ERROR_WANT_WRITE && ready(POLLOUT, deadline);
}

bool Connection::begin() {
  if (!is_tls_) return true;
  if (!tls_) return false;
  const Deadline deadline = steady_clock::now() + limits_.request;
  for (;;) {
    const int result = ::SSL_accept(tls_.get());
    if (result == 1) return true;
    if (!ready_for(result, deadline)) return false;
  }
}

bool Connection::wait_for_request() {
  taken_ = 0;
  if (next_ == end_) {
    const bool has_more = is_tls_ && ::SSL_pending(tls_.get()) > 0;
    if (!has_more && !ready(POLLIN, steady_clock::now() + limits_.idle)) return false;
  }
  deadline_ = steady_clock::now() + limits_.request;
  return true;
}

// More bytes, within the time of the request.
bool Connection::fill() {
  next_ = end_ = 0;
  while (steady_clock::now() < deadline_) {
    const auto got = is_tls_
                         ? ::SSL_read(tls_.get(), bytes_.data(), static_cast<int>(bytes_.size()))
                         : ::recv(socket_.get(), bytes_.data(), bytes_.size(), 0);
    if (got > 0) {
      end_ = static_cast<std::size_t>(got);
      return true;
    }
    if (is_tls_) {
      if (!ready_for(static_cast<int>(got), deadline_)) return false;
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR) || !ready(POLLIN, deadline_)) {
      return false;
    }
  }
  return false;
}

std::size_t Connection::read(char* into, std::size_t count) {
  if (taken_ == limits_.request_bytes || (next_ == end_ && !fill())) {
    spoilt_ = true;
    return 0;
  }
  const std::size_t given = std::min({count, end_ - next_, limits_.request_bytes - taken_});
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(next_), given, into);
  next_ += given;
  taken_ += given;
  return given;
}

bool Connection::write(const char* bytes, std::size_t count) {
  const Deadline deadline = steady_clock::now() + limits_.answer;
  while (count > 0) {
    const auto sent = is_tls_ ? ::SSL_write(tls_.get(), bytes, static_cast<int>(count))
                              : ::send(socket_.get(), bytes, count, MSG_NOSIGNAL);
    if (sent > 0) {
      bytes += sent;
      count -= static_cast<std::size_t>(sent);
      continue;
    }
    const bool goes_on = is_tls_ ? ready_for(static_cast<int>(sent), deadline)
                                 : (errno == EAGAIN || errno == EINTR) && ready(POLLOUT, deadline);
    if (!goes_on) {
      spoilt_ = true;
      return false;
    }
  }
  return true;
}

std::optional<Peer> Connection::peer() const {
  // A port has nobody at its other end. Somebody outside of our pid namespace has no pid here, and
  // is somebody all the same.
  constexpr auto kNobody = static_cast<uid_t>(-1);
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 ||
      credentials.uid == kNobody)
    return std::nullopt;
  Peer peer{credentials.uid, std::vector<gid_t>(1024)};
  for (;;) {
    size = static_cast<socklen_t>(peer.gids.size() * sizeof(gid_t));
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERGROUPS, peer.gids.data(), &size) == 0) {
      peer.gids.resize(size / sizeof(gid_t));
      break;
    }
    // It says how many there are when they do not fit.
    const std::size_t all = size / sizeof(gid_t);
    peer.gids.resize(errno == ERANGE && all <= kMostGroups ? all : 0);
    if (peer.gids.empty()) break;
  }
  peer.gids.insert(peer.gids.begin(), credentials.gid);
  return peer;
}

}  // namespace mpm
