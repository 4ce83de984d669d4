// SPDX-License-Identifier: Apache-2.0
#include "agent/config/modules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mpm::config {
namespace {

// The modules whose source is not mod_<identifier without _module>.c.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kSources{{
    {"core_module", "core.c"},
    {"http_module", "http_core.c"},
    {"mpm_event_module", "event.c"},
    {"mpm_worker_module", "worker.c"},
    {"mpm_prefork_module", "prefork.c"},
    {"mpm_motorz_module", "motorz.c"},
    {"mpm_netware_module", "mpm_netware.c"},
    {"mpm_winnt_module", "mpm_winnt.c"},
    {"mpmt_os2_module", "mpmt_os2.c"},
    {"mpm_itk_module", "mpm_itk.c"},
    {"ldap_module", "util_ldap.c"},
    {"cern_meta_module", "mod_cern_meta.c"},
    {"mpm_simple_module", "simple_api.c"},
}};

constexpr std::array<std::string_view, 8> kMpms{"event.c",    "worker.c",      "prefork.c",
                                                "motorz.c",   "mpm_netware.c", "mpm_winnt.c",
                                                "mpmt_os2.c", "simple_api.c"};

constexpr std::string_view kSuffix = "_module";

}  // namespace

std::string source_of_module(std::string_view identifier) {
  for (const auto& [name, source] : kSources)
    if (name == identifier) return std::string(source);
  if (identifier.size() <= kSuffix.size()) return {};
  if (identifier.substr(identifier.size() - kSuffix.size()) != kSuffix) return {};
  std::string source = "mod_";
  source += identifier.substr(0, identifier.size() - kSuffix.size());
  source += ".c";
  return source;
}

bool is_mpm_source(std::string_view source) {
  return std::find(kMpms.begin(), kMpms.end(), source) != kMpms.end();
}

std::string meant_mpm(std::string_view argument) {
  for (const std::string_view stem : {"event", "worker", "prefork"}) {
    const std::size_t at = argument.find(stem);
    if (at == std::string_view::npos) continue;
    const std::string_view before = argument.substr(0, at);
    const std::string_view behind = argument.substr(at + stem.size());
    const bool source =
        behind == ".c" && (before == "mpm_" || before == "mod_" || before == "mod_mpm_");
    if (source || (before.empty() && behind == "_module")) return std::string(stem) + ".c";
  }
  return {};
}

}  // namespace mpm::config
