// SPDX-License-Identifier: Apache-2.0
//
// A history for spreadsheets: a line of names, and one for each step.
#pragma once

#include <span>
#include <string>

#include "schema/model/history.h"

namespace mpm {

// Of these points of the report; what is not known is empty.
std::string to_csv(const HistoryReport& report, std::span<const HistoryPoint> points);

}  // namespace mpm
