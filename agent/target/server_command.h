// SPDX-License-Identifier: Apache-2.0
//
// Command lines for a server's own program, made from the one that it runs with. Pure.
//
//   /usr/sbin/apache2 -d /srv -D BIG -k start   checks itself with   /usr/sbin/apache2 -d /srv
//   -D BIG -t   and is started anew with its own words and -k start.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace mpm {

// `program` -t, with what says which configuration is read: -d, -f, -D, -C and -c. A define that
// only says how to run (FOREGROUND and its likes) is left out.
std::vector<std::string> check_arguments(const std::string& program,
                                         std::span<const std::string> arguments);

// The words that the server was started with, but as a start: "-k graceful", with which
// apachectl starts a server that does not run, becomes "-k start".
std::vector<std::string> start_arguments(const std::string& program,
                                         std::span<const std::string> arguments);

// It does not go into the background: whoever started it waits for it, and starts it again.
bool stays_in_foreground(std::span<const std::string> arguments);

}  // namespace mpm
