// SPDX-License-Identifier: Apache-2.0
#include "agent/target/unloaded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mpm {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A server that runs with what its files say.
UnloadedQuestion settled() {
  UnloadedQuestion question;
  question.running_mpm = question.written_mpm = Mpm::Event;
  question.running = question.written = {{16, 64}, 25};
  return question;
}

TEST(Unloaded, IsNothingWhereTheServerRunsWithItsFiles) {
  EXPECT_THAT(unloaded(settled()), IsEmpty());
  EXPECT_THAT(unloaded({}), IsEmpty()) << "where nothing can be seen";
}

TEST(Unloaded, IsWhatNewerFilesSayHoweverTheChangeIsLoaded) {
  UnloadedQuestion question = settled();
  question.newer = {"/etc/apache2/conf.d/site.conf"};
  for (const LoadWay way : {LoadWay::Graceful, LoadWay::Restart, LoadWay::StopStart}) {
    question.way = way;
    EXPECT_THAT(unloaded(question),
                ElementsAre(AllOf(HasSubstr("/etc/apache2/conf.d/site.conf is newer"),
                                  HasSubstr("loading this change loads that too"))));
  }
}

TEST(Unloaded, NamesAFewFilesAndCountsTheOthers) {
  UnloadedQuestion question = settled();
  question.newer = {"/1", "/2", "/3", "/4", "/5", "/6", "/7"};
  EXPECT_THAT(unloaded(question), ElementsAre(AllOf(HasSubstr("/1, /2, /3, /4, /5 and 2 more are"),
                                                    Not(HasSubstr("/6")))));
}

TEST(Unloaded, IsALimitThatOnlyAStopAndStartTakesAlong) {
  UnloadedQuestion question = settled();
  question.written.limits = {32, 128};
  EXPECT_THAT(unloaded(question), IsEmpty()) << "a reload leaves both as they are";
  question.way = LoadWay::StopStart;
  EXPECT_THAT(unloaded(question),
              ElementsAre(HasSubstr("ServerLimit 32 is written and 16 is in force"),
                          HasSubstr("ThreadLimit 128 is written and 64 is in force")));
}

TEST(Unloaded, IsNotWhatTheChangeItselfIsAbout) {
  UnloadedQuestion question = settled();
  question.written = {{32, 64}, 20};
  question.way = LoadWay::StopStart;
  question.ours = {"serverlimit", "ThreadsPerChild"};
  EXPECT_THAT(unloaded(question), IsEmpty());
}

TEST(Unloaded, IsAnMpmThatNobodyStarted) {
  UnloadedQuestion question = settled();
  question.running_mpm = Mpm::Prefork;
  question.running = {{256, 1}, 1};
  question.way = LoadWay::StopStart;
  EXPECT_THAT(unloaded(question),
              ElementsAre(HasSubstr("The files load the MPM event and prefork runs")));
}

TEST(Unloaded, IsAFileThatWasPutBackWithItsOldTime) {
  UnloadedQuestion question = settled();
  question.written.threads_per_child = 20;
  EXPECT_THAT(unloaded(question), ElementsAre(HasSubstr("ThreadsPerChild 20 is written and the "
                                                        "processes run 25 threads")));
  question.written.threads_per_child = 30;
  EXPECT_THAT(unloaded(question), IsEmpty()) << "a process may still be starting its threads";
}

}  // namespace
}  // namespace mpm
