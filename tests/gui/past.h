// SPDX-License-Identifier: Apache-2.0
//
// A past of a server as it may have been, with all fields that the dashboard draws: busy by day and
// quiet by night, too busy before a change in its middle and again at its end. Always the same one
// for the same span.
#pragma once

#include "gui/plot/time_axis.h"
#include "schema/model/history.h"

namespace mpm::test {

HistoryReport past(const gui::TimeSpan& span, int steps);

}  // namespace mpm::test
