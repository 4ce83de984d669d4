// SPDX-License-Identifier: Apache-2.0
//
// Changes on disks that are really full or read-only: file systems of a few kilobytes, mounted in
// a namespace of the test's own, under the configuration, under the agent's state and where
// mpmctl puts its socket.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>

#include "tests/agent/apply/swap_tree.h"
#include "tests/live/either_httpd.h"
#include "tests/live/fault_rig.h"
#include "tests/live/mpmctl.h"
#include "tests/live/server.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using apply::Effect;
using apply::test::put;
using apply::test::seen;
using test::Ended;
using test::Fault;
using testing::AnyOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr const char* kPool = "StartServers 2\nThreadsPerChild 4\nMaxRequestWorkers 16\n";

// Before the server is started, which has to see what is mounted.
class OwnMounts {
 public:
  OwnMounts()
      : entered_(::unshare(CLONE_NEWNS) == 0 &&
                 ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {}
  bool entered() const { return entered_; }
  static bool mount_disk(const std::string& path, const std::string& room) {
    fs::create_directories(path);
    return ::mount("none", path.c_str(), "tmpfs", 0, room.c_str()) == 0;
  }

 private:
  const bool entered_;
};

void fill(const std::string& disk) {
  std::ofstream filler(disk + "/filler", std::ios::binary);
  const std::string page(4096, 'x');
  for (int i = 0; i < 4096 && filler.write(page.data(), 4096).flush(); ++i) {
  }
}
void make_room(const std::string& disk) {
  fs::remove(disk + "/filler");
}

class ChangeOnAPoorDisk : public OwnMounts, public testing::Test {
 protected:
  ChangeOnAPoorDisk() : server_(options()), rig_(state(), server_.port()) {}
  ~ChangeOnAPoorDisk() override {
    for (auto at = mounts_.rbegin(); at != mounts_.rend(); ++at)
      ::umount2(at->c_str(), MNT_DETACH);
  }
  void SetUp() override {
    if (!entered()) GTEST_SKIP() << "no mount namespace without privileges";
  }
  static HttpdOptions options() {
    return either_httpd(Mpm::Event, "IncludeOptional conf/*.conf\nIncludeOptional late/*.conf\n");
  }

  std::string conf() const { return server_.dir() / "conf"; }
  std::string file() const { return conf() + "/pool.conf"; }
  std::string state() const { return state_ / "state"; }

  void mount(const std::string& path, const std::string& room) {
    ASSERT_TRUE(mount_disk(path, room));
    mounts_.push_back(path);
  }
  void begin() {
    put(file(), kPool);
    server_.stop();
    server_.start();
    wait_for_workers(server_, 8);
    before_ = seen(file());
  }
  Ended change(const Fault& fault) { return rig_.change({{"MaxRequestWorkers", "12"}}, fault); }
  void expect_old_file_and_service() const {
    EXPECT_EQ(seen(file()), before_);
    EXPECT_TRUE(wait_for([&] { return get_status(server_.port(), "/", 2s) == 200; }));
  }

  PrivateHttpd server_;
  const TempDir state_;
  test::Rig rig_;
  std::string before_;
  std::vector<std::string> mounts_;
};

TEST_F(ChangeOnAPoorDisk, WithNoRoomForTheFileIsTakenBack) {
  mount(conf(), "size=16k");
  begin();
  Fault fault;
  fault.before[Effect::Write] = [&] { fill(conf()); };
  const Ended ended = change(fault);
  EXPECT_EQ(ended.phase, Phase::Undone) << ended.last;
  EXPECT_THAT(ended.sentence, HasSubstr(file() + " cannot be written: its file system is full"));
  expect_old_file_and_service();
}

TEST_F(ChangeOnAPoorDisk, ThatFillsUpAfterTheWriteIsTakenBack) {
  mount(conf(), "size=16k");
  begin();
  Fault fault;
  fault.before[Effect::Check] = [&] {
    put(server_.dir() / "late/broken.conf", "Nonsense 1\n");
    fill(conf());
  };
  const Ended ended = change(fault);
  EXPECT_EQ(ended.phase, Phase::Undone) << ended.last;
  EXPECT_THAT(ended.sentence, HasSubstr("Nonsense"));
  expect_old_file_and_service();
}

TEST_F(ChangeOnAPoorDisk, OfAFileThatIsReadOnlySaysSo) {
  begin();
  ASSERT_EQ(::mount(conf().c_str(), conf().c_str(), nullptr, MS_BIND, nullptr), 0);
  mounts_.push_back(conf());
  ASSERT_EQ(::mount(nullptr, conf().c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr),
            0);
  const Ended ended = change({});
  EXPECT_EQ(ended.phase, Phase::Undone) << ended.last;
  EXPECT_THAT(ended.sentence, HasSubstr("its file system is read-only"));
  expect_old_file_and_service();
}

// The journal cannot say what is done: it is undone, and the next agent says so.
TEST_F(ChangeOnAPoorDisk, WithNoRoomForTheJournalIsTakenBackAtAnyStep) {
  mount(state(), "size=2m,mode=0700");
  begin();
  for (const Effect moment : {Effect::BackUp, Effect::Write, Effect::Check, Effect::Load,
                              Effect::Verify, Effect::Watch}) {
    SCOPED_TRACE(static_cast<int>(moment));
    Fault fault;
    fault.before[moment] = [&] { fill(state()); };
    const Ended ended = change(fault);
    ASSERT_TRUE(ended.planned) << "there is room again";
    EXPECT_TRUE(!ended.journal_trouble.empty() || ended.phase >= Phase::Kept);
    if (!ended.journal_trouble.empty()) {
      EXPECT_THAT(ended.journal_trouble, HasSubstr("full"));
      // Before the backup there was nothing to take back.
      if (moment != Effect::BackUp) {
        EXPECT_THAT(ended.journal_trouble, HasSubstr("taken back"));
      }
    }
    expect_old_file_and_service();
    make_room(state());
    const auto recovered = rig_.recover();
    EXPECT_TRUE(recovered) << recovered.error().what;
    EXPECT_THAT(rig_.phase(), AnyOf(Phase::Abandoned, Phase::Undone));
    expect_old_file_and_service();
    if (HasFailure()) return;
  }
}

TEST_F(ChangeOnAPoorDisk, WithNoRoomToBeginIsRefusedInOneSentence) {
  mount(state(), "size=8k,mode=0700");
  begin();
  fill(state());
  const Finished refused =
      mpmctl({"apply", fmt::format(":{}", server_.port()), "MaxRequestWorkers=12", "--yes",
              "--watch", "0", "--state", state()},
             {.deadline = 60s});
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.err, AnyOf(HasSubstr("full"), HasSubstr("No space left")));
  expect_old_file_and_service();
}

TEST_F(ChangeOnAPoorDisk, WithNoRoomForTheSocketSaysWhere) {
  const std::string run = state_ / "run";
  mount(run, "size=4k,nr_inodes=1");
  begin();
  const Finished refused =
      mpmctl({"apply", fmt::format(":{}", server_.port()), "MaxRequestWorkers=12", "--yes",
              "--watch", "0", "--state", state()},
             {.deadline = 60s, .environment = {"XDG_RUNTIME_DIR=" + run, "TMPDIR=" + run}});
  if (refused.status == 0) {
    // It found another place for its socket, and the change is as good as any.
    EXPECT_NE(seen(file()), before_);
    return;
  }
  EXPECT_THAT(refused.err, HasSubstr("No space left"));
  expect_old_file_and_service();
}

}  // namespace
}  // namespace mpm
