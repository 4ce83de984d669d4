// SPDX-License-Identifier: Apache-2.0
#include "agent/target/took_effect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mpm {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

ServerEvidence server(std::int32_t generation) {
  ServerEvidence evidence;
  evidence.pid = 100;
  evidence.alive = true;
  evidence.started = Instant(std::chrono::milliseconds(5000));
  evidence.mpm = Mpm::Event;
  BoardFacts board;
  board.generation = generation;
  board.server_limit = 16;
  board.thread_limit = 64;
  board.processes = 3;
  board.threads = 25;
  board.workers = 75;
  board.idle = 70;
  evidence.board = board;
  ListenerUsage listener;
  listener.port = 80;
  listener.queue_limit = 511;
  evidence.listeners = {listener};
  evidence.somaxconn = 4096;
  evidence.answers = true;
  return evidence;
}

EffectQuestion reload() {
  EffectQuestion question;
  question.before = server(3);
  question.after = server(4);
  question.log_known = true;
  return question;
}

Seen seen(EffectQuestion question, const std::string& directive, std::int64_t from,
          std::int64_t to) {
  question.changes = {{directive, from, to}};
  const TookEffect effect = took_effect(question);
  EXPECT_THAT(effect.values, SizeIs(1));
  return effect.values.at(0).seen;
}

std::vector<ServerMessage> said(const std::string& code, const std::string& level,
                                const std::string& text = "x") {
  ServerMessage message;
  message.code = code;
  message.level = level;
  message.text = text;
  return {message};
}

TEST(TookEffect, AnAdvancedGenerationWithWorkersIsLoaded) {
  const TookEffect effect = took_effect(reload());
  EXPECT_EQ(effect.loaded, Seen::InForce);
  EXPECT_TRUE(effect.complete());
  EXPECT_FALSE(effect.failed());
  EXPECT_FALSE(effect.replaced);
}

TEST(TookEffect, ASameGenerationIsNotYetLoaded) {
  EffectQuestion question = reload();
  question.after = question.before;
  question.changes = {{"StartServers", std::int64_t{3}, std::int64_t{2}}};
  const TookEffect effect = took_effect(question);
  EXPECT_EQ(effect.loaded, Seen::NotYet);
  EXPECT_EQ(effect.values.at(0).seen, Seen::NotYet) << "what is not loaded is not in force";
  EXPECT_FALSE(effect.complete());
  EXPECT_FALSE(effect.failed());
}

TEST(TookEffect, S10_AGenerationWithoutWorkersIsNotYetLoaded) {
  EffectQuestion question = reload();
  question.after.board->workers = 0;
  EXPECT_EQ(took_effect(question).loaded, Seen::NotYet);
}

TEST(TookEffect, AServerThatIsGoneFailed) {
  EffectQuestion question = reload();
  question.after = {};
  question.after.pid = 100;
  const TookEffect effect = took_effect(question);
  EXPECT_EQ(effect.loaded, Seen::NotInForce);
  EXPECT_TRUE(effect.failed());
  EXPECT_THAT(effect.sentence, HasSubstr("process 100 has ended"));
}

TEST(TookEffect, AnotherParentIsSaidToBe) {
  EffectQuestion question = reload();
  question.after = server(0);
  question.after.pid = 200;
  question.way = LoadWay::StopStart;
  const TookEffect effect = took_effect(question);
  EXPECT_EQ(effect.loaded, Seen::InForce);
  EXPECT_TRUE(effect.replaced);
  // The old one's pid, used again.
  question.after.pid = 100;
  question.after.started += std::chrono::seconds(9);
  EXPECT_TRUE(took_effect(question).replaced);
}

TEST(TookEffect, AStopAndStartIsNotDoneWhileTheOldParentRuns) {
  EffectQuestion question = reload();
  question.way = LoadWay::StopStart;
  EXPECT_EQ(took_effect(question).loaded, Seen::NotYet);
}

TEST(TookEffect, WithoutAScoreboardTheLogTells) {
  EffectQuestion question = reload();
  question.after.board.reset();
  EXPECT_EQ(took_effect(question).loaded, Seen::NotYet);
  question.log = said("AH00489", "notice");
  EXPECT_EQ(took_effect(question).loaded, Seen::InForce);
  question.log_known = false;
  question.log.clear();
  EXPECT_EQ(took_effect(question).loaded, Seen::Unknown);
}

TEST(TookEffect, ARefusedReloadIsNotInForce) {
  EffectQuestion question = reload();
  question.after = question.before;
  question.log = said("", "error", "the restart is not made, the server goes on as it was: x");
  EXPECT_TRUE(took_effect(question).failed());
}

TEST(TookEffect, S17_TheHeaderTellsTheLimits) {
  EXPECT_EQ(seen(reload(), "ServerLimit", 16, 32), Seen::NotInForce);
  EXPECT_EQ(seen(reload(), "ThreadLimit", 64, 128), Seen::NotInForce);
  EffectQuestion question = reload();
  question.after.board->server_limit = 32;
  EXPECT_EQ(seen(question, "ServerLimit", 16, 32), Seen::InForce);
  question.after.board.reset();
  question.log = said("AH00489", "notice");
  EXPECT_EQ(seen(question, "ServerLimit", 16, 32), Seen::Unknown);
}

