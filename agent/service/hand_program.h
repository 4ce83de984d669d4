// SPDX-License-Identifier: Apache-2.0
//
// `mpm-agent --hand` from its command line to its end. It takes back a change that was left open,
// then listens: on the socket that systemd passes on, and it ends when nobody has asked for a while
// and no change is under way, because systemd starts it again when somebody does; or on one of its
// own, until it is told to end.
#pragma once

namespace mpm {

// The exit status: 0 it was told to end or had nothing to do, 1 it could not start, 2 the command
// line makes no sense.
int run_hand(int argc, const char* const* argv);

}  // namespace mpm
