// SPDX-License-Identifier: Apache-2.0
//
// From the identifier that LoadModule uses to the source file that IfModule may name instead.
// Nearly all follow one rule, "x_module" from "mod_x.c"; the table holds the others.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "agent/config/site.h"

namespace mpm::config {

std::string module_source(std::string_view identifier) {
  constexpr std::array kOthers = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"mpm_event_module", "event.c"},
      {"mpm_worker_module", "worker.c"},
      {"mpm_prefork_module", "prefork.c"},
      {"mpm_winnt_module", "mpm_winnt.c"},
      {"mpm_itk_module", "mpm_itk.c"},
      {"core_module", "core.c"},
      {"http_module", "http_core.c"},
      {"ldap_module", "util_ldap.c"},
  });
  for (const auto& [known, source] : kOthers)
    if (known == identifier) return std::string(source);
  constexpr std::string_view kEnd = "_module";
  std::string_view stem = identifier;
  if (stem.size() > kEnd.size() && stem.substr(stem.size() - kEnd.size()) == kEnd)
    stem.remove_suffix(kEnd.size());
  return "mod_" + std::string(stem) + ".c";
}

bool Site::has_module(std::string_view wanted) const {
  return std::ranges::any_of(modules, [&](const LoadedModule& module) {
    return module.source == wanted || (!module.identifier.empty() && module.identifier == wanted);
  });
}

}  // namespace mpm::config
