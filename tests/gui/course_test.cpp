// SPDX-License-Identifier: Apache-2.0
//
// Where the past lies on the screen, and what of it is drawn.
#include "gui/plot/course.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/plot/time_axis.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Instant kBegin{std::chrono::milliseconds(1'763'900'000'000)};
const TimeSpan kHour{kBegin, kBegin + 1h};

HistoryReport report_of(const std::vector<std::optional<double>>& busy, double step) {
  HistoryReport report;
  report.from = kBegin;
  report.step_seconds = step;
  report.fields = {"busy"};
  for (std::size_t i = 0; i < busy.size(); ++i)
    report.points.push_back(
        {kBegin + std::chrono::milliseconds(std::llround(step * 1000 * static_cast<double>(i))),
         step,
         {busy[i]}});
  report.to = kBegin + std::chrono::seconds(std::llround(step * static_cast<double>(busy.size())));
  return report;
}

TEST(TimeAxis, ZoomsAboutWhatIsPointedAt) {
  const Instant about = kBegin + 15min;
  const TimeSpan half = zoomed(kHour, about, 0.5);
  EXPECT_EQ(half.to - half.from, 30min);
  EXPECT_DOUBLE_EQ(pixel_of(half, 800, about), pixel_of(kHour, 800, about));
  EXPECT_EQ(instant_at(half, 800, pixel_of(half, 800, about)), about);
}

TEST(TimeAxis, PansByAShareOfWhatIsShown) {
  EXPECT_EQ(panned(kHour, 0.5), (TimeSpan{kBegin + 30min, kBegin + 90min}));
}

