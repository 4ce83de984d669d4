// SPDX-License-Identifier: Apache-2.0
//
// cpp-httplib's timeouts are per read, so a server that sends a byte a second never hits
// one. A watchdog thread holds a duplicate of the connection's descriptor and shuts the
// socket down at the deadline, which ends every blocking call on it, the TLS handshake
// included. The duplicate is ours: httplib may close its own at any moment, and the number
// may belong to another file by then.
#include "agent/base/http_get.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/base/fd.h"

namespace mpm {
namespace {

using Kind = Error::Kind;

struct Url {
  bool tls = false;
  std::string host;  // an IPv6 address without its brackets
  int port = 0;
  std::string target;  // path and query, from its first '/'
};

tl::unexpected<Error> not_a_url(const std::string& url, std::string_view why) {
  return fail(Kind::Usage, fmt::format("\"{}\" is not a URL to GET: {}; write it like "
                                       "http://127.0.0.1/server-status?auto",
                                       url, why));
}

std::optional<int> port_number(std::string_view digits) {
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (port < 1 || port > 65535) return std::nullopt;
  return port;
}

// A blank or a control character would let the URL write request headers of its own.
bool has_blank_or_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

// "host", "host:port", "[::1]", "[::1]:port".
Result<Url> parse_authority(const std::string& url, std::string_view authority, Url parsed) {
  std::string_view host = authority;
  std::string_view rest;
  if (authority.substr(0, 1) == "[") {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return not_a_url(url, "the '[' of its address is open");
    host = authority.substr(1, close - 1);
    rest = authority.substr(close + 1);
  } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    rest = authority.substr(colon);
  }
  if (host.empty()) return not_a_url(url, "it names no host");
  if (host.find('@') != std::string_view::npos) {
    return not_a_url(url, "a user name in it is not supported");
  }
  parsed.host = host;
  parsed.port = parsed.tls ? 443 : 80;
  if (rest.empty()) return parsed;
  const auto port = rest[0] == ':' ? port_number(rest.substr(1)) : std::nullopt;
  if (!port) return not_a_url(url, "its port is not a number from 1 to 65535");
  parsed.port = *port;
  return parsed;
}

Result<Url> parse_url(const std::string& url) {
  if (has_blank_or_control(url)) return not_a_url(url, "it has a blank or a control character");
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return not_a_url(url, "it has no http:// or https://");
  const std::string_view scheme = std::string_view(url).substr(0, scheme_end);
  if (scheme != "http" && scheme != "https") {
    return not_a_url(url, fmt::format("its scheme is {}, not http or https", scheme));
  }
  std::string_view rest = std::string_view(url).substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto authority_end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, authority_end);

  Url parsed;
  parsed.tls = scheme == "https";
  parsed.target = authority_end == std::string_view::npos ? "" : rest.substr(authority_end);
  if (parsed.target.substr(0, 1) != "/") parsed.target.insert(0, "/");
  return parse_authority(url, authority, std::move(parsed));
}

// Shuts the watched socket down when the deadline passes before the watchdog is destroyed.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::steady_clock::time_point deadline)
      : deadline_(deadline), thread_([this](const std::stop_token& stop) { wait(stop); }) {}

  // Takes the next socket that httplib tries; a host of several addresses has several.
  void watch(int fd) {
    const std::lock_guard lock(mutex_);
    socket_.reset(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }

  bool expired() {
    const std::lock_guard lock(mutex_);
    return expired_;
  }

 private:
  void wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, deadline_, [] { return false; });
    if (stop.stop_requested()) return;
    expired_ = true;
    if (socket_) ::shutdown(socket_.get(), SHUT_RDWR);
  }

  const std::chrono::steady_clock::time_point deadline_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  UniqueFd socket_;       // guarded by mutex_
  bool expired_ = false;  // guarded by mutex_
  std::jthread thread_;   // last: it ends before what it uses
};

