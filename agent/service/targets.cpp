// SPDX-License-Identifier: Apache-2.0
#include "agent/service/targets.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "agent/scoreboard/status_page_source.h"
#include "agent/target/discover.h"
#include "agent/target/scoreboard_probe.h"

namespace mpm {
namespace {

constexpr std::int32_t kHighestPort = 65535;

std::optional<std::int32_t> whole_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_url(const std::string& name) {
  return name.rfind("http://", 0) == 0 || name.rfind("https://", 0) == 0;
}

std::string list_pids(const std::vector<Target>& targets) {
  std::string text;
  for (const Target& target : targets) {
    if (!text.empty()) text += &target == &targets.back() ? " and " : ", ";
    text += fmt::format("{}", target.pid);
    if (!target.listeners.empty()) text += fmt::format(" (:{})", target.listeners.front().port);
  }
  return text;
}

Result<Target> the_only_one(std::vector<Target> found) {
  if (found.empty()) return fail(no_server());
  if (found.size() > 1)
    return fail(Error::Kind::Usage,
                fmt::format("{} httpds run here, {}: say which one, by pid or by :port",
                            found.size(), list_pids(found)));
  return std::move(found.front());
}

Result<Target> by_port(std::vector<Target> found, std::int32_t port) {
  for (Target& target : found)
    if (std::ranges::find(target.listeners, port, &ListenAddress::port) != target.listeners.end())
      return std::move(target);
  return fail(
      Error::Kind::Unreachable,
      fmt::format("no httpd listens on port {} here; `mpmctl targets` lists those that run", port));
}

// A server of another machine, or one that only its page is asked about. The page says who it
// is when it is read for the first time.
Result<Target> by_url(const std::string& url) {
  const auto board = StatusPageSource(url).read();
  if (!board) return fail(board.error());
  Target target;
  target.url = url;
  target.mpm = board->mpm;
  if (board->page) target.version = version_in(board->page->server_version);
  target.losses.emplace_back(
      "Only the status page is read: the memory of its processes, its kernel queues and its "
      "configuration are not. Run mpmctl on the server's own machine for these.");
  return target;
}

}  // namespace

std::string name_of_server(const Target& target) {
  if (!target.url.empty()) return target.url;
  if (target.listeners.empty()) return fmt::format("{}", target.pid);
  return fmt::format(":{}", target.listeners.front().port);
}

std::string version_in(std::string_view server_version) {
  const auto slash = server_version.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view version = server_version.substr(slash + 1);
  return std::string(version.substr(0, version.find(' ')));
}

Error no_server() {
  return {Error::Kind::Unreachable,
          "no httpd runs here: start it, or give the URL of a status page"};
}

Result<std::vector<Target>> find_targets(const ProcFs& proc, Recognizer& recognizer,
                                         const std::set<std::int32_t>& known) {
  return discover(proc, MemoryProbe(proc), recognizer, known);
}

Result<Target> find_target(const ProcFs& proc, Recognizer& recognizer, const std::string& name) {
  if (is_url(name)) return by_url(name);
  if (!name.empty() && name.front() != ':') {
    const auto pid = whole_number(name);
    if (!pid || *pid <= 0)
      return fail(Error::Kind::Usage,
                  fmt::format("\"{}\" names no server: give a pid, a :port, or the URL of a status "
                              "page that begins with http:// or https://",
                              name));
    return target_of(proc, MemoryProbe(proc), recognizer, *pid);
  }
  std::optional<std::int32_t> port;
  if (!name.empty()) {
    port = whole_number(std::string_view(name).substr(1));
    if (!port || *port < 1 || *port > kHighestPort)
      return fail(Error::Kind::Usage,
                  fmt::format("\"{}\" is no port: give a number from 1 to {}", name, kHighestPort));
  }
  auto found = find_targets(proc, recognizer);
  if (!found) return fail(std::move(found.error()));
  return port ? by_port(std::move(*found), *port) : the_only_one(std::move(*found));
}

}  // namespace mpm
