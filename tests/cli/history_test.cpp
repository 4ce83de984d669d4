// SPDX-License-Identifier: Apache-2.0
//
// The past as it is printed: courses, gaps, marks, steps, CSV; and moments as they are written.
#include "cli/history.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/moment.h"
#include "schema/codec/csv.h"
#include "tests/cli/values.h"
#include "tests/support/golden.h"

namespace mpm::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

Style style_of(int width, bool utf8) {
  Style style;
  style.width = width;
  style.utf8 = utf8;
  return style;
}

// Four hours in steps of ten minutes: a peak, a gap of an hour, a change.
HistoryReport four_hours() {
  HistoryReport report;
  report.server = "0.0.0.0:80 /etc/apache2/apache2.conf";
  report.from = kNow - hours(4);
  report.to = kNow;
  report.step_seconds = 600;
  report.resolution = Resolution::Minute;
  report.fields = {"busy",         "busy_max",         "requests_per_second",  "duration_seconds",
                   "queue",        "queue_max",        "duration_p95_seconds", "connections",
                   "memory_bytes", "memory_max_bytes", "connections_max",      "saturated_seconds"};
  for (int step = 0; step < 24; ++step) {
    if (step >= 15 && step < 21) continue;
    const double busy = 75 + 75 * std::sin(step / 4.0);
    report.points.push_back(
        {report.from + minutes(10 * step),
         600,
         {busy, std::ceil(busy), busy * 4, 0.12, step == 6 ? 3.5 : 0.0, step == 6 ? 40.0 : 0.0,
          step == 3 ? std::optional<double>() : 0.4, busy * 2.5, 524288000.0 + 1e6 * busy,
          540000000.0 + 1e6 * busy, std::ceil(busy * 3), step == 6 ? 42.0 : 0.0}});
  }
  report.marks = {
      {report.from + minutes(1), MarkKind::Began, "It is watched from here on.", 0},
      {report.from + minutes(70), MarkKind::Recommended,
       "Recommended was MaxRequestWorkers 150 to 400. It was made as change 7 and kept.", 7},
      {report.from + minutes(75), MarkKind::Changed,
       "MaxRequestWorkers 150 to 400. It was made as change 7 and kept.", 7},
      {report.from + minutes(76), MarkKind::Reloaded, "It was reloaded gracefully.", 0},
      {report.from + minutes(211), MarkKind::Restarted,
       "It was stopped and started: process 4711 became 4720.", 0}};
  return report;
}

TEST(HistoryText, PrintsWhatItPrintedWhenItWasRead) {
  const HistoryReport report = four_hours();
  EXPECT_TRUE(is_golden("cli/history.80.txt", render(report, style_of(80, true))));
  EXPECT_TRUE(is_golden("cli/history.120.txt", render(report, style_of(120, true))));
  EXPECT_TRUE(is_golden("cli/history.ascii.txt", render(report, style_of(80, false))));
  EXPECT_TRUE(is_golden("cli/history-steps.80.txt", render_steps(report, style_of(80, true))));
  EXPECT_TRUE(is_golden("cli/history.csv", to_csv(report, report.points)));
}

TEST(HistoryText, SaysWhyThereIsNothing) {
  HistoryReport report = four_hours();
  report.points.clear();
  report.marks.clear();
  EXPECT_THAT(render(report, style_of(80, true)), HasSubstr("Nothing was seen of 0.0.0.0:80"));
  EXPECT_THAT(render_steps(report, style_of(80, true)), HasSubstr("Nothing was seen"));
}

TEST(Course, ReachesItsTopAtTheMostAndIsBlankWhereNothingIsKnown) {
  EXPECT_EQ(course({0, 1, std::nullopt, 8, 16}, style_of(80, true)), "▁▂ ▅█");
  EXPECT_EQ(course({0, 1, std::nullopt, 8, 16}, style_of(80, false)), "_. =#");
  EXPECT_EQ(course({0, 0}, style_of(80, true)), "▁▁");
  EXPECT_EQ(course({}, style_of(80, true)), "");
}

TEST(Moment, IsATimeAgoOrATime) {
  EXPECT_EQ(*parse_moment("--from", "24h"), "-86400");
  EXPECT_EQ(*parse_moment("--from", "1.5m"), "-90");
  EXPECT_EQ(*parse_moment("--from", "2w"), "-1209600");
  EXPECT_EQ(*parse_moment("--to", "now"), "");
  EXPECT_EQ(*parse_moment("--to", "2026-11-23T08:40:00Z"), "2026-11-23T08:40:00Z");
  for (const char* wrong : {"", "h", "5x", "-1h", "nan", "inf", "1e9d", "2026-11-23"})
    EXPECT_FALSE(parse_moment("--from", wrong)) << wrong;
}

TEST(PastQuestion, IsAskedInAQuery) {
  EXPECT_EQ(query_of(PastQuestion{}), "");
  EXPECT_EQ(query_of(PastQuestion{":80", "-3600", "2026-11-23T08:40:00Z", 60}),
            "?target=%3A80&from=-3600&to=2026-11-23T08%3A40%3A00Z&step=60");
}

}  // namespace
}  // namespace mpm::test
