// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/file_state.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm::apply {
namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 20;
constexpr mode_t kPermissions = 07777;

Result<std::string> read_whole(int file, const std::string& path) {
  std::string bytes;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, path));
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    if (bytes.size() > kMaxFile)
      return fail(Error::Kind::Malformed, path + " is larger than 64 MiB");
  }
}

Result<std::string> attribute(int file, const std::string& name, const std::string& path) {
  std::string value(XATTR_SIZE_MAX, '\0');
  const ssize_t size = ::fgetxattr(file, name.c_str(), value.data(), value.size());
  if (size < 0) return fail(system_error(errno, path + ", its attribute " + name));
  value.resize(static_cast<std::size_t>(size));
  return value;
}

Result<Attributes> attributes(int file, const std::string& path) {
  const auto names = attribute_names(file, path);
  if (!names) return fail(names.error());
  Attributes found;
  for (const std::string& name : *names) {
    auto value = attribute(file, name, path);
    if (!value) return fail(std::move(value.error()));
    found.emplace_back(name, std::move(*value));
  }
  return found;
}

// The mount that what is open belongs to. rename(2) refuses to cover a mount point of the caller's
// own mount namespace alone: from outside a container it would pull away a file that is mounted
// there, so this is asked before.
std::string mount_of(int file) {
  const auto text = read_file(fmt::format("/proc/self/fdinfo/{}", file));
  if (!text) return {};
  constexpr std::string_view kKey = "mnt_id:";
  const std::size_t at = text->find(kKey);
  return at == std::string::npos
             ? std::string()
             : text->substr(at + kKey.size(), text->find('\n', at) - at - kKey.size());
}

FileNature nature_of(const struct stat& found) {
  FileNature nature;
  nature.mode = found.st_mode & kPermissions;
  nature.owner = {found.st_uid, found.st_gid};
  nature.times = {found.st_atim, found.st_mtim};
  return nature;
}

FileState state_of(const struct stat& found) {
  FileState state;
  state.nature = nature_of(found);
  state.device = found.st_dev;
  state.number = found.st_ino;
  state.names = found.st_nlink;
  return state;
}

Result<std::optional<FileState>> look_at_link(const Place& place, const struct stat& found) {
  FileState state = state_of(found);
  state.is_link = true;
  std::array<char, PATH_MAX> target;
  const ssize_t size =
      ::readlinkat(place.directory.get(), place.name.c_str(), target.data(), target.size());
  if (size < 0) return fail(system_error(errno, place.path));
  state.bytes.assign(target.data(), static_cast<std::size_t>(size));
  return state;
}

}  // namespace

Result<std::optional<FileState>> look(const Place& place) {
  // A pipe would block the open.
  const UniqueFd file(::openat(place.directory.get(), place.name.c_str(),
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  const int why = errno;
  if (!file && why == ENOENT) return std::optional<FileState>();
  struct stat found {};
  if (!file && why == ELOOP &&
      ::fstatat(place.directory.get(), place.name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISLNK(found.st_mode))
    return look_at_link(place, found);
  if (!file) return fail(system_error(why, place.path));
  if (::fstat(file.get(), &found) != 0) return fail(system_error(errno, place.path));
  if (!S_ISREG(found.st_mode))
    return fail(Error::Kind::Malformed, place.path + " is not a regular file");
  FileState state = state_of(found);
  state.mounted = mount_of(file.get()) != mount_of(place.directory.get());
  auto known = attributes(file.get(), place.path);
  if (!known) return fail(std::move(known.error()));
  state.nature.attributes = std::move(*known);
  auto bytes = read_whole(file.get(), place.path);
  if (!bytes) return fail(std::move(bytes.error()));
  state.bytes = std::move(*bytes);
  return state;
}

Result<std::vector<std::string>> attribute_names(int file, const std::string& path) {
  std::string list(XATTR_LIST_MAX, '\0');
  const ssize_t size = ::flistxattr(file, list.data(), list.size());
  if (size < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) return std::vector<std::string>{};
  if (size < 0) return fail(system_error(errno, path + ", its attributes"));
  list.resize(static_cast<std::size_t>(size));
  std::vector<std::string> names;
  for (std::size_t at = 0; at < list.size(); at += names.back().size() + 1)
    names.emplace_back(list.c_str() + at);
  std::sort(names.begin(), names.end());
  return names;
}

bool same_file(const FileState& a, const FileState& b) {
  return a.device == b.device && a.number == b.number && a.is_link == b.is_link &&
         a.bytes == b.bytes;
}

bool signs_bytes(const std::string& attribute) {
  return attribute == "security.ima" || attribute == "security.evm";
}

}  // namespace mpm::apply
