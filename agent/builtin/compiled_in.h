// SPDX-License-Identifier: Apache-2.0
//
// What mpm-httpd says about itself: with -V, and to those who look into its file as they look into
// httpd's. The lines are whole literals, so that they stand in the program as they are printed.
#pragma once

#include <string_view>

namespace mpm::builtin {

// The httpd whose directives, scoreboard and status page this server has.
inline constexpr std::string_view kHttpdVersion = "2.4.71";
// The first word is what tools that ask for a version want to know.
inline constexpr std::string_view kServerVersion = "Apache/2.4.71 (mpm-httpd/" MPM_VERSION ")";

inline constexpr std::string_view kServerRoot = "/etc/mpm-httpd";
inline constexpr std::string_view kConfigFile = "httpd.conf";

inline constexpr std::string_view kCompiledIn =
    " -D HTTPD_ROOT=\"/etc/mpm-httpd\"\n"
    " -D SERVER_CONFIG_FILE=\"httpd.conf\"\n"
    " -D BUILTIN_MODULES=\"core.c mod_so.c http_core.c mod_version.c mod_unixd.c mod_log_config.c "
    "mod_mime.c mod_dir.c mod_status.c mod_reqtimeout.c\"\n";

}  // namespace mpm::builtin
