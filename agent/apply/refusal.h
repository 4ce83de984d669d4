// SPDX-License-Identifier: Apache-2.0
//
// What a file system said no with, as a sentence: what could not be done to which file, why, that
// it is as it was, and what to do.
#pragma once

#include <string>

#include "agent/apply/place.h"
#include "schema/model/result.h"

namespace mpm::apply {

Error not_written(int errno_value, const Place& place);
Error changed_meanwhile(const Place& place, const std::string& backup);

}  // namespace mpm::apply
