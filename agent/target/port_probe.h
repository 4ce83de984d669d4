// SPDX-License-Identifier: Apache-2.0
//
// Whether somebody behind a port answers, not only accepts: the kernel accepts for a server that
// is deaf. Any byte is an answer, so a port that speaks TLS passes with its refusal of plain HTTP.
#pragma once

#include <chrono>

#include "schema/model/target.h"

namespace mpm {

// Asks "OPTIONS *", as httpd's parent wakes its own children. A wildcard is asked on the loopback.
// Blocks up to the deadline; safe from any thread.
bool port_answers(const ListenAddress& listener, std::chrono::milliseconds deadline);

}  // namespace mpm
