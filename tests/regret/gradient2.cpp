// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/gradient2.h"

#include <algorithm>

namespace mpm::regret {
namespace {

constexpr double kLeast = 20;
constexpr double kMost = 1000;
constexpr double kSmoothing = 0.2;
constexpr double kQueue = 4;
constexpr double kTolerance = 1.5;
constexpr double kLongWindow = 600;
constexpr int kWarmUp = 10;
constexpr int kFewestAnswers = 10;
constexpr double kTooShort = 1e-4;  // seconds; such answers are ignored

}  // namespace

void Gradient2::answered(model::Time took, std::int32_t in_service, model::Time now) {
  const double seconds = model::in_seconds(took);
  if (seconds < kTooShort) return;
  seconds_ += seconds;
  ++answers_;
  most_in_service_ = std::max(most_in_service_, in_service);
  if (now < ends_ || answers_ < kFewestAnswers) return;
  end_window();
  ends_ = now + std::chrono::seconds(1);
}

void Gradient2::end_window() {
  const double recent = seconds_ / answers_;
  const auto in_service = static_cast<double>(most_in_service_);
  seconds_ = 0;
  answers_ = 0;
  most_in_service_ = 0;
  const double share = warm_ < kWarmUp ? 1.0 / ++warm_ : 2 / (kLongWindow + 1);
  long_seconds_ += share * (recent - long_seconds_);
  if (long_seconds_ / recent > 2) long_seconds_ *= 0.95;
  if (in_service < limit_ / 2) return;
  const double gradient = std::clamp(kTolerance * long_seconds_ / recent, 0.5, 1.0);
  const double wanted = limit_ * gradient + kQueue;
  limit_ = std::clamp(limit_ * (1 - kSmoothing) + wanted * kSmoothing, kLeast, kMost);
}

}  // namespace mpm::regret
