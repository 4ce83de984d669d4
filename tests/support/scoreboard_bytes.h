// SPDX-License-Identifier: Apache-2.0
//
// A scoreboard segment as httpd would write it, for any release of 2.4. The offsets are written
// down here a second time on purpose: from include/scoreboard.h, not from the code under test.
//
//   ScoreboardBytes bytes({.release = k2_4_36, .server_limit = 8, .thread_limit = 4});
//   bytes.process(0).pid(4711).worker(2).status('W').start(1000);
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "schema/model/scoreboard.h"

namespace mpm {

struct Release {
  std::string_view name;    // the first with these sizes
  std::string_view layout;  // what ShmLayout::since calls it
  std::size_t global, process, worker;
};
inline constexpr std::array kReleases{
    Release{"2.4.0", "2.4.0", 24, 32, 248},   Release{"2.4.17", "2.4.17", 24, 40, 248},
    Release{"2.4.19", "2.4.19", 24, 40, 264}, Release{"2.4.35", "2.4.35", 56, 40, 272},
    Release{"2.4.36", "2.4.36", 56, 40, 336}, Release{"2.4.63", "2.4.36", 56, 40, 336},
};

struct SegmentShape {
  Release release = kReleases.back();
  std::int32_t server_limit = 1;
  std::int32_t thread_limit = 1;
  bool apr_header = true;
  std::size_t spare = 0;  // bytes after the end, as up to the end of a page
};

class ScoreboardBytes {
 public:
  explicit ScoreboardBytes(SegmentShape shape) : shape_(shape), bytes_(total() + shape.spare) {
    if (shape.apr_header) put<std::uint64_t>(0, total());
    put<std::int32_t>(header(), shape.server_limit);
    put<std::int32_t>(header() + 4, shape.thread_limit);
  }

  // One worker_score.
  class Worker {
   public:
    Worker(ScoreboardBytes& all, std::size_t at) : all_(&all), at_(at) {}
    Worker& status(char letter) {
      return status_byte(static_cast<std::uint8_t>(kStateLetters.find(letter)));
    }
    Worker& status_byte(std::uint8_t value) { return field(20, value); }
    Worker& pid(std::int32_t value) { return field(12, value); }
    Worker& generation(std::int32_t value) { return field(16, value); }
    Worker& connection_accesses(std::uint16_t value) { return field(22, value); }
    Worker& accesses(std::uint64_t value) { return field(32, value); }
    Worker& bytes_served(std::int64_t value) { return field(40, value); }
    Worker& child_accesses(std::uint64_t value) { return field(48, value); }
    Worker& start(std::int64_t us) { return field(64, us); }
    Worker& stop(std::int64_t us) { return field(72, us); }
    Worker& last_used(std::int64_t us) { return field(80, us); }
    // struct tms: user, system, and those of the child's own children, in ticks.
    Worker& times(std::array<std::int64_t, 4> ticks) {
      for (std::size_t i = 0; i < ticks.size(); ++i)
        field(88 + 8 * i, ticks[i]);
      return *this;
    }
    Worker& duration(std::int64_t us) { return field(264, us); }
    Worker& client(std::string_view value) { return text(120, 32, value); }
    Worker& request(std::string_view value) { return text(152, 64, value); }
    Worker& vhost(std::string_view value) { return text(216, 32, value); }
    Worker& protocol(std::string_view value) { return text(248, 16, value); }
    Worker& client64(std::string_view value) { return text(272, 64, value); }

   private:
    template <class T>
    Worker& field(std::size_t offset, T value) {
      all_->put(at_ + offset, value);
      return *this;
    }
    // Fills all the room when the value is as long: then no NUL ends it.
    Worker& text(std::size_t offset, std::size_t room, std::string_view value) {
      std::memcpy(all_->bytes_.data() + at_ + offset, value.data(), std::min(room, value.size()));
      return *this;
    }
    ScoreboardBytes* all_;
    std::size_t at_;
  };

  // One process_score.
  class Process {
   public:
    Process(ScoreboardBytes& all, std::int32_t slot) : all_(&all), slot_(slot) {}
    Process& pid(std::int32_t value) { return field(0, value); }
    Process& generation(std::int32_t value) { return field(4, value); }
    Process& quiescing() { return field(8, char{1}); }
    Process& not_accepting() { return field(9, char{1}); }
    // connections, write_completion, lingering_close, keep_alive, suspended: 12, 16, ... 28.
    Process& counters(std::uint32_t first) {
      for (std::size_t i = 0; i < 5; ++i)
        field(12 + 4 * i, first + static_cast<std::uint32_t>(i));
      return *this;
    }
    Process& wait_io(std::uint32_t value) { return field(36, value); }
    Worker worker(std::int32_t thread) { return {*all_, all_->worker_at(slot_, thread)}; }

   private:
    template <class T>
    Process& field(std::size_t offset, T value) {
      all_->put(all_->process_at(slot_) + offset, value);
      return *this;
    }
    ScoreboardBytes* all_;
    std::int32_t slot_;
  };

  ScoreboardBytes& generation(std::int32_t value) {
    put(header() + 8, value);
    return *this;
  }
  ScoreboardBytes& restarted_us(std::int64_t value) {
    put(header() + 16, value);
    return *this;
  }
  // Since 2.4.35: of children that have ended.
  ScoreboardBytes& times(std::array<std::int64_t, 4> ticks) {
    for (std::size_t i = 0; i < ticks.size(); ++i)
      put(header() + 24 + 8 * i, ticks[i]);
    return *this;
  }
  Process process(std::int32_t slot) { return {*this, slot}; }

  std::span<const std::byte> bytes() const { return bytes_; }
  std::span<std::byte> bytes() { return bytes_; }
  std::size_t total() const { return worker_at(shape_.server_limit, 0); }

 private:
  std::size_t header() const { return shape_.apr_header ? 8 : 0; }
  std::size_t process_at(std::int32_t slot) const {
    return header() + shape_.release.global +
           shape_.release.process * static_cast<std::size_t>(slot);
  }
  std::size_t worker_at(std::int32_t slot, std::int32_t thread) const {
    const auto index =
        static_cast<std::size_t>(slot) * static_cast<std::size_t>(shape_.thread_limit) +
        static_cast<std::size_t>(thread);
    return process_at(shape_.server_limit) + shape_.release.worker * index;
  }
  template <class T>
  void put(std::size_t at, T value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }

  SegmentShape shape_;
  std::vector<std::byte> bytes_;
};

}  // namespace mpm
