// SPDX-License-Identifier: Apache-2.0
//
// A /proc with processes of our making, in a directory that goes away with it:
// stat, maps and map_files, as far as a reader of shared memory needs them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include <fmt/format.h>

namespace mpm {

class FakeProc {
 public:
  FakeProc() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mpm-proc-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  FakeProc(const FakeProc&) = delete;
  FakeProc& operator=(const FakeProc&) = delete;
  ~FakeProc() { std::filesystem::remove_all(root_); }

  const std::string& root() const { return root_; }
  std::string path(std::int32_t pid, const std::string& name) const {
    return fmt::format("{}/{}/{}", root_, pid, name);
  }

  struct Stat {
    std::string name = "apache2";
    char state = 'S';
    std::int32_t parent = 1;
    int started = 1000;  // ticks after boot
  };
  void stat(std::int32_t pid, const Stat& stat) {
    // Fields 5 to 21 do not matter here.
    write(path(pid, "stat"),
          fmt::format("{} ({}) {} {} 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 {} 23\n", pid,
                      stat.name, stat.state, stat.parent, stat.started));
  }

  // Adds a line to maps, and the file behind it.
  void map(std::int32_t pid, std::uint64_t begin, std::span<const std::byte> bytes,
           const std::string& name) {
    const std::string link =
        fmt::format("{:x}-{:x}", begin, begin + (bytes.size() + 4095) / 4096 * 4096);
    maps_ += fmt::format("{} rw-s 00000000 00:01 1037                       {}\n", link, name);
    write(path(pid, "maps"), maps_);
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    write(path(pid, "map_files/" + link), text);
  }
  void unmap_all(std::int32_t pid) {
    maps_.clear();
    write(path(pid, "maps"), maps_);
    std::filesystem::remove_all(path(pid, "map_files"));
  }
  void remove(std::int32_t pid) { std::filesystem::remove_all(fmt::format("{}/{}", root_, pid)); }

  static void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }

 private:
  std::string root_;
  std::string maps_;
};

}  // namespace mpm
