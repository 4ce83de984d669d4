// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/timeout.h"

#include <gtest/gtest.h>

namespace mpm {
namespace {

using namespace std::chrono_literals;

TEST(Timeout, IsInSecondsWithoutAUnit) {
  EXPECT_EQ(timeout_with_unit("5"), 5s);
  EXPECT_EQ(timeout_with_unit("0"), 0s);
  EXPECT_EQ(timeout_with_unit(" +07"), 7s);
}

TEST(Timeout, KnowsItsUnitByTheFirstLetters) {
  EXPECT_EQ(timeout_with_unit("500ms"), 500ms);
  EXPECT_EQ(timeout_with_unit("5s"), 5s);
  EXPECT_EQ(timeout_with_unit("5seconds"), 5s);
  EXPECT_EQ(timeout_with_unit("2mi"), 2min);
  EXPECT_EQ(timeout_with_unit("2minutes"), 2min);
  EXPECT_EQ(timeout_with_unit("3h"), 3h);
}

TEST(Timeout, IsNothingWhereHttpdRefusesIt) {
  for (const char* text : {"", "ms", "5m", "5MIN", "5S", "5 s", "-5", "+-5", "5.5s", "5d"})
    EXPECT_EQ(timeout_with_unit(text), std::nullopt) << text;
}

TEST(Timeout, IsNothingAboveWhatHttpdCounts) {
  EXPECT_EQ(timeout_with_unit("9223372036854s"), 9223372036854s);
  EXPECT_EQ(timeout_with_unit("9223372036855s"), std::nullopt);
  EXPECT_EQ(timeout_with_unit("99999999999999999999"), std::nullopt);
}

}  // namespace
}  // namespace mpm
