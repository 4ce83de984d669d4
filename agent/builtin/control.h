// SPDX-License-Identifier: Apache-2.0
//
// The pid file of a server, and the word to a server that runs: mpm-httpd -k stop and its like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "schema/model/result.h"

namespace mpm::builtin {

// The server that the pid file names, while it runs: a process of this program's name, so that a
// stale file whose number was given to another process names nobody.
std::optional<pid_t> running_server(const std::string& pid_file);

Result<void> write_pid_file(const std::string& pid_file, pid_t pid);
// Only when it still names this process.
void remove_pid_file(const std::string& pid_file);

// The signal that "-k WORD" sends; nullopt: start, or no such word.
std::optional<int> signal_for(std::string_view word);

}  // namespace mpm::builtin
