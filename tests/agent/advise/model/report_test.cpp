// SPDX-License-Identifier: Apache-2.0
//
// What is answered to "what if": the three courses, and the doubts.
#include "agent/advise/model/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/samples.h"

namespace mpm::model {
namespace {

using testing::HasSubstr;

// Ten workers, and 80 requests a second of 200 ms, which would need sixteen.
struct Overloaded {
  std::vector<Sample> samples = window(300, [](Sample& sample, int second) {
    sample.accesses = 50 * second;
    sample.tally.busy = 10;
    sample.tally.processes = 10;
    sample.host.listen_overflows = 75 * second;
    sample.listeners = {listener(512, 522)};
  });
  MpmSettings settings = settings_of(Mpm::Prefork, 10,
                                     {{"ServerLimit", 256},
                                      {"MaxRequestWorkers", 10},
                                      {"StartServers", 5},
                                      {"MinSpareServers", 5},
                                      {"MaxSpareServers", 10},
                                      {"ListenBacklog", 511}});
  Observation seen;

  Overloaded() {
    seen.pid = 1;
    seen.mpm = Mpm::Prefork;
    seen.span_seconds = 300;
    seen.load.service_seconds = 0.2;
    seen.load.service_cv2 = 1;
    seen.load.completed_per_second = 50;
  }
  Result<SimulationReport> with(const std::vector<DirectiveChange>& changes) const {
    return foretold({samples, seen, settings}, changes);
  }
};

DirectiveChange workers(std::int64_t number) {
  DirectiveChange change;
  change.directive = "MaxRequestWorkers";
  change.to = std::to_string(number);
  change.to_effective = number;
  return change;
}

TEST(Foretold, MoreWorkersEndTheWaitingThatFewCaused) {
  const auto report = Overloaded().with({workers(60)});
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->seen.requests, 15'000);
  EXPECT_EQ(report->seen.refused, 22'500);
  EXPECT_EQ(report->as_it_is.busy_max, 10);
  EXPECT_GT(report->as_it_is.waiting_p50_seconds, 5);
  EXPECT_GT(report->as_it_is.refused, 0);
  EXPECT_LT(report->changed.waiting_p95_seconds, 0.05);
  EXPECT_GT(report->changed.processes_max, 15);
  EXPECT_EQ(report->changed.requests, report->as_it_is.requests) << "the same clients come";
}

TEST(Foretold, WithoutAChangeBothAreTheSame) {
  const auto report = Overloaded().with({});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->changed.waiting_p99_seconds, report->as_it_is.waiting_p99_seconds);
  EXPECT_TRUE(report->remarks.empty());
}

TEST(Foretold, ACourseHasAtMost240PointsAndKeepsTheHighest) {
  const auto report = Overloaded().with({});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->as_it_is.course.size(), 150U);
  EXPECT_LE(report->seen.course.size(), 240U);
  std::int64_t most = 0;
  for (const SimulatedPoint& point : report->as_it_is.course)
    most = std::max(most, point.queue);
  EXPECT_EQ(most, report->as_it_is.queue_max);
}

TEST(Foretold, ItDoubtsWhatIsUnlikeWhatWasSeen) {
  Overloaded server;
  for (Sample& sample : server.samples)
    sample.tally.busy = 60;
  server.seen.load.cpu_busy_share = 0.95;
  const auto report = server.with({workers(60)});
  ASSERT_TRUE(report);
  ASSERT_EQ(report->remarks.size(), 2U);
  EXPECT_THAT(report->remarks[0], HasSubstr("95 %"));
  EXPECT_THAT(report->remarks[0], HasSubstr("could not be read"));
  EXPECT_THAT(report->remarks[1], HasSubstr("60 workers were seen busy"));
}

TEST(Foretold, FullProcessorsAreNoCureForWhoAddsWorkers) {
  // 80 requests a second that take 60 ms of four processors each: more than these can do.
  Overloaded server;
  server.seen.load.cpu_busy_share = 0.75;
  server.seen.load.cpu_seconds_per_request = 0.06;
  server.seen.host.cores = 4;
  const auto few = server.with({workers(20)});
  const auto many = server.with({workers(200)});
  ASSERT_TRUE(few);
  ASSERT_TRUE(many);
  EXPECT_GT(few->changed.waiting_p50_seconds, 1);
  EXPECT_GT(static_cast<double>(many->changed.failed),
            0.9 * static_cast<double>(few->changed.failed));
  server.seen.load.cpu_busy_share = 0.95;
  const auto doubtful = server.with({});
  ASSERT_TRUE(doubtful);
  ASSERT_FALSE(doubtful->remarks.empty());
  EXPECT_THAT(doubtful->remarks[0], HasSubstr("quieter hour"));
}

TEST(Foretold, TooLittleIsRefusedInASentence) {
  Overloaded server;
  server.samples.resize(5);
  const auto report = server.with({});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, Error::Kind::Usage);
  EXPECT_THAT(report.error().what, HasSubstr("5 samples"));
  server.settings.mpm = Mpm::Winnt;
  EXPECT_FALSE(server.with({}));
}

TEST(Foretold, NamesExtendedStatusWhereItKeepsRequestsFromBeingCounted) {
  Overloaded uncounted;
  uncounted.seen.load.service_seconds = 0;
  const auto little = uncounted.with({});
  ASSERT_FALSE(little);
  EXPECT_THAT(little.error().what, HasSubstr("too few requests"));
  Setting off;
  off.directive = "ExtendedStatus";
  off.effective = std::string("Off");
  uncounted.settings.settings.push_back(off);
  const auto none = uncounted.with({});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, HasSubstr("ExtendedStatus is Off"));
  EXPECT_THAT(none.error().what, HasSubstr("ExtendedStatus=On"));
}

}  // namespace
}  // namespace mpm::model
