// SPDX-License-Identifier: Apache-2.0
#include "cli/config_options.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "schema/codec/names.h"

namespace mpm {
namespace {

namespace fs = std::filesystem;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// httpd does not tell letters apart by their case.
bool same_directive(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_url(std::string_view word) {
  return word.substr(0, 7) == "http://" || word.substr(0, 8) == "https://";
}

bool has_value(std::string_view word) {
  return word.find('=') != std::string_view::npos && !is_url(word);
}

// Relative names are the caller's; the agent has another working directory.
std::string absolute(const std::string& path) {
  std::error_code error;
  const fs::path made = fs::absolute(path, error);
  return error ? path : made.lexically_normal().string();
}

Result<Wish> parse_wish(std::string_view word) {
  const auto equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
  if (!is_directive(name) || value.empty())
    return fail(Error::Kind::Usage,
                fmt::format("'{}' sets nothing; write a directive and its value as in "
                            "MaxRequestWorkers=400.",
                            word));
  return Wish{std::string(name), std::string(value)};
}

// A path is a tree's: a folder is the root of its file system, a file its first file.
Result<ConfigSource> parse_source(const std::string& word) {
  ConfigSource source;
  std::error_code none;
  if (!is_url(word) && (word.find('/') != std::string::npos || fs::exists(word, none))) {
    OfflineSite site;
    const std::string path = absolute(word);
    if (!fs::exists(path, none))
      return fail(Error::Kind::Usage, fmt::format("{}: there is no such file or folder.", path));
    (fs::is_directory(path, none) ? site.root : site.config_file) = path;
    source.offline = site;
    return source;
  }
  auto target = parse_target(word);
  if (!target) return fail(std::move(target.error()));
  source.target = *target;
  return source;
}

Result<std::string> read_envvars(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  in.peek();  // says what stopped it: the end, or an error, as that of a folder
  if (!in.is_open() || in.bad())
    return fail(Error::Kind::Usage,
                fmt::format("--envvars: {} cannot be read; name a file that you may read.", path));
  return text.str();
}

Result<OfflineSite> judged(const RawSite& raw) {
  OfflineSite site;
  if (!raw.root.empty()) site.root = absolute(raw.root);
  std::error_code none;
  if (!site.root.empty() && !fs::is_directory(site.root, none))
    return fail(Error::Kind::Usage, fmt::format("--root: {} is no folder.", site.root));
  // Below a root the file is named as the server would name it.
  if (!raw.file.empty()) site.config_file = raw.root.empty() ? absolute(raw.file) : raw.file;
  if (!site.config_file.empty() && site.config_file.front() != '/')
    return fail(Error::Kind::Usage,
                fmt::format("--file: below a --root it begins with a slash, as in "
                            "/etc/httpd/conf/httpd.conf; '{}' does not.",
                            site.config_file));
  site.server_root = raw.server_root;
  site.defines = raw.defines;
  site.environment = raw.environment;
  site.version = raw.version;
  if (!raw.envvars.empty()) {
    auto script = read_envvars(raw.envvars);
    if (!script) return fail(std::move(script.error()));
    site.envvars = std::move(*script);
  }
  return site;
}

// One word of set, unset, get, explain or mpm that is no server.
Result<void> take(const std::string& word, Options& options) {
  switch (options.command) {
    case Command::Apply:
    case Command::Simulate:
    case Command::ConfigSet: {
      auto wish = parse_wish(word);
      if (!wish) return fail(std::move(wish.error()));
      options.wishes.push_back(std::move(*wish));
      return {};
    }
    case Command::ConfigUnset:
      options.wishes.push_back({word, std::nullopt});
      return {};
    case Command::ConfigMpm: {
      const auto mpm = parse_name<Mpm>(word);
      if (!mpm)
        return fail(Error::Kind::Usage, fmt::format("'{}' is no MPM; it is one of {}.", word,
                                                    fmt::join(kWords<Mpm>, ", ")));
      options.mpm = *mpm;
      options.directives.push_back(word);
      return {};
    }
    default:
      options.directives.push_back(word);
      return {};
  }
}

bool is_word_of(Command command, const std::string& word) {
  switch (command) {
    case Command::Apply:
    case Command::Simulate:
    case Command::ConfigSet:
      return has_value(word);
    case Command::ConfigGet:
    case Command::ConfigUnset:
    case Command::ConfigMpm:
    case Command::ConfigExplain:
      return is_directive(word);
    default:
      return false;
  }
}

bool wants_values(Command command) {
  return command == Command::Apply || command == Command::ConfigSet;
}

Result<void> enough(const Options& options) {
  const std::size_t named = options.wishes.size() + options.directives.size();
  const auto missing = [](std::string_view what) {
    return fail(Error::Kind::Usage, fmt::format("{}; mpmctl config --help shows how.", what));
  };
  switch (options.command) {
    case Command::ConfigSet:
    case Command::ConfigUnset:
    case Command::ConfigGet:
      if (named == 0) return missing("No directive is named");
      break;
    case Command::ConfigExplain:
      if (named != 1) return missing("One directive is to be named");
      break;
    case Command::ConfigMpm:
      if (named != 1) return missing("One MPM to switch to is to be named");
      break;
    case Command::ConfigDiff:
      if (options.compared.size() != 2) return missing("Two servers or trees are to be named");
      break;
    default:
      break;
  }
  for (std::size_t i = 0; i < options.wishes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (same_directive(options.wishes[i].directive, options.wishes[j].directive))
        return fail(Error::Kind::Usage, fmt::format("{} is named twice; say once what it shall be.",
                                                    options.wishes[i].directive));
  return {};
}

}  // namespace

bool is_directive(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, is_letter);
}

bool RawSite::given() const {
  return !root.empty() || !file.empty() || !server_root.empty() || !defines.empty() ||
         !environment.empty() || !envvars.empty() || !version.empty();
}

Result<void> judge_config(const std::vector<std::string>& words, const RawSite& site,
                          Options& options) {
  for (const std::string& word : words) {
    if (options.command == Command::ConfigDiff) {
      auto source = parse_source(word);
      if (!source) return fail(std::move(source.error()));
      options.compared.push_back(std::move(*source));
      continue;
    }
    if (is_word_of(options.command, word)) {
      if (auto taken = take(word, options); !taken) return taken;
      continue;
    }
    if (has_value(word))
      return fail(Error::Kind::Usage,
                  fmt::format("'{}' has a value; name the directive alone here, or set it with "
                              "mpmctl config set.",
                              word));
    auto target = parse_target(word);
    if (!target && wants_values(options.command) && is_directive(word))
      return fail(Error::Kind::Usage,
                  fmt::format("'{0}' is given no value; write {0}=VALUE.", word));
    if (!target) return fail(std::move(target.error()));
    if (!options.target.empty())
      return fail(Error::Kind::Usage,
                  fmt::format("{} and {} are two servers; name one.", options.target, word));
    options.target = *target;
  }
  if (site.given()) {
    if (!options.target.empty())
      return fail(Error::Kind::Usage,
                  fmt::format("{} is a server and --root, --file and their likes name a tree; say "
                              "which of them is meant.",
                              options.target));
    auto offline = judged(site);
    if (!offline) return fail(std::move(offline.error()));
    options.offline = std::move(*offline);
  }
  return enough(options);
}

}  // namespace mpm
