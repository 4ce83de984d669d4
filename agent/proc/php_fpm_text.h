// SPDX-License-Identifier: Apache-2.0
//
// What php-fpm says of itself: its configuration, the titles of its processes, and the kernel's
// list of unix sockets. Pure functions from text to values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/observation.h"

namespace mpm {

struct PhpFpmText {
  std::vector<PhpPool> pools;         // name, listen and max_children of each
  std::vector<std::string> includes;  // patterns of more files, as written
};
// One file of php-fpm's configuration, which is an ini file: "; comment", "[pool]", "name = value".
// What belongs to no pool, and what is not understood, is passed over.
PhpFpmText parse_php_fpm(std::string_view text);

// "/etc/php/8.2/fpm/php-fpm.conf" of "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)";
// nullopt: it is no such process.
std::optional<std::string> php_fpm_file(std::string_view title);
// "www" of "php-fpm: pool www"; nullopt: it is no such process.
std::optional<std::string> php_fpm_pool(std::string_view title);

// Of /proc/net/unix: connections to the socket at that path which nobody has accepted yet. They
// have the listener's path, are connecting (state 02) and have no inode.
std::int64_t waiting_at(std::string_view net_unix, std::string_view path);

}  // namespace mpm
