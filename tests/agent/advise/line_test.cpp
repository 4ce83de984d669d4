// SPDX-License-Identifier: Apache-2.0
//
// Workers in line: two pools tell the whole of it.
#include "agent/advise/line.h"

#include <gtest/gtest.h>

namespace mpm::advise {
namespace {

// Something that does so many at once, each in `seconds`, and longer by `contention` for each of
// the others that waits.
struct Behind {
  double at_once = 0;
  double seconds = 0;
  double contention = 0;

  FullPool pool(std::int64_t workers) const {
    const double waiting = static_cast<double>(workers) - at_once;
    return {{}, workers, 60, at_once / seconds / (1 + contention * waiting)};
  }
};

constexpr Behind kFew{4, 0.006, 0.02};
constexpr Behind kMany{164, 1, 0.028};

TEST(Line, MeetsWorkersThatDoNotWaitWhereTheyBegin) {
  for (const Behind& behind : {kFew, kMany})
    for (const std::int64_t fewer : {180, 250}) {
      const Line line = through(behind.pool(fewer), behind.pool(400));
      EXPECT_NEAR(knee(line, behind.seconds), behind.at_once, 1e-6);
    }
}

TEST(Line, FarBelowIsTwiceTheThroughputOrNearlyAllThatThereIs) {
  const Line line = through(kFew.pool(75), kFew.pool(400));
  EXPECT_NEAR(1 / (line.fixed + line.per_worker * far_below(line, 100, 2)), 200, 1e-6);
  EXPECT_NEAR(far_below(line, 600, 2), line.fixed / line.per_worker / 7, 1e-6);
  // Beyond a pole nothing limits what is foretold but that it is twice as much.
  const Line steep = through(kMany.pool(200), kMany.pool(400));
  EXPECT_LT(steep.fixed, 0);
  EXPECT_NEAR(1 / (steep.fixed + steep.per_worker * far_below(steep, 80, 2)), 160, 1e-6);
}

TEST(Line, IsWrittenWithItsNumbers) {
  EXPECT_EQ(in_words(Line{0.00138, 3e-5}), "1 / X = 0.0014 s + 3e-05 s x N");
}

}  // namespace
}  // namespace mpm::advise
