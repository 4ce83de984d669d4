// SPDX-License-Identifier: Apache-2.0
//
// A configuration while it is being changed: the files as they would be, and what httpd would
// read in them. Every step is tried on a copy of the files, read again, and held against the law
// before it is taken over; so the steps of several wishes build on each other, and none can
// break what is not its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/config/overlay.h"
#include "agent/config/site.h"
#include "agent/config/tree.h"
#include "agent/config/wish.h"
#include "schema/model/result.h"
#include "schema/model/settings.h"

namespace mpm::config {

struct Draft {
  SiteOptions options;
  Overlay files;
  Site site;  // of `files`
  Mpm mpm = Mpm::Event;
  std::vector<Remark> remarks;  // what to know about where the changes went
};

// One file of the draft, under the name without links.
struct OpenFile {
  std::string path;
  Tree tree;
};

Result<OpenFile> open_file(const Overlay& files, const std::string& path);

// The line that begins on a physical line; null when none does.
const Line* line_at(const Tree& tree, std::uint32_t first_line);

// An active occurrence in the server configuration, under either name.
bool is_of(const ActiveDirective& node, const Directive& directive);
std::vector<const ActiveDirective*> occurrences(const Site& site, const Directive& directive);
// What the last of them says; absent: there is none.
std::optional<std::string> written_value(const Site& site, const Directive& directive);

// "/etc/httpd/conf/httpd.conf:12"
std::string place_of(const ActiveDirective& node);

// Whether text of the command line (-c, -C) and no file has it.
bool is_of_command_line(const ActiveDirective& node);

// The law. Reads `changed` and gives its site when nothing but the wished directive differs and
// when what was wished for holds. Conflict: what else would change, or which later line defeats
// it. Malformed: what httpd would refuse then.
Result<Site> read_again(const Draft& draft, const Overlay& changed, const CheckedWish& wish);

// Tries `changed`, and makes the draft of it when it is lawful.
Result<void> take_over(Draft& draft, Overlay changed, const CheckedWish& wish);

// Malformed with the first place that httpd would refuse.
Result<void> refuse_broken(const Site& site, Mpm mpm);

}  // namespace mpm::config
