// SPDX-License-Identifier: Apache-2.0
#include "agent/target/identify.h"

#include <array>

#include "agent/apache/binary.h"
#include "agent/base/file.h"

namespace mpm {
namespace {

// The executable as the process has it open, also when the file is deleted or in a container.
bool is_httpd_binary(const ProcFs& proc, std::int32_t pid) {
  const auto bytes = read_file(proc.root() + "/" + std::to_string(pid) + "/exe");
  return bytes && read_binary(*bytes).has_value();
}

Identity by_name(const ProcFs& proc, std::int32_t pid, Identity identity) {
  const auto stat = proc.stat(pid);
  if (!stat || !called_like_httpd(stat->comm)) return identity;
  identity.proof = Proof::Name;
  identity.program = stat->comm;
  return identity;
}

}  // namespace

bool maps_shared_memory(std::string_view maps) {
  // "7f3c00-7f3c01 rw-s 00000000 00:01 1025 /dev/zero (deleted)"
  return maps.find(" rw-s ") != std::string_view::npos;
}

bool called_like_httpd(std::string_view name) {
  constexpr std::array kNames = std::to_array<std::string_view>({"httpd", "apache", "mpm-httpd"});
  for (const std::string_view known : kNames) {
    if (name.substr(0, known.size()) != known) continue;
    const std::string_view rest = name.substr(known.size());
    // "apache2", "httpd2", "httpd-event", "httpd.worker"; but not "apache2ctl" or "httpdump".
    if (rest.empty() || rest == "2" || rest[0] == '-' || rest[0] == '.' ||
        rest.substr(0, 2) == "2-")
      return true;
  }
  return false;
}

Identity identify(const ProcFs& proc, std::int32_t pid) {
  Identity identity;
  const auto stat = proc.stat(pid);
  if (!stat || stat->state == 'Z') return identity;
  identity.parent = stat->ppid;

  const auto maps = proc.maps(pid);
  if (!maps) {
    if (maps.error().kind != Error::Kind::Denied) return identity;
    return by_name(proc, pid, std::move(identity));
  }
  if (!maps_shared_memory(*maps)) return identity;
  if (!mapped_mpm(*maps) && !is_httpd_binary(proc, pid)) return identity;
  identity.proof = Proof::Content;
  if (auto exe = proc.exe(pid)) identity.program = std::move(*exe);
  return identity;
}

}  // namespace mpm
