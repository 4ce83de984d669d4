// SPDX-License-Identifier: Apache-2.0
//
// Where a directive that is written nowhere belongs: beside its likes, in the section in which
// the last of them is in force, in the order in which an administrator's file has them, or below
// the line in which it stands commented out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/draft.h"

namespace mpm::config {

// For each line of a file the index of the line that opens the section it stands in, or -1. Read
// from the text alone; in a section that httpd skips it may be wrong, and nothing rests on it.
std::vector<std::ptrdiff_t> enclosing_sections(const Tree& tree);

// "<IfModule mpm_event_module>" and its likes, of any MPM, negated or not.
bool opens_mpm_section(std::string_view text);

// The MPM has it, as opposed to httpd's core.
bool is_of_the_mpm(const Directive& directive);

struct Insertion {
  std::string path;   // without links
  std::string bytes;  // of the whole file afterwards
};

// The places beside likes, the best first; a few at most. `obstacle` becomes the reason why a
// place that there was cannot be used.
std::vector<Insertion> places_beside(const Draft& draft, const CheckedWish& wish,
                                     std::string& obstacle);

// Conflict when the file is generated or a template: what it is, and where to go instead.
Result<void> may_edit(const OpenFile& file);

// The bytes with a line put behind `line`, or before it where nothing may stand behind it: at an
// end of the file that has no line end, or whose line ends in a backslash.
std::string with_line_after(const Tree& tree, const Line& line, const std::string& text);

}  // namespace mpm::config
