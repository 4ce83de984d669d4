// SPDX-License-Identifier: Apache-2.0
//
// What pools of other sizes brought while all of them were busy, and how many workers that leaves
// for this one. Two rules of the table in rules.h. Pure.
#pragma once

#include <optional>

#include "agent/advise/cap.h"
#include "agent/advise/facts.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

// A larger pool was full in the days before, and ended fewer requests.
std::optional<Finding> larger_pool_brought_less(const Facts& facts);

// A smaller pool was full in the days before, and ended many more.
std::optional<Finding> smaller_pool_brought_more(const Facts& facts);

// Of a pool, seconds in which all of it was busy, for what it brought to be told.
inline constexpr double kLongFull = 20;

// A larger pool, or a smaller one, was full in the days before, and ended fewer requests than this
// one with all of it busy; or more workers than there are now were busy in a larger one that was
// not full, and ended less than seven tenths.
bool more_brought_less(const Facts& facts);
bool fewer_brought_less(const Facts& facts);

// Where a larger pool brought less than nine tenths of what this one does: the knee of the line
// through both, if requests take longer than when nobody waited; on to between both, if they do
// not, or, where that was not seen, differ as work of its own does; the pool as it is, if that is
// not known, unless they differ so little that they stand in line. Where a smaller one brought so
// much more that this one brings less than seven tenths of it: between both, or that one if this
// one is no more than twice as large. A third pool makes a line, and its knee takes the place of
// what is between. A smaller one that answered nobody in time, its full queue counted where more
// come than it ended, is gone below, along the line through both.
//
// Half of this pool is left at least, or a quarter where it was seen to end far more than a larger
// one, unless its requests stand in line (Facts::in_line) or a third, larger pool ended within a
// tenth what the line through both foretells for it; as many as serve what ends now, each in the
// time that it takes in a calm; and sqrt(n N) of these N where n were seen to end less.
//
// Infinite where no such pool is known, or this one was not full for 20 s; it then does not grow to
// a larger one that brought less. Nor beyond one that brought more, where a still larger one
// brought less.
Cap cap_of_pools(const Facts& facts);

}  // namespace mpm::advise