TEST(TimeAxis, NeverShowsTheFutureNorTooLittleNorTooMuch) {
  const Instant now = kBegin + 30min;
  EXPECT_EQ(within_reason(kHour, now), (TimeSpan{now - 1h, now}));
  EXPECT_EQ(within_reason({kBegin, kBegin + 1ms}, now).seconds(), 10);
  EXPECT_EQ(within_reason({now - 24h * 4000, now}, now).seconds(), 86'400.0 * 400);
}

TEST(TimeAxis, NamesRoundTimesWithRoomForEach) {
  for (const auto length : std::vector<std::chrono::seconds>{10s, 5min, 1h, 24h, 24h * 30}) {
    const TimeSpan span{kBegin, kBegin + length};
    const auto ticks = time_ticks(span, 800);
    EXPECT_GE(ticks.size(), 3U) << length.count();
    for (std::size_t i = 1; i < ticks.size(); ++i)
      EXPECT_GE(pixel_of(span, 800, ticks[i].at) - pixel_of(span, 800, ticks[i - 1].at), 38)
          << length.count();
  }
  EXPECT_TRUE(time_ticks(kHour, 10).empty());
}

TEST(TimeAxis, EndsScalesAtRoundNumbers) {
  EXPECT_EQ(round_above(149), 150);
  EXPECT_EQ(round_above(250), 250);
  EXPECT_NEAR(round_above(0.29), 0.3, 1e-9);
  EXPECT_EQ(round_above(0), 1);
  EXPECT_EQ(round_above(std::numeric_limits<double>::infinity()), 1);
}

TEST(Course, DrawsNoLineAcrossAGap) {
  HistoryReport report = report_of({1, 2, std::nullopt, 3, 4, 5}, 600);
  const auto unknown = strokes_of(report, "busy", {kHour, 600, 100, 10});
  ASSERT_EQ(unknown.size(), 2U);
  EXPECT_EQ(unknown[0].size(), 2);
  EXPECT_EQ(unknown[1].size(), 3);
  report.points.erase(report.points.begin() + 2);  // nobody looked at all
  EXPECT_EQ(strokes_of(report, "busy", {kHour, 600, 100, 10}).size(), 2U);
  EXPECT_TRUE(strokes_of(report, "idle", {kHour, 600, 100, 10}).empty());
}

TEST(Course, DrawsMemoryOverStepsInWhichOnlyTheRestWasLookedAt) {
  HistoryReport report = report_of({1, std::nullopt, std::nullopt, 4, 5}, 600);
  report.fields[0] = "memory_bytes";
  EXPECT_EQ(strokes_of(report, "memory_bytes", {kHour, 600, 100, 10}).size(), 1U);
  report.points.erase(report.points.begin() + 1, report.points.begin() + 3);
  EXPECT_EQ(strokes_of(report, "memory_bytes", {kHour, 600, 100, 10}).size(), 2U);
}

TEST(Course, CostsWhatItsWidthCostsAndLosesNoPeak) {
  std::vector<std::optional<double>> busy(50'000, 10.0);
  busy[31'111] = 90;
  const HistoryReport report = report_of(busy, 0.072);
  const auto strokes = strokes_of(report, "busy", {kHour, 300, 100, 100});
  ASSERT_EQ(strokes.size(), 1U);
  EXPECT_LE(strokes[0].size(), 2 * 302);
  EXPECT_TRUE(
      std::ranges::any_of(strokes[0], [](QPointF p) { return std::abs(p.y() - 10) < 1e-6; }));
}

TEST(Course, KeepsWhatNoServerCanMeanOffTheScreen) {
  HistoryReport report = report_of({1e300, -1e300, std::nan(""), 5}, 600);
  report.step_seconds = 1e300;
  report.points[3].values.clear();
  for (const QPolygonF& stroke : strokes_of(report, "busy", {kHour, 600, 100, 10}))
    for (const QPointF& point : stroke)
      EXPECT_LE(std::abs(point.x()) + std::abs(point.y()), 2e6);
  EXPECT_EQ(point_at(report, kBegin - 1s), nullptr);
}

TEST(Course, TellsWhatWasAtAnInstantAndNothingOfAGap) {
  HistoryReport report = report_of({1, 2, 3}, 600);
  report.points.erase(report.points.begin() + 1);
  ASSERT_NE(point_at(report, kBegin + 9min), nullptr);
  EXPECT_EQ(value_of(point_at(report, kBegin + 9min), 0), 1);
  EXPECT_EQ(point_at(report, kBegin + 11min), nullptr);
  EXPECT_EQ(value_of(point_at(report, kBegin + 20min), 0), 3);
  EXPECT_EQ(value_of(nullptr, 0), std::nullopt);
}

TEST(Course, JoinsSpansInWhichEveryWorkerWasBusy) {
  HistoryReport report = report_of({0, 300, 600, 0, 60, 0}, 600);
  report.fields = {"saturated_seconds"};
  const auto spans = saturated_spans(report, kHour);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].span, (TimeSpan{kBegin + 10min, kBegin + 30min}));
  EXPECT_DOUBLE_EQ(spans[0].share, 0.75);
  EXPECT_DOUBLE_EQ(spans[1].share, 0.1);
}

TEST(Course, FindsTheLinesThatEvidenceIsAbout) {
  const auto fields = fields_of_metric("busy workers, p99");
  EXPECT_NE(std::ranges::find(fields, "worker_limit"), fields.end());
  EXPECT_EQ(fields_of_metric("accept queue, the most").front(), "queue");
  EXPECT_EQ(fields_of_metric("workers in keep-alive, p50").front(), "keepalive");
  EXPECT_EQ(fields_of_metric("throughput with all workers busy").front(), "requests_per_second");
  EXPECT_EQ(fields_of_metric("time of a request with all workers busy").front(),
            "duration_p50_seconds");
  EXPECT_EQ(fields_of_metric("memory at the limit").front(), "memory_bytes");
  EXPECT_TRUE(fields_of_metric("the moon").empty());
  // Each is drawn somewhere.
  const std::string drawn = course_fields();
  for (const char* metric : {"queue", "keep-alive", "connections", "memory", "time of a request",
                             "throughput", "request", "busy", "idle", "workers needed"})
    for (const std::string_view field : fields_of_metric(metric))
      EXPECT_THAT(drawn, HasSubstr(std::string(field)));
}

TEST(Course, WritesWhatIsShownAsTheCommandLineDoes) {
  const auto report = from_json<HistoryReport>(test::example("history"));
  ASSERT_TRUE(report);
  EXPECT_EQ(csv_of(*report, {report->points[1].at, report->points[2].at}),
            "at,seconds,busy,busy_max,worker_limit,requests_per_second,duration_p95_seconds\n"
            "2026-11-23T08:10:00.000Z,598,149.25,150,150,388.5,1.2\n");
  EXPECT_THAT(csv_of(*report, {report->from, report->to}), HasSubstr(",402.75,\n"));
}

}  // namespace
}  // namespace mpm::gui
