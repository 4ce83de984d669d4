// SPDX-License-Identifier: Apache-2.0
#include "agent/target/unloaded.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "agent/apache/directives.h"

namespace mpm {
namespace {

constexpr std::size_t kMostNamed = 5;

std::string names_of(const std::vector<std::string>& files) {
  std::string text;
  for (std::size_t i = 0; i < std::min(files.size(), kMostNamed); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", files[i]);
  if (files.size() > kMostNamed) text += fmt::format(" and {} more", files.size() - kMostNamed);
  return text;
}

bool is_ours(const UnloadedQuestion& question, std::string_view directive) {
  return std::ranges::any_of(question.ours,
                             [&](const std::string& own) { return same_name(own, directive); });
}

bool differ(std::int64_t written, std::int64_t running) {
  return written > 0 && running > 0 && written != running;
}

}  // namespace

std::vector<std::string> unloaded(const UnloadedQuestion& question) {
  std::vector<std::string> sentences;
  if (!question.newer.empty())
    sentences.push_back(fmt::format(
        "{} {} newer than the server's last start or reload: somebody wrote there what the server "
        "has never run with, and loading this change loads that too.",
        names_of(question.newer), question.newer.size() == 1 ? "is" : "are"));
  const bool other_mpm = question.running_mpm && question.written_mpm &&
                         *question.running_mpm != *question.written_mpm;
  if (other_mpm) {
    sentences.push_back(fmt::format(
        "The files load the MPM {} and {} runs: somebody switched it and has not started the "
        "server anew, and this change would start it with {}.",
        name_of_mpm(*question.written_mpm), name_of_mpm(*question.running_mpm),
        name_of_mpm(*question.written_mpm)));
    return sentences;  // its numbers are not comparable
  }
  const auto limit = [&](std::string_view directive, std::int64_t written, std::int64_t running) {
    if (question.way == LoadWay::StopStart && differ(written, running) &&
        !is_ours(question, directive))
      sentences.push_back(
          fmt::format("{} {} is written and {} is in force: the stop and start of this change "
                      "puts it in force too.",
                      directive, written, running));
  };
  limit("ServerLimit", question.written.limits.server_limit, question.running.limits.server_limit);
  limit("ThreadLimit", question.written.limits.thread_limit, question.running.limits.thread_limit);
  // Fewer than are written may be a process that is still starting them.
  const std::int64_t threads = question.running.threads_per_child;
  const std::int64_t written = question.written.threads_per_child;
  if (question.newer.empty() && written > 0 && threads > written &&
      !is_ours(question, "ThreadsPerChild"))
    sentences.push_back(
        fmt::format("ThreadsPerChild {} is written and the processes run {} threads: the files are "
                    "others than were loaded, and loading this change loads them.",
                    written, threads));
  return sentences;
}

}  // namespace mpm
