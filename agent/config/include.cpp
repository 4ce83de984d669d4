// SPDX-License-Identifier: Apache-2.0
//
// Include and IncludeOptional: files, directories with all that is in them, and patterns, in
// httpd's order (strcmp of the names inside each directory).
#include <algorithm>

#include <fmt/format.h>

#include "agent/config/glob.h"
#include "agent/config/reader.h"

namespace mpm::config {
namespace {

// AP_MAX_INCLUDE_DEPTH of util.c.
constexpr int kDeepest = 128;

std::string join(const std::string& directory, std::string_view name) {
  return directory + (directory.empty() || directory.back() != '/' ? "/" : "") + std::string(name);
}

// "/a//b/../c" is "/a/c"; httpd merges paths before it opens them.
std::string merged(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  std::string result;
  for (const std::string_view part : parts) {
    result += '/';
    result += part;
  }
  return result.empty() ? "/" : result;
}

}  // namespace

std::string SiteReader::absolute(std::string_view path) const {
  if (!path.empty() && path.front() == '/') return merged(path);
  return merged(join(site_.server_root, path));
}

Result<void> SiteReader::include(std::string_view args, Missing missing) {
  const std::vector<std::string> words = words_of(args);
  if (words.size() != 1 || words[0].empty())
    return fail(
        refused("Include takes one argument: the name of a file, a directory or a pattern"));
  const std::string path = absolute(words[0]);
  const std::string file = at_file_;
  const std::int64_t line = at_line_;
  if (++include_depth_ > kDeepest)
    return fail(
        refused(fmt::format("Exceeded the maximum include depth of {}. There might be a "
                            "loop.",
                            kDeepest)));
  auto done = is_pattern(path) ? include_pattern("", std::string_view(path).substr(1), missing)
                               : include_path(path, missing);
  --include_depth_;
  if (!done) return done;
  at_file_ = file;
  at_line_ = line;
  return {};
}

Result<void> SiteReader::include_path(const std::string& path, Missing missing) {
  switch (files_.kind(path)) {
    case FileKind::Directory:
      return include_directory(path);
    case FileKind::Regular:
      return read_file(path);
    case FileKind::Missing:
      if (missing == Missing::Ignored) return {};
      return fail(
          refused(fmt::format("Could not open configuration file {}: No such file or "
                              "directory",
                              path)));
    case FileKind::Other:
      break;
  }
  return fail(refused(fmt::format("Access to {} denied: it is no regular file", path)));
}

Result<void> SiteReader::include_directory(const std::string& path) {
  auto entries = files_.list(path);
  if (!entries)
    return fail(
        refused(fmt::format("Could not open config directory {}: {}", path, entries.error().what)));
  std::ranges::sort(*entries, {}, &Entry::name);
  if (++include_depth_ > kDeepest)
    return fail(
        refused(fmt::format("Directory {} exceeds the maximum include directory nesting "
                            "level of {}",
                            path, kDeepest)));
  for (const Entry& entry : *entries)
    if (auto done = include_path(join(path, entry.name), Missing::Refused); !done) return done;
  --include_depth_;
  return {};
}

// `directory` is settled, `rest` begins with the next component.
Result<void> SiteReader::include_pattern(const std::string& directory, std::string_view rest,
                                         Missing missing) {
  const auto slash = rest.find('/');
  const std::string_view component = rest.substr(0, slash);
  const bool last = slash == std::string_view::npos;
  const std::string_view beyond = last ? std::string_view() : rest.substr(slash + 1);
  if (!is_pattern(component)) {
    const std::string path = join(directory, component);
    return last ? include_path(path, missing) : include_pattern(path, beyond, missing);
  }

  const std::string place = directory.empty() ? "/" : directory;
  auto entries = files_.list(place);
  if (!entries) {
    if (missing == Missing::Ignored) return {};
    return fail(refused(
        fmt::format("Could not open config directory {}: {}", place, entries.error().what)));
  }
  std::ranges::sort(*entries, {}, &Entry::name);
  bool any = false;
  for (const Entry& entry : *entries) {
    if (!matches(component, entry.name)) continue;
    const std::string path = join(directory, entry.name);
    if (last) {
      // A link that leads nowhere is no match for IncludeOptional and an error for Include.
      any = true;
      if (auto done = include_path(path, missing); !done) return done;
    } else if (entry.is_directory) {
      // In the middle of a path a link to a directory is passed over.
      any = true;
      if (auto done = include_pattern(path, beyond, missing); !done) return done;
    }
  }
  if (!any && missing == Missing::Refused)
    return fail(
        refused(fmt::format("No matches for the wildcard '{}' in '{}', failing (use "
                            "IncludeOptional if required)",
                            component, place)));
  return {};
}

}  // namespace mpm::config
