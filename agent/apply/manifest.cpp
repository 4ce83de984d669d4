// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/manifest.h"

#include <charconv>
#include <concepts>
#include <cstdint>
#include <ctime>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "schema/codec/names.h"

namespace mpm::apply {
namespace {

constexpr std::string_view kHead = "mpmctl-backup 1";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '%')
      out += c;
    else
      out += fmt::format("%{:02X}", byte);
  }
  return out;
}

template <std::integral T>
std::optional<T> number(std::string_view word, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<std::string> unescaped(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '%') {
      out += word[i];
      continue;
    }
    const auto byte = number<unsigned>(word.substr(i + 1, 2), 16);
    if (i + 2 >= word.size() || !byte) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  return out;
}

std::string time_text(const timespec& time) {
  return fmt::format("{}.{:09}", std::int64_t{time.tv_sec}, std::int64_t{time.tv_nsec});
}

std::optional<timespec> parse_time(std::string_view word) {
  const std::size_t dot = word.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto seconds = number<std::int64_t>(word.substr(0, dot));
  const auto nanoseconds = number<std::int64_t>(word.substr(dot + 1));
  if (!seconds || !nanoseconds) return std::nullopt;
  timespec time{};
  time.tv_sec = *seconds;
  time.tv_nsec = *nanoseconds;
  return time;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

bool read_edit(const std::vector<std::string_view>& words, Manifest& into) {
  if (words.size() != 5) return false;
  const auto action = parse_name<FileAction>(words[1]);
  auto path = unescaped(words[2]);
  if (!action || !path) return false;
  Manifest::Entry entry;
  entry.saved.edit.path = std::move(*path);
  entry.saved.edit.action = *action;
  entry.before_digest = words[3];
  entry.after_digest = words[4];
  into.entries.push_back(std::move(entry));
  return true;
}

bool read_nature(const std::vector<std::string_view>& words, Manifest& into) {
  if (words.size() != 6 || into.entries.empty()) return false;
  const auto mode = number<mode_t>(words[1], 8);
  const auto user = number<uid_t>(words[2]);
  const auto group = number<gid_t>(words[3]);
  const auto accessed = parse_time(words[4]);
  const auto modified = parse_time(words[5]);
  if (!mode || !user || !group || !accessed || !modified) return false;
  into.entries.back().saved.nature =
      FileNature{*mode, Owner{*user, *group}, Times{*accessed, *modified}, {}};
  return true;
}

bool read_attribute(const std::vector<std::string_view>& words, Manifest& into) {
  if (words.size() != 3 || into.entries.empty() || !into.entries.back().saved.nature) return false;
  auto name = unescaped(words[1]);
  auto value = unescaped(words[2]);
  if (!name || !value) return false;
  into.entries.back().saved.nature->attributes.emplace_back(std::move(*name), std::move(*value));
  return true;
}

bool read_root(const std::vector<std::string_view>& words, Manifest& into) {
  auto root = words.size() == 2 ? unescaped(words[1]) : std::nullopt;
  if (root) into.root = std::move(*root);
  return root.has_value();
}

bool read_line(std::string_view line, Manifest& into) {
  const auto words = words_of(line);
  if (words[0] == "root") return read_root(words, into);
  if (words[0] == "edit") return read_edit(words, into);
  if (words[0] == "nature") return read_nature(words, into);
  return words[0] == "attribute" && read_attribute(words, into);
}

}  // namespace

std::string digest(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return fmt::format("{:016x}", hash);
}

std::string to_text(const Manifest& manifest) {
  std::string text = fmt::format("{}\nroot {}\n", kHead, escaped(manifest.root));
  for (const Manifest::Entry& entry : manifest.entries) {
    const config::FileEdit& edit = entry.saved.edit;
    text += fmt::format("edit {} {} {} {}\n", name_of(edit.action), escaped(edit.path),
                        entry.before_digest, entry.after_digest);
    if (!entry.saved.nature) continue;
    const FileNature& nature = *entry.saved.nature;
    text +=
        fmt::format("nature {:o} {} {} {} {}\n", nature.mode, nature.owner.user, nature.owner.group,
                    time_text(nature.times.accessed), time_text(nature.times.modified));
    for (const auto& [name, value] : nature.attributes)
      text += fmt::format("attribute {} {}\n", escaped(name), escaped(value));
  }
  return text + fmt::format("end {}\n", digest(text));
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto damaged = [] {
    return fail(Error::Kind::Malformed, "the manifest is damaged, or of another version");
  };
  const std::size_t end = text.rfind("end ");
  if (end == std::string_view::npos || text.substr(0, kHead.size()) != kHead ||
      text.substr(end) != fmt::format("end {}\n", digest(text.substr(0, end))))
    return damaged();
  Manifest manifest;
  text = text.substr(0, end);
  text.remove_prefix(text.find('\n') + 1);
  while (!text.empty()) {
    const std::size_t stop = text.find('\n');
    if (stop == std::string_view::npos || !read_line(text.substr(0, stop), manifest))
      return damaged();
    text.remove_prefix(stop + 1);
  }
  return manifest;
}

}  // namespace mpm::apply
