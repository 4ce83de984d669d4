// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl targets`: every httpd here, one row each, and below the row what could not be read.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/words.h"

namespace mpm {
namespace {

std::string address(const ListenAddress& listener) {
  if (listener.address == "0.0.0.0" || listener.address == "::" || listener.address.empty())
    return fmt::format("*:{}", listener.port);
  return endpoint(listener.address, listener.port);
}

// Each address once: an IPv4 and an IPv6 listener for every address are both "*:80".
std::string listeners(const Target& target) {
  std::vector<std::string> addresses;
  for (const ListenAddress& listener : target.listeners) {
    const std::string name = address(listener);
    bool known = false;
    for (const std::string& other : addresses)
      known = known || other == name;
    if (!known) addresses.push_back(name);
  }
  return addresses.empty() ? "-" : joined(addresses, " ");
}

// Where it comes from: "/etc/apache2/apache2.conf, apache2.service".
std::string origin(const Target& target) {
  std::vector<std::string> parts;
  for (const std::string& part : {target.url, target.config_file, target.unit})
    if (!part.empty()) parts.push_back(part);
  return parts.empty() ? "configuration unknown" : joined(parts, ", ");
}

Row row_of(const TargetEntry& entry, const Style& style) {
  const Target& target = entry.target;
  const std::int64_t limit = entry.settings.worker_limit;
  Row row{{target.pid > 0 ? fmt::format("{}", target.pid) : "-",
           target.version.empty() ? "?" : target.version,
           std::string(target.mpm ? words(*target.mpm) : "?"), listeners(target),
           fmt::format("{}", target.children), limit > 0 ? fmt::format("{}", limit) : "?"},
          {{Tone::Faint, origin(target)}}};
  for (const std::string& loss : target.losses)
    row.notes.push_back({Tone::Caution, fmt::format("{} {}", style.glyphs().warning, loss)});
  return row;
}

}  // namespace

std::string render(const TargetList& list, const Style& style) {
  if (list.targets.empty())
    return paragraph({},
                     "No httpd runs here that can be seen. Servers in another container are seen "
                     "only from the host; name a remote one by the URL of its status page, as in "
                     "mpmctl status http://host/server-status",
                     style);
  std::vector<Row> rows;
  for (const TargetEntry& entry : list.targets)
    rows.push_back(row_of(entry, style));
  return table({{.heading = "PID", .align = Align::Right, .tone = Tone::Strong},
                {.heading = "Version"},
                {.heading = "MPM"},
                {.heading = "Listens on"},
                {.heading = "Children", .align = Align::Right},
                {.heading = "Workers at most", .align = Align::Right}},
               rows, style);
}

}  // namespace mpm
