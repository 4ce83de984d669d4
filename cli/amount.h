// SPDX-License-Identifier: Apache-2.0
//
// Numbers as an administrator reads them, with their unit. 1 MB is 1024 x 1024 bytes here,
// as in top, free and httpd's own manual.
//
//   megabytes(Bytes{15309210}) == "14.6 MB"     count(1234567) == "1,234,567"
//   duration(95) == "1 min 35 s"                plural(1, "worker") == "1 worker"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/model/units.h"

namespace mpm {

std::string count(std::int64_t number);

// "1 worker", "6 workers", "2 processes": `one` in the singular; the plural adds "s" or "es".
std::string plural(std::int64_t number, std::string_view one);

// The unit that leaves at most four digits before the point: "512 B", "14.6 MB", "2.5 GB".
std::string megabytes(Bytes amount);

// "0.4 ms", "850 ms", "3.2 s", "1 min 35 s", "2 h 5 min", "3 days 4 h".
std::string duration(double seconds);

// Three significant digits, thousands grouped, no needless zeros: "0.25", "12.5", "1,240".
std::string number(double value);

// 0.0213 is "2.1 %", 0.43 is "43 %": the tenths of large shares are noise.
std::string percent(double share);

}  // namespace mpm
