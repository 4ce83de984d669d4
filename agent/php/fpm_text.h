// SPDX-License-Identifier: Apache-2.0
//
// What php-fpm says of itself: its configuration, the titles of its processes, and the kernel's
// list of unix sockets. Pure functions from text to values, linear in its length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mpm {

// "[www]", or "pm.max_children = 5".
struct FpmLine {
  std::string name;                  // of the section, or what stands before "="
  std::optional<std::string> value;  // without its quotes; nullopt: it is a section
  bool operator==(const FpmLine&) const = default;
};
// One file of php-fpm's configuration, which is an ini file: "; comment", "[section]",
// "name = value". What is not understood is passed over.
std::vector<FpmLine> fpm_lines(std::string_view text);

// "/etc/php/8.2/fpm/php-fpm.conf" of "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)";
// nullopt: it is no such process.
std::optional<std::string> fpm_file_in(std::string_view title);
// "www" of "php-fpm: pool www"; nullopt: it is no such process.
std::optional<std::string> fpm_pool_in(std::string_view title);

// Of /proc/net/unix: connections to the socket at that path which nobody has accepted yet. They
// have the listener's path, are connecting (state 02) and have no inode. nullopt: nobody listens
// there.
std::optional<std::int64_t> waiting_at(std::string_view net_unix, std::string_view path);

}  // namespace mpm
