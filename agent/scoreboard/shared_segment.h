// SPDX-License-Identifier: Apache-2.0
//
// The shared memory in which a running parent keeps its scoreboard, seen from outside. It is
// found by content among the mappings of the process, and looked at in the first way allowed:
//
//   1. /proc/PID/map_files/BEGIN-END, mapped read-only (root, or CAP_CHECKPOINT_RESTORE)
//   2. /proc/PID/root/<path>, mapped read-only, when the mapping has a name that still exists
//   3. process_vm_readv, a copy for every look (same user, or CAP_SYS_PTRACE)
//
// A mapping is kept from look to look. httpd keeps its segment through graceful and HUP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "agent/base/fd.h"
#include "agent/scoreboard/parent_process.h"
#include "agent/scoreboard/shm_layout.h"
#include "schema/model/result.h"

namespace mpm {

// A file mapped read-only, for as long as this lives. The file stays open, to see it shrink.
class ReadOnlyMap {
 public:
  // `length` bytes from the start. NotFound, Denied: see system_error. Malformed: it is no
  // regular file, or shorter; beyond the end of a file, reading its mapping is SIGBUS.
  static Result<ReadOnlyMap> open(const std::string& path, std::size_t length);
  ReadOnlyMap(ReadOnlyMap&& other) noexcept;
  ReadOnlyMap& operator=(ReadOnlyMap&& other) noexcept;
  ReadOnlyMap(const ReadOnlyMap&) = delete;
  ReadOnlyMap& operator=(const ReadOnlyMap&) = delete;
  ~ReadOnlyMap();

  // No more than the file has right now; empty when it shrank.
  std::span<const std::byte> bytes() const;
  // Whether `path` is this file now.
  bool is(const std::string& path) const;

 private:
  ReadOnlyMap(UniqueFd fd, const std::byte* data, std::size_t length);
  UniqueFd fd_;
  const std::byte* data_ = nullptr;
  std::size_t length_ = 0;  // of the mapping
  std::size_t size_ = 0;    // of the file, when it was opened, and no more than length_
};

enum class SegmentKind : std::uint8_t { Anonymous, Named };

// Not safe from two threads at once.
class SharedSegment {
 public:
  SharedSegment(std::int32_t pid, std::string proc_root, SegmentKind kind);

  struct View {
    std::span<const std::byte> bytes;  // changing while it is read; valid until the next look()
    ShmLayout layout;
  };
  // NotFound: the parent has ended. Malformed: it has no scoreboard of this kind. Denied: says
  // what for.
  Result<View> look();

 private:
  struct Found {
    SharedMapping mapping;
    ShmLayout layout;
    std::string file;                // that is mapped; empty when copied
    std::optional<ReadOnlyMap> map;  // nothing when copied
  };

  Result<Found> find() const;
  Result<Found> try_mapping(const SharedMapping& mapping) const;
  Result<Found> try_copy(const SharedMapping& mapping) const;
  Result<View> view(Found& found);
  bool wanted(const SharedMapping& mapping) const;

  ParentProcess parent_;
  SegmentKind kind_;
  std::optional<Found> found_;
  std::vector<std::byte> copy_;
};

}  // namespace mpm
