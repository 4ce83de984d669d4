// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cgroup.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "tests/support/wait_for.h"

namespace mpm {
namespace {

struct Version {
  const char* root;
  const char* limit;
  const char* events;  // its line "oom_kill" counts
};

constexpr std::array kVersions{
    Version{"/sys/fs/cgroup/memory/", "memory.limit_in_bytes", "memory.oom_control"},
    Version{"/sys/fs/cgroup/", "memory.max", "memory.events"}};

}  // namespace

MemoryCgroup::MemoryCgroup(std::int64_t limit_bytes) {
  for (const Version& version : kVersions) {
    std::string path = version.root + std::string("mpm-test-XXXXXX");
    if (::mkdtemp(path.data()) == nullptr) continue;
    path_ = path;
    std::ofstream out(path_ + "/" + version.limit);
    out << limit_bytes << std::flush;
    if (out) return;
    remove();
  }
}

MemoryCgroup::~MemoryCgroup() {
  remove();
}

void MemoryCgroup::add(pid_t pid) const {
  std::ofstream(path_ + "/cgroup.procs") << pid << std::flush;
}

void MemoryCgroup::add(const PrivateHttpd& server) const {
  add(server.pid());
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", server.pid()));
  for (auto pid = std::istream_iterator<pid_t>(file); pid != std::istream_iterator<pid_t>(); ++pid)
    add(*pid);
}

std::int64_t MemoryCgroup::killed() const {
  for (const Version& version : kVersions) {
    std::ifstream file(path_ + "/" + version.events);
    std::int64_t count = 0;
    for (std::string word; file >> word;)
      if (word == "oom_kill" && file >> count) return count;
  }
  return 0;
}

void MemoryCgroup::remove() {
  if (path_.empty()) return;
  // The kernel lets go of the last process a moment after it ended.
  wait_for([&] {
    std::error_code error;
    return std::filesystem::remove(path_, error) && !error;
  });
  path_.clear();
}

}  // namespace mpm
