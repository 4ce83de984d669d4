// SPDX-License-Identifier: Apache-2.0
#include "agent/service/host_files.h"

#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

// httpd's own bound for one file is far above this.
constexpr std::size_t kLargest = std::size_t{64} << 20;

}  // namespace

HostFiles::HostFiles(const std::string& root)
    : root_(::open(root.empty() ? "/" : root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

UniqueFd HostFiles::open(const std::string& path, int flags) const {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  // glibc 2.36 has no wrapper for it.
  return UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, root_.get(), path.c_str(), &how, sizeof(how))));
}

config::FileKind HostFiles::kind(const std::string& path) const {
  const UniqueFd fd = open(path, O_PATH);
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0) return config::FileKind::Missing;
  if (S_ISDIR(found.st_mode)) return config::FileKind::Directory;
  return S_ISREG(found.st_mode) ? config::FileKind::Regular : config::FileKind::Other;
}

Result<std::string> HostFiles::read(const std::string& path) const {
  // A fifo must not hold the agent up.
  const UniqueFd fd = open(path, O_RDONLY | O_NONBLOCK);
  if (!fd) return fail(system_error(errno, path));
  std::string text;
  std::array<char, 65536> block;
  for (;;) {
    const ssize_t got = ::read(fd.get(), block.data(), block.size());
    if (got < 0) return fail(system_error(errno, path));
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargest)
      return fail(Error::Kind::Malformed, path + ": the file is larger than 64 MiB");
  }
}

Result<std::vector<config::Entry>> HostFiles::list(const std::string& path) const {
  UniqueFd fd = open(path, O_RDONLY | O_DIRECTORY);
  if (!fd) return fail(system_error(errno, path));
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(fd.get()), ::closedir);
  if (!directory) return fail(system_error(errno, path));
  fd.release();
  std::vector<config::Entry> entries;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_directory = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat found {};
      is_directory =
          ::fstatat(::dirfd(directory.get()), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
          S_ISDIR(found.st_mode);
    }
    entries.push_back({name, is_directory});
  }
  return entries;
}

std::optional<HostFiles::Stamp> HostFiles::stamp(const std::string& path) const {
  const UniqueFd fd = open(path, O_PATH);
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0) return std::nullopt;
  return Stamp{found.st_mtim.tv_sec * 1000000000LL + found.st_mtim.tv_nsec, found.st_size};
}

}  // namespace mpm
