// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/constraints.h"

#include <gtest/gtest.h>

#include "agent/apache/directives.h"

namespace mpm {
namespace {

std::vector<std::string> codes(const EffectiveNumbers& numbers, std::string_view directive) {
  std::vector<std::string> found;
  for (const EffectiveNumber& number : numbers.numbers)
    if (number.directive == directive)
      for (const Remark& remark : number.remarks)
        found.push_back(remark.code);
  return found;
}

using Strings = std::vector<std::string>;

TEST(LeadingInteger, ReadsAsAtoiDoes) {
  EXPECT_EQ(leading_integer("150"), 150);
  EXPECT_EQ(leading_integer("150MB"), 150);
  EXPECT_EQ(leading_integer(" \t-7x"), -7);
  EXPECT_EQ(leading_integer("abc"), 0);
  EXPECT_EQ(leading_integer(""), 0);
  EXPECT_EQ(leading_integer("99999999999999999999999"), 2147483647);
}

TEST(EffectiveNumbers, AreHttpdsDefaultsWhenNothingIsWritten) {
  EXPECT_EQ(effective_numbers(Mpm::Event, {}).worker_limit, 400);
  EXPECT_EQ(effective_numbers(Mpm::Worker, {}).worker_limit, 400);
  EXPECT_EQ(effective_numbers(Mpm::Prefork, {}).worker_limit, 256);
  EXPECT_EQ(effective_numbers(Mpm::Winnt, {}).worker_limit, 64);
}

TEST(EffectiveNumbers, S21_RoundMaxRequestWorkersDownToWholeProcesses) {
  const std::vector<WrittenNumber> written{{"MaxRequestWorkers", 150}, {"ThreadsPerChild", 64}};
  const auto event = effective_numbers(Mpm::Event, written);
  EXPECT_EQ(event.value_of("MaxRequestWorkers"), 128);
  EXPECT_EQ(event.worker_limit, 128);
  EXPECT_EQ(codes(event, "MaxRequestWorkers"), Strings{"AH00513"});
  EXPECT_EQ(codes(effective_numbers(Mpm::Worker, written), "MaxRequestWorkers"),
            Strings{"AH00316"});
}

TEST(EffectiveNumbers, RaiseMaxRequestWorkersToOneProcess) {
  const auto numbers = effective_numbers(
      Mpm::Event, std::vector<WrittenNumber>{{"MaxRequestWorkers", 4}, {"ThreadsPerChild", 25}});
  EXPECT_EQ(numbers.worker_limit, 25);
  EXPECT_EQ(codes(numbers, "MaxRequestWorkers"), Strings{"AH00511"});
}

TEST(EffectiveNumbers, S07_TheServerLimitTimesThreadsIsTheRealLimit) {
  const auto numbers = effective_numbers(
      Mpm::Event, std::vector<WrittenNumber>{
                      {"MaxRequestWorkers", 800}, {"ThreadsPerChild", 25}, {"ServerLimit", 4}});
  EXPECT_EQ(numbers.worker_limit, 100);
  EXPECT_EQ(numbers.value_of("MaxRequestWorkers"), 100);
  EXPECT_EQ(codes(numbers, "MaxRequestWorkers"), Strings{"AH00515"});
}

TEST(EffectiveNumbers, AnUnevenMaximumAboveTheServerLimitGetsBothMessages) {
  const auto numbers = effective_numbers(
      Mpm::Worker, std::vector<WrittenNumber>{
                       {"MaxRequestWorkers", 130}, {"ThreadsPerChild", 25}, {"ServerLimit", 2}});
  EXPECT_EQ(numbers.worker_limit, 50);
  EXPECT_EQ(codes(numbers, "MaxRequestWorkers"), (Strings{"AH00316", "AH00318"}));
}

TEST(EffectiveNumbers, PreforkIsCappedByServerLimit) {
  const auto numbers =
      effective_numbers(Mpm::Prefork, std::vector<WrittenNumber>{{"MaxRequestWorkers", 300}});
  EXPECT_EQ(numbers.worker_limit, 256);
  EXPECT_EQ(codes(numbers, "MaxRequestWorkers"), Strings{"AH00180"});
}

TEST(EffectiveNumbers, TheLimitsOfARunningServerStay) {
  const std::vector<WrittenNumber> written{{"ServerLimit", 40},
                                           {"ThreadLimit", 128},
                                           {"ThreadsPerChild", 100},
                                           {"MaxRequestWorkers", 4000}};
  const auto numbers = effective_numbers(Mpm::Event, written, {16, 64});
  EXPECT_EQ(numbers.value_of("ServerLimit"), 16);
  EXPECT_EQ(numbers.value_of("ThreadLimit"), 64);
  EXPECT_EQ(numbers.value_of("ThreadsPerChild"), 64);
  EXPECT_EQ(numbers.worker_limit, 16 * 64);
  EXPECT_EQ(codes(numbers, "ServerLimit"), Strings{"AH00501"});
  EXPECT_EQ(codes(numbers, "ThreadLimit"), Strings{"AH00506"});
  EXPECT_EQ(codes(numbers, "ThreadsPerChild"), Strings{"AH00507"});
}

TEST(EffectiveNumbers, S22_TheSpareBoundsAreKeptApartSilently) {
  const std::vector<WrittenNumber> written{
      {"MinSpareThreads", 75}, {"MaxSpareThreads", 75}, {"ThreadsPerChild", 25}};
  const auto event = effective_numbers(Mpm::Event, written);
  EXPECT_EQ(event.value_of("MaxSpareThreads"), 101);
  EXPECT_EQ(codes(event, "MaxSpareThreads"), Strings{""});
  const auto prefork = effective_numbers(
      Mpm::Prefork, std::vector<WrittenNumber>{{"MinSpareServers", 10}, {"MaxSpareServers", 3}});
  EXPECT_EQ(prefork.value_of("MaxSpareServers"), 11);
}

TEST(EffectiveNumbers, MoreStartServersThanProcessesAreCutSilently) {
  const auto numbers = effective_numbers(
      Mpm::Event, std::vector<WrittenNumber>{{"StartServers", 10}, {"MaxRequestWorkers", 50}});
  EXPECT_EQ(numbers.value_of("StartServers"), 2);
}

TEST(EffectiveNumbers, TheLastOfTwoCounts) {
  const auto numbers = effective_numbers(
      Mpm::Prefork,
      std::vector<WrittenNumber>{{"MaxRequestWorkers", 10}, {"MaxRequestWorkers", 20}});
  EXPECT_EQ(numbers.worker_limit, 20);
}

TEST(EffectiveNumbers, NonsenseBecomesTheLeastOrTheMost) {
  const auto low = effective_numbers(
      Mpm::Worker,
      std::vector<WrittenNumber>{
          {"ServerLimit", 0}, {"ThreadLimit", -5}, {"StartServers", 0}, {"MinSpareThreads", -1}});
  EXPECT_EQ(low.value_of("ServerLimit"), 1);
  EXPECT_EQ(low.value_of("ThreadLimit"), 1);
  EXPECT_EQ(low.worker_limit, 1);
  const auto high = effective_numbers(
      Mpm::Event, std::vector<WrittenNumber>{{"ServerLimit", 20001}, {"ThreadLimit", 100001}});
  EXPECT_EQ(high.value_of("ServerLimit"), 20000);
  EXPECT_EQ(high.value_of("ThreadLimit"), 100000);
}

// What httpd would read again as it stands must not be changed again.
TEST(EffectiveNumbers, AreTheirOwnEffect) {
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt})
    for (std::int64_t workers = -1; workers < 700; workers += 37)
      for (const std::int64_t threads : {-1, 1, 7, 25, 64, 65, 300}) {
        const auto once =
            effective_numbers(mpm, std::vector<WrittenNumber>{{"MaxRequestWorkers", workers},
                                                              {"ThreadsPerChild", threads},
                                                              {"MinSpareThreads", workers / 2},
                                                              {"ServerLimit", 12}});
        std::vector<WrittenNumber> again;
        for (const EffectiveNumber& number : once.numbers)
          again.push_back({number.directive, number.value});
        const auto twice = effective_numbers(mpm, again);
        EXPECT_EQ(twice.worker_limit, once.worker_limit);
        for (const EffectiveNumber& number : twice.numbers)
          EXPECT_TRUE(number.remarks.empty())
              << number.directive << ": " << number.remarks.front().text;
      }
}

TEST(Directives, AreFoundByBothNamesInAnyCase) {
  ASSERT_NE(find_directive("maxclients"), nullptr);
  EXPECT_EQ(find_directive("maxclients")->name, "MaxRequestWorkers");
  EXPECT_EQ(find_directive("MAXREQUESTSPERCHILD")->name, "MaxConnectionsPerChild");
  EXPECT_EQ(find_directive("DocumentRoot"), nullptr);
  EXPECT_FALSE(find_directive("StartServers")->known_to(Mpm::Winnt));
  EXPECT_EQ(find_directive("ServerLimit")->restart, RestartClass::StopStart);
}

}  // namespace
}  // namespace mpm
