// SPDX-License-Identifier: Apache-2.0
#include "agent/config/include.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/config/glob.h"

namespace mpm::config {
namespace {

std::string below(const std::string& path, const std::string& name) {
  return (path == "/" ? std::string() : path) + "/" + name;
}

class Finder {
 public:
  Finder(const IncludeRequest& request, const FileSystem& files)
      : optional_(request.optional),
        directory_(request.directory),
        files_(files),
        parts_(path_components(request.pattern)) {}

  IncludedFiles find() {
    match("/", 0);
    return std::move(found_);
  }

 private:
  bool refused() const { return !found_.refusal.empty(); }

  // IncludeOptional takes a directory that is not there, but not one that is no directory.
  bool lies_behind_file(std::string path) const {
    for (; !path.empty(); path.erase(path.rfind('/'))) {
      const FileKind kind = files_.kind(path);
      if (kind != FileKind::Missing) return kind != FileKind::Directory;
    }
    return false;
  }

  std::vector<Entry> entries(const std::string& path) {
    auto list = files_.list(path);
    if (!list) {
      if (!optional_ || lies_behind_file(path))
        found_.refusal =
            fmt::format("httpd cannot open the directory {}: {}. Name a directory that exists.",
                        path, list.error().what);
      return {};
    }
    std::sort(list->begin(), list->end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return std::move(*list);
  }

  // A file, or all that is in a directory.
  void take(const std::string& path, std::size_t depth) {
    const FileKind kind = files_.kind(path);
    const bool no_directory = directory_ && depth == 0 && kind != FileKind::Directory;
    if (kind == FileKind::Missing || no_directory) {
      if (!optional_)
        found_.refusal = fmt::format(
            "httpd cannot open the configuration file {}: it {}. Create it, or use "
            "IncludeOptional.",
            path, kind == FileKind::Missing ? "does not exist" : "is not a directory");
      return;
    }
    if (kind == FileKind::Other && path != "/dev/null") {
      found_.refusal = fmt::format("{} is not a regular file; httpd reads no other.", path);
      return;
    }
    if (kind != FileKind::Directory) {
      found_.files.push_back(path);
      return;
    }
    if (depth >= kMaxDirectoryDepth) {
      found_.refusal = fmt::format(
          "Directory {} lies more than {} directories deep in what is "
          "included; remove a link that leads back.",
          path, kMaxDirectoryDepth);
      return;
    }
    for (const Entry& entry : entries(path)) {
      if (refused()) return;
      take(below(path, entry.name), depth + 1);
    }
  }

  // The components from `part` on, inside `path`. The recursion ends with the pattern.
  void match(const std::string& path, std::size_t part) {
    if (part >= parts_.size()) return take(path, 0);
    const std::string& pattern = parts_[part];
    if (!has_wildcard(pattern)) return match(below(path, pattern), part + 1);
    const bool last = part + 1 == parts_.size() && !directory_;
    bool any = false;
    for (const Entry& entry : entries(path)) {
      if (!glob_match(pattern, entry.name) || (!last && !entry.is_directory)) continue;
      any = true;
      match(below(path, entry.name), part + 1);
      if (refused()) return;
    }
    if (any || optional_ || refused()) return;
    found_.refusal = fmt::format(
        "No file matches the wildcard '{}' in {}. Add one, or use "
        "IncludeOptional.",
        pattern, path);
  }

  bool optional_;
  bool directory_;
  const FileSystem& files_;
  std::vector<std::string> parts_;
  IncludedFiles found_;
};

}  // namespace

IncludedFiles find_included(const IncludeRequest& request, const FileSystem& files) {
  return Finder(request, files).find();
}

}  // namespace mpm::config
