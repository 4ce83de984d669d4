// SPDX-License-Identifier: Apache-2.0
//
// A file system in a map, for tests of what reads configurations. Directories exist as soon as
// something is below them; a link to a directory is added by name.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/files.h"
#include "agent/config/glob.h"

namespace mpm::config {

class MemoryFiles : public FileSystem {
 public:
  MemoryFiles() = default;
  MemoryFiles(std::initializer_list<std::pair<const std::string, std::string>> files) {
    for (const auto& [path, bytes] : files)
      add(path, bytes);
  }

  void add(const std::string& path, std::string bytes) {
    files_[path] = std::move(bytes);
    add_parents(path);
  }
  void add_directory(const std::string& path) { add_parents(path + "/x"); }
  // `path` leads to `target`, which may be missing and may be relative to the link's directory.
  void add_link(const std::string& path, std::string target) {
    links_[path] = std::move(target);
    add_parents(path);
  }
  // A file or a link; directories stay.
  void remove(const std::string& path) {
    files_.erase(path);
    links_.erase(path);
  }
  bool operator==(const MemoryFiles& other) const {
    return files_ == other.files_ && links_ == other.links_;
  }

  FileKind kind(const std::string& path) const override {
    const std::string real = resolve(path);
    if (files_.count(real) != 0) return FileKind::Regular;
    if (directories_.count(real) != 0) return FileKind::Directory;
    return FileKind::Missing;
  }

  Result<std::string> read(const std::string& path) const override {
    const auto file = files_.find(resolve(path));
    if (file == files_.end()) return fail(Error::Kind::NotFound, path + " does not exist");
    return file->second;
  }

  Result<std::vector<Entry>> list(const std::string& path) const override {
    const std::string real = resolve(path);
    if (directories_.count(real) == 0) return fail(Error::Kind::NotFound, path + " does not exist");
    const std::string prefix = real == "/" ? real : real + "/";
    std::map<std::string, bool> names;
    const auto take = [&](const std::string& whole, bool directory) {
      if (whole.size() <= prefix.size() || whole.compare(0, prefix.size(), prefix) != 0) return;
      const std::string name = whole.substr(prefix.size());
      if (name.find('/') == std::string::npos) names[name] = directory;
    };
    for (const auto& entry : files_)
      take(entry.first, false);
    for (const std::string& directory : directories_)
      take(directory, true);
    for (const auto& link : links_)
      take(link.first, false);
    // Backwards, so that a reader that forgets to sort is found out.
    std::vector<Entry> entries;
    for (auto at = names.rbegin(); at != names.rend(); ++at)
      entries.push_back(Entry{at->first, at->second, files_.count(prefix + at->first) != 0});
    return entries;
  }

  Result<std::string> real_path(const std::string& path) const override {
    const std::string real = resolve(path);
    if (files_.count(real) == 0 && directories_.count(real) == 0)
      return fail(Error::Kind::NotFound, path + " does not exist");
    return real;
  }

  Result<std::string> link_target(const std::string& path) const override {
    const auto link = links_.find(path);
    if (link == links_.end()) return fail(Error::Kind::Malformed, path + " is no link");
    return link->second;
  }

 private:
  void add_parents(const std::string& path) {
    directories_.insert("/");
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
      directories_.insert(path.substr(0, at));
  }

  std::string resolve(std::string path) const {
    for (int hops = 0; hops < 40; ++hops) {
      bool changed = false;
      for (const auto& [link, target] : links_) {
        const bool below = path.size() > link.size() && path.compare(0, link.size(), link) == 0 &&
                           path[link.size()] == '/';
        if (path != link && !below) continue;
        const std::string to = join_path(link.substr(0, link.rfind('/')), target);
        path = to + path.substr(link.size());
        changed = true;
        break;
      }
      if (!changed) return path;
    }
    return {};
  }

  std::map<std::string, std::string> files_;
  std::set<std::string> directories_;
  std::map<std::string, std::string> links_;
};

}  // namespace mpm::config
