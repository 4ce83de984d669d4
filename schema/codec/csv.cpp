// SPDX-License-Identifier: Apache-2.0
#include "schema/codec/csv.h"

#include <fmt/format.h>

#include "schema/codec/instant.h"

namespace mpm {

std::string to_csv(const HistoryReport& report, std::span<const HistoryPoint> points) {
  std::string text = "at,seconds";
  for (const std::string& field : report.fields)
    text += fmt::format(",{}", field);
  text += '\n';
  for (const HistoryPoint& point : points) {
    text += fmt::format("{},{}", to_text(point.at), point.seconds);
    for (const auto& value : point.values)
      text += value ? fmt::format(",{}", *value) : ",";
    text += '\n';
  }
  return text;
}

}  // namespace mpm
