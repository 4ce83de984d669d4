// SPDX-License-Identifier: Apache-2.0
//
// What a window of samples becomes for the simulator, and that it then shows what was seen.
#include "agent/advise/model/replay.h"

#include <numeric>

#include <gtest/gtest.h>

#include "tests/support/samples.h"

namespace mpm::model {
namespace {

Observation observed(double service_seconds, double a_second) {
  Observation seen;
  seen.mpm = Mpm::Prefork;
  seen.host.somaxconn = 4096;
  seen.load.service_seconds = service_seconds;
  seen.load.completed_per_second = a_second;
  return seen;
}

MpmSettings prefork_settings() {
  return settings_of(Mpm::Prefork, 100,
                     {{"ServerLimit", 100},
                      {"MaxRequestWorkers", 100},
                      {"StartServers", 5},
                      {"MinSpareServers", 5},
                      {"MaxSpareServers", 10},
                      {"ListenBacklog", 5000},
                      {"KeepAliveTimeout", 3}});
}

// 50 requests a second for a minute, then 200.
std::vector<Sample> two_minutes() {
  return window(120, [](Sample& sample, int second) {
    sample.accesses = second <= 60 ? 50 * second : 3000 + 200 * (second - 60);
    sample.tally.busy = second <= 60 ? 10 : 40;
  });
}

TEST(Replay, TheLoadIsWhatWasAnsweredSecondBySecond) {
  const LoadShape load = load_of(two_minutes(), observed(0.2, 125));
  ASSERT_EQ(load.clients.size(), 120U);
  EXPECT_DOUBLE_EQ(load.clients[10], 50);
  EXPECT_DOUBLE_EQ(load.clients[60], 230);  // and 30 that were begun
  EXPECT_DOUBLE_EQ(load.clients[100], 200);
  EXPECT_DOUBLE_EQ(load.service.mean_seconds(), 0.2);
}

TEST(Replay, WhatWasTurnedAwayCameToo) {
  auto samples = window(10, [](Sample& sample, int second) {
    sample.accesses = 10 * second;
    sample.host.listen_overflows = 100 * second;
    sample.listeners = {listener(second, 0)};
  });
  const LoadShape load = load_of(samples, observed(0.1, 10));
  EXPECT_DOUBLE_EQ(load.clients[5], 10 + 1 + 40);
}

TEST(Replay, ASecondThatNobodyLookedAtIsLikeTheOneBefore) {
  auto samples = two_minutes();
  for (Sample& sample : samples)
    if (sample.at >= kNoon + std::chrono::seconds(30)) sample.accesses -= 1400;  // restarted
  const LoadShape load = load_of(samples, observed(0.2, 125));
  EXPECT_DOUBLE_EQ(load.clients[29], 50);
  EXPECT_DOUBLE_EQ(load.clients[40], 50);
}

TEST(Replay, NoSamplesAreNoLoad) {
  EXPECT_TRUE(load_of({}, observed(0.2, 0)).clients.empty());
  EXPECT_TRUE(load_of(window(0, [](Sample&, int) {}), observed(0.2, 0)).clients.empty());
}

TEST(Replay, TheServerIsWhatItsSettingsSay) {
  const auto served = served_by(prefork_settings(), observed(0.2, 50));
  ASSERT_TRUE(served);
  EXPECT_EQ(served->pool.max_children, 100);
  EXPECT_EQ(served->pool.start_servers, 5);
  EXPECT_EQ(served->listen_backlog, 4096) << "the kernel gives no more";
  EXPECT_EQ(served->keep_alive_timeout, std::chrono::seconds(3));
  EXPECT_FALSE(served_by(settings_of(Mpm::Winnt, 64, {}), observed(0.2, 50)));
}

TEST(Replay, TheSimulatorShowsTheBusyThatWereSeen) {
  const Observation seen = observed(0.2, 125);
  const LoadShape load = load_of(two_minutes(), seen);
  const auto simulated = simulate(*served_by(prefork_settings(), seen), load).seconds;
  const auto busy = [&](std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t i = from; i < to; ++i)
      sum += simulated[i].children.busy;
    return sum / static_cast<double>(to - from);
  };
  EXPECT_NEAR(busy(10, 60), 10, 2);
  EXPECT_NEAR(busy(75, 120), 40, 4);
}

TEST(Replay, WhatWasWaitedForProcessorsIsTakenOutOfTheTimeOfARequest) {
  Observation seen = observed(0.2, 125);
  EXPECT_EQ(load_of(two_minutes(), seen).processor.mean_seconds(), 0);
  EXPECT_EQ(served_by(prefork_settings(), seen)->machine.cores, 0);
  seen.load.cpu_seconds_per_request = 0.01;
  seen.load.cpu_busy_share = 0.75;  // three of four, and 1.25 of them ours
  seen.host.cores = 4;
  const LoadShape load = load_of(two_minutes(), seen);
  EXPECT_DOUBLE_EQ(load.processor.mean_seconds(), 0.01);
  // Erlang's C of 3 on 4 is 0.51: 0.01 (1 + 0.51 / (4 - 3)) are spent on processors.
  EXPECT_NEAR(load.service.mean_seconds(), 0.2 - 0.0151, 0.0001);
  EXPECT_DOUBLE_EQ(served_by(prefork_settings(), seen)->machine.cores, 2.25);
  // Replayed, it takes as long as was seen.
  seen.load.cpu_busy_share = 1.25 / 4;
  const Simulated again =
      simulate(*served_by(prefork_settings(), seen), load_of(two_minutes(), seen),
               {.counted_from = std::chrono::seconds(70)});
  EXPECT_NEAR(again.response.mean_seconds() - again.waiting.mean_seconds(), 0.2, 0.03);
}

TEST(Replay, ConnectionsThatWereKeptHoldTheirWorkersAgain) {
  Observation seen = observed(0.2, 50);
  seen.load.keepalive.mean = 25;  // half a second after each request
  const LoadShape load = load_of(two_minutes(), seen);
  EXPECT_DOUBLE_EQ(load.kept_seconds, 0.5);
  const auto simulated = simulate(*served_by(prefork_settings(), seen), load).seconds;
  double sum = 0;
  for (std::size_t i = 20; i < 60; ++i)
    sum += simulated[i].children.busy;
  EXPECT_NEAR(sum / 40, 10 + 25, 4);
}

}  // namespace
}  // namespace mpm::model
