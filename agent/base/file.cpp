// SPDX-License-Identifier: Apache-2.0
#include "agent/base/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "agent/base/fd.h"

namespace mpm {
namespace {

Result<std::string> read_whole(int fd, const std::string& path, ReadLimits limits) {
  std::string text;
  std::array<char, 16384> chunk;  // most files of /proc fit into one
  for (;;) {
    if (text.size() > limits.bytes)
      return fail(Error::Kind::Malformed,
                  path + ": larger than " + std::to_string(limits.bytes) + " bytes");
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error(errno, path));
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Error system_error(int errno_value, std::string what) {
  Error::Kind kind = Error::Kind::Internal;
  if (errno_value == ENOENT || errno_value == ESRCH || errno_value == ENOTDIR)
    kind = Error::Kind::NotFound;
  if (errno_value == EACCES || errno_value == EPERM) kind = Error::Kind::Denied;
  what += ": ";
  what += std::generic_category().message(errno_value);
  return {kind, std::move(what)};
}

Result<std::string> read_file(const std::string& path, ReadLimits limits) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return fail(system_error(errno, path));
  return read_whole(fd.get(), path, limits);
}

Result<std::string> read_regular_file(const std::string& path, ReadLimits limits) {
  const auto other = [&] { return fail(Error::Kind::Malformed, path + " is not a regular file"); };
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return fail(system_error(errno, path));
  if (!S_ISREG(found.st_mode)) return other();
  // It may be another one by now.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd || ::fstat(fd.get(), &found) != 0) return fail(system_error(errno, path));
  if (!S_ISREG(found.st_mode)) return other();
  return read_whole(fd.get(), path, limits);
}

Result<std::vector<std::string>> list_directory(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
  if (!dir) return fail(system_error(errno, path));

  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(dir.get());
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  if (errno != 0) return fail(system_error(errno, path));
  std::ranges::sort(names);
  return names;
}

Result<std::string> read_link(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  const ssize_t length = ::readlink(path.c_str(), buffer.data(), buffer.size());
  if (length < 0) return fail(system_error(errno, path));
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

Result<void> make_private_directory(const std::string& path) {
  constexpr mode_t kOwnersAlone = 0700;
  if (::mkdir(path.c_str(), kOwnersAlone) == 0 || errno == EEXIST) return {};
  const auto slash = path.rfind('/');
  if (errno != ENOENT || slash == std::string::npos || slash == 0)
    return fail(system_error(errno, path));
  if (auto made = make_private_directory(path.substr(0, slash)); !made) return made;
  if (::mkdir(path.c_str(), kOwnersAlone) == 0 || errno == EEXIST) return {};
  return fail(system_error(errno, path));
}

}  // namespace mpm
