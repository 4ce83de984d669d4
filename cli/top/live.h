// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl top`: one server, live, on a full screen, or as text again and again.
#pragma once

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/style.h"
#include "cli/top/terminal.h"
#include "schema/model/result.h"

namespace mpm::top {

// How often a round is asked when --every does not say it, in seconds.
inline constexpr double kUsualPace = 1;

// Ends when it is left by a key, or after --count rounds. Fails when the first round has no answer;
// later ones say so on the screen, and end --batch.
Result<Outcome> live(const Options& options, Client& client, const Style& style,
                     FullScreen& screen);

}  // namespace mpm::top
