// SPDX-License-Identifier: Apache-2.0
//
// From what a person types to the server that is meant.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "agent/target/identify.h"
#include "schema/model/result.h"
#include "schema/model/target.h"

namespace mpm {

// Every httpd that runs here. `recognizer` remembers from one question to the next what it met.
// Those whose parents are `known` are left out.
Result<std::vector<Target>> find_targets(const ProcFs& proc, Recognizer& recognizer,
                                         const std::set<std::int32_t>& known = {});

// `name` is a pid, ":8080", the URL of a status page, or empty for the only server there is.
// Usage: it is none of these, or it is empty and there are several. NotFound: no such process
// or no server at all. Malformed: the process is no httpd. Unreachable: nothing listens there.
Result<Target> find_target(const ProcFs& proc, Recognizer& recognizer, const std::string& name);

// Its URL, ":8080" for the first port that it listens on, or its pid: what find_target takes for
// it.
std::string name_of_server(const Target& target);

// "2.4.71" of "Apache/2.4.71 (Debian)", as a status page calls the server; empty when it does not.
std::string version_in(std::string_view server_version);

// The Error for a host on which no httpd runs.
Error no_server();

}  // namespace mpm
