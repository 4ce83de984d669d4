// SPDX-License-Identifier: Apache-2.0
//
// A process of the test's own that holds a scoreboard in shared memory, read from outside as an
// httpd's would be.
#include "agent/scoreboard/shared_memory.h"

#include <csignal>
#include <cstring>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

void* share(const std::vector<std::byte>& bytes) {
  void* memory =
      ::mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  std::memcpy(memory, bytes.data(), bytes.size());
  return memory;
}

// A parent with one child. It maps two other shared segments beside the scoreboard: one of
// zeros, and one that looks like a scoreboard of somebody else.
class Server {
 public:
  Server() {
    ScoreboardBytes other(kHttpdLayouts[4], 2, 2);
    other.process(0, {.pid = 1});
    share(std::vector<std::byte>(8192));
    share(other.bytes());
    board_ = static_cast<std::byte*>(share(ScoreboardBytes(kHttpdLayouts[4], 4, 8).bytes()));
    share(other.bytes());
    int ready[2];
    if (::pipe(ready) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      const pid_t child = ::fork();
      if (child == 0) {
        ::pause();
        ::_exit(0);
      }
      ::signal(SIGTERM, SIG_DFL);
      ScoreboardBytes mine(kHttpdLayouts[4], 4, 8);
      mine.process(3, {.pid = child});
      for (std::int32_t thread = 0; thread < 8; ++thread)
        mine.worker(3, thread, {.state = WorkerState::Writing, .pid = child});
      std::memcpy(board_, mine.bytes().data(), mine.bytes().size());
      (void)!::write(ready[1], &child, sizeof(child));
      ::pause();
      ::_exit(0);
    }
    (void)!::read(ready[0], &child_, sizeof(child_));
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Server() { end(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void end() {
    if (pid_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  std::int32_t pid() const { return pid_; }
  std::int32_t child() const { return child_; }
  std::byte* board() const { return board_; }

 private:
  pid_t pid_ = 0;
  pid_t child_ = 0;
  std::byte* board_ = nullptr;
};

TEST(SharedMemory, FindsTheScoreboardAmongSeveralSegments) {
  const Server server;
  SharedMemorySource source(SourceKind::SharedMemory, server.pid(), ProcFs());
  const auto board = source.read();
  ASSERT_TRUE(board) << board.error().what;
  EXPECT_EQ(board->source, SourceKind::SharedMemory);
  EXPECT_EQ(board->server_limit, 4);
  ASSERT_EQ(board->processes.size(), 1U);
  EXPECT_EQ(board->processes[0].pid, server.child());
  EXPECT_EQ(board->processes[0].workers[7].state, WorkerState::Writing);
}

TEST(SharedMemory, SeesWhatChangesBetweenTwoReads) {
  const Server server;
  SharedMemorySource source(SourceKind::SharedMemory, server.pid(), ProcFs());
  ASSERT_TRUE(source.read());
  ScoreboardBytes changed(kHttpdLayouts[4], 4, 8);
  changed.generation(5);
  std::memcpy(server.board(), changed.bytes().data(), changed.bytes().size());
  EXPECT_EQ(source.read()->generation, 5);
}

TEST(SharedMemory, S09_AServerThatEndedIsGoneAndNoError) {
  Server server;
  SharedMemorySource source(SourceKind::SharedMemory, server.pid(), ProcFs());
  ASSERT_TRUE(source.read());
  server.end();
  const auto later = source.read();
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().kind, Error::Kind::NotFound);
}

TEST(SharedMemory, AProcessWithoutAScoreboardIsMalformed) {
  SharedMemorySource source(SourceKind::ScoreboardFile, static_cast<std::int32_t>(::getpid()),
                            ProcFs());
  EXPECT_EQ(source.read().error().kind, Error::Kind::Malformed);
}

TEST(SharedMemory, IsNotReadableForAnotherUser) {
  if (::geteuid() != 0) return;  // the others' memory is closed to this test already
  const Server server;
  const pid_t reader = ::fork();
  if (reader == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(9);
    SharedMemorySource source(SourceKind::SharedMemory, server.pid(), ProcFs());
    const auto board = source.read();
    ::_exit(!board && board.error().kind == Error::Kind::Denied ? 0 : 1);
  }
  int status = 0;
  ::waitpid(reader, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace mpm
