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

Pool pool_of(Mpm mpm, const MpmSettings& settings) {
  const auto value = [&](std::string_view name, std::int32_t without) {
    for (const Setting& setting : settings.settings)
      if (setting.directive == name)
        if (const auto* number = std::get_if<std::int64_t>(&setting.effective))
          return static_cast<std::int32_t>(*number);
    return without;
  };
  const bool threads = mpm != Mpm::Prefork;
  Pool pool;
  pool.mpm = mpm;
  pool.server_limit = value("ServerLimit", 1);
  pool.thread_limit = value("ThreadLimit", 1);
  pool.threads_per_child = value("ThreadsPerChild", 1);
  pool.max_request_workers = value("MaxRequestWorkers", pool.threads_per_child);
  pool.max_children = pool.max_request_workers / pool.threads_per_child;
  pool.start_servers = value("StartServers", 1);
  pool.min_spare = value(threads ? "MinSpareThreads" : "MinSpareServers", 0);
  pool.max_spare = value(threads ? "MaxSpareThreads" : "MaxSpareServers", 0);
  pool.max_connections_per_child = value("MaxConnectionsPerChild", 0);
  pool.async_factor = value("AsyncRequestWorkerFactor", 1);
  return pool;
}

// httpd cuts the processes to ServerLimit and keeps MaxRequestWorkers as it was; its messages
// about the limit follow the latter.
void keep_uncut_limit(Pool& pool, const MpmSettings& settings) {
  if (pool.mpm != Mpm::Worker && pool.mpm != Mpm::Event) return;
  for (const Setting& setting : settings.settings) {
    if (setting.directive != "MaxRequestWorkers" || !setting.value) continue;
    const auto written = static_cast<std::int32_t>(leading_integer(*setting.value));
    const std::int32_t rounded = written / pool.threads_per_child * pool.threads_per_child;
    pool.max_request_workers = std::max(pool.max_request_workers, rounded);
  }
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
  settings.pool = pool_of(*mpm, numbers);
  keep_uncut_limit(settings.pool, numbers);
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
