// SPDX-License-Identifier: Apache-2.0
//
// What the numbers of one MPM are for another: workers stay workers, whatever their processes.
#include "agent/config/carry_over.h"

#include <cstdint>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/config/edit_fixture.h"

namespace mpm::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing_edit::one_file;
using testing_edit::plan_switch;

MpmSettings settings(const std::string& text, Mpm mpm) {
  const auto layout = one_file(text);
  return read_settings(read_site(layout.site, layout.files), mpm);
}

// By their directive's name.
std::map<std::string, std::string> carried(Mpm from, const std::string& before, Mpm to,
                                           const std::string& there = "",
                                           const std::vector<Wish>& given = {}) {
  const auto checked = check_wishes(given, to);
  EXPECT_TRUE(checked) << checked.error().what;
  std::map<std::string, std::string> wishes;
  for (const CheckedWish& wish :
       carried_over(settings(before, from), settings(there, to), to, *checked))
    wishes[std::string(wish.directive->name)] = wish.value.value_or("default");
  return wishes;
}

TEST(CarryOver, WritesNothingWhereNothingWasWritten) {
  EXPECT_THAT(carried(Mpm::Event, "", Mpm::Worker), IsEmpty());
  EXPECT_THAT(carried(Mpm::Worker, "", Mpm::Event), IsEmpty());
}

// 16 x 25 workers are event's default and 256 prefork's, and nobody asked for either.
TEST(CarryOver, ADefaultGivesWayToADefault) {
  EXPECT_THAT(carried(Mpm::Event, "KeepAlive Off\n", Mpm::Prefork), IsEmpty());
  EXPECT_THAT(carried(Mpm::Prefork, "", Mpm::Event), IsEmpty());
  EXPECT_THAT(carried(Mpm::Event, "", Mpm::Prefork, "MaxRequestWorkers 20\n"), IsEmpty());
  EXPECT_THAT(carried(Mpm::Event, "ServerLimit 20\n", Mpm::Prefork),
              ElementsAre(Pair("MaxRequestWorkers", "400"), Pair("ServerLimit", "400")));
}

TEST(CarryOver, ProcessesBecomeThreads) {
  EXPECT_THAT(
      carried(Mpm::Prefork,
              "StartServers 100\nMinSpareServers 10\nMaxSpareServers 100\nServerLimit 1000\n"
              "MaxRequestWorkers 1000\nMaxConnectionsPerChild 400\n",
              Mpm::Event),
      ElementsAre(Pair("MaxConnectionsPerChild", "10000"), Pair("MaxRequestWorkers", "1000"),
                  Pair("MaxSpareThreads", "100"), Pair("MinSpareThreads", "10"),
                  Pair("ServerLimit", "40"), Pair("StartServers", "4")));
}

TEST(CarryOver, ThreadsBecomeProcesses) {
  EXPECT_THAT(carried(Mpm::Event,
                      "StartServers 3\nMinSpareThreads 10\nMaxSpareThreads 100\nServerLimit 40\n"
                      "MaxRequestWorkers 1000\nMaxConnectionsPerChild 10000\n",
                      Mpm::Prefork),
              ElementsAre(Pair("MaxConnectionsPerChild", "400"), Pair("MaxRequestWorkers", "1000"),
                          Pair("MaxSpareServers", "100"), Pair("MinSpareServers", "10"),
                          Pair("ServerLimit", "1000"), Pair("StartServers", "75")));
}

TEST(CarryOver, RoundsUpToWholeProcesses) {
  EXPECT_EQ(carried(Mpm::Prefork, "MaxRequestWorkers 101\n", Mpm::Worker)["MaxRequestWorkers"],
            "125");
  EXPECT_EQ(carried(Mpm::Prefork, "StartServers 26\n", Mpm::Worker)["StartServers"], "2");
}

TEST(CarryOver, TakesTheThreadsThatTheOtherBlockHas) {
  const auto wishes = carried(Mpm::Prefork, "MaxRequestWorkers 250\nMaxConnectionsPerChild 10\n",
                              Mpm::Event, "ThreadsPerChild 50\nMaxRequestWorkers 150\n");
  EXPECT_THAT(wishes,
              ElementsAre(Pair("MaxConnectionsPerChild", "500"), Pair("MaxRequestWorkers", "250")));
}

