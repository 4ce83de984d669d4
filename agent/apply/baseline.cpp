// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/baseline.h"

#include <algorithm>
#include <cmath>

namespace mpm::apply {
namespace {

// A server that was watched in a quiet minute is not one that never varies.
constexpr double kLeastDeviation = 0.05;
constexpr double kSteepest = 3;
// Standard errors from 0, from which on a slope is one.
constexpr double kCertain = 3;
constexpr double kHighestCorrelation = 0.9;

double log_of_load(double load) {
  return std::log(std::max(load, 0.01));
}

// The quantile of the chi-square distribution below which lie three tenths of it (E. Wilson and
// M. Hilferty's cube).
double chi_square_low(double degrees) {
  const double part = 2 / (9 * degrees);
  return degrees * std::pow(1 - part - 0.5244 * std::sqrt(part), 3);
}

// The correlation with the next, without the bias that it has in a short series (M. Kendall,
// Biometrika 41, 1954) and half a standard error up.
double correlation_of(const std::vector<double>& residuals) {
  const auto count = static_cast<double>(residuals.size());
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    squares += residuals[i] * residuals[i];
    if (i > 0) products += residuals[i] * residuals[i - 1];
  }
  if (squares <= 0) return 0;
  const double seen = products / squares;
  const double unbiased = seen + (1 + 3 * seen) / count;
  const double error = std::sqrt(std::max(0.0, 1 - seen * seen) / count);
  return std::clamp(unbiased + error / 2, 0.0, kHighestCorrelation);
}

}  // namespace

std::optional<Baseline> Baseline::of(std::span<const Point> points) {
  if (points.size() < kFewestBlocks) return std::nullopt;
  Baseline fit;
  fit.blocks_ = static_cast<double>(points.size());
  fit.load_low_ = fit.load_high_ = log_of_load(points.front().load);
  for (const Point& point : points) {
    const double load = log_of_load(point.load);
    fit.mean_ += point.reading.value / fit.blocks_;
    fit.load_mean_ += load / fit.blocks_;
    fit.count_ += point.reading.count / fit.blocks_;
    fit.load_low_ = std::min(fit.load_low_, load);
    fit.load_high_ = std::max(fit.load_high_, load);
  }
  double products = 0;
  for (const Point& point : points) {
    const double away = log_of_load(point.load) - fit.load_mean_;
    fit.load_squares_ += away * away;
    products += away * (point.reading.value - fit.mean_);
  }
  if (fit.load_squares_ > 0)
    fit.slope_ = std::clamp(products / fit.load_squares_, -kSteepest, kSteepest);

  fit.forget_slope_of_chance(points);

  std::vector<double> residuals;
  double squares = 0;
  for (const Point& point : points) {
    residuals.push_back(point.reading.value - fit.predicted(point.load));
    squares += residuals.back() * residuals.back();
  }
  const double correlation = correlation_of(residuals);
  fit.variance_ =
      std::max(squares / chi_square_low(fit.blocks_ - 2), kLeastDeviation * kLeastDeviation) *
      (1 + correlation) / (1 - correlation);
  return fit;
}

void Baseline::forget_slope_of_chance(std::span<const Point> points) {
  double squares = 0;
  for (const Point& point : points) {
    const double residual = point.reading.value - predicted(point.load);
    squares += residual * residual;
  }
  if (slope_ * slope_ * load_squares_ >= kCertain * kCertain * squares / (blocks_ - 2)) return;
  slope_ = 0;
  load_squares_ = 0;
}

double Baseline::clamped(double load) const {
  return std::clamp(log_of_load(load), load_low_, load_high_);
}

double Baseline::predicted(double load) const {
  return mean_ + slope_ * (clamped(load) - load_mean_);
}

double Baseline::variance(double count) const {
  return variance_ * std::max(1.0, count_ / std::max(count, 1.0));
}

double Baseline::uncertainty(double load) const {
  const double away = clamped(load) - load_mean_;
  return variance_ * (1 / blocks_ + (load_squares_ > 0 ? away * away / load_squares_ : 0));
}

}  // namespace mpm::apply
