// SPDX-License-Identifier: Apache-2.0
//
// The load from look to look: what the clients ask for where the limit hides it, and how fast that
// can rise. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "schema/model/observation.h"
#include "schema/model/sample.h"

namespace mpm {

// Fills calm_service_seconds, offered, rises and plateau of `load`, whose service_seconds is known
// by now. `limit` is of workers.
//
// The offered load follows the arrivals as it would with workers without end: between two looks d
// seconds apart, a := a exp(-d/S) + r S (1 - exp(-d/S)), with r arrivals a second and a time S of a
// request (M/M/inf; Eick, Massey and Whitt 1993). S is of the time in which neither the limit nor
// the processors made requests wait; where the processors are full at times and it is four times as
// long as in the tenth of the looks with the fewest requests inside, it is that of this tenth.
void add_course(std::span<const Sample> samples, std::int64_t limit, LoadObservation& load);

}  // namespace mpm
