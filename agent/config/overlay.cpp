// SPDX-License-Identifier: Apache-2.0
#include "agent/config/overlay.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "agent/config/glob.h"

namespace mpm::config {
namespace {

constexpr int kMaxLinks = 40;  // as many as Linux follows

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string below(const std::string& directory, const std::string& name) {
  return (directory == "/" ? std::string() : directory) + "/" + name;
}

int order_of(FileAction action) {
  switch (action) {
    case FileAction::Create:
      return 0;
    case FileAction::Rewrite:
      return 1;
    case FileAction::Unlink:
      return 2;
    case FileAction::Link:
      return 3;
    case FileAction::Remove:
      return 4;
  }
  return 5;
}

}  // namespace

FileKind Overlay::kind_below(const std::string& path) const {
  const auto seen = seen_->kinds.find(path);
  if (seen != seen_->kinds.end()) return seen->second;
  return seen_->kinds.emplace(path, below_->kind(path)).first->second;
}

const std::optional<std::string>& Overlay::directory_below(const std::string& path) const {
  const auto seen = seen_->real.find(path);
  if (seen != seen_->real.end()) return seen->second;
  auto real = below_->real_path(path);
  return seen_->real.emplace(path, real ? std::optional(std::move(*real)) : std::nullopt)
      .first->second;
}

// Of an entry of a real directory; that it is no link is sooner known than where it lies.
const std::optional<std::string>& Overlay::entry_below(const std::string& path) const {
  const auto seen = seen_->real.find(path);
  if (seen != seen_->real.end()) return seen->second;
  if (below_->link_target(path)) return directory_below(path);
  return seen_->real.emplace(path, path).first->second;
}

// The path with the links in its directory followed: where an entry of that name lies.
std::string Overlay::placed(const std::string& path) const {
  const std::string clean = join_path("/", path);
  const auto& directory = directory_below(parent_of(clean));
  return directory ? below(*directory, name_of(clean)) : clean;
}

// Where the changes' links lead, as far as they go.
std::string Overlay::resolved(const std::string& path) const {
  std::string at = placed(path);
  for (int hops = 0; hops < kMaxLinks; ++hops) {
    auto change = changes_.find(at);
    if (change == changes_.end()) {
      // A link from below may lead to what was changed.
      const auto& real = entry_below(at);
      if (!real || *real == at) return at;
      at = *real;
      change = changes_.find(at);
    }
    if (change == changes_.end() || !change->second.target) return at;
    at = placed(join_path(parent_of(at), *change->second.target));
  }
  return at;
}

FileKind Overlay::kind(const std::string& path) const {
  const std::string at = resolved(path);
  const auto change = changes_.find(at);
  if (change == changes_.end()) return kind_below(at);
  return change->second.bytes ? FileKind::Regular : FileKind::Missing;
}

Result<std::string> Overlay::read(const std::string& path) const {
  const std::string at = resolved(path);
  const auto change = changes_.find(at);
  if (change != changes_.end()) {
    if (change->second.bytes) return *change->second.bytes;
    return fail(Error::Kind::NotFound, path + " does not exist");
  }
  const auto seen = seen_->bytes.find(at);
  if (seen != seen_->bytes.end()) return seen->second;
  auto bytes = below_->read(at);
  if (bytes) seen_->bytes.emplace(at, *bytes);
  return bytes;
}

Result<std::vector<Entry>> Overlay::list(const std::string& path) const {
  auto entries = below_->list(path);
  if (!entries) return entries;
  const auto real = below_->real_path(path);
  const std::string directory = real ? *real : path;
  // The listing has told what they are, so nobody needs to ask for each.
  for (const Entry& entry : *entries) {
    if (!entry.is_regular || !real) continue;
    const std::string at = below(directory, entry.name);
    seen_->kinds.emplace(at, FileKind::Regular);
    seen_->real.emplace(at, at);
  }
  for (const auto& [changed, change] : changes_) {
    if (parent_of(changed) != directory) continue;
    const std::string name = name_of(changed);
    const auto there = std::remove_if(entries->begin(), entries->end(),
                                      [&name](const Entry& entry) { return entry.name == name; });
    entries->erase(there, entries->end());
    if (change.bytes || change.target) entries->push_back(Entry{name, false, false});
  }
  return entries;
}

Result<std::string> Overlay::real_path(const std::string& path) const {
  const std::string at = resolved(path);
  const auto change = changes_.find(at);
  if (change == changes_.end()) return below_->real_path(at);
  if (change->second.bytes) return at;
  return fail(Error::Kind::NotFound, path + " does not exist");
}

Result<std::string> Overlay::link_target(const std::string& path) const {
  const auto change = changes_.find(placed(path));
  if (change == changes_.end()) return below_->link_target(path);
  if (change->second.target) return *change->second.target;
  return fail(Error::Kind::Malformed, path + " is no link");
}

void Overlay::write(const std::string& path, std::string bytes) {
  changes_[resolved(path)] = Change{std::move(bytes), std::nullopt};
}

void Overlay::remove(const std::string& path) {
  changes_[placed(path)] = Change{};
}

void Overlay::link(const std::string& path, std::string target) {
  changes_[placed(path)] = Change{std::nullopt, std::move(target)};
}

std::optional<FileEdit> Overlay::edit_of(const std::string& path, const Change& change) const {
  const auto led = below_->link_target(path);
  if (change.target) {
    if (led && *led == *change.target) return std::nullopt;
    return FileEdit{path, FileAction::Link, {}, *change.target};
  }
  if (!change.bytes && led) return FileEdit{path, FileAction::Unlink, *led, {}};
  const bool there = below_->kind(path) != FileKind::Missing;
  if (!there && !change.bytes) return std::nullopt;
  if (!there) return FileEdit{path, FileAction::Create, {}, *change.bytes};
  const auto seen = seen_->bytes.find(path);
  std::string before =
      seen != seen_->bytes.end() ? seen->second : below_->read(path).value_or(std::string());
  if (!change.bytes) return FileEdit{path, FileAction::Remove, std::move(before), {}};
  if (before == *change.bytes) return std::nullopt;
  return FileEdit{path, FileAction::Rewrite, std::move(before), *change.bytes};
}

std::vector<FileEdit> Overlay::edits() const {
  std::vector<FileEdit> result;
  for (const auto& [path, change] : changes_)
    if (auto edit = edit_of(path, change)) result.push_back(std::move(*edit));
  std::stable_sort(result.begin(), result.end(), [](const FileEdit& a, const FileEdit& b) {
    return order_of(a.action) < order_of(b.action);
  });
  return result;
}

}  // namespace mpm::config
