// SPDX-License-Identifier: Apache-2.0
//
// The pools that php-fpm's configuration names, read as php-fpm reads it (sapi/fpm/fpm/fpm_conf.c):
// a relative path is below the prefix that the program was built for, an include is read where it
// stands, five files deep, and a pool may be named again. Over a FileSystem, and so pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/files.h"
#include "schema/model/observation.h"

namespace mpm {

struct FpmStart {
  std::string file;                   // the first one
  std::optional<std::string> prefix;  // of relative paths; nullopt: unknown, and they are left out
};

// Name, listen and max_children of each; what cannot be read is left out.
std::vector<PhpPool> fpm_pools(const FpmStart& start, const config::FileSystem& files);

// "/usr/local" of "/usr/local/sbin/php-fpm": a program is installed in bin or sbin of its prefix.
// nullopt: it is elsewhere. Another prefix that it was started with (--prefix) is told by nothing
// that can be seen from outside.
std::optional<std::string> fpm_prefix(std::string_view program);

}  // namespace mpm
