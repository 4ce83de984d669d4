// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/model/load.h"

#include <cmath>

namespace mpm::model {

ServiceTime::ServiceTime(double mean_seconds, double squared_variation) : mean_(mean_seconds) {
  if (squared_variation <= 1) {
    short_ = mean_ * std::sqrt(std::max(squared_variation, 0.0));
    always_ = mean_ - short_;
    return;
  }
  const double spread = std::sqrt((squared_variation - 1) / (squared_variation + 1));
  long_share_ = (1 - spread) / 2;
  long_ = mean_ / (2 * long_share_);
  short_ = mean_ / (2 * (1 - long_share_));
}

}  // namespace mpm::model
