// SPDX-License-Identifier: Apache-2.0
//
// What is expected here was printed by apr_snprintf of APR 1.7.2.
#include "agent/builtin/status_format.h"

#include <limits>

#include <gtest/gtest.h>

namespace mpm::builtin {
namespace {

TEST(StatusFormat, S28_WritesRealNumbersAsAprDoes) {
  EXPECT_EQ(general(0), "0");
  EXPECT_EQ(general(0.5), ".5");
  EXPECT_EQ(general(1), "1");
  EXPECT_EQ(general(12.5), "12.5");
  EXPECT_EQ(general(0.026262626), ".0262626");
  EXPECT_EQ(general(0.0001), ".0001");
  EXPECT_EQ(general(0.00001), "1.e-5");
  EXPECT_EQ(general(7.89602e-6), "7.89602e-6");
  EXPECT_EQ(general(1.5e-123), "1.5e-123");
}

TEST(StatusFormat, S28_KeepsUpToFourZerosBeforeItTakesAnExponent) {
  EXPECT_EQ(general(1234567), "1234570");
  EXPECT_EQ(general(10000), "10000");
  EXPECT_EQ(general(100000), "1.e+5");
  EXPECT_EQ(general(1200000), "1.2e+6");
  EXPECT_EQ(general(1.56e11), "1.56e+11");
  EXPECT_EQ(general(123456, 3), "123000");
  EXPECT_EQ(general(100000.5, 3), "1.e+5");
}

TEST(StatusFormat, RoundsHalvesUp) {
  EXPECT_EQ(general(12345.25), "12345.3");
  EXPECT_EQ(general(100000.5), "100001");
  EXPECT_EQ(general(999999.5), "1.e+6");
  EXPECT_EQ(general(0.999999999), "1");
  EXPECT_EQ(general(9.999999e-5), ".0001");
  EXPECT_EQ(fixed(0.125, 2), "0.13");
  EXPECT_EQ(fixed(0.25, 1), "0.3");
  EXPECT_EQ(fixed(0, 2), "0.00");
  EXPECT_EQ(fixed(99.995, 2), "100.00");
}

TEST(StatusFormat, HasNoWordForWhatIsNoNumber) {
  EXPECT_EQ(general(std::numeric_limits<double>::infinity()), "0");
  EXPECT_EQ(general(std::numeric_limits<double>::quiet_NaN()), "0");
}

TEST(StatusFormat, LeavesOutThePartsOfAnUptimeThatAreZero) {
  EXPECT_EQ(shown_uptime(0), "");
  EXPECT_EQ(shown_uptime(1), " 1 second");
  EXPECT_EQ(shown_uptime(3600), " 1 hour");
  EXPECT_EQ(shown_uptime(2 * 86400 + 4 * 3600 + 60 + 59), " 2 days 4 hours 1 minute 59 seconds");
}

TEST(StatusFormat, TakesTheNextUnitAtFiveKilobytesAndAtHalves) {
  EXPECT_EQ(shown_bytes(5119), "5119 B");
  EXPECT_EQ(shown_bytes(5120), "5.0 kB");
  EXPECT_EQ(shown_bytes(524288), "0.5 MB");
  EXPECT_EQ(shown_bytes(std::uint64_t{3} << 29), "1.5 GB");
  EXPECT_EQ(shown_kilobytes(1023), "1023 kB");
  EXPECT_EQ(shown_kilobytes(1536), "1.5 MB");
  EXPECT_EQ(shown_kilobytes(std::uint64_t{5} << 19), "2.5 GB");
}

TEST(StatusFormat, EscapesForHtmlWhatIsEscapedForALog) {
  EXPECT_EQ(escaped("GET /?a=1&b=<i> HTTP/1.1"), "GET /?a=1&amp;b=&lt;i&gt; HTTP/1.1");
  EXPECT_EQ(escaped("\"\\"), "\\&quot;\\\\");
  EXPECT_EQ(escaped("\t\xe9\x01"), "\\t\\xe9\\x01");
}

}  // namespace
}  // namespace mpm::builtin
