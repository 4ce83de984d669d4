// SPDX-License-Identifier: Apache-2.0
#include "agent/php/fpm_configuration.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "agent/apache/directives.h"
#include "agent/config/glob.h"
#include "agent/php/fpm_socket.h"
#include "agent/php/fpm_text.h"

namespace mpm {
namespace {

constexpr int kDeepest = 5;
// Files that are read and includes that are followed: far more than anybody has, and few enough for
// whoever reads them.
constexpr int kMostSteps = 8192;
constexpr std::size_t kMostPools = 16384;
constexpr std::size_t kLargestFile = std::size_t{1} << 20;
// No socket has a longer name.
constexpr std::size_t kLongestListen = 4096;

std::int64_t whole(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// php-fpm writes the pool's name for $pool in every value.
std::string with_name(std::string_view value, const std::string& name) {
  constexpr std::string_view kVariable = "$pool";
  std::string text;
  while (text.size() <= kLongestListen) {
    const auto at = value.find(kVariable);
    text += value.substr(0, at);
    if (at == std::string_view::npos) return text;
    text += name;
    value.remove_prefix(at + kVariable.size());
  }
  return {};
}

std::string lower(std::string_view text) {
  std::string letters(text);
  std::ranges::transform(letters, letters.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return letters;
}

// As glob(3): sorted, and through links.
std::vector<std::string> matches(const std::string& pattern, const config::FileSystem& files) {
  std::vector<std::string> found{""};
  for (const std::string& part : config::path_components(pattern)) {
    std::vector<std::string> next;
    for (const std::string& folder : found) {
      if (!config::has_wildcard(part)) {
        next.push_back(folder + "/" + part);
        continue;
      }
      const auto entries = files.list(folder.empty() ? "/" : folder);
      if (!entries) continue;
      for (const config::Entry& entry : *entries)
        if (config::glob_match(part, entry.name)) next.push_back(folder + "/" + entry.name);
    }
    found = std::move(next);
  }
  std::erase_if(found, [&](const std::string& path) {
    return files.kind(path) != config::FileKind::Regular;
  });
  std::ranges::sort(found);
  return found;
}

class FpmReader {
 public:
  FpmReader(std::optional<std::string> prefix, const config::FileSystem& files)
      : prefix_(std::move(prefix)), files_(files) {}

  void read(const std::string& file, int depth) {
    if (++steps_ > kMostSteps) return;
    const auto text = files_.read(file);
    if (!text || text->size() > kLargestFile) return;
    for (const FpmLine& line : fpm_lines(*text)) {
      if (!line.value)
        enter(line.name);
      else if (line.name == "include")
        include(*line.value, depth);
      else if (pool_ != nullptr)
        set(*pool_, line.name, *line.value);
    }
  }

  std::vector<PhpPool> take() {
    std::vector<PhpPool> pools;
    for (Pool& pool : pools_) {
      if (listened_at(pool.values.listen).is_relative())
        pool.values.listen = absolute(below(pool.prefix, pool.values.listen));
      pools.push_back(std::move(pool.values));
    }
    return pools;
  }

 private:
  struct Pool {
    PhpPool values;
    std::string prefix;
  };

  static std::string below(const std::string& folder, const std::string& path) {
    return folder.empty() || path.starts_with('/') ? path : folder + "/" + path;
  }
  // "" where nobody knows.
  std::string absolute(const std::string& path) const {
    if (path.starts_with('/')) return path;
    return prefix_ ? *prefix_ + "/" + path : std::string();
  }

  void enter(const std::string& name) {
    pool_ = nullptr;
    const std::string key = lower(name);
    if (key == "global") return;
    const auto known = by_name_.find(key);
    if (known == by_name_.end() && pools_.size() >= kMostPools) return;
    if (known == by_name_.end()) {
      pools_.emplace_back().values.name = name;
      by_name_.emplace(key, pools_.size() - 1);
      pool_ = &pools_.back();
    } else {
      pool_ = &pools_[known->second];
    }
  }

  void include(const std::string& pattern, int depth) {
    const std::string path = absolute(pattern);
    if (path.empty() || depth == kDeepest || ++steps_ > kMostSteps) return;
    for (const std::string& file : matches(path, files_))
      read(file, depth + 1);
  }

  static void set(Pool& pool, const std::string& name, const std::string& value) {
    if (same_name(name, "listen")) pool.values.listen = with_name(value, pool.values.name);
    if (same_name(name, "prefix")) pool.prefix = with_name(value, pool.values.name);
    if (same_name(name, "pm.max_children")) pool.values.max_children = whole(value);
  }

  const std::optional<std::string> prefix_;
  const config::FileSystem& files_;
  std::vector<Pool> pools_;
  std::map<std::string, std::size_t> by_name_;  // in small letters
  Pool* pool_ = nullptr;                        // whose lines they are; null: of none
  int steps_ = 0;
};

}  // namespace

std::vector<PhpPool> fpm_pools(const FpmStart& start, const config::FileSystem& files) {
  if (!start.file.starts_with('/')) return {};
  FpmReader reader(start.prefix, files);
  reader.read(start.file, 1);
  return reader.take();
}

std::optional<std::string> fpm_prefix(std::string_view program) {
  const std::string_view folder = program.substr(0, program.rfind('/'));
  for (const std::string_view name : {"/sbin", "/bin"})
    if (folder.ends_with(name)) return std::string(folder.substr(0, folder.size() - name.size()));
  return std::nullopt;
}

}  // namespace mpm
