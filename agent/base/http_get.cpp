// SPDX-License-Identifier: Apache-2.0
//
// cpp-httplib's timeouts are of one read each, so a watchman shuts the socket when the time is
// over. It does so again and again until the call returns, because the library may be between
// two sockets when it is told to stop.
#include "agent/base/http_get.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>

namespace mpm {
namespace {

struct Address {
  std::string origin;  // "http://127.0.0.1:8080"
  std::string path;    // "/server-status?auto"
};

bool host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

// "host", "host:80", "[::1]:80"
bool is_authority(std::string_view text) {
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    port = text.substr(close + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    if (colon == 0 || !std::ranges::all_of(text.substr(0, colon), host_character)) return false;
    port = text.substr(colon);
  }
  if (port.empty()) return true;
  if (port.front() != ':' || port.size() < 2 || port.size() > 6) return false;
  int number = 0;
  for (const char digit : port.substr(1)) {
    if (digit < '0' || digit > '9') return false;
    number = number * 10 + (digit - '0');
  }
  return number >= 1 && number <= 65535;
}

std::optional<Address> split(const std::string& url) {
  const std::string text = url.substr(0, url.find('#'));
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.compare(0, scheme.size(), scheme) != 0) continue;
    const auto slash = std::min(text.find_first_of("/?", scheme.size()), text.size());
    if (!is_authority(std::string_view(text).substr(scheme.size(), slash - scheme.size())))
      return std::nullopt;
    std::string path = text.substr(slash);
    if (path.empty() || path.front() == '?') path.insert(0, "/");
    if (path.find_first_of(" \r\n\t") != std::string::npos) return std::nullopt;
    return Address{text.substr(0, slash), std::move(path)};
  }
  return std::nullopt;
}

// Ends a request that takes longer than it may.
class Watchman {
 public:
  Watchman(httplib::Client& client, std::chrono::milliseconds deadline)
      : thread_([this, &client, deadline](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          if (woken_.wait_for(lock, stop, deadline, [&] { return stop.stop_requested(); })) return;
          expired_ = !stop.stop_requested();
          while (!stop.stop_requested()) {
            client.stop();
            woken_.wait_for(lock, stop, std::chrono::milliseconds(10), [] { return false; });
          }
        }) {}

  // Whether it had to. Ends the watch.
  bool expired() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return expired_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool expired_ = false;  // read after the thread has ended
  std::jthread thread_;
};

Error explain(httplib::Error error, const std::string& url) {
  switch (error) {
    case httplib::Error::Connection:
      return {Error::Kind::Unreachable,
              fmt::format("{}: nobody answers there; check host and port", url)};
    case httplib::Error::ConnectionTimeout:
      return {Error::Kind::TimedOut, fmt::format("{}: no connection came about in time", url)};
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return {Error::Kind::Unreachable,
              fmt::format("{}: the TLS connection failed or its certificate is not trusted", url)};
    default:
      return {Error::Kind::Malformed, fmt::format("{}: what answers there is no HTTP server", url)};
  }
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& url, HttpGetOptions options) {
  const auto address = split(url);
  if (!address)
    return fail(Error::Kind::Usage,
                fmt::format("\"{}\" is no URL: write http://host:port/path", url));

  httplib::Client client(address->origin);
  client.set_connection_timeout(options.deadline);
  client.set_read_timeout(options.deadline);
  client.set_write_timeout(options.deadline);
  client.set_keep_alive(false);
  client.set_follow_location(false);

  HttpAnswer answer;
  bool too_large = false;
  Watchman watchman(client, options.deadline);
  const auto result = client.Get(
      address->path,
      [&](const httplib::Response& response) {
        answer.status = response.status;
        answer.content_type = response.get_header_value("Content-Type");
        return true;
      },
      [&](const char* data, std::size_t size) {
        too_large = answer.body.size() + size > options.max_bytes;
        if (!too_large) answer.body.append(data, size);
        return !too_large;
      });
  if (watchman.expired())
    return fail(Error::Kind::TimedOut,
                fmt::format("{}: no complete answer came in {:.1f} s", url,
                            std::chrono::duration<double>(options.deadline).count()));
  if (too_large)
    return fail(Error::Kind::Malformed,
                fmt::format("{}: the answer is larger than {} MiB", url, options.max_bytes >> 20));
  if (!result) return fail(explain(result.error(), url));
  return answer;
}

}  // namespace mpm