TEST(TookEffect, S18_TheKernelTellsTheBacklog) {
  EXPECT_EQ(seen(reload(), "ListenBacklog", 511, 100), Seen::NotInForce);
  EffectQuestion question = reload();
  question.after.listeners[0].queue_limit = 100;
  EXPECT_EQ(seen(question, "ListenBacklog", 511, 100), Seen::InForce);
  question.after.listeners[0].queue_limit = 4096;
  EXPECT_EQ(seen(question, "ListenBacklog", 511, 9999), Seen::InForce) << "the kernel's bound";
  question.after.listeners[0].queue_limit = 0;
  EXPECT_EQ(seen(question, "ListenBacklog", 511, 100), Seen::Unknown);
}

TEST(TookEffect, ThreadsAreCounted) {
  EXPECT_EQ(seen(reload(), "ThreadsPerChild", 10, 25), Seen::InForce);
  EXPECT_EQ(seen(reload(), "ThreadsPerChild", 10, 40), Seen::NotYet) << "they are being made";
  EXPECT_EQ(seen(reload(), "ThreadsPerChild", 25, 10), Seen::NotInForce);
}

TEST(TookEffect, BoundsShowOnlyWhereTheyAreMet) {
  EXPECT_EQ(seen(reload(), "MaxRequestWorkers", 400, 300), Seen::Follows);
  EXPECT_EQ(seen(reload(), "MaxRequestWorkers", 50, 100), Seen::InForce);
  EXPECT_EQ(seen(reload(), "MaxRequestWorkers", 400, 50), Seen::NotYet);
  EXPECT_EQ(seen(reload(), "StartServers", 2, 3), Seen::InForce);
  EXPECT_EQ(seen(reload(), "StartServers", 2, 5), Seen::NotYet);
  EXPECT_EQ(seen(reload(), "StartServers", 5, 2), Seen::Follows);
  EXPECT_EQ(seen(reload(), "MinSpareThreads", 25, 60), Seen::InForce);
  EXPECT_EQ(seen(reload(), "MinSpareThreads", 25, 100), Seen::NotYet);
  EXPECT_EQ(seen(reload(), "MaxSpareThreads", 250, 60), Seen::NotYet);
  EXPECT_EQ(seen(reload(), "MaxSpareThreads", 60, 250), Seen::Follows);
  EXPECT_EQ(seen(reload(), "KeepAliveTimeout", 5, 2), Seen::Follows);
}

// All workers that may run are to be spare ones, and some of them serve: as many idle ones will
// never be seen. Nor is any while the load takes each.
TEST(TookEffect, SpareWorkersThatServeAreNotMissed) {
  EXPECT_EQ(seen(reload(), "MinSpareThreads", 25, 75), Seen::Follows) << "75 run, 5 of them serve";
  EXPECT_EQ(seen(reload(), "MinSpareThreads", 25, 76), Seen::NotYet);
  EffectQuestion question = reload();
  question.after.board->idle = 0;
  EXPECT_EQ(seen(question, "MinSpareThreads", 25, 100), Seen::Follows);
  question.after.board->workers = 0;
  EXPECT_EQ(seen(question, "MinSpareThreads", 25, 100), Seen::NotYet) << "none runs";
}

TEST(TookEffect, S02_TheMpmThatRunsIsTheOneThatIsMapped) {
  EffectQuestion question = reload();
  question.way = LoadWay::StopStart;
  question.after.pid = 200;
  question.configured_mpm = Mpm::Worker;
  EXPECT_TRUE(took_effect(question).failed());
  question.after.mpm = Mpm::Worker;
  EXPECT_TRUE(took_effect(question).complete());
  question.configured_mpm = Mpm::Event;
  EXPECT_THAT(took_effect(question).values, SizeIs(0)) << "it ran before";
}

TEST(TookEffect, ErrorsOfTheLogAreComplaints) {
  EffectQuestion question = reload();
  question.log = said("AH00501", "warn");
  question.log.push_back(said("AH00489", "notice")[0]);
  question.log.push_back(said("AH00072", "crit")[0]);
  const TookEffect effect = took_effect(question);
  ASSERT_THAT(effect.complaints, SizeIs(2));
  EXPECT_EQ(effect.complaints[0].code, "AH00501");
  EXPECT_EQ(effect.complaints[1].code, "AH00072");
}

TEST(TookEffect, CountsTheGenerationThatStays) {
  Scoreboard board;
  board.generation = 2;
  for (const std::int32_t generation : {2, 2, 1}) {
    ProcessScore& process = board.processes.emplace_back();
    process.pid = 50;
    process.generation = generation;
    process.workers.resize(4);
    for (WorkerScore& worker : process.workers)
      worker.state = WorkerState::Ready;
  }
  board.processes[0].workers[0].state = WorkerState::Writing;
  board.processes[0].workers[1].state = WorkerState::Starting;
  board.processes[1].workers[0].pid = 49;  // an old thread in a new process's slot
  const BoardFacts facts = board_facts(board);
  EXPECT_EQ(facts.processes, 2);
  EXPECT_EQ(facts.old_processes, 1);
  EXPECT_EQ(facts.workers, 6);
  EXPECT_EQ(facts.threads, 3);
  EXPECT_EQ(facts.idle, 5);
}

}  // namespace
}  // namespace mpm
