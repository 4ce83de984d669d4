// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/refusal.h"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "agent/base/file.h"

namespace mpm::apply {
namespace {

// chattr +i, or +a, of the file or of its folder.
std::string frozen(const Place& place) {
  const auto flags_of = [](int file) {
    int flags = 0;
    return file >= 0 && ::ioctl(file, FS_IOC_GETFLAGS, &flags) == 0 ? flags : 0;
  };
  const UniqueFd file(::openat(place.directory.get(), place.name.c_str(),
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  constexpr int kFrozen = FS_IMMUTABLE_FL | FS_APPEND_FL;
  if ((flags_of(file.get()) & kFrozen) != 0) return place.path;
  if ((flags_of(place.directory.get()) & kFrozen) != 0)
    return place.path.substr(0, place.path.rfind('/'));
  return {};
}

}  // namespace

Error not_written(int errno_value, const Place& place) {
  const auto denied = [&](std::string_view why) {
    return Error{Error::Kind::Denied, fmt::format("{} cannot be written: {}", place.path, why)};
  };
  if (errno_value == EROFS)
    return denied(
        "its file system is read-only; nothing was changed; mount it writable, or change "
        "the file where it comes from");
  if (errno_value == ENOSPC)
    return denied("its file system is full; nothing was changed; free some space first");
  if (errno_value == EDQUOT)
    return denied("the quota of its owner is used up; nothing was changed; free some space first");
  if (errno_value == EPERM || errno_value == EACCES) {
    if (const std::string what = frozen(place); !what.empty())
      return denied(fmt::format("{} is immutable; nothing was changed; chattr -i -a {} allows it",
                                what, what));
    return denied(
        "permission denied; nothing was changed; run the agent as root, or check the "
        "rules of SELinux or AppArmor");
  }
  return std::move(system_error(errno_value, place.path + " cannot be written"))
      .in("Nothing was changed");
}

Error changed_meanwhile(const Place& place, const std::string& backup) {
  std::string text = place.path + " was changed by somebody else since it was read";
  text += backup.empty() ? "; look at it, and begin again"
                         : "; it was left as it is, and its old bytes are in " + backup;
  return {Error::Kind::Conflict, std::move(text)};
}

}  // namespace mpm::apply
