// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/privileges.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace mpm::builtin {
namespace {

// "#1000", as httpd writes a number.
std::optional<unsigned> numbered(const std::string& name) {
  if (name.empty() || name.front() != '#') return std::nullopt;
  unsigned id = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), id);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return id;
}

std::optional<uid_t> user_id(const std::string& name) {
  if (const auto id = numbered(name)) return *id;
  const passwd* const entry = ::getpwnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->pw_uid);
}

std::optional<gid_t> group_id(const std::string& name) {
  if (const auto id = numbered(name)) return *id;
  const group* const entry = ::getgrnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->gr_gid);
}

}  // namespace

Result<void> check_identity(const Settings& settings) {
  if (settings.user && !user_id(*settings.user))
    return fail(Error::Kind::Malformed, fmt::format("User {}: there is no such user; name one that "
                                                    "exists, or #ID",
                                                    *settings.user));
  if (settings.group && !group_id(*settings.group))
    return fail(Error::Kind::Malformed,
                fmt::format("Group {}: there is no such group; name one that exists, or #ID",
                            *settings.group));
  return {};
}

bool take_identity(const Settings& settings) {
  if (::geteuid() != 0) return true;
  if (settings.group) {
    const auto id = group_id(*settings.group);
    if (!id || ::setgid(*id) != 0 || ::setgroups(1, &*id) != 0) return false;
  }
  if (settings.user) {
    const auto id = user_id(*settings.user);
    if (!id) return false;
    if (!settings.group && ::setgroups(0, nullptr) != 0) return false;
    if (::setuid(*id) != 0) return false;
  }
  return true;
}

}  // namespace mpm::builtin
