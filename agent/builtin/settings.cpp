// SPDX-License-Identifier: Apache-2.0
//
// The numbers of the MPM are left to the same arithmetic that reads them in a real httpd's
// configuration; the other directives are reading.cpp's.
#include "agent/builtin/settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/builtin/compiled_in.h"
#include "agent/builtin/mime_types.h"
#include "agent/builtin/reading.h"
#include "agent/config/settings.h"
#include "agent/config/tree.h"

namespace mpm::builtin {
namespace {

using Kind = Error::Kind;

// The MPM that LoadModule chooses; the reader has seen to it that one does.
Result<Mpm> chosen_mpm(const config::Site& site, const std::string& file) {
  std::optional<Mpm> chosen;
  for (const config::LoadedModule& module : site.modules) {
    for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt}) {
      if (module.identifier != module_identifier(mpm)) continue;
      if (chosen && *chosen != mpm)
        return fail(Kind::Malformed, file + ": AH00534: More than one MPM loaded.");
      chosen = mpm;
    }
  }
  if (!chosen) return fail(Kind::Malformed, file + ": AH00534: No MPM loaded.");
  return *chosen;
}

bool offered(const config::LoadedModule& module) {
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt})
    if (module.identifier == module_identifier(mpm)) return true;
  const auto sources = builtin_sources();
  return std::ranges::find(sources, module.source) != sources.end();
}

}  // namespace

std::vector<std::string> builtin_sources() {
  constexpr std::string_view kStart = "BUILTIN_MODULES=\"";
  constexpr auto kFrom = kCompiledIn.find(kStart) + kStart.size();
  constexpr std::string_view kList =
      kCompiledIn.substr(kFrom, kCompiledIn.find('"', kFrom) - kFrom);
  std::vector<std::string> sources;
  for (config::Word& word : config::split_words(kList))
    sources.push_back(std::move(word.value));
  return sources;
}

Result<Settings> read_settings(const config::SiteOptions& options, const config::FileSystem& files,
                               const RunningLimits& running) {
  const config::Site site = config::read_site(options, files);
  for (const config::ConfigProblem& problem : site.problems)
    if (problem.fatal)
      return fail(Kind::Malformed,
                  problem.line > 0
                      ? fmt::format("{}:{}: {}", problem.file, problem.line, problem.sentence)
                      : fmt::format("{}: {}", problem.file, problem.sentence));
  Settings settings;
  settings.server_root = site.server_root;
  settings.config_file = site.files.empty() ? options.config_file : site.files.front();
  settings.types = default_types();
  for (const config::LoadedModule& module : site.modules)
    if (!offered(module))
      return fail(
          Kind::Malformed,
          fmt::format("{}: LoadModule {}: mpm-httpd loads no modules; it has {} and its "
                      "four MPMs",
                      settings.config_file, module.identifier, fmt::join(builtin_sources(), ", ")));
  const auto mpm = chosen_mpm(site, settings.config_file);
  if (!mpm) return fail(mpm.error());
  const MpmSettings numbers = config::read_settings(site, *mpm, running);
  settings.pool = apache::pool_of(*mpm, numbers);
  for (const Setting& setting : numbers.settings) {
    for (const Remark& remark : setting.remarks)
      if (!remark.code.empty()) settings.remarks.push_back(remark);
    if (setting.directive == "ThreadStackSize")
      if (const auto* bytes = std::get_if<std::int64_t>(&setting.effective))
        settings.thread_stack_size = static_cast<std::int32_t>(*bytes);
  }
  if (auto read = Reading(site, settings).read(); !read) return fail(std::move(read.error()));
  return settings;
}

}  // namespace mpm::builtin
