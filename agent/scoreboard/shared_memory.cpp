// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shared_memory.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "agent/base/fd.h"
#include "agent/base/file.h"

namespace mpm {
namespace {

// Room for the largest scoreboard anyone would configure: 20000 processes of 64 threads.
constexpr std::size_t kLargest = std::size_t{1} << 30;

struct Mapping {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  SourceKind kind = SourceKind::SharedMemory;
};

// "7f3c1c00a000-7f3c1c036000 rw-s 00000000 00:01 1036  /dev/zero (deleted)"
bool read_mapping(std::string_view line, Mapping& mapping) {
  if (line.find(" rw-s ") == std::string_view::npos) return false;
  const char* end = line.data() + line.size();
  auto part = std::from_chars(line.data(), end, mapping.from, 16);
  if (part.ec != std::errc() || part.ptr == end || *part.ptr != '-') return false;
  part = std::from_chars(part.ptr + 1, end, mapping.to, 16);
  if (part.ec != std::errc() || mapping.to <= mapping.from) return false;
  const bool anonymous = line.find(" /dev/zero (deleted)") != std::string_view::npos ||
                         line.find(" /SYSV") != std::string_view::npos;
  mapping.kind = anonymous ? SourceKind::SharedMemory : SourceKind::ScoreboardFile;
  return mapping.to - mapping.from <= kLargest;
}

std::vector<Mapping> shared_mappings(std::string_view maps, SourceKind kind) {
  std::vector<Mapping> found;
  while (!maps.empty()) {
    const auto end = maps.find('\n');
    Mapping mapping;
    if (read_mapping(maps.substr(0, end), mapping) && mapping.kind == kind)
      found.push_back(mapping);
    if (end == std::string_view::npos) break;
    maps.remove_prefix(end + 1);
  }
  return found;
}

Error denied(std::int32_t pid) {
  return {Error::Kind::Denied,
          fmt::format("the memory of process {} may not be read: run the agent as root, or as the "
                      "server's user with CAP_SYS_PTRACE",
                      pid)};
}

}  // namespace

class Segment {
 public:
  virtual ~Segment() = default;
  // Valid until the next call.
  virtual Result<std::span<const std::byte>> bytes() = 0;
};

namespace {

class MappedSegment final : public Segment {
 public:
  MappedSegment(void* address, std::size_t size) : address_(address), size_(size) {}
  ~MappedSegment() override { ::munmap(address_, size_); }
  MappedSegment(const MappedSegment&) = delete;
  MappedSegment& operator=(const MappedSegment&) = delete;

  Result<std::span<const std::byte>> bytes() override {
    return std::span(static_cast<const std::byte*>(address_), size_);
  }

 private:
  void* address_;
  std::size_t size_;
};

class CopiedSegment final : public Segment {
 public:
  CopiedSegment(std::int32_t pid, const Mapping& mapping)
      : pid_(pid), from_(mapping.from), copy_(mapping.to - mapping.from) {}

  Result<std::span<const std::byte>> bytes() override {
    const iovec here{copy_.data(), copy_.size()};
    // An address of the other process: never followed in this one.
    const iovec there{reinterpret_cast<void*>(from_), copy_.size()};
    const ssize_t got = ::process_vm_readv(pid_, &here, 1, &there, 1, 0);
    if (got < 0 && errno == EPERM) return fail(denied(pid_));
    if (got < 0) return fail(system_error(errno, fmt::format("memory of process {}", pid_)));
    return std::span<const std::byte>(copy_).first(static_cast<std::size_t>(got));
  }

 private:
  std::int32_t pid_;
  std::uint64_t from_;
  std::vector<std::byte> copy_;
};

Result<std::unique_ptr<Segment>> open_segment(const ProcFs& proc, std::int32_t pid,
                                              const Mapping& mapping) {
  const std::string path =
      fmt::format("{}/{}/map_files/{:x}-{:x}", proc.root(), pid, mapping.from, mapping.to);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd) {
    const std::size_t size = mapping.to - mapping.from;
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
    if (address != MAP_FAILED) return std::make_unique<MappedSegment>(address, size);
  }
  auto copied = std::make_unique<CopiedSegment>(pid, mapping);
  if (auto readable = copied->bytes(); !readable) return fail(std::move(readable.error()));
  return copied;
}

// How many of the processes in it are children of `parent`. Other modules share memory too, and
// chance may make it look like a scoreboard; only the real one names the children.
std::int64_t children_named(const Scoreboard& board, const std::set<std::int32_t>& children) {
  return std::ranges::count_if(board.processes, [&](const ProcessScore& process) {
    return children.count(process.pid) != 0;
  });
}

}  // namespace

SharedMemorySource::SharedMemorySource(SourceKind kind, std::int32_t parent, ProcFs proc)
    : kind_(kind), parent_(parent), proc_(std::move(proc)) {}

SharedMemorySource::~SharedMemorySource() = default;

Result<void> SharedMemorySource::find_segment() {
  const auto maps = proc_.maps(parent_);
  if (!maps) return fail(maps.error().kind == Error::Kind::Denied ? denied(parent_) : maps.error());
  const auto listed = proc_.children(parent_);
  const std::set<std::int32_t> children =
      listed ? std::set<std::int32_t>(listed->begin(), listed->end()) : std::set<std::int32_t>();

  std::int64_t most = -1;
  Error why{Error::Kind::Malformed,
            kind_ == SourceKind::SharedMemory
                ? fmt::format("process {} maps no anonymous scoreboard", parent_)
                : fmt::format("process {} maps no ScoreBoardFile", parent_)};
  for (const Mapping& mapping : shared_mappings(*maps, kind_)) {
    auto segment = open_segment(proc_, parent_, mapping);
    if (!segment) {
      why = std::move(segment.error());
      continue;
    }
    const auto bytes = (*segment)->bytes();
    if (!bytes) continue;
    const auto layout = find_layout(*bytes);
    if (!layout) continue;
    const std::int64_t named = children_named(decode(*bytes, *layout), children);
    if (named <= most) continue;
    most = named;
    segment_ = std::move(*segment);
    layout_ = *layout;
  }
  if (!segment_) return fail(std::move(why));
  return {};
}

Result<Scoreboard> SharedMemorySource::read() {
  const auto stat = proc_.stat(parent_);
  if (!stat || stat->state == 'Z' || (start_ticks_ != 0 && stat->start_ticks != start_ticks_)) {
    segment_.reset();
    return fail(Error::Kind::NotFound, fmt::format("the server of process {} has ended", parent_));
  }
  start_ticks_ = stat->start_ticks;
  if (!segment_)
    if (auto found = find_segment(); !found) return fail(std::move(found.error()));

  auto bytes = segment_->bytes();
  // A parent that ends between the check above and here leaves its mapping, or an error.
  const auto layout = bytes ? find_layout(*bytes) : Result<ShmLayout>(fail(bytes.error()));
  if (!layout) {
    segment_.reset();
    return fail(layout.error());
  }
  layout_ = *layout;
  Scoreboard board = decode(*bytes, layout_);
  board.source = kind_;
  return board;
}

}  // namespace mpm
