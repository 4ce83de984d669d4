// SPDX-License-Identifier: Apache-2.0
#include "agent/service/log.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mpm {
namespace {

bool goes_to_the_journal() {
  struct stat found {};
  return ::fstat(STDERR_FILENO, &found) == 0 &&
         is_stream(std::getenv("JOURNAL_STREAM"), found.st_dev, found.st_ino);
}

}  // namespace

bool is_stream(const char* named, std::uint64_t device, std::uint64_t inode) {
  return named != nullptr && fmt::format("{}:{}", device, inode) == named;
}

Log::Log() : is_journal_(goes_to_the_journal()) {}

std::string Log::line(Priority priority, std::string sentence) const {
  // A line of its own would have no priority, or one that somebody else chose.
  std::ranges::replace_if(
      sentence, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return is_journal_ ? fmt::format("<{}>{}\n", static_cast<int>(priority), sentence)
                     : fmt::format("mpm-agent: {}\n", sentence);
}

// Not by stdio: a line is one write, and what cannot be written is nobody's trouble.
void Log::write(Priority priority, const std::string& sentence) const {
  const std::string text = line(priority, sentence);
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, left.data(), left.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace mpm
