// SPDX-License-Identifier: Apache-2.0
#include "agent/files/reader_rights.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mpm {
namespace {

// Of this thread: the C library's own calls would reach all of them.
using CapabilityWords = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

constexpr std::uint64_t kReadsOthers =
    (std::uint64_t{1} << CAP_DAC_READ_SEARCH) | (std::uint64_t{1} << CAP_DAC_OVERRIDE);

std::optional<CapabilityWords> capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  CapabilityWords words{};
  if (syscall(SYS_capget, &header, words.data()) != 0) return std::nullopt;
  return words;
}

std::uint64_t effective(const CapabilityWords& words) {
  return words[0].effective | (std::uint64_t{words[1].effective} << 32);
}

bool set_effective(std::uint64_t wanted) {
  auto words = capabilities();
  if (!words) return false;
  (*words)[0].effective = static_cast<std::uint32_t>(wanted);
  (*words)[1].effective = static_cast<std::uint32_t>(wanted >> 32);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return syscall(SYS_capset, &header, words->data()) == 0;
}

bool set_groups(const std::vector<gid_t>& groups) {
  return syscall(SYS_setgroups, groups.size(), groups.data()) == 0;
}

// Both calls tell what was, and neither whether it was changed.
uid_t file_user() {
  return static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1)));
}
gid_t file_group() {
  return static_cast<gid_t>(::setfsgid(static_cast<gid_t>(-1)));
}

void set_user_and_group(const FileReader& reader) {
  ::setfsgid(reader.group);
  ::setfsuid(reader.user);
}

std::vector<gid_t> own_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(::getgroups(0, nullptr)));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return groups;
}

// The bits of one class, as the kernel picks it: the owner's count alone for the owner.
bool allows(const FileReader& reader, const struct stat& file, mode_t bit) {
  const auto is_group = [&](gid_t group) { return group == file.st_gid; };
  if (reader.user == file.st_uid) return (file.st_mode & (bit << 6)) != 0;
  if (is_group(reader.group) || std::ranges::any_of(reader.groups, is_group))
    return (file.st_mode & (bit << 3)) != 0;
  return (file.st_mode & bit) != 0;
}

}  // namespace

bool may_read(const FileReader& reader, const struct stat& file) {
  return allows(reader, file, S_IROTH);
}

bool may_search(const FileReader& reader, const struct stat& directory) {
  return allows(reader, directory, S_IXOTH);
}

ReaderRights::ReaderRights(const std::optional<FileReader>& reader) {
  if (!reader || reader->user == 0) return;
  in_force_ = (::geteuid() != 0 || become(*reader)) && lay_down();
}

ReaderRights::~ReaderRights() {
  const int error = errno;
  if (self_) {
    set_user_and_group(*self_);
    set_groups(self_->groups);
  }
  if (capabilities_) set_effective(*capabilities_);
  errno = error;
}

bool ReaderRights::are_wider(const std::optional<FileReader>& reader) {
  return reader && reader->user != 0 && ::geteuid() != 0 && reader->user != ::geteuid();
}

bool ReaderRights::become(const FileReader& reader) {
  const auto now = capabilities();
  if (!now) return false;
  // Those of files go with the user, and come back as they may be; these are put back.
  capabilities_ = effective(*now);
  self_ = FileReader{file_user(), file_group(), own_groups()};
  if (!set_groups(reader.groups)) return false;
  set_user_and_group(reader);
  return file_user() == reader.user && file_group() == reader.group;
}

bool ReaderRights::lay_down() {
  const auto now = capabilities();
  if (!now) return false;
  if ((effective(*now) & kReadsOthers) == 0) return true;
  if (!capabilities_) capabilities_ = effective(*now);
  return set_effective(effective(*now) & ~kReadsOthers);
}

}  // namespace mpm
