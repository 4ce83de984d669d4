// SPDX-License-Identifier: Apache-2.0
//
// The corpus beside the project: a folder of it as a file system that is mounted where its tree
// lay, and the surroundings in which httpd read it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/config/site.h"
#include "tests/support/memory_files.h"

namespace mpm::config::testing_corpus {

namespace fs = std::filesystem;
using nlohmann::json;

inline std::string corpus() {
  const char* there = std::getenv("MPM_CORPUS");
  return there ? there : MPM_CORPUS;
}

inline std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Links came into the corpus as files that hold where they lead: "../e/x.conf" without an end
// of line. Empty when the file is not such a one.
inline fs::path link_target(const fs::path& file, const std::string& bytes) {
  if (bytes.empty() || bytes.size() > 200 || bytes.find_first_of(" \n") != std::string::npos)
    return {};
  const fs::path target = (file.parent_path() / bytes).lexically_normal();
  std::error_code none;
  return target != file && fs::exists(target, none) ? target : fs::path();
}

// All below `from`, at `mount`.
inline MemoryFiles mounted(const fs::path& from, const std::string& mount) {
  MemoryFiles files;
  files.add_directory(mount);
  const auto there = [&](const fs::path& path) {
    return (fs::path(mount) / path.lexically_relative(from)).lexically_normal().string();
  };
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    if (entry.is_directory()) {
      files.add_directory(there(entry.path()));
      continue;
    }
    const std::string bytes = slurp(entry.path());
    const fs::path target = link_target(entry.path(), bytes);
    if (target.empty())
      files.add(there(entry.path()), bytes);
    else
      files.add_link(there(entry.path()), there(target));
  }
  return files;
}

inline SiteOptions options_for(const json& expected) {
  SiteOptions options;
  options.server_root = "/R";
  options.config_file = "httpd.conf";
  options.version = "2.4.71";
  options.require_module_files = false;
  options.builtin_sources = {"core.c", "http_core.c", "mod_so.c"};
  if (expected["mpm"].is_string() && expected["mpm"] != "(tree)")
    options.before.push_back(fmt::format("LoadModule mpm_{0}_module modules/mod_mpm_{0}.so",
                                         expected["mpm"].get<std::string>()));
  for (const auto& name : expected["defines"])
    options.defines.push_back(name.get<std::string>());
  for (const auto& [name, value] : expected["env"].items())
    options.environment.emplace_back(name, value.get<std::string>());
  return options;
}

}  // namespace mpm::config::testing_corpus
