// SPDX-License-Identifier: Apache-2.0
#include "agent/service/php_behind.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "agent/base/file.h"
#include "agent/config/site.h"
#include "agent/files/host_files.h"
#include "agent/php/fpm.h"
#include "agent/php/fpm_socket.h"
#include "agent/service/site_source.h"

namespace mpm {
namespace {

// False where it is not told, too.
bool share(const ProcFs& proc, const char* space, std::int32_t a, std::int32_t b) {
  const auto of = [&](std::int32_t pid) {
    return read_link(fmt::format("{}/{}/ns/{}", proc.root(), pid, space));
  };
  const auto first = of(a);
  const auto second = of(b);
  return first && second && *first == *second;
}

bool are_one(const HostFiles& a_files, const std::string& a, const HostFiles& b_files,
             const std::string& b) {
  const auto first = a_files.identity(a);
  return first && first == b_files.identity(b);
}

}  // namespace

std::vector<PhpPool> php_behind(const Target& target, const ProcFs& proc) {
  if (target.pid == 0 || target.config_file.empty()) return {};
  std::vector<PhpFpm> fpms = php_fpms(proc);
  if (fpms.empty()) return {};
  const HostFiles files(root_of(proc, target), reader_of(proc, target));
  const config::Site site = config::read_site(site_options(target, proc), files);
  std::vector<FpmSocket> named;
  for (const config::ActiveDirective& directive : site.directives)
    std::ranges::move(sockets_named(directive.args), std::back_inserter(named));

  std::vector<PhpPool> behind;
  for (PhpFpm& fpm : fpms) {
    const bool one_network = share(proc, "net", target.pid, fpm.pid);
    const bool one_file_system = share(proc, "mnt", target.pid, fpm.pid);
    std::ranges::copy_if(fpm.pools, std::back_inserter(behind), [&](const PhpPool& pool) {
      const FpmSocket socket = listened_at(pool.listen);
      return std::ranges::any_of(named, [&](const FpmSocket& name) {
        if (name.port != socket.port) return false;
        const bool one_place = name.port == 0 ? one_file_system : one_network;
        if (one_place && reaches(name, socket)) return true;
        return name.port == 0 && are_one(files, name.path, fpm.files, socket.path);
      });
    });
  }
  return behind;
}

}  // namespace mpm
