// SPDX-License-Identifier: Apache-2.0
//
// What an httpd executable says about itself in its own bytes: version, compiled-in paths,
// the modules that are linked in. The program is never run: it may be another machine's, a
// container's, or not what it seems.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/scoreboard.h"

namespace mpm {

struct BinaryFacts {
  std::string version;                       // "2.4.71"
  std::string server_root;                   // HTTPD_ROOT, "/etc/apache2"
  std::string config_file;                   // SERVER_CONFIG_FILE, as compiled in
  std::vector<std::string> builtin_sources;  // "core.c", "mod_so.c"; sorted
  std::optional<Mpm> builtin_mpm;            // linked in, as hand-built servers have it
  // LoadModule opens a file. mpm-httpd has its modules inside, and LoadModule only chooses.
  bool loads_files = true;
};

// nullopt: these bytes are no httpd's. An executable that keeps its strings in a shared
// library (as some distributions' libhttpd) answers for that library's bytes instead.
std::optional<BinaryFacts> read_binary(std::string_view bytes);

// The MPM whose module is mapped, from the text of /proc/PID/maps.
std::optional<Mpm> mapped_mpm(std::string_view maps);

}  // namespace mpm
