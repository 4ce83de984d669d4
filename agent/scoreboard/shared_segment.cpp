// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shared_segment.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

// All of `into`, from `address` of process `pid`.
Result<void> copy_from(std::int32_t pid, std::uint64_t address, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const iovec local{into.data() + done, into.size() - done};
    // The kernel takes the other process's address in the shape of a pointer of ours.
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    const iovec remote{reinterpret_cast<void*>(address + done), into.size() - done};
    const ssize_t got = ::process_vm_readv(pid, &local, 1, &remote, 1, 0);
    if (got < 0) return fail(system_error(errno, fmt::format("memory of process {}", pid)));
    if (got == 0) return fail(Error::Kind::Malformed, "the scoreboard was unmapped");
    done += static_cast<std::size_t>(got);
  }
  return {};
}

Error explained(Error error, std::int32_t pid) {
  if (error.kind != Error::Kind::Denied) return error;
  return {Error::Kind::Denied,
          fmt::format("reading the memory of process {} is not permitted; run the agent as root, "
                      "as the same user, or with CAP_SYS_PTRACE ({})",
                      pid, error.what)};
}

}  // namespace

ReadOnlyMap::ReadOnlyMap(UniqueFd fd, const std::byte* data, std::size_t length)
    : fd_(std::move(fd)), data_(data), length_(length) {}

ReadOnlyMap::ReadOnlyMap(ReadOnlyMap&& other) noexcept {
  *this = std::move(other);
}

ReadOnlyMap& ReadOnlyMap::operator=(ReadOnlyMap&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(length_, other.length_);
  std::swap(size_, other.size_);
  return *this;
}

ReadOnlyMap::~ReadOnlyMap() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), length_);
}

Result<ReadOnlyMap> ReadOnlyMap::open(const std::string& path, std::size_t length) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return fail(system_error(errno, path));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail(system_error(errno, path));
  // A System V segment is a regular file here too.
  if (!S_ISREG(status.st_mode) || status.st_size <= 0)
    return fail(Error::Kind::Malformed, path + " is no file with content");
  void* data = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return fail(system_error(errno, path));
  ReadOnlyMap map(std::move(fd), static_cast<const std::byte*>(data), length);
  map.size_ = std::min(length, static_cast<std::size_t>(status.st_size));
  return map;
}

std::span<const std::byte> ReadOnlyMap::bytes() const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0 || static_cast<std::size_t>(status.st_size) < size_)
    return {};
  return {data_, size_};
}

bool ReadOnlyMap::is(const std::string& path) const {
  struct stat ours {};
  struct stat theirs {};
  return ::fstat(fd_.get(), &ours) == 0 && ::stat(path.c_str(), &theirs) == 0 &&
         ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

SharedSegment::SharedSegment(std::int32_t pid, std::string proc_root, SegmentKind kind)
    : parent_(pid, std::move(proc_root)), kind_(kind) {}

bool SharedSegment::wanted(const SharedMapping& mapping) const {
  if (kind_ == SegmentKind::Anonymous) return mapping.anonymous();
  // To open a device may have effects; POSIX shared memory is the one thing below /dev we open.
  return !mapping.anonymous() &&
         (!mapping.path.starts_with("/dev/") || mapping.path.starts_with("/dev/shm/"));
}

Result<SharedSegment::Found> SharedSegment::try_mapping(const SharedMapping& mapping) const {
  std::vector<std::string> files{parent_.path("map_files/" + mapping.link)};
  if (kind_ == SegmentKind::Named && !mapping.path.ends_with(" (deleted)"))
    files.push_back(parent_.path("root" + mapping.path));
  for (const std::string& file : files) {
    auto map = ReadOnlyMap::open(file, mapping.length());
    if (!map) continue;
    const auto layout = find_layout(map->bytes());
    if (!layout) return fail(layout.error());
    return Found{mapping, *layout, file, std::move(*map)};
  }
  return try_copy(mapping);
}

Result<SharedSegment::Found> SharedSegment::try_copy(const SharedMapping& mapping) const {
  std::array<std::byte, kLayoutHead> head{};
  if (auto copied = copy_from(parent_.pid(), mapping.begin, head); !copied)
    return fail(copied.error());
  const auto layout = find_layout(head, mapping.length());
  if (!layout) return fail(layout.error());
  return Found{mapping, *layout, {}, {}};
}

Result<SharedSegment::View> SharedSegment::view(Found& found) {
  if (found.map) {
    if (!found.map->is(found.file))
      return fail(Error::Kind::Conflict, "the server mapped another scoreboard");
    const auto bytes = found.map->bytes();
    if (bytes.size() < found.layout.total())
      return fail(Error::Kind::Conflict, "the file of the scoreboard was cut");
    return View{bytes, found.layout};
  }
  copy_.resize(found.layout.total());
  if (auto copied = copy_from(parent_.pid(), found.mapping.begin, copy_); !copied)
    return fail(copied.error());
  return View{copy_, found.layout};
}

// Of several that could be one, that of our own children: other modules keep tables too, and
// a parent may still map the scoreboard of the one that started it.
Result<SharedSegment::Found> SharedSegment::find() const {
  auto mappings = parent_.mappings();
  if (!mappings) return fail(explained(mappings.error(), parent_.pid()));

  std::optional<Error> denied;
  std::optional<Found> best;
  std::size_t best_children = 0;
  for (const SharedMapping& mapping : *mappings) {
    if (!wanted(mapping)) continue;
    auto found = try_mapping(mapping);
    if (!found) {
      if (found.error().kind == Error::Kind::Denied) denied = found.error();
      continue;
    }
    const std::size_t children =
        found->map ? parent_.own_children(child_pids(found->map->bytes(), found->layout)) : 0;
    if (best && children <= best_children) continue;
    best = std::move(*found);
    best_children = children;
  }
  if (best) return std::move(*best);
  if (denied) return fail(explained(*denied, parent_.pid()));
  return fail(Error::Kind::Malformed,
              fmt::format("process {} has no scoreboard in {} shared memory", parent_.pid(),
                          kind_ == SegmentKind::Anonymous ? "anonymous" : "named"));
}

Result<SharedSegment::View> SharedSegment::look() {
  if (auto alive = parent_.check(); !alive) {
    found_.reset();
    return fail(alive.error());
  }
  if (found_) {
    auto seen = view(*found_);
    if (seen && find_layout(seen->bytes)) return seen;
    found_.reset();
  }
  auto found = find();
  if (!found) return fail(found.error());
  found_ = std::move(*found);
  auto seen = view(*found_);
  if (!seen) return fail(explained(seen.error(), parent_.pid()));
  return seen;
}

}  // namespace mpm
