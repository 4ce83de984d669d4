// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/process_memory.h"

#include <csignal>
#include <cstring>
#include <memory>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/fake_process.h"
#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

constexpr std::int32_t kParent = 3'999'001;
constexpr std::uint64_t kAddress = 0x7f0000000000;
constexpr const char* kAnonymous = "/dev/zero (deleted)";

ScoreboardBytes with_child(std::int32_t pid) {
  ScoreboardBytes built({.server_limit = 4, .thread_limit = 2});
  built.process(0).pid(pid).worker(0).status('W').request("GET / HTTP/1.1");
  return built;
}

TEST(SharedMappings, AreTheWritableSharedOnesFromTheStart) {
  const auto mappings = shared_mappings(
      "55d0c0a00000-55d0c0a2f000 r--p 00000000 fe:01 131 /usr/sbin/apache2\n"
      "7f3a5c000000-7f3a5c02b000 rw-s 00000000 00:01 1037                       /dev/zero "
      "(deleted)\n"
      "7f3a5c100000-7f3a5c101000 rw-s 00001000 00:01 1037 /dev/zero (deleted)\n"
      "7f3a5d000000-7f3a5d001000 rw-s 00000000 00:17 6 /srv/two words/board\n"
      "nonsense\n-\n\n5-4 rw-s 00000000 00:01 1 /x\n"
      "7f3a5e000000-7f3a5e001000 rw-p 00000000 00:00 0");
  ASSERT_EQ(mappings.size(), 2U);
  EXPECT_EQ(mappings[0].link, "7f3a5c000000-7f3a5c02b000");
  EXPECT_EQ(mappings[0].begin, 0x7f3a5c000000U);
  EXPECT_EQ(mappings[0].length(), 0x2b000U);
  EXPECT_TRUE(mappings[0].anonymous());
  EXPECT_EQ(mappings[1].path, "/srv/two words/board");
  EXPECT_FALSE(mappings[1].anonymous());
}

TEST(ParentProcess, IsNotTheNextOneWithItsNumber) {
  FakeProc proc;
  proc.stat(kParent, {.name = "a) R 1 (b", .started = 77});
  ParentProcess parent(kParent, proc.root());
  EXPECT_TRUE(parent.check());
  EXPECT_TRUE(parent.check());
  proc.stat(kParent, {.started = 78});
  EXPECT_EQ(parent.check().error().kind, Error::Kind::NotFound);
}

TEST(ParentProcess, HasEndedWhenItIsAZombieOrGone) {
  FakeProc proc;
  proc.stat(kParent, {.state = 'Z'});
  ParentProcess parent(kParent, proc.root());
  EXPECT_EQ(parent.check().error().kind, Error::Kind::NotFound);
  proc.remove(kParent);
  EXPECT_EQ(ParentProcess(kParent, proc.root()).check().error().kind, Error::Kind::NotFound);
  FakeProc::write(proc.path(kParent, "stat"), "3999001 (x) S 1\n");
  EXPECT_EQ(ParentProcess(kParent, proc.root()).check().error().kind, Error::Kind::Malformed);
}

TEST(ParentProcess, HasEndedForWhoeverHoldsItsFilesOpen) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  ParentProcess parent(child, "/proc");
  EXPECT_TRUE(parent.check());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(parent.check().error().kind, Error::Kind::NotFound);
}

TEST(ProcessMemory, ReadsTheParentsAnonymousSegment) {
  FakeProc proc;
  proc.stat(kParent, {});
  proc.map(kParent, kAddress, with_child(5001).bytes(), kAnonymous);
  ProcessMemorySource source(kParent, proc.root());
  const auto board = source.read();
  ASSERT_TRUE(board) << board.error().what;
  EXPECT_EQ(board->source, SourceKind::SharedMemory);
  EXPECT_EQ(board->server_limit, 4);
  ASSERT_EQ(board->processes.size(), 1U);
  EXPECT_EQ(board->processes[0].pid, 5001);
  EXPECT_EQ(source.read_texts({})->at(0).request, "GET / HTTP/1.1");
}

TEST(ProcessMemory, TellsItsScoreboardFromOtherSegments) {
  FakeProc proc;
  proc.stat(kParent, {});
  proc.stat(5001, {.parent = 4});
  proc.stat(5002, {.parent = kParent});
  proc.map(kParent, kAddress, std::vector<std::byte>(8192), kAnonymous);
  proc.map(kParent, kAddress + 0x10000, with_child(5001).bytes(), kAnonymous);
  proc.map(kParent, kAddress + 0x20000, with_child(5002).bytes(), kAnonymous);
  proc.map(kParent, kAddress + 0x30000, with_child(5003).bytes(), "/dev/shm/ShM.1Ha");
  ProcessMemorySource source(kParent, proc.root());
  EXPECT_EQ(source.read()->processes.at(0).pid, 5002);
}

