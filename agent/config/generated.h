// SPDX-License-Identifier: Apache-2.0
//
// Files that a person does not write: a control panel or a tool for the management of
// configurations does, and says so in their first comments; or they are templates, from which
// such a tool makes the real ones. What is changed in them by hand is lost at the tool's next run.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mpm::config {

struct Author {
  std::string name;  // "cPanel"
  std::string way;   // where to make the change instead, as the end of a sentence
  // It leaves other files of the configuration alone, so that one of ours, read later, may
  // overrule what it writes. The management tools do not: they would bring their value back.
  bool leaves_others = false;
};

std::optional<Author> author_of(std::string_view bytes);

// "<%", "{{", "[%", "@@X@@" or "___X___" in the text; empty when it is no template.
std::string template_mark(std::string_view bytes);

}  // namespace mpm::config
