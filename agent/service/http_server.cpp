// SPDX-License-Identifier: Apache-2.0
#include "agent/service/http_server.h"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include <httplib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/base/fd.h"
#include "agent/service/access.h"
#include "agent/service/crowd.h"
#include "agent/service/listening.h"

namespace mpm {
namespace {

constexpr int kUnauthorized = 401;
// Between two tries of accept() while there is no descriptor or no memory for a connection.
constexpr int kPauseMilliseconds = 10;

// What httplib reads from and writes to.
class Wire final : public httplib::Stream {
 public:
  explicit Wire(Connection& connection) : connection_(connection) {}

  bool is_readable() const override { return !connection_.spoilt(); }
  bool is_writable() const override { return !connection_.spoilt(); }
  ssize_t read(char* into, std::size_t count) override {
    const std::size_t got = connection_.read(into, count);
    return got > 0 ? static_cast<ssize_t>(got) : -1;
  }
  ssize_t write(const char* bytes, std::size_t count) override {
    return connection_.write(bytes, count) ? static_cast<ssize_t>(count) : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // httplib refuses numbers that select() cannot take, and we do not use it.
  socket_t socket() const override { return 0; }

 private:
  Connection& connection_;
};

// The connection that this thread serves, for what httplib calls meanwhile.
struct Serving {
  Connection* connection = nullptr;
  Crowd::Member* member = nullptr;
};
thread_local Serving serving;

std::uint64_t length_in(const std::string& text) {
  std::uint64_t length = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, length);
  // What cannot be understood is taken for too long.
  return text.empty() || (read.ec == std::errc{} && read.ptr == end) ? length : ~std::uint64_t{0};
}

ApiRequest head_of(const httplib::Request& asked) {
  ApiRequest head;
  head.method = asked.method;
  head.path = asked.path;
  head.host = asked.get_header_value("Host");
  head.origin = asked.get_header_value("Origin");
  head.authorization = asked.get_header_value("Authorization");
  head.is_packed = asked.has_header("Content-Encoding") || asked.has_header("Transfer-Encoding");
  head.body_bytes = length_in(asked.get_header_value("Content-Length"));
  head.peer = serving.connection->peer();
  return head;
}

void put(const ApiResponse& response, httplib::Response& answer) {
  answer.status = response.status;
  answer.set_content(response.body, response.content_type);
  if (response.status == kUnauthorized) answer.set_header("WWW-Authenticate", "Bearer");
}

// httplib's server without its sockets and threads.
class Protocol final : public httplib::Server {
 public:
  Protocol(HttpServer::Responder responder, const Door& door) {
    set_payload_max_length(kMostBodyBytes);
    set_pre_routing_handler(
        [refuse = door.refuse](const httplib::Request& asked, httplib::Response& answer) {
          const ApiRequest head = head_of(asked);
          auto refused = refuse ? refuse(head) : std::nullopt;
          if (!refused) refused = refusal_of_body(head);
          if (!refused) return HandlerResponse::Unhandled;
          put(*refused, answer);
          // Its body is not read, and would be taken for the next request.
          answer.set_header("Connection", "close");
          serving.connection->spoil();
          return HandlerResponse::Handled;
        });
    const auto handle = [responder = std::move(responder)](const httplib::Request& asked,
                                                           httplib::Response& answer) {
      ApiRequest request = head_of(asked);
      request.body = asked.body;
      for (const auto& [name, value] : asked.params)
        request.query.emplace(name, value);
      serving.member->answers(true);
      put(responder(request), answer);
      serving.member->answers(false);
    };
    Get(".*", handle);
    Post(".*", handle);
  }

  bool answer(Connection& connection, bool is_last) {
    Wire wire(connection);
    bool closed = false;
    return process_request(wire, is_last, closed, nullptr) && !closed && !connection.spoilt();
  }
};

}  // namespace

struct HttpServer::State {
  State(UniqueFd socket, Responder responder, Door way)
      : door(std::move(way)),
        protocol(std::move(responder), door),
        crowd(door.limits.at_once, door.limits.in_waiting,
              [this](UniqueFd client) { serve(std::move(client)); }),
        listener(std::move(socket)),
        ending(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        acceptor([this] { accept_until_stopped(); }) {}

  void serve(UniqueFd client);
  void accept_until_stopped();
  bool stops_within(int milliseconds) const;

  const Door door;
  std::string path;  // of the Unix socket; empty for a port
  Protocol protocol;
  Crowd crowd;
  const UniqueFd listener;
  const UniqueFd ending;
  std::thread acceptor;  // last: it uses the others
};

void HttpServer::State::serve(UniqueFd client) {
  Connection connection(std::move(client), door.tls.get(), door.limits);
  Crowd::Member member(crowd, connection.fd());
  if (!connection.begin()) return;
  serving = {&connection, &member};
  for (int left = door.limits.requests; left > 0; --left) {
    if (!connection.wait_for_request() || crowd.stopped()) break;
    if (!protocol.answer(connection, left == 1)) break;
  }
  serving = {};
}

bool HttpServer::State::stops_within(int milliseconds) const {
  pollfd waiting{ending.get(), POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

void HttpServer::State::accept_until_stopped() {
  std::array<pollfd, 2> waits{pollfd{listener.get(), POLLIN, 0}, pollfd{ending.get(), POLLIN, 0}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[1].revents != 0) return;
    UniqueFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (client) {
      crowd.add(std::move(client));
      continue;
    }
    // A client that has gone again is no trouble; without descriptors one has to make room.
    if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) continue;
    (void)crowd.hang_up_on_the_oldest();
    if (stops_within(kPauseMilliseconds)) return;
  }
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&& other) noexcept {
  if (state_) stop();
  state_ = std::move(other.state_);
  return *this;
}
HttpServer::~HttpServer() {
  if (state_) stop();
}

void HttpServer::accept_no_more() {
  const std::uint64_t one = 1;
  while (::write(state_->ending.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  state_->acceptor.join();
}

void HttpServer::drain() {
  if (state_->acceptor.joinable()) accept_no_more();
  state_->crowd.drain();
}

void HttpServer::stop() {
  if (state_->acceptor.joinable()) accept_no_more();
  state_->crowd.stop();
  // Once: the next to listen there has the same name.
  if (const std::string path = std::exchange(state_->path, {}); !path.empty())
    ::unlink(path.c_str());
}

Result<HttpServer> HttpServer::listen(const std::string& path, Responder responder, Door door) {
  auto socket = listen_on_path(path, door.group);
  if (!socket) return fail(std::move(socket.error()));
  auto state = std::make_unique<State>(std::move(*socket), std::move(responder), std::move(door));
  state->path = path;
  return HttpServer(std::move(state));
}

HttpServer HttpServer::on(UniqueFd listener, Responder responder, Door door) {
  return HttpServer(
      std::make_unique<State>(std::move(listener), std::move(responder), std::move(door)));
}

Result<HttpServer> HttpServer::listen_tcp(const std::string& endpoint, Responder responder,
                                          Door door) {
  auto socket = listen_on_port(endpoint);
  if (!socket) return fail(std::move(socket.error()));
  return on(std::move(*socket), std::move(responder), std::move(door));
}

}  // namespace mpm