TEST(ProcessMemory, SeesEveryChangeWithoutMappingAgain) {
  FakeProc proc;
  proc.stat(kParent, {});
  proc.map(kParent, kAddress, with_child(5001).bytes(), kAnonymous);
  ProcessMemorySource source(kParent, proc.root());
  EXPECT_EQ(source.read()->processes.at(0).pid, 5001);
  proc.map(kParent, kAddress, with_child(5009).bytes(), kAnonymous);  // writes the same file
  FakeProc::write(proc.path(kParent, "maps"), "");                    // not looked at again
  EXPECT_EQ(source.read()->processes.at(0).pid, 5009);
}

TEST(ProcessMemory, MapsAgainWhenTheMappingChanged) {
  FakeProc proc;
  proc.stat(kParent, {});
  proc.map(kParent, kAddress, with_child(5001).bytes(), kAnonymous);
  ProcessMemorySource source(kParent, proc.root());
  EXPECT_TRUE(source.read());
  proc.unmap_all(kParent);
  proc.map(kParent, kAddress + 0x10000, with_child(5002).bytes(), kAnonymous);
  EXPECT_EQ(source.read()->processes.at(0).pid, 5002);
}

TEST(ProcessMemory, IsNotFoundOnceTheParentHasEnded) {
  FakeProc proc;
  proc.stat(kParent, {});
  proc.map(kParent, kAddress, with_child(5001).bytes(), kAnonymous);
  ProcessMemorySource source(kParent, proc.root());
  EXPECT_TRUE(source.read());
  proc.stat(kParent, {.started = 2000});
  EXPECT_EQ(source.read().error().kind, Error::Kind::NotFound);
  proc.remove(kParent);
  EXPECT_EQ(source.read().error().kind, Error::Kind::NotFound);
}

TEST(ProcessMemory, IsMalformedWhereThereIsNoScoreboard) {
  FakeProc proc;
  proc.stat(kParent, {});
  proc.map(kParent, kAddress, std::vector<std::byte>(8192), kAnonymous);
  ProcessMemorySource source(kParent, proc.root());
  const auto board = source.read();
  EXPECT_EQ(board.error().kind, Error::Kind::Malformed);
  EXPECT_EQ(board.error().what, "process 3999001 has no scoreboard in anonymous shared memory");
}

// A real mapping of this process, and a real /proc. Without the right to map_files the
// reader copies, so this holds for any user.
TEST(ProcessMemory, ReadsARealProcess) {
  ScoreboardBytes built({.server_limit = 4, .thread_limit = 2});
  built.process(3).pid(::getpid()).worker(1).status('K');
  const std::size_t length = built.total();
  void* shared = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  std::memcpy(shared, built.bytes().data(), length);

  ProcessMemorySource source(::getpid());
  const auto board = source.read();
  ASSERT_TRUE(board) << board.error().what;
  EXPECT_EQ(board->processes.at(0).slot, 3);
  built.process(3).worker(1).status('W');
  std::memcpy(shared, built.bytes().data(), length);
  EXPECT_EQ(source.read()->processes.at(0).workers.at(1).state, WorkerState::Writing);
  ::munmap(shared, length);
  EXPECT_EQ(source.read().error().kind, Error::Kind::Malformed);
}

// map_files names what is not there, so all that is left is to copy from the process.
TEST(ProcessMemory, CopiesWhereItMayNotMap) {
  ScoreboardBytes built({.server_limit = 4, .thread_limit = 2});
  built.process(1).pid(4711).worker(1).status('K').request("GET /copied HTTP/1.1");
  void* shared =
      ::mmap(nullptr, built.total(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  std::memcpy(shared, built.bytes().data(), built.total());
  FakeProc proc;
  proc.stat(::getpid(), {});
  proc.map(::getpid(), reinterpret_cast<std::uint64_t>(shared), built.bytes(), kAnonymous);
  std::filesystem::remove_all(proc.path(::getpid(), "map_files"));

  ProcessMemorySource source(::getpid(), proc.root());
  const auto board = source.read();
  ASSERT_TRUE(board) << board.error().what;
  EXPECT_EQ(board->processes.at(0).pid, 4711);
  EXPECT_EQ(source.read_texts({})->at(0).request, "GET /copied HTTP/1.1");
  ::munmap(shared, built.total());
  EXPECT_FALSE(source.read());
}

}  // namespace
}  // namespace mpm
