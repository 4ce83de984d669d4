// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/place.h"

#include <array>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm::apply {
namespace {

constexpr int kMostLinks = 40;  // the kernel's own limit
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

int open_inside(int root, const std::string& path) {
  const std::size_t begin = path.find_first_not_of('/');
  const std::string relative = begin == std::string::npos ? "." : path.substr(begin);
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(kDirectory);
  how.resolve = RESOLVE_IN_ROOT;
  // EAGAIN tells of a rename while ".." was resolved; a few tries are enough.
  for (int tries = 0; tries < 8; ++tries) {
    const long fd = ::syscall(SYS_openat2, root, relative.c_str(), &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return -1;
}

// Where the link leads, or "" when it is none.
Result<std::string> target_of(const Place& place) {
  std::array<char, PATH_MAX> target;
  const ssize_t size =
      ::readlinkat(place.directory.get(), place.name.c_str(), target.data(), target.size());
  if (size >= 0) return std::string(target.data(), static_cast<std::size_t>(size));
  if (errno == EINVAL || errno == ENOENT) return std::string();
  return fail(system_error(errno, place.path));
}

}  // namespace

Result<ServerRoot> ServerRoot::open(const std::string& prefix) {
  if (prefix.empty() || prefix == "/") return ServerRoot(UniqueFd(), "");
  UniqueFd root(::open(prefix.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return fail(system_error(errno, prefix));
  return ServerRoot(std::move(root), prefix);
}

Result<Place> ServerRoot::directory_of(const std::string& path) const {
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string::npos || name.empty() ||
      name == "." || name == "..")
    return fail(Error::Kind::Usage, "\"" + path + "\" is no absolute path of a file");
  const std::string directory = path.substr(0, slash + 1);
  UniqueFd fd(root_ ? open_inside(root_.get(), directory) : ::open(directory.c_str(), kDirectory));
  if (!fd && root_ && errno == ENOSYS)
    return fail(Error::Kind::Denied, "The kernel has no openat2, so files below " + prefix_ +
                                         " cannot be written without leaving it; use Linux 5.6 "
                                         "or newer");
  if (!fd) return fail(system_error(errno, prefix_ + directory));
  return Place{std::move(fd), name, path, prefix_ + path};
}

Result<Place> ServerRoot::place(const std::string& path, LastName last) const {
  std::string at = path;
  for (int links = 0; links <= kMostLinks; ++links) {
    auto place = directory_of(at);
    if (!place || last == LastName::Keep) return place;
    const auto target = target_of(*place);
    if (!target) return fail(target.error());
    if (target->empty()) return place;
    // "..", links to directories and the like are the kernel's to resolve.
    at = target->front() == '/' ? *target : at.substr(0, at.rfind('/') + 1) + *target;
  }
  return fail(system_error(ELOOP, prefix_ + path));
}

}  // namespace mpm::apply
