// SPDX-License-Identifier: Apache-2.0
#include "agent/target/error_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

// Magic links are not followed: a container's /dev/stderr would lead to our own descriptor.
Result<UniqueFd> open_inside(const std::string& root, const std::string& path) {
  const UniqueFd top(::open(root.empty() ? "/" : root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top) return fail(system_error(errno, root));
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  auto fd = ::syscall(SYS_openat2, top.get(), path.c_str(), &how, sizeof how);
  if (fd < 0 && errno == ENOSYS && root.empty())
    fd = ::open(path.c_str(), static_cast<int>(how.flags));
  UniqueFd file(static_cast<int>(fd));
  const int error = errno;
  struct stat status {};
  if (file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode)) return file;
  // ENXIO: a socket or a pipe without a reader's other end.
  if (file || error == ELOOP || error == ENXIO)
    return fail(Error::Kind::Malformed,
                fmt::format("the error log {} cannot be read, because it is no file", path));
  return fail(system_error(error, fmt::format("the error log {} cannot be read", path)));
}

bool same_file(const UniqueFd& a, const UniqueFd& b) {
  struct stat first {};
  struct stat second {};
  return ::fstat(a.get(), &first) == 0 && ::fstat(b.get(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

std::int64_t size_of(const UniqueFd& file) {
  struct stat status {};
  return ::fstat(file.get(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : 0;
}

// False when there was more than fits.
bool append_from(const UniqueFd& file, std::int64_t offset, std::size_t bound, std::string& text) {
  std::array<char, 16384> block;
  for (;;) {
    const ssize_t got = ::pread(file.get(), block.data(), block.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    const auto room = std::min(static_cast<std::size_t>(got), bound - text.size());
    text.append(block.data(), room);
    if (room < static_cast<std::size_t>(got)) return false;
    offset += got;
  }
}

}  // namespace

Result<std::string> error_log_file(const std::string& value, const std::string& server_root) {
  const std::string name = value.empty() ? "logs/error_log" : value;
  if (name.front() == '|')
    return fail(Error::Kind::Malformed,
                fmt::format("the error log cannot be read, because it goes to the program {}",
                            name.substr(1)));
  const std::string_view provider = std::string_view(name).substr(0, name.find(':'));
  constexpr std::array kProviders =
      std::to_array<std::string_view>({"syslog", "journald", "systemd"});
  if (std::ranges::find(kProviders, provider) != kProviders.end())
    return fail(Error::Kind::Malformed,
                fmt::format("the error log cannot be read, because it goes to {}: look there for "
                            "what the server says",
                            provider));
  if (name.front() == '/') return name;
  return server_root + (server_root.empty() || server_root.back() == '/' ? "" : "/") + name;
}

Result<LogMark> mark_log(const std::string& path, const std::string& root) {
  LogMark mark{root, path, UniqueFd(), 0};
  auto file = open_inside(root, path);
  if (!file && file.error().kind != Error::Kind::NotFound) return fail(std::move(file.error()));
  if (file) {
    mark.offset = size_of(*file);
    mark.file = std::move(*file);
  }
  return mark;
}

Result<LogSince> read_log_since(const LogMark& mark, std::size_t bound) {
  LogSince since;
  std::string text;
  const auto now = open_inside(mark.root, mark.path);
  if (!now && now.error().kind != Error::Kind::NotFound) return fail(now.error());
  const bool same = now && mark.file && same_file(*now, mark.file);
  // Cut short in place, as logrotate's copytruncate does: what is there now is new.
  const bool shortened = mark.file && size_of(mark.file) < mark.offset;
  since.rotated = mark.file && (!same || shortened);
  if (mark.file) since.cut = !append_from(mark.file, shortened ? 0 : mark.offset, bound, text);
  if (now && !same && !since.cut) since.cut = !append_from(*now, 0, bound, text);
  since.messages = parse_messages(text);
  return since;
}

}  // namespace mpm
