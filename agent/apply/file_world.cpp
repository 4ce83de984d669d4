// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/file_world.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace mpm::apply {

// `act` gives what the kernel gave: less than 0 is a failure, and errno says which.
template <class Act>
int FileWorld::perform(Call call, Act act) {
  if (const int refused = admit(call); refused != 0) return refused;
  for (;;) {
    if (act() >= 0) break;
    if (errno != EINTR) return errno;
  }
  done(call);
  return 0;
}

int FileWorld::create_file(int directory, const std::string& name, UniqueFd& file) {
  return perform(Call::CreateFile, [&] {
    file.reset(::openat(directory, name.c_str(),
                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    return file.get();
  });
}

int FileWorld::create_directory(int directory, const std::string& name) {
  return perform(Call::CreateDirectory,
                 [&] { return ::mkdirat(directory, name.c_str(), S_IRWXU); });
}

int FileWorld::create_link(const std::string& target, int directory, const std::string& name) {
  return perform(Call::CreateLink,
                 [&] { return ::symlinkat(target.c_str(), directory, name.c_str()); });
}

int FileWorld::write(int file, std::string_view bytes) {
  off_t at = 0;
  while (!bytes.empty()) {
    ssize_t taken = 0;
    const int failed = perform(Call::Write, [&] {
      taken = ::pwrite(file, bytes.data(), std::min(bytes.size(), piece()), at);
      return taken;
    });
    if (failed != 0) return failed;
    if (taken == 0) return ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(taken));
    at += taken;
  }
  return 0;
}

int FileWorld::resize(int file, std::size_t bytes) {
  return perform(Call::Resize, [&] { return ::ftruncate(file, static_cast<off_t>(bytes)); });
}

int FileWorld::reserve(int file, std::size_t bytes) {
  const int failed = perform(Call::Reserve, [&] {
    return ::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes));
  });
  return failed == EOPNOTSUPP || failed == ENOSYS ? 0 : failed;
}

int FileWorld::sync(int file) {
  const int failed = perform(Call::Sync, [&] { return ::fsync(file); });
  return failed == EINVAL ? 0 : failed;
}

int FileWorld::exchange(int directory, const std::string& a, const std::string& b) {
  return perform(Call::Exchange, [&] {
    return ::renameat2(directory, a.c_str(), directory, b.c_str(), RENAME_EXCHANGE);
  });
}

int FileWorld::rename(int directory, const std::string& from, const std::string& to) {
  return perform(Call::Rename,
                 [&] { return ::renameat(directory, from.c_str(), directory, to.c_str()); });
}

int FileWorld::rename_new(int directory, const std::string& from, const std::string& to) {
  const int failed = perform(Call::RenameNew, [&] {
    return ::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE);
  });
  if (failed != EINVAL && failed != ENOSYS) return failed;
  // A file system without such a rename: a second name is refused where one is, too.
  if (const int linked =
          perform(Call::RenameNew,
                  [&] { return ::linkat(directory, from.c_str(), directory, to.c_str(), 0); });
      linked != 0)
    return linked;
  return remove_file(directory, from);
}

int FileWorld::remove_file(int directory, const std::string& name) {
  return perform(Call::RemoveFile, [&] { return ::unlinkat(directory, name.c_str(), 0); });
}

int FileWorld::remove_directory(int directory, const std::string& name) {
  return perform(Call::RemoveDirectory,
                 [&] { return ::unlinkat(directory, name.c_str(), AT_REMOVEDIR); });
}

int FileWorld::set_mode(int file, mode_t mode) {
  return perform(Call::SetMode, [&] { return ::fchmod(file, mode); });
}

int FileWorld::set_owner(int file, Owner owner) {
  return perform(Call::SetOwner, [&] { return ::fchown(file, owner.user, owner.group); });
}

int FileWorld::set_times(int file, const Times& times) {
  const std::array<timespec, 2> both{times.accessed, times.modified};
  return perform(Call::SetTimes, [&] { return ::futimens(file, both.data()); });
}

int FileWorld::set_attribute(int file, const std::string& name, const std::string& value) {
  return perform(Call::SetAttribute,
                 [&] { return ::fsetxattr(file, name.c_str(), value.data(), value.size(), 0); });
}

int FileWorld::remove_attribute(int file, const std::string& name) {
  return perform(Call::RemoveAttribute, [&] { return ::fremovexattr(file, name.c_str()); });
}

int FileWorld::set_link_owner(int directory, const std::string& name, Owner owner) {
  return perform(Call::SetOwner, [&] {
    return ::fchownat(directory, name.c_str(), owner.user, owner.group, AT_SYMLINK_NOFOLLOW);
  });
}

int FileWorld::set_link_times(int directory, const std::string& name, const Times& times) {
  const std::array<timespec, 2> both{times.accessed, times.modified};
  return perform(Call::SetTimes, [&] {
    return ::utimensat(directory, name.c_str(), both.data(), AT_SYMLINK_NOFOLLOW);
  });
}

}  // namespace mpm::apply
