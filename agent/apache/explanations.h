// SPDX-License-Identifier: Apache-2.0
//
// The words of explain(), a row a directive. Defaults, units and what a change needs are in
// directives() and are not said again here.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace mpm {

// One message that httpd has in all its MPMs, under a code of each. All three the same: it is
// httpd's core that logs it.
struct ExplainedCode {
  std::string_view prefork, worker, event;
  std::string_view text;
};

struct Explanation {
  std::string_view directive;
  std::string_view summary;
  std::array<std::string_view, 4> paragraphs;  // empty ones are none
  std::string_view zero;                       // what the default 0 means
  std::string_view distributions;              // a sentence about what Debian and others write
  std::string_view bounds;
  std::array<ExplainedCode, 5> codes;  // without a text: none
  std::array<std::string_view, 5> see_also;
};

std::span<const Explanation> explanations_of_spares();
std::span<const Explanation> explanations_of_limits();
std::span<const Explanation> explanations_of_children();
std::span<const Explanation> explanations_of_connections();

}  // namespace mpm
