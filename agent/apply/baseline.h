// SPDX-License-Identifier: Apache-2.0
//
// What a measure was before the change, as a function of the load, and how much it varied by
// itself. Pure.
//
// The logarithm of the measure is a line over the logarithm of the load, fitted to the blocks of
// before; outside the loads that were seen it goes on level, so that nothing is foretold that
// nobody saw. Neighbouring blocks are alike: the variance of a block is taken (1 + r) / (1 - r)
// times what the residuals show, r being their correlation with the next (the effective number of
// blocks of an AR(1) series), and at the upper end of what so few blocks leave open.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agent/apply/measure.h"

namespace mpm::apply {

// A measure of one block: its logarithm, and how many requests it rests on.
struct Reading {
  double value = 0;
  double count = 0;
};

struct Point {
  double load = 0;  // requests that arrived per second
  Reading reading;
};

class Baseline {
 public:
  // Nothing for fewer than kFewestBlocks points.
  static std::optional<Baseline> of(std::span<const Point> points);
  static constexpr std::size_t kFewestBlocks = 6;

  double predicted(double load) const;
  // Of a block that rests on `count` requests. Fewer than usual vary more.
  double variance(double count) const;
  // Of predicted(load), because it was fitted to a few blocks.
  double uncertainty(double load) const;
  double mean() const { return mean_; }

 private:
  double clamped(double load) const;
  // A chance slope foretells nothing at the edge of the loads that were seen, and its error hides
  // there what a change did; clients that wait for their answers go to that edge when it is slow.
  void forget_slope_of_chance(std::span<const Point> points);

  double mean_ = 0;  // of the values
  double slope_ = 0;
  double load_mean_ = 0;  // of the logarithms, as the next three
  double load_low_ = 0;
  double load_high_ = 0;
  double load_squares_ = 0;  // about their mean
  double variance_ = 0;
  double count_ = 0;  // requests in a usual block
  double blocks_ = 0;
};

}  // namespace mpm::apply
