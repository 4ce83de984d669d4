// SPDX-License-Identifier: Apache-2.0
#include "agent/service/http_server.h"

#include <cerrno>
#include <thread>

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

}  // namespace

struct HttpServer::State {
  httplib::Server server;
  std::string path;
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
  ::unlink(state_->path.c_str());
}

Result<HttpServer> HttpServer::listen(const std::string& path, Responder responder) {
  if (auto room = make_room(path); !room) return fail(std::move(room.error()));

  auto state = std::make_unique<State>();
  state->path = path;
  httplib::Server& server = state->server;
  server.set_address_family(AF_UNIX);
  server.new_task_queue = [] { return new httplib::ThreadPool(kPoolThreads); };
  server.set_payload_max_length(kMaxBody);
  server.set_keep_alive_timeout(2);
  server.set_read_timeout(5);
  server.set_write_timeout(5);
  const auto handle = [responder = std::move(responder)](const httplib::Request& asked,
                                                         httplib::Response& answer) {
    ApiRequest request{asked.method, asked.path, {}, asked.body};
    for (const auto& [name, value] : asked.params)
      request.query.emplace(name, value);
    const ApiResponse response = responder(request);
    answer.status = response.status;
    answer.set_content(response.body, response.content_type);
  };
  server.Get(".*", handle);
  server.Post(".*", handle);

  // The socket must never be open to others, not even between bind and chmod.
  const mode_t before = ::umask(0117);
  errno = 0;
  const bool bound = server.bind_to_port(path, 80);
  const int why = errno;
  ::umask(before);
  if (!bound) return fail(system_error(why, "listening on " + path));

  // stop() works only on a server that runs; until then connections queue in the kernel.
  state->thread = std::thread([&server] { server.listen_after_bind(); });
  while (!server.is_running())
    std::this_thread::yield();
  return HttpServer(std::move(state));
}

}  // namespace mpm