TEST(CarryOver, BetweenThreadedMpmsAllStays) {
  const std::string text =
      "StartServers 4\nThreadLimit 100\nThreadsPerChild 100\nMaxRequestWorkers 1600\n"
      "MinSpareThreads 100\nMaxSpareThreads 300\nMaxConnectionsPerChild 7\n";
  EXPECT_THAT(carried(Mpm::Event, text, Mpm::Worker),
              ElementsAre(Pair("MaxConnectionsPerChild", "7"), Pair("MaxRequestWorkers", "1600"),
                          Pair("MaxSpareThreads", "300"), Pair("MinSpareThreads", "100"),
                          Pair("StartServers", "4"), Pair("ThreadLimit", "100"),
                          Pair("ThreadsPerChild", "100")));
  EXPECT_THAT(carried(Mpm::Event, text, Mpm::Worker, text), IsEmpty());
}

TEST(CarryOver, KeepsAProcessAsLongAsItLivedAndNoLimitNoLimit) {
  EXPECT_THAT(carried(Mpm::Event, "MaxConnectionsPerChild 10\n", Mpm::Prefork, ""),
              ElementsAre(Pair("MaxConnectionsPerChild", "1")));
  EXPECT_THAT(
      carried(Mpm::Prefork, "MaxConnectionsPerChild 0\n", Mpm::Event, "MaxConnectionsPerChild 0\n"),
      IsEmpty());
}

// The upper bound of spares must leave room for a process, or httpd raises it and says nothing.
TEST(CarryOver, LeavesRoomBetweenTheSpares) {
  const auto wishes = carried(Mpm::Prefork, "MinSpareServers 20\nMaxSpareServers 25\n", Mpm::Event);
  EXPECT_EQ(wishes.at("MinSpareThreads"), "20");
  EXPECT_EQ(wishes.at("MaxSpareThreads"), "46");
}

TEST(CarryOver, WhatIsAskedForWinsAndTheOthersAreFittedToIt) {
  EXPECT_THAT(carried(Mpm::Prefork, "MaxRequestWorkers 200\nStartServers 100\n", Mpm::Event, "",
                      {{"ThreadsPerChild", "100"}}),
              ElementsAre(Pair("MaxRequestWorkers", "200"), Pair("StartServers", "1"),
                          Pair("ThreadLimit", "100"), Pair("ThreadsPerChild", "100")));
  EXPECT_THAT(carried(Mpm::Prefork, "MaxRequestWorkers 200\n", Mpm::Event, "",
                      {{"MaxRequestWorkers", "1000"}}),
              ElementsAre(Pair("MaxRequestWorkers", "1000"), Pair("ServerLimit", "40")));
}

// Whatever is carried over, the other MPM can run what the first one could, and corrects nothing.
TEST(CarryOver, GivesAsManyWorkersAndNothingToCorrect) {
  for (const std::int64_t workers : {1, 24, 25, 26, 255, 257, 1000, 4000})
    for (const std::string threads : {"1", "25", "64", "200"})
      for (const Mpm to : {Mpm::Worker, Mpm::Prefork}) {
        auto layout = one_file("<IfModule event.c>\nThreadLimit 300\nThreadsPerChild " + threads +
                               "\nServerLimit 4000\nMaxRequestWorkers " + std::to_string(workers) +
                               "\n</IfModule>\n");
        layout.site.require_module_files = false;
        const std::int64_t before =
            read_settings(read_site(layout.site, layout.files), std::nullopt).worker_limit;
        const auto planned = plan_switch(layout, to);
        ASSERT_TRUE(planned) << planned.error().what;
        testing_edit::carry_out(planned->files, layout.files);
        const auto after = read_settings(read_site(layout.site, layout.files), std::nullopt);
        EXPECT_EQ(after.mpm, to);
        EXPECT_EQ(after.worker_limit, before) << workers << " workers, " << threads << " threads";
        for (const Setting& setting : after.settings)
          for (const Remark& remark : setting.remarks)
            EXPECT_EQ(remark.code, "") << setting.directive << ": " << remark.text;
      }
}

}  // namespace
}  // namespace mpm::config
