// SPDX-License-Identifier: Apache-2.0
#include "agent/files/host_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 20;

int open_in_root(int root, const std::string& path, int flags) {
  const std::size_t begin = path.find_first_not_of('/');
  const std::string relative = begin == std::string::npos ? "." : path.substr(begin);
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT;
  // EAGAIN tells of a rename while ".." was resolved; a few tries are enough.
  for (int tries = 0; tries < 8; ++tries) {
    const long fd = syscall(SYS_openat2, root, relative.c_str(), &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return -1;
}

std::int64_t changed_ns(const struct stat& found) {
  return found.st_mtim.tv_sec * 1000000000LL + found.st_mtim.tv_nsec;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

// Of itself, DT_DIR and its likes; some file systems do not tell while they are listed.
int type_of(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type;
  struct stat found {};
  if (fstatat(directory, entry.d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
  return IFTODT(found.st_mode);
}

}  // namespace

HostFiles::HostFiles(std::string root_prefix, std::optional<FileReader> reader)
    : prefix_(std::move(root_prefix)), reader_(std::move(reader)) {
  if (prefix_.empty()) return;
  root_.reset(::open(prefix_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root_) root_errno_ = errno;
}

Result<UniqueFd> HostFiles::open(const std::string& path, int flags) const {
  auto fd = open_as_agent(path, flags);
  if (fd && ReaderRights::are_wider(reader_) && !is_readers(*fd, flags))
    return fail(refused_to_the_reader(path));
  return fd;
}

Result<UniqueFd> HostFiles::open_as_agent(const std::string& path, int flags) const {
  if (path.find('\0') != std::string::npos)
    return fail(Error::Kind::NotFound, "A path with a NUL byte names no file");
  if (root_errno_ != 0) return fail(system_error(root_errno_, prefix_));
  const ReaderRights rights(reader_);
  if (!rights.are_in_force()) return fail(refused_to_the_reader(path));
  UniqueFd fd(prefix_.empty() ? ::open(path.c_str(), flags | O_CLOEXEC)
                              : open_in_root(root_.get(), path, flags));
  if (fd) return fd;
  if (!prefix_.empty() && errno == ENOSYS)
    return fail(Error::Kind::Denied,
                "The kernel has no openat2, so files below " + prefix_ +
                    " cannot be read without leaving it; use Linux 5.6 or newer");
  if (errno == EACCES && reader_ && reader_->user != 0) return fail(refused_to_the_reader(path));
  return fail(system_error(errno, prefix_ + path));
}

// By the modes of the folders that it is in, and its own where it is opened to be read.
bool HostFiles::is_readers(const UniqueFd& file, int flags) const {
  struct stat opened {};
  const auto name = name_of(file);
  if (!name || ::fstat(file.get(), &opened) != 0) return false;
  struct stat found {};
  const auto look = [&](const std::string& at) {
    const auto fd = open_as_agent(at, O_PATH | O_NOFOLLOW);
    return fd && ::fstat(fd->get(), &found) == 0;
  };
  for (auto slash = name->find('/', 1); slash != std::string::npos;
       slash = name->find('/', slash + 1))
    if (!look(name->substr(0, slash)) || !may_search(*reader_, found)) return false;
  // It may be another one by now.
  const bool is_it = look(*name) && found.st_dev == opened.st_dev && found.st_ino == opened.st_ino;
  return is_it && ((flags & O_PATH) != 0 || may_read(*reader_, opened));
}

Error HostFiles::refused_to_the_reader(const std::string& path) const {
  return {Error::Kind::Denied,
          fmt::format("{}{} is read with the rights of user {}, who runs the server, and where the "
                      "agent is not root with its own besides, and may not be; let its group be "
                      "one of the agent's user's, or make it readable for all",
                      prefix_, path, reader_->user)};
}

// Of this host's own files the kernel tells by their names, which is a call and not three.
config::FileKind HostFiles::kind(const std::string& path) const {
  struct stat found {};
  if (kernel_knows_names()) {
    const bool whole = path.find('\0') == std::string::npos;
    const ReaderRights rights(reader_);
    if (!whole || !rights.are_in_force() || ::stat(path.c_str(), &found) != 0)
      return config::FileKind::Missing;
  } else {
    const auto fd = open(path, O_PATH);
    if (!fd || fstat(fd->get(), &found) != 0) return config::FileKind::Missing;
  }
  if (S_ISREG(found.st_mode)) return config::FileKind::Regular;
  return S_ISDIR(found.st_mode) ? config::FileKind::Directory : config::FileKind::Other;
}

Result<std::string> HostFiles::read(const std::string& path) const {
  if (path == "/dev/null") return std::string();
  // A pipe would block the open.
  auto fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) return fail(fd.error());
  struct stat found {};
  if (fstat(fd->get(), &found) != 0) return fail(system_error(errno, prefix_ + path));
  if (!S_ISREG(found.st_mode))
    return fail(Error::Kind::Malformed, prefix_ + path + " is not a regular file");
  std::string bytes;
  std::array<char, 1 << 16> buffer;
  const auto size = static_cast<std::size_t>(found.st_size);
  for (;;) {
    const ssize_t count = ::read(fd->get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, prefix_ + path));
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    if (bytes.size() > kMaxFile)
      return fail(Error::Kind::Malformed, prefix_ + path + " is larger than 64 MiB");
    // The end, without asking for it; files of the kernel say 0 and have more.
    if (bytes.size() == size && static_cast<std::size_t>(count) < buffer.size()) return bytes;
  }
}

Result<std::vector<config::Entry>> HostFiles::list(const std::string& path) const {
  auto fd = open(path, O_RDONLY | O_DIRECTORY);
  if (!fd) return fail(fd.error());
  const std::unique_ptr<DIR, CloseDirectory> directory(fdopendir(fd->get()));
  if (!directory) return fail(system_error(errno, prefix_ + path));
  fd->release();
  std::vector<config::Entry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(directory.get());
    if (!entry) break;
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const int type = type_of(dirfd(directory.get()), *entry);
    entries.push_back(config::Entry{name, type == DT_DIR, type == DT_REG});
  }
  if (errno != 0) return fail(system_error(errno, prefix_ + path));
  return entries;
}

Result<std::string> HostFiles::real_path(const std::string& path) const {
  const auto fd = open(path, O_PATH);
  if (!fd) return fail(fd.error());
  return name_of(*fd);
}

// The kernel knows the name of what is open, below the root of whoever asks; what the root itself
// is called there is cut off.
Result<std::string> HostFiles::name_of(const UniqueFd& file) const {
  auto name = read_link(fmt::format("/proc/self/fd/{}", file.get()));
  if (!name || prefix_.empty()) return name;
  auto root = read_link(fmt::format("/proc/self/fd/{}", root_.get()));
  if (!root) return root;
  if (*root != "/" && name->compare(0, root->size(), *root) == 0) name->erase(0, root->size());
  return name->empty() ? "/" : *name;
}

Result<std::string> HostFiles::link_target(const std::string& path) const {
  std::array<char, 4096> target;
  ssize_t size = -1;
  if (kernel_knows_names() && path.find('\0') == std::string::npos) {
    const ReaderRights rights(reader_);
    if (!rights.are_in_force()) return fail(refused_to_the_reader(path));
    size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0 && errno == ENOENT) return fail(system_error(errno, path));
  } else {
    const auto fd = open(path, O_PATH | O_NOFOLLOW);
    if (!fd) return fail(fd.error());
    size = ::readlinkat(fd->get(), "", target.data(), target.size());
  }
  if (size < 0)
    return fail(errno == ENOENT || errno == EINVAL
                    ? Error{Error::Kind::Malformed, prefix_ + path + " is no link"}
                    : system_error(errno, prefix_ + path));
  return std::string(target.data(), static_cast<std::size_t>(size));
}

std::optional<HostFiles::Stamp> HostFiles::stamp(const std::string& path) const {
  const auto fd = open(path, O_PATH);
  struct stat found {};
  if (!fd || ::fstat(fd->get(), &found) != 0) return std::nullopt;
  Stamp stamp{changed_ns(found), found.st_size};
  // An old file is new where a link to it is, as a2enmod makes them.
  const auto name = open(path, O_PATH | O_NOFOLLOW);
  if (name && ::fstat(name->get(), &found) == 0)
    stamp.changed_ns = std::max(stamp.changed_ns, changed_ns(found));
  return stamp;
}

std::optional<HostFiles::Identity> HostFiles::identity(const std::string& path) const {
  const auto fd = open(path, O_PATH);
  struct stat found {};
  if (!fd || ::fstat(fd->get(), &found) != 0) return std::nullopt;
  return Identity{found.st_dev, found.st_ino};
}

}  // namespace mpm
