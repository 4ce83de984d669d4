// SPDX-License-Identifier: Apache-2.0
//
// Netflix's Gradient2 limit, after its source (concurrency-limits, Gradient2Limit.java and
// WindowedLimit.java): the limit follows how much longer answers take than they did on a long
// average, once a second, from ten answers or more.
#pragma once

#include "agent/advise/model/limiter.h"

namespace mpm::regret {

class Gradient2 : public model::Limiter {
 public:
  std::int32_t limit() const override { return static_cast<std::int32_t>(limit_); }
  void answered(model::Time took, std::int32_t in_service, model::Time now) override;

 private:
  void end_window();

  double limit_ = 20;
  double long_seconds_ = 0;  // the long average
  int warm_ = 0;             // windows that are in it, while it is a plain mean
  // Of the window:
  double seconds_ = 0;
  int answers_ = 0;
  std::int32_t most_in_service_ = 0;
  model::Time ends_{};
};

}  // namespace mpm::regret
