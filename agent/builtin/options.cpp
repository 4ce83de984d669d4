// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/options.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/apache/command_line.h"
#include "agent/builtin/compiled_in.h"
#include "agent/builtin/control.h"
#include "agent/builtin/settings.h"

namespace mpm::builtin {
namespace {

constexpr std::string_view kWithArgument = "DdfCck";

std::optional<Action> plain_action(char letter) {
  switch (letter) {
    case 't':
      return Action::Test;
    case 'v':
      return Action::Version;
    case 'V':
      return Action::Compiled;
    case 'l':
      return Action::Modules;
    case 'h':
      return Action::Help;
    default:
      return std::nullopt;
  }
}

tl::unexpected<Error> usage(std::string why) {
  return fail(Error::Kind::Usage, std::move(why) + "; mpm-httpd -h lists the options");
}

// What read_command_line passes over: what to do, and what is wrong.
Result<void> read_action(const std::vector<std::string>& arguments, Options& options) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.size() < 2 || word[0] != '-') return usage(fmt::format("\"{}\" is no option", word));
    if (const auto action = plain_action(word[1]); action && word.size() == 2) {
      options.action = *action;
      continue;
    }
    if (kWithArgument.find(word[1]) == std::string_view::npos)
      return usage(fmt::format("there is no option {}", word));
    if (word.size() == 2 && i + 1 == arguments.size())
      return usage(fmt::format("{} needs an argument", word));
    const std::string value = word.size() > 2 ? word.substr(2) : arguments[++i];
    if (word[1] != 'k') continue;
    if (value != "start" && !signal_for(value))
      return usage(
          fmt::format("-k {}: it is start, restart, graceful, graceful-stop or stop", value));
    options.word = value;
    options.action = value == "start" ? Action::Serve : Action::Signal;
  }
  return {};
}

std::string absolute(const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  char* const here = ::getcwd(nullptr, 0);
  std::string whole = std::string(here == nullptr ? "" : here) + "/" + path;
  std::free(here);
  return whole;
}

}  // namespace

std::vector<std::string> with_absolute_paths(std::vector<std::string> arguments) {
  const bool has_root = read_command_line(arguments).server_root.has_value();
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string option = arguments[i].substr(0, 2);
    if (option.size() < 2 || kWithArgument.find(option[1]) == std::string_view::npos) continue;
    const bool apart = arguments[i].size() == 2;
    if (apart && ++i == arguments.size()) break;
    if (option != "-d" && (option != "-f" || has_root)) continue;
    arguments[i] = apart ? absolute(arguments[i]) : option + absolute(arguments[i].substr(2));
  }
  return arguments;
}

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  if (auto read = read_action(arguments, options); !read) return fail(std::move(read.error()));
  const CommandLine line = read_command_line(arguments);
  config::SiteOptions& site = options.site;
  site.server_root = line.server_root.value_or(std::string(kServerRoot));
  site.config_file = line.config_file.value_or(std::string(kConfigFile));
  site.defines = line.defines;
  site.before = line.before;
  site.after = line.after;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      site.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  site.builtin_sources = builtin_sources();
  site.require_module_files = false;
  site.version = kHttpdVersion;
  options.foreground = std::ranges::find(site.defines, "FOREGROUND") != site.defines.end() ||
                       std::ranges::find(site.defines, "NO_DETACH") != site.defines.end();
  return options;
}

}  // namespace mpm::builtin
