// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/mixture.h"

#include <cmath>

namespace mpm::apply {

void Mixture::add(double value, double variance) {
  sum_ += value / variance;
  information_ += 1 / variance;
}

Bounds Mixture::bounds(double before) const {
  const double square = information_ * information_;
  const double alone = information_ + before * square;
  const double mixed = alone + spread_ * spread_ * square;
  const double threshold = std::log(1 / alpha_) + 0.5 * std::log(mixed / alone);
  const double width = std::sqrt(2 * threshold / (1 / alone - 1 / mixed)) / information_;
  const double mean = sum_ / information_;
  return {mean - width, mean, mean + width};
}

}  // namespace mpm::apply
