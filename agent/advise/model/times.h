// SPDX-License-Identifier: Apache-2.0
//
// Many times, and their quantiles: counted in classes, 64 to a doubling, so that a quantile is
// right to 1.6 percent whatever its size, and one more time costs one addition.
#pragma once

#include <array>
#include <cstdint>

#include "agent/advise/model/load.h"

namespace mpm::model {

class Times {
 public:
  void add(Time time);

  std::int64_t count() const { return count_; }
  double mean_seconds() const;
  // 0 <= share <= 1: so many are no longer. 0 when nothing was counted.
  double quantile_seconds(double share) const;

 private:
  static constexpr unsigned kBits = 6;
  static constexpr std::size_t kClasses = (64 - kBits + 1) << kBits;

  std::array<std::uint32_t, kClasses> classes_{};
  std::int64_t count_ = 0;
  double sum_ = 0;  // seconds
};

}  // namespace mpm::model
