// SPDX-License-Identifier: Apache-2.0
//
// A directive that has no likes: it goes into a small file of our own, in a directory that the
// configuration reads with a wildcard, or, where there is none, into a section of our own in the
// main file. What it is and how to return stands in it, and with its last directive it goes
// again, so that to set and to unset leaves no trace.
#pragma once

#include <string>

#include "agent/config/draft.h"

namespace mpm::config {

enum class Apart : std::uint8_t {
  Anywhere,     // nothing else sets it
  AfterOthers,  // it must overrule what another file sets, so that file is left alone
};

// Conflict: there is no place for it.
Result<void> set_apart(Draft& draft, const CheckedWish& wish, Apart how);

// Writes `bytes` to the file that was read as `path`, without what was ours and is empty now: a
// section, or the whole file, with the link to it.
void leave_without_ours(Overlay& files, const std::string& path, std::string bytes);

}  // namespace mpm::config
