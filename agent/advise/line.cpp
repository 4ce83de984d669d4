// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/line.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "agent/advise/finding.h"

namespace mpm::advise {
namespace {

constexpr double kNearTheMost = 0.875;

}  // namespace

double seconds_each(const FullPool& pool) {
  return number(pool.workers) / pool.per_second;
}

Line through(const FullPool& fewer, const FullPool& more) {
  const double slope =
      (1 / more.per_second - 1 / fewer.per_second) / number(more.workers - fewer.workers);
  return {1 / fewer.per_second - slope * number(fewer.workers), slope};
}

double knee(const Line& line, double seconds, double kept) {
  const double fixed = line.fixed + line.per_worker * kept;
  const double root = std::sqrt(fixed * fixed + 4 * line.per_worker * seconds);
  return (root - fixed) / (2 * line.per_worker) + kept;
}

double far_below(const Line& line, double per_second, double times) {
  double target = times * per_second;
  if (line.fixed > 0) target = std::min(target, kNearTheMost / line.fixed);
  return (1 / target - line.fixed) / line.per_worker;
}

std::string in_words(const Line& line) {
  return fmt::format("1 / X = {:.2g} s + {:.2g} s x N", line.fixed, line.per_worker);
}

}  // namespace mpm::advise
