// SPDX-License-Identifier: Apache-2.0
//
// A distribution in little room: how many values fell into each of the intervals (1.04^(n-1),
// 1.04^n], from which any quantile is told to within 2 % of itself (DDSketch: Masson, Rim and Lee,
// 2019). Two sketches merge into exactly what one of all the values would be, in any order: minutes
// make hours and hours a month without a loss that grows, and a t-digest cannot say that of itself.
// Stored as variable-length numbers, it takes two bytes an interval that is not empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/model/result.h"

namespace mpm {

// The largest error of a quantile, as a share of it. Below kSketchZero a value counts as 0.
inline constexpr double kSketchError = 0.02;
inline constexpr double kSketchZero = 1e-6;

class Sketch {
 public:
  // Values that are no number, or below 0, are left out.
  void add(double value, std::int64_t times = 1);
  void merge(const Sketch& other);

  std::int64_t count() const;
  // q from 0 to 1; nullopt of no values.
  std::optional<double> quantile(double q) const;

  std::string encoded() const;
  // Malformed: these bytes are no sketch.
  static Result<Sketch> decoded(std::string_view bytes);

  bool operator==(const Sketch&) const = default;

 private:
  using Interval = std::pair<std::int32_t, std::int64_t>;  // n, and how many

  void add_to(std::int32_t interval, std::int64_t times);

  std::int64_t zeros_ = 0;
  std::vector<Interval> intervals_;  // by n, none empty
};

}  // namespace mpm
