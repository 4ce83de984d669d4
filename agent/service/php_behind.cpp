// SPDX-License-Identifier: Apache-2.0
#include "agent/service/php_behind.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/config/site.h"
#include "agent/files/host_files.h"
#include "agent/php/fpm.h"
#include "agent/php/fpm_socket.h"
#include "agent/service/site_source.h"

namespace mpm {
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
    std::ranges::copy_if(fpm.pools, std::back_inserter(behind), [&](const PhpPool& pool) {
      const FpmSocket socket = listened_at(pool.listen);
      return std::ranges::any_of(named,
                                 [&](const FpmSocket& name) { return reaches(name, socket); });
    });
  }
  return behind;
}

}  // namespace mpm
