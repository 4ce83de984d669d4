// SPDX-License-Identifier: Apache-2.0
//
// Which pools of php-fpm a server passes requests to: those whose socket its configuration names.
#pragma once

#include <string_view>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/observation.h"
#include "schema/model/target.h"

namespace mpm {

// Whether a directive's arguments name the socket that a pool listens at, as mod_proxy_fcgi has
// them: "proxy:unix:/run/php.sock|fcgi://localhost" for the path, "fcgi://127.0.0.1:9000" for a
// port of this host, listened at as 9000 or 127.0.0.1:9000. Pure.
bool names_socket(std::string_view args, std::string_view listen);

// As they are now; reads the server's configuration where any php-fpm runs.
std::vector<PhpPool> php_behind(const Target& target, const ProcFs& proc);

}  // namespace mpm
