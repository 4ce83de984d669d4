// SPDX-License-Identifier: Apache-2.0
//
// A FileSystem in memory, for texts that a test writes down.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/config/files.h"

namespace mpm::config {

class MemoryFiles final : public FileSystem {
 public:
  MemoryFiles() = default;
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  void add(const std::string& path, std::string text) { files_[path] = std::move(text); }

  FileKind kind(const std::string& path) const override {
    if (files_.count(path) != 0) return FileKind::Regular;
    return path == "/" || has_below(path) ? FileKind::Directory : FileKind::Missing;
  }

  Result<std::string> read(const std::string& path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return fail(Error::Kind::NotFound, path + ": not there");
    return found->second;
  }

  Result<std::vector<Entry>> list(const std::string& path) const override {
    if (kind(path) != FileKind::Directory) return fail(Error::Kind::NotFound, path + ": not there");
    const std::string prefix = path == "/" ? path : path + "/";
    std::map<std::string, bool> names;
    for (const auto& [name, text] : files_) {
      if (name.compare(0, prefix.size(), prefix) != 0) continue;
      const auto slash = name.find('/', prefix.size());
      names[name.substr(prefix.size(), slash - prefix.size())] |= slash != std::string::npos;
    }
    std::vector<Entry> entries;
    for (const auto& [name, directory] : names)
      entries.push_back({name, directory});
    return entries;
  }

 private:
  bool has_below(const std::string& path) const {
    const auto next = files_.lower_bound(path + "/");
    return next != files_.end() && next->first.compare(0, path.size() + 1, path + "/") == 0;
  }

  std::map<std::string, std::string> files_;
};

}  // namespace mpm::config
