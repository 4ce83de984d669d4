// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/finding.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace mpm::advise {

Finding finding(Severity severity, std::string claim, std::string advice,
                std::vector<Evidence> evidence) {
  return {.rule = "",
          .severity = severity,
          .claim = std::move(claim),
          .advice = std::move(advice),
          .evidence = std::move(evidence),
          .formula = "",
          .confidence = Confidence::High};
}

std::string hour_of(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  return fmt::format("{}-{:02}-{:02} {:02}:00 UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     std::chrono::floor<std::chrono::hours>(at - day).count());
}

std::string percent(double share) {
  const double value = 100 * share;
  return value > 0 && value < 1 ? fmt::format("{:.1f} %", value) : fmt::format("{:.0f} %", value);
}

}  // namespace mpm::advise
