// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shm_file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/fake_process.h"
#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

constexpr std::int32_t kParent = 3'999'002;
constexpr std::uint64_t kAddress = 0x7f0000000000;

ScoreboardBytes with_child(std::int32_t pid, SegmentShape shape) {
  ScoreboardBytes built(shape);
  built.process(0).pid(pid).worker(0).status('W');
  return built;
}
const SegmentShape kSmall{.server_limit = 4, .thread_limit = 2};

TEST(ShmFile, ReadsEveryKindOfNamedSegment) {
  for (const char* name : {"/dev/shm/ShM.d14b8105H30c73c18", "/run/apache2/scoreboard",
                           "/run/apache2/scoreboard (deleted)"}) {
    FakeProc proc;
    proc.stat(kParent, {});
    proc.map(kParent, kAddress, with_child(5001, kSmall).bytes(), name);
    ShmFileSource source(kParent, proc.root());
    const auto board = source.read();
    ASSERT_TRUE(board) << name << board.error().what;
    EXPECT_EQ(board->source, SourceKind::ScoreboardFile);
    EXPECT_EQ(board->processes.at(0).pid, 5001);
  }
}

TEST(ShmFile, ReadsASystemVSegmentWhichHasNoSizeBeforeIt) {
  FakeProc proc;
  proc.stat(kParent, {});
  const auto built = with_child(5001, {.server_limit = 4, .thread_limit = 2, .apr_header = false});
  proc.map(kParent, kAddress, built.bytes(), "/SYSV0103d2f1 (deleted)");
  ShmFileSource source(kParent, proc.root());
  EXPECT_EQ(source.read()->processes.at(0).pid, 5001);
}

TEST(ShmFile, OpensTheFileByItsNameWhereMapFilesIsClosed) {
  FakeProc proc;
  proc.stat(kParent, {});
  const auto built = with_child(5001, kSmall);
  proc.map(kParent, kAddress, built.bytes(), "/run/board");
  std::filesystem::create_directories(proc.path(kParent, "root/run"));
  const std::string link = proc.path(kParent, "map_files/7f0000000000-7f0000001000");
  ASSERT_TRUE(std::filesystem::exists(link));
  std::filesystem::rename(link, proc.path(kParent, "root/run/board"));
  ShmFileSource source(kParent, proc.root());
  const auto board = source.read();
  ASSERT_TRUE(board) << board.error().what;
  EXPECT_EQ(board->processes.at(0).pid, 5001);
}

TEST(ShmFile, LeavesAnonymousMemoryAndDevicesAlone) {
  FakeProc proc;
  proc.stat(kParent, {});
  const auto built = with_child(5001, kSmall);
  proc.map(kParent, kAddress, built.bytes(), "/dev/zero (deleted)");
  proc.map(kParent, kAddress + 0x10000, built.bytes(), "/dev/dri/card0");
  ShmFileSource source(kParent, proc.root());
  const auto board = source.read();
  EXPECT_EQ(board.error().kind, Error::Kind::Malformed);
  EXPECT_EQ(board.error().what, "process 3999002 has no scoreboard in named shared memory");
}

TEST(ShmFile, SurvivesAFileThatIsCutUnderIt) {
  FakeProc proc;
  proc.stat(kParent, {});
  proc.map(kParent, kAddress, with_child(5001, kSmall).bytes(), "/run/board");
  ShmFileSource source(kParent, proc.root());
  EXPECT_TRUE(source.read());
  std::filesystem::resize_file(proc.path(kParent, "map_files/7f0000000000-7f0000001000"), 10);
  EXPECT_FALSE(source.read());
}

}  // namespace
}  // namespace mpm
