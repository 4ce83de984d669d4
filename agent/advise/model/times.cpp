// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/model/times.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mpm::model {

void Times::add(Time time) {
  const auto value = static_cast<std::uint64_t>(std::max<Time::rep>(time.count(), 0));
  // Below 2^kBits nanoseconds each has its own class; above, the first kBits + 1 bits say it.
  const unsigned width = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = width > kBits + 1 ? width - kBits - 1 : 0;
  ++classes_[(static_cast<std::size_t>(shift) << kBits) + (value >> shift)];
  ++count_;
  sum_ += in_seconds(time);
}

double Times::mean_seconds() const {
  return count_ > 0 ? sum_ / static_cast<double>(count_) : 0;
}

double Times::quantile_seconds(double share) const {
  if (count_ == 0) return 0;
  const auto wanted = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_))));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    seen += classes_[i];
    if (seen < wanted) continue;
    const std::size_t shift = i < (2U << kBits) ? 0 : (i >> kBits) - 1;
    const std::uint64_t value = static_cast<std::uint64_t>(i - (shift << kBits)) << shift;
    // The middle of the class.
    return static_cast<double>(value + (1ULL << shift >> 1U)) * 1e-9;
  }
  return 0;
}

}  // namespace mpm::model
