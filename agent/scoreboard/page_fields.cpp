// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/page_fields.h"

namespace mpm {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The key ends at the first ": ", or at a colon that ends the line ("Scoreboard:" of no
// slot). The first line may be "[::1]", which has neither.
PageFields fields_of(std::string_view page) {
  PageFields fields;
  while (!page.empty()) {
    const auto end = page.find('\n');
    std::string_view line = page.substr(0, end);
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto colon = line.find(": ");
    if (colon == std::string_view::npos && line.ends_with(':')) colon = line.size() - 1;
    if (colon == std::string_view::npos) continue;
    fields.emplace(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

}  // namespace mpm
