// SPDX-License-Identifier: Apache-2.0
//
// Three kinds of strings are looked for: the server token "Apache/2.4.71" that ends in a NUL or
// a blank, the lines of `httpd -V` (" -D HTTPD_ROOT=\"/etc/apache2\""), which main.c holds as
// whole literals, and the source names that STANDARD20_MODULE_STUFF leaves, each between NULs.
#include "agent/apache/binary.h"

#include <algorithm>
#include <array>

namespace mpm {
namespace {

constexpr std::string_view kToken = "Apache/";

bool digit(char c) {
  return c >= '0' && c <= '9';
}

std::string find_version(std::string_view bytes) {
  for (auto at = bytes.find(kToken); at != std::string_view::npos;
       at = bytes.find(kToken, at + 1)) {
    std::string version;
    for (auto i = at + kToken.size(); i < bytes.size() && (digit(bytes[i]) || bytes[i] == '.'); ++i)
      version += bytes[i];
    if (std::ranges::count(version, '.') == 2 && digit(version.front()) && digit(version.back()))
      return version;
  }
  return {};
}

// The value of a -V line: what stands between quotes after ` -D NAME=`.
std::string find_compiled_in(std::string_view bytes, std::string_view name) {
  const std::string start = " -D " + std::string(name) + "=\"";
  const auto at = bytes.find(start);
  if (at == std::string_view::npos) return {};
  const auto from = at + start.size();
  const auto end = bytes.find('"', from);
  // A path is short; a quote far away is not ours.
  if (end == std::string_view::npos || end - from > 4096) return {};
  return std::string(bytes.substr(from, end - from));
}

bool source_character(char c) {
  return digit(c) || c == '_' || (c >= 'a' && c <= 'z');
}

// Modules without a name of the mod_ kind. mpm_winnt.c stands in every binary, as a word that
// find_mpm compares with, and core.c's name may be stored as the tail of http_core.c.
bool module_source(std::string_view name) {
  constexpr std::array kPlain =
      std::to_array<std::string_view>({"http_core.c", "prefork.c", "worker.c", "event.c"});
  if (std::ranges::find(kPlain, name) != kPlain.end()) return true;
  return name.size() > 6 && name.substr(0, 4) == "mod_" &&
         std::ranges::all_of(name.substr(0, name.size() - 2), source_character);
}

std::vector<std::string> find_sources(std::string_view bytes) {
  constexpr std::string_view kEnd(".c\0", 3);
  std::vector<std::string> sources{"core.c"};
  for (auto at = bytes.find(kEnd); at != std::string_view::npos; at = bytes.find(kEnd, at + 1)) {
    auto from = at;
    while (from > 0 && source_character(bytes[from - 1]))
      --from;
    const std::string_view name = bytes.substr(from, at + 2 - from);
    if (from > 0 && bytes[from - 1] == '\0' && module_source(name)) sources.emplace_back(name);
  }
  std::ranges::sort(sources);
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  return sources;
}

// mpm-httpd lists its modules in a line of its own: it knows the names of many others.
std::vector<std::string> find_module_list(std::string_view bytes) {
  std::vector<std::string> sources;
  std::string list = find_compiled_in(bytes, "BUILTIN_MODULES");
  for (std::size_t from = 0; from < list.size();) {
    const std::size_t end = std::min(list.find(' ', from), list.size());
    sources.push_back(list.substr(from, end - from));
    from = end + 1;
  }
  std::ranges::sort(sources);
  return sources;
}

}  // namespace

std::optional<BinaryFacts> read_binary(std::string_view bytes) {
  BinaryFacts facts;
  facts.server_root = find_compiled_in(bytes, "HTTPD_ROOT");
  facts.config_file = find_compiled_in(bytes, "SERVER_CONFIG_FILE");
  if (facts.server_root.empty() && facts.config_file.empty()) return std::nullopt;
  facts.version = find_version(bytes);
  facts.builtin_sources = find_module_list(bytes);
  facts.loads_files = facts.builtin_sources.empty();
  if (facts.loads_files) facts.builtin_sources = find_sources(bytes);
  constexpr std::array kMpmSources = std::to_array<std::pair<std::string_view, Mpm>>(
      {{"prefork.c", Mpm::Prefork}, {"worker.c", Mpm::Worker}, {"event.c", Mpm::Event}});
  for (const auto& [source, mpm] : kMpmSources)
    if (std::ranges::find(facts.builtin_sources, source) != facts.builtin_sources.end())
      facts.builtin_mpm = mpm;
  return facts;
}

std::optional<Mpm> mapped_mpm(std::string_view maps) {
  constexpr std::array kFiles =
      std::to_array<std::pair<std::string_view, Mpm>>({{"/mod_mpm_prefork.so", Mpm::Prefork},
                                                       {"/mod_mpm_worker.so", Mpm::Worker},
                                                       {"/mod_mpm_event.so", Mpm::Event},
                                                       {"/mod_mpm_winnt.so", Mpm::Winnt}});
  for (const auto& [file, mpm] : kFiles)
    if (maps.find(file) != std::string_view::npos) return mpm;
  return std::nullopt;
}

}  // namespace mpm
