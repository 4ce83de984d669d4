// SPDX-License-Identifier: Apache-2.0
#include "agent/service/http_server.h"

#include <cerrno>
#include <charconv>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "agent/base/fd.h"
#include "agent/base/file.h"

namespace mpm {
namespace {

constexpr std::size_t kPoolThreads = 4;
constexpr std::size_t kMaxBody = 1 << 20;

// Whether somebody serves the socket at `path`. A socket whose server died refuses.
bool answers(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  path.copy(address.sun_path, path.size());
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd &&
         ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

Result<void> make_room(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return fail(Error::Kind::Usage,
                fmt::format("{}: a socket's path may have at most {} bytes; choose a shorter one",
                            path, sizeof(sockaddr_un::sun_path) - 1));
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode))
    return fail(Error::Kind::Conflict,
                path + ": is there and is no socket; remove it or choose another path");
  if (answers(path)) return fail(Error::Kind::Conflict, path + ": an agent answers there already");
  if (::unlink(path.c_str()) != 0) return fail(system_error(errno, path));
  return {};
}

void serve(httplib::Server& server, HttpServer::Responder responder) {
  server.new_task_queue = [] { return new httplib::ThreadPool(kPoolThreads); };
  server.set_payload_max_length(kMaxBody);
  server.set_keep_alive_timeout(2);
  server.set_read_timeout(5);
  server.set_write_timeout(5);
  const auto handle = [responder = std::move(responder)](const httplib::Request& asked,
                                                         httplib::Response& answer) {
    ApiRequest request{asked.method, asked.path, {}, asked.body, asked.get_header_value("Host")};
    for (const auto& [name, value] : asked.params)
      request.query.emplace(name, value);
    const ApiResponse response = responder(request);
    answer.status = response.status;
    answer.set_content(response.body, response.content_type);
  };
  server.Get(".*", handle);
  server.Post(".*", handle);
}

struct Endpoint {
  std::string address;
  int port = 0;
};

// An address and not a name: what a name means may change between two starts.
Result<Endpoint> parse_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string::npos) {
    endpoint.address = text.substr(0, colon);
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    if (read.ec != std::errc{} || read.ptr != end) endpoint.port = 0;
  }
  if (endpoint.address.size() > 2 && endpoint.address.front() == '[' &&
      endpoint.address.back() == ']')
    endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
  in6_addr ignored{};
  const bool is_address = ::inet_pton(AF_INET, endpoint.address.c_str(), &ignored) == 1 ||
                          ::inet_pton(AF_INET6, endpoint.address.c_str(), &ignored) == 1;
  if (!is_address || endpoint.port < 1 || endpoint.port > 65535)
    return fail(Error::Kind::Usage,
                fmt::format("\"{}\" is no place to listen: give an address and a port, as in "
                            "127.0.0.1:9117",
                            text));
  return endpoint;
}

}  // namespace

struct HttpServer::State {
  httplib::Server server;
  std::string path;  // of the Unix socket; empty for a port
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() {
  if (state_) stop();
}

void HttpServer::stop() {
  state_->server.stop();
  if (!state_->thread.joinable()) return;
  state_->thread.join();
  if (!state_->path.empty()) ::unlink(state_->path.c_str());
}

// stop() works only on a server that runs; until then connections queue in the kernel.
void HttpServer::start(State& state) {
  state.thread = std::thread([&server = state.server] { server.listen_after_bind(); });
  while (!state.server.is_running())
    std::this_thread::yield();
}

Result<HttpServer> HttpServer::listen(const std::string& path, Responder responder) {
  if (auto room = make_room(path); !room) return fail(std::move(room.error()));

  auto state = std::make_unique<State>();
  state->path = path;
  state->server.set_address_family(AF_UNIX);
  serve(state->server, std::move(responder));

  // The socket must never be open to others, not even between bind and chmod.
  const mode_t before = ::umask(0117);
  errno = 0;
  const bool bound = state->server.bind_to_port(path, 80);
  const int why = errno;
  ::umask(before);
  if (!bound) return fail(system_error(why, "listening on " + path));
  start(*state);
  return HttpServer(std::move(state));
}

Result<HttpServer> HttpServer::listen_tcp(const std::string& endpoint, Responder responder) {
  const auto place = parse_endpoint(endpoint);
  if (!place) return fail(place.error());
  auto state = std::make_unique<State>();
  // The library's own choice is SO_REUSEPORT, with which a second agent would share the port
  // unseen.
  state->server.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  });
  state->server.set_tcp_nodelay(true);
  serve(state->server, std::move(responder));
  errno = 0;
  if (!state->server.bind_to_port(place->address, place->port)) {
    const int why = errno;
    if (why == EADDRINUSE)
      return fail(Error::Kind::Conflict,
                  endpoint + ": somebody listens there already; choose another port");
    return fail(system_error(why, "listening on " + endpoint));
  }
  start(*state);
  return HttpServer(std::move(state));
}

}  // namespace mpm
