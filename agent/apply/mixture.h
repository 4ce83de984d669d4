// SPDX-License-Identifier: Apache-2.0
//
// A test of a mean that may be looked at after every value and stopped at any: the probability
// that its bounds ever miss the true mean is at most `alpha`, however long it runs. Pure.
//
// Values x_i have variances v_i, and are held against a mean that is itself only known up to the
// variance b (of the estimate from before). With S = sum x_i / v_i and V = sum 1 / v_i, and a true
// shift d, S is normal around d V with variance A = V + b V^2. Mixing d over N(0, t^2) gives
// B = A + t^2 V^2, and the likelihood ratio
//
//   L = sqrt(A / B) exp((S - d V)^2 / 2 (1 / A - 1 / B))
//
// is a martingale when d is true, so by Ville's inequality P(L ever >= 1 / alpha) <= alpha. The
// bounds are the d where L = 1 / alpha. (H. Robbins, Statistical methods related to the law of
// the iterated logarithm, Ann. Math. Stat. 41 (1970); S. Howard, A. Ramdas, J. McAuliffe,
// J. Sekhon, Time-uniform, nonparametric, nonasymptotic confidence sequences, Ann. Stat. 49
// (2021), the normal mixture.)
#pragma once

namespace mpm::apply {

struct Bounds {
  double low = 0;
  double mean = 0;
  double high = 0;
};

class Mixture {
 public:
  // `spread` is t: about the size of the shifts that are to be found soonest.
  Mixture(double alpha, double spread) : alpha_(alpha), spread_(spread) {}

  void add(double value, double variance);
  bool empty() const { return information_ == 0; }
  // Of the shift, when the mean from before has the variance `before`. Not for an empty test.
  Bounds bounds(double before) const;

 private:
  double alpha_;
  double spread_;
  double sum_ = 0;          // S
  double information_ = 0;  // V
};

}  // namespace mpm::apply