// OpenSSL writes with write(2), which raises SIGPIPE when the peer, or the watchdog, is gone,
// and would end the program. While this lives the signal cannot reach the calling thread.
class SigpipeHeldBack {
 public:
  SigpipeHeldBack() {
    ::sigemptyset(&sigpipe_);
    ::sigaddset(&sigpipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  SigpipeHeldBack(const SigpipeHeldBack&) = delete;
  SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;
  ~SigpipeHeldBack() {
    const timespec at_once{};
    if (::sigismember(&before_, SIGPIPE) == 0) ::sigtimedwait(&sigpipe_, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_{};
  sigset_t before_{};
};

std::unique_ptr<httplib::ClientImpl> make_client(const Url& url, const HttpGetOptions& options,
                                                 Watchdog& watchdog) {
  auto client = url.tls ? std::make_unique<httplib::SSLClient>(url.host, url.port)
                        : std::make_unique<httplib::ClientImpl>(url.host, url.port);
  // The watchdog ends the exchange; these only keep httplib from ending it earlier.
  client->set_connection_timeout(options.deadline);
  client->set_read_timeout(options.deadline);
  client->set_write_timeout(options.deadline);
  client->set_follow_location(false);
  client->set_url_encode(false);
  client->set_socket_options([&watchdog](int fd) { watchdog.watch(fd); });
  return client;
}

Error why_not(const std::string& url, const HttpGetOptions& options, httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::BindIPAddress:
      return {Kind::Unreachable,
              fmt::format("{} cannot be reached: no server accepts a connection there; start the "
                          "server or correct the address",
                          url)};
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return {Kind::Unreachable,
              fmt::format("{} cannot be reached over TLS ({}); use a host name that its "
                          "certificate is for, or http:// on the loopback address",
                          url, httplib::to_string(error))};
    case httplib::Error::ConnectionTimeout:
      return {Kind::TimedOut, fmt::format("{} did not accept a connection within {} ms", url,
                                          options.deadline.count())};
    default:
      return {Kind::Malformed,
              fmt::format("{} did not answer with a complete HTTP answer ({}); check that an HTTP "
                          "server listens there",
                          url, httplib::to_string(error))};
  }
}

Result<HttpAnswer> exchange(const std::string& url, const Url& parsed,
                            const HttpGetOptions& options) {
  const SigpipeHeldBack no_sigpipe;
  Watchdog watchdog(std::chrono::steady_clock::now() + options.deadline);
  const auto client = make_client(parsed, options, watchdog);
  HttpAnswer answer;
  bool too_large = false;
  const httplib::Result result = client->Get(
      parsed.target, [](const httplib::Response&) { return true; },
      [&](const char* data, std::size_t size) {
        too_large = size > options.max_bytes - answer.body.size();
        if (!too_large) answer.body.append(data, size);
        return !too_large;
      });
  if (too_large) {
    return fail(Kind::Malformed, fmt::format("{} sends more than {} bytes; check that the URL is "
                                             "that of a status page",
                                             url, options.max_bytes));
  }
  // A body without a length ends with the connection, so the watchdog's cut looks whole.
  if (watchdog.expired()) {
    return fail(Kind::TimedOut, fmt::format("{} did not answer completely within {} ms; the server "
                                            "may have no worker free to answer",
                                            url, options.deadline.count()));
  }
  if (!result) return fail(why_not(url, options, result.error()));
  answer.status = result->status;
  answer.content_type = result->get_header_value("Content-Type");
  answer.date = result->get_header_value("Date");
  return answer;
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& url, HttpGetOptions options) {
  const auto parsed = parse_url(url);
  if (!parsed) return tl::unexpected(parsed.error());
  // httplib and the thread library throw when a thread or a TLS context cannot be made.
  try {
    return exchange(url, *parsed, options);
  } catch (const std::exception& thrown) {
    return fail(Kind::Internal, fmt::format("GET {} failed: {}", url, thrown.what()));
  }
}

}  // namespace mpm
