// SPDX-License-Identifier: Apache-2.0
//
// Trees of the corpus in the jail, as httpd can read them there.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "tests/agent/config/corpus_files.h"
#include "tests/agent/config/oracle/reading.h"
#include "tests/support/httpd_jail.h"

namespace mpm::config::testing_corpus {

// Links came into the corpus as files that say where they lead.
inline void lay_corpus(const HttpdJail& jail, const fs::path& from, const std::string& mount) {
  jail.remove(mount);
  jail.put(from, mount);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path target =
        entry.is_regular_file() ? link_target(entry.path(), slurp(entry.path())) : fs::path();
    if (target.empty()) continue;
    const std::string place = mount + "/" + entry.path().lexically_relative(from).string();
    jail.remove(place);
    jail.link(place, target.lexically_relative(entry.path().parent_path()).string());
  }
}

// "/etc/x" of "Could not open configuration file /etc/x: No such file".
inline std::string place_behind(const std::string& message, const std::string& begin) {
  const std::size_t at = message.find(begin);
  if (at == std::string::npos) return {};
  const std::size_t from = at + begin.size();
  const std::string place = message.substr(from, message.find(": ", from) - from);
  return place.front() == '/' ? place : std::string();
}

// "/etc/x/none.conf" of "No matches for the wildcard '*.conf' in '/etc/x', failing".
inline std::string place_for_wildcard(const std::string& message) {
  const std::size_t at = message.find("No matches for the wildcard '*");
  if (at == std::string::npos) return {};
  const std::size_t end = message.find("' in '", at);
  const std::size_t from = end + 6;
  const std::size_t star = message.find('*', at);
  return message.substr(from, message.find('\'', from) - from) + "/none" +
         message.substr(star + 1, end - star - 1);
}

// What a tree includes and what did not come with it is empty; so are the directories that its
// environment names.
inline void fill(const HttpdJail& jail, const SiteOptions& options) {
  for (const auto& [name, value] : options.environment)
    if (!value.empty() && value.front() == '/') jail.make_directory(value);
  constexpr int kMostFiles = 20;
  for (int n = 0; n < kMostFiles; ++n) {
    const Reading reading = read_by_httpd(jail.ask_with_modules(options));
    std::string file = place_behind(reading.message, "Could not open configuration file ");
    if (file.empty()) file = place_for_wildcard(reading.message);
    const std::string directory = place_behind(reading.message, "Could not open directory ");
    if (file.empty() && directory.empty()) return;
    if (!file.empty()) jail.write(file, "");
    if (!directory.empty()) jail.make_directory(directory);
  }
}

}  // namespace mpm::config::testing_corpus
