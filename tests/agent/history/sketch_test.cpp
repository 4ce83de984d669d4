// SPDX-License-Identifier: Apache-2.0
//
// The laws of a sketch: true to its bound, and the same whatever it was merged of.
#include "agent/history/sketch.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mpm {
namespace {

Sketch sketch_of(const std::vector<double>& values) {
  Sketch sketch;
  for (const double value : values)
    sketch.add(value);
  return sketch;
}

// From a thousandth to a billion, and zeros.
rc::Gen<std::vector<double>> values() {
  return rc::gen::container<std::vector<double>>(rc::gen::map(
      rc::gen::inRange(-300, 900),
      [](int exponent) { return exponent < -290 ? 0.0 : std::pow(10.0, exponent / 100.0); }));
}

RC_GTEST_PROP(Sketch, TellsEveryQuantileToWithinItsBound, ()) {
  auto all = *rc::gen::nonEmpty(values());
  const Sketch sketch = sketch_of(all);
  std::ranges::sort(all);
  for (const double q : {0.0, 0.25, 0.5, 0.9, 0.95, 0.99, 1.0}) {
    const auto place = std::max(1.0, std::ceil(q * static_cast<double>(all.size())));
    const double exact = all[static_cast<std::size_t>(place) - 1];
    const auto told = sketch.quantile(q);
    RC_ASSERT(told.has_value());
    RC_ASSERT(std::abs(*told - exact) <= kSketchError * exact * (1 + 1e-9));
  }
}

RC_GTEST_PROP(Sketch, IsTheSameWhateverItWasMergedOf, ()) {
  const auto a = *values();
  const auto b = *values();
  const auto c = *values();
  std::vector<double> all = a;
  all.insert(all.end(), b.begin(), b.end());
  all.insert(all.end(), c.begin(), c.end());

  Sketch left = sketch_of(a);
  left.merge(sketch_of(b));
  left.merge(sketch_of(c));
  Sketch right = sketch_of(c);
  right.merge(sketch_of(b));
  Sketch inner = sketch_of(a);
  inner.merge(right);
  RC_ASSERT(left == sketch_of(all));
  RC_ASSERT(inner == left);
}

RC_GTEST_PROP(Sketch, ComesBackFromItsBytes, ()) {
  const Sketch sketch = sketch_of(*values());
  const auto back = Sketch::decoded(sketch.encoded());
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == sketch);
}

RC_GTEST_PROP(Sketch, RefusesOrReadsAnyBytes, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto sketch = Sketch::decoded(bytes);
  if (sketch) (void)sketch->quantile(0.5);
}

TEST(Sketch, OfNothingTellsNothing) {
  EXPECT_FALSE(Sketch().quantile(0.5));
  EXPECT_EQ(Sketch().encoded().size(), 1U);
}

TEST(Sketch, LeavesOutWhatIsNoAmount) {
  Sketch sketch;
  sketch.add(-1);
  sketch.add(std::nan(""));
  sketch.add(3, 0);
  EXPECT_EQ(sketch.count(), 0);
  sketch.add(INFINITY);
  EXPECT_EQ(sketch.count(), 1);
  EXPECT_GT(*sketch.quantile(1), 1e14);
}

TEST(Sketch, OfAMinuteOfASteadyServerTakesFewBytes) {
  Sketch sketch;
  for (int second = 0; second < 60; ++second)
    sketch.add(100 + second % 7);
  EXPECT_LE(sketch.encoded().size(), 12U);
}

}  // namespace
}  // namespace mpm
