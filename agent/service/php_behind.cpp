// SPDX-License-Identifier: Apache-2.0
#include "agent/service/php_behind.h"

#include <algorithm>
#include <string>

#include "agent/config/site.h"
#include "agent/files/host_files.h"
#include "agent/proc/php_fpm.h"
#include "agent/service/site_source.h"

namespace mpm {
namespace {

// Whether it stands there as a whole: "/run/a" is not in "/run/ab", nor ":90" in ":9000".
bool has_whole(std::string_view args, const std::string& words) {
  constexpr std::string_view kEnds = "|/\" \t";
  for (auto at = args.find(words); at != std::string_view::npos; at = args.find(words, at + 1)) {
    const auto end = at + words.size();
    if (end == args.size() || kEnds.find(args[end]) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

bool names_socket(std::string_view args, std::string_view listen) {
  if (listen.empty()) return false;
  if (listen.front() == '/') return has_whole(args, "unix:" + std::string(listen));
  const auto colon = listen.rfind(':');
  const std::string port(colon == std::string_view::npos ? listen : listen.substr(colon + 1));
  const auto names = [&](const char* host) { return has_whole(args, "fcgi://" + (host + port)); };
  return names("127.0.0.1:") || names("localhost:") || names("[::1]:");
}

std::vector<PhpPool> php_behind(const Target& target, const ProcFs& proc) {
  if (target.pid == 0 || target.config_file.empty()) return {};
  std::vector<PhpPool> pools = php_pools(proc);
  if (pools.empty()) return pools;
  const config::Site site = config::read_site(
      site_options(target, proc), HostFiles(root_of(proc, target), reader_of(proc, target)));
  std::erase_if(pools, [&](const PhpPool& pool) {
    return std::ranges::none_of(site.directives, [&](const config::ActiveDirective& directive) {
      return names_socket(directive.args, pool.listen);
    });
  });
  return pools;
}

}  // namespace mpm
