// SPDX-License-Identifier: Apache-2.0
//
// The variables that a server's start script gives it, read from the script: Debian's envvars, an
// environment file of systemd, /etc/sysconfig/httpd. Only assignments are understood:
//
//   export APACHE_RUN_DIR=/var/run/apache2$SUFFIX        # NAME=value, $NAME, ${NAME}, quotes
//   : ${APACHE_CONFDIR:=/etc/apache2}                    # a default
//
// Conditions are not: of several assignments the last counts, as in Debian's own script, whose else
// branch is the one of the first server.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mpm::config {

using Environment = std::vector<std::pair<std::string, std::string>>;

// The variables of `script` over those of `before`, each once, in order of their first assignment.
Environment read_envvars(std::string_view script, Environment before = {});

}  // namespace mpm::config
