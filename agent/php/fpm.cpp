// SPDX-License-Identifier: Apache-2.0
#include "agent/php/fpm.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/files/process_reader.h"
#include "agent/php/fpm_configuration.h"
#include "agent/php/fpm_socket.h"
#include "agent/php/fpm_text.h"
#include "agent/proc/sockets.h"

namespace mpm {
namespace {

// Which start of which program a process is.
struct Run {
  std::uint64_t start_ticks = 0;
  std::string program;
  bool operator==(const Run&) const = default;
};
std::optional<Run> run_of(const ProcFs& proc, std::int32_t pid) {
  const auto stat = proc.stat(pid);
  auto program = proc.exe(pid);
  if (!stat || !program) return std::nullopt;
  return Run{stat->start_ticks, std::move(*program)};
}

std::string title_of(const ProcFs& proc, std::int32_t pid) {
  const auto words = proc.command_line(pid);
  return words && !words->empty() ? words->front() : std::string();
}

// A title is what its process calls itself, and who may say so says what httpd waits for: only
// root's is believed, and who runs the agent, of a program that is called so too. A set-uid program
// has the title that anybody gave it.
bool is_believed(const Run& run, const FileReader& reader) {
  const std::string_view name = std::string_view(run.program).substr(run.program.rfind('/') + 1);
  return name.find("fpm") != std::string_view::npos &&
         (reader.user == 0 || reader.user == ::geteuid());
}

std::optional<std::int64_t> waiting_for(const ProcFs& proc, std::int32_t master,
                                        const FpmSocket& socket) {
  if (socket.port == 0) {
    const auto sockets = proc.text(fmt::format("{}/net/unix", master));
    return sockets ? waiting_at(*sockets, socket.path) : std::nullopt;
  }
  std::vector<std::string> losses;
  const auto heard = listeners(proc, master, losses, SocketCount::QueuesAlone);
  if (!heard) return std::nullopt;
  const auto found = std::ranges::find(*heard, socket.port, &ListenerUsage::port);
  return found == heard->end() ? std::nullopt : std::optional(found->queue);
}

void count_children(const ProcFs& proc, std::int32_t master, std::vector<PhpPool>& pools) {
  for (const std::int32_t child : proc.children(master).value_or(std::vector<std::int32_t>())) {
    const auto name = fpm_pool_in(title_of(proc, child));
    const auto pool = std::ranges::find(pools, name.value_or(""), &PhpPool::name);
    if (pool != pools.end()) ++pool->children;
  }
}

std::optional<PhpFpm> fpm_of(const ProcFs& proc, std::int32_t pid) {
  const auto file = fpm_file_in(title_of(proc, pid));
  if (!file) return std::nullopt;
  const auto run = run_of(proc, pid);
  const FileReader reader = reader_of(proc, pid);
  if (!run || !is_believed(*run, reader)) return std::nullopt;
  PhpFpm fpm{pid, HostFiles(fmt::format("{}/{}/root", proc.root(), pid), reader), {}};
  // The root is open by now. Another process of its number would have another title too.
  if (run_of(proc, pid) != run || fpm_file_in(title_of(proc, pid)) != file) return std::nullopt;
  fpm.pools = fpm_pools({*file, fpm_prefix(run->program)}, fpm.files);
  count_children(proc, pid, fpm.pools);
  for (PhpPool& pool : fpm.pools)
    pool.waiting = waiting_for(proc, pid, listened_at(pool.listen));
  return fpm;
}

}  // namespace

std::vector<PhpFpm> php_fpms(const ProcFs& proc) {
  std::vector<PhpFpm> found;
  for (const std::int32_t pid : proc.processes().value_or(std::vector<std::int32_t>()))
    if (auto fpm = fpm_of(proc, pid)) found.push_back(std::move(*fpm));
  return found;
}

}  // namespace mpm
