// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/php_fpm.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/proc/php_fpm_text.h"
#include "agent/proc/proc_parse.h"
#include "agent/proc/sockets.h"

namespace mpm {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20;

std::string title_of(const ProcFs& proc, std::int32_t pid) {
  const auto words = proc.command_line(pid);
  return words && !words->empty() ? words->front() : std::string();
}

std::vector<std::string> files_of(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return files;
}

// A title is what its process calls itself, and names a file that is read with the agent's rights:
// only root's is believed, and who runs the agent. Not a set-uid program's, which has the title
// that anybody gave it.
bool is_believed(const ProcFs& proc, std::int32_t pid) {
  const auto status = proc.status(pid);
  return status && status->is_one_user &&
         (status->uid == 0 || status->uid == static_cast<std::int64_t>(::geteuid()));
}

// Nothing but a regular file: a pipe would be waited for.
std::string text_of(const std::string& path) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return {};
  return read_file(path, {.bytes = kLargestFile}).value_or("");
}

// An include includes nothing more: php-fpm allows it, and nobody does it.
std::vector<PhpPool> configured(const std::string& root, const std::string& file) {
  auto [pools, includes] = parse_php_fpm(text_of(root + file));
  for (const std::string& pattern : includes)
    for (const std::string& more : files_of(root + pattern))
      std::ranges::move(parse_php_fpm(text_of(more)).pools, std::back_inserter(pools));
  return pools;
}

// The port of "9000", "127.0.0.1:9000" or "[::1]:9000"; 0: it is a path.
std::int32_t port_of(std::string_view listen) {
  if (listen.starts_with('/')) return 0;
  const auto colon = listen.rfind(':');
  const auto port =
      parse_number(colon == std::string_view::npos ? listen : listen.substr(colon + 1));
  return port && *port > 0 && *port < 65536 ? static_cast<std::int32_t>(*port) : 0;
}

std::int64_t waiting_for(const ProcFs& proc, std::int32_t master, const std::string& listen) {
  const std::int32_t port = port_of(listen);
  if (port == 0) {
    const auto sockets = proc.text(fmt::format("{}/net/unix", master));
    return sockets ? waiting_at(*sockets, listen) : 0;
  }
  std::vector<std::string> losses;
  const auto heard = listeners(proc, master, losses, SocketCount::QueuesAlone);
  if (!heard) return 0;
  const auto found = std::ranges::find(*heard, port, &ListenerUsage::port);
  return found == heard->end() ? 0 : found->queue;
}

}  // namespace

std::vector<PhpPool> php_pools(const ProcFs& proc) {
  std::vector<PhpPool> found;
  for (const std::int32_t pid : proc.processes().value_or(std::vector<std::int32_t>())) {
    const auto file = php_fpm_file(title_of(proc, pid));
    if (!file || !is_believed(proc, pid)) continue;
    std::vector<PhpPool> pools = configured(fmt::format("{}/{}/root", proc.root(), pid), *file);
    if (pools.empty()) pools = configured("", *file);
    for (const std::int32_t child : proc.children(pid).value_or(std::vector<std::int32_t>())) {
      const auto name = php_fpm_pool(title_of(proc, child));
      const auto pool = std::ranges::find(pools, name.value_or(""), &PhpPool::name);
      if (pool != pools.end()) ++pool->children;
    }
    for (PhpPool& pool : pools)
      pool.waiting = waiting_for(proc, pid, pool.listen);
    std::ranges::move(pools, std::back_inserter(found));
  }
  return found;
}

}  // namespace mpm
