// SPDX-License-Identifier: Apache-2.0
//
// Changes of a server that runs while something goes wrong: full disks, files that cannot be
// written, another hand at the files, a check or a reload that hangs, a server that dies or is
// replaced. Each ends in a phase that is known, with a sentence, and the file is the old one again
// in all that a file has, or the other hand's.
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "tests/agent/apply/swap_tree.h"
#include "tests/live/either_httpd.h"
#include "tests/live/fault_rig.h"
#include "tests/live/mpmctl.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using apply::Call;
using apply::Effect;
using apply::test::put;
using apply::test::seen;
using test::Ended;
using test::Fault;
using testing::AnyOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr const char* kPool =
    "StartServers 2\nThreadsPerChild 4\nMinSpareThreads 4\nMaxSpareThreads 16\n"
    "MaxRequestWorkers 16\n";

// The pool is in a file of a folder that a test can mount something on. A file of late/ is read
// when it is there.
HttpdOptions faulty_server(const std::string& binary = "") {
  HttpdOptions options =
      either_httpd(Mpm::Event, "IncludeOptional conf/*.conf\nIncludeOptional late/*.conf\n");
  if (!binary.empty()) options.binary = binary;
  return options;
}

// Calls that need room on a disk fail from the n-th on, as many as are told to.
class FullDisk final : public apply::FileWorld {
 public:
  FullDisk(int first, int how_many) : first_(first), how_many_(how_many) {}
  int count() const { return count_; }

 protected:
  int admit(Call call) override {
    switch (call) {
      case Call::CreateFile:
      case Call::CreateDirectory:
      case Call::CreateLink:
      case Call::Write:
      case Call::Resize:
      case Call::Reserve:
      case Call::SetAttribute:
        ++count_;
        return count_ >= first_ && count_ < first_ + how_many_ ? ENOSPC : 0;
      default:
        return 0;
    }
  }

 private:
  const int first_;
  const int how_many_;
  int count_ = 0;
};

class FaultedChange : public testing::Test {
 protected:
  explicit FaultedChange(const std::string& binary = "")
      : server_(faulty_server(binary)), rig_(state(), server_.port()) {
    put(file(), kPool);
    dress();
    fs::create_symlink("../conf/pool.conf", server_.dir() / "linked.conf");
    reload();
    before_ = seen(file());
  }

  std::string state() const { return state_ / "state"; }
  std::string file() const { return server_.dir() / "conf/pool.conf"; }
  std::string late_file() const { return server_.dir() / "late/broken.conf"; }

  // Unlike what a new file would be.
  void dress() const {
    ::chmod(file().c_str(), 0640);
    (void)!::chown(file().c_str(), 33, 33);
    const timespec then[2] = {{1500000000, 123456789}, {1500000001, 987}};
    ::utimensat(AT_FDCWD, file().c_str(), then, 0);
  }

  // By a stop and a start, so that the server is at rest afterwards.
  void reload() {
    server_.stop();
    server_.start();
    wait_for_workers(server_, 8);
  }

  Ended change(const Fault& fault) { return rig_.change({{"MaxRequestWorkers", "12"}}, fault); }

  // What is read at the load, and was not there at the check. httpd ends of that; mpm-httpd goes on
  // with what it has, and is ended.
  void die_of_load(Fault& fault) {
    fault.before[Effect::Load] = [&] { put(late_file(), "Nonsense 1\n"); };
    if (!kApache) fault.before[Effect::Verify] = [&] { ::kill(server_.pid(), SIGKILL); };
  }

  void expect_old_file() const { EXPECT_EQ(seen(file()), before_); }
  void expect_service() const {
    EXPECT_TRUE(wait_for([&] { return get_status(server_.port(), "/", 2s) == 200; }));
  }
  void expect_limit(int workers) const {
    const auto limit = [&] {
      return status_of(fmt::format(":{}", server_.port()))["workers"]["limit"] == workers;
    };
    EXPECT_TRUE(wait_for(limit));
  }
  // One sentence, which names something and is no errno alone.
  static void expect_sentence(const std::string& sentence, const std::string& of) {
    EXPECT_THAT(sentence, HasSubstr(of));
    EXPECT_GT(sentence.size(), 20U) << sentence;
  }

  PrivateHttpd server_;
  const TempDir state_;
  test::Rig rig_;
  std::string before_;
};

TEST_F(FaultedChange, IsMadeWhenNothingGoesWrong) {
  const Ended ended = change({});
  ASSERT_TRUE(ended.planned);
  EXPECT_EQ(ended.phase, Phase::Kept) << ended.sentence;
  EXPECT_NE(seen(file()), before_);
  expect_service();
}

TEST_F(FaultedChange, OnADiskThatIsFullOnceIsTakenBackWhole) {
  FullDisk counts(1 << 20, 0);
  Fault undisturbed;
  undisturbed.files = &counts;
  // Ended before the load, to count what a change and its restoring need.
  undisturbed.before[Effect::Check] = [&] { put(late_file(), "Nonsense 1\n"); };
  undisturbed.before[Effect::Restore] = [&] { fs::remove(late_file()); };
  ASSERT_EQ(change(undisturbed).phase, Phase::Undone);
  expect_old_file();
  const int writes = counts.count();
  ASSERT_GT(writes, 5);
  for (const int how_many : {1, 1 << 20})
    for (int at = 1; at <= writes; ++at) {
      SCOPED_TRACE(fmt::format("{} failures from call {} of {} on", how_many, at, writes));
      FullDisk full(at, how_many);
      Fault fault = undisturbed;
      fault.files = &full;
      const Ended ended = change(fault);
      ASSERT_TRUE(ended.planned);
      EXPECT_GT(ended.sentence.size(), 20U) << ended.sentence;
      // A disk that takes nothing any more, not even over what is there, cannot take the old bytes
      // either: then it is said where they are.
      if (how_many > 1 && ended.phase == Phase::Stuck) {
        EXPECT_THAT(ended.last, HasSubstr("/0.before"));
        break;
      }
      EXPECT_THAT(ended.phase, AnyOf(Phase::Abandoned, Phase::Undone)) << ended.last;
      expect_old_file();
      if (HasFailure()) return;
    }
  expect_service();
}

TEST_F(FaultedChange, OfAnImmutableFileSaysWhatAllowsIt) {
  const auto freeze = [&](bool on) {
    const UniqueFd open(::open(file().c_str(), O_RDONLY | O_CLOEXEC));
    int flags = 0;
    if (::ioctl(open.get(), FS_IOC_GETFLAGS, &flags) != 0) return false;
    flags = on ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
    return ::ioctl(open.get(), FS_IOC_SETFLAGS, &flags) == 0;
  };
  if (!freeze(true)) GTEST_SKIP() << "the file system has no such flag, or it takes privileges";
  const Ended ended = change({});
  EXPECT_TRUE(freeze(false));
  EXPECT_EQ(ended.phase, Phase::Undone) << ended.last;
  expect_sentence(ended.sentence, "chattr -i");
  expect_old_file();
  expect_service();
}

TEST_F(FaultedChange, OfAFileThatAnotherHandChangedFirstTouchesNothing) {
  for (const Effect moment : {Effect::BackUp, Effect::Write}) {
    Fault fault;
    fault.before[moment] = [&] { put(file(), std::string(kPool) + "# another hand\n"); };
    const Ended ended = change(fault);
    EXPECT_EQ(ended.phase, moment == Effect::BackUp ? Phase::Abandoned : Phase::Undone);
    expect_sentence(ended.sentence, "changed by somebody else");
    EXPECT_THAT(ended.sentence, HasSubstr(file()));
    EXPECT_EQ(bytes_of(file()), std::string(kPool) + "# another hand\n");
    put(file(), kPool);
    expect_service();
  }
}

TEST_F(FaultedChange, OfAFileThatAnotherHandChangedAfterUsIsStuckAndNamesBoth) {
  Fault fault;
  fault.before[Effect::Check] = [&] { put(late_file(), "Nonsense 1\n"); };
  fault.before[Effect::Restore] = [&] { put(file(), "# another hand\n"); };
  const Ended ended = change(fault);
  EXPECT_EQ(ended.phase, Phase::Stuck);
  expect_sentence(ended.sentence, "Nonsense");
  expect_sentence(ended.last, "changed by somebody else");
  EXPECT_THAT(ended.last, HasSubstr(file()));
  EXPECT_THAT(ended.last, HasSubstr(state() + "/backups/1"));
  EXPECT_EQ(bytes_of(file()), "# another hand\n");
  EXPECT_EQ(bytes_of(state() + "/backups/1/0.before"), kPool);
  expect_service();
}

TEST_F(FaultedChange, WhoseReloadHangsIsTakenBackAndIsNotCalledUndone) {
  Fault fault;
  fault.seen_within = 2s;
  fault.before[Effect::Load] = [&] { ::kill(server_.pid(), SIGSTOP); };
  const Ended ended = change(fault);
  // Nobody can say what a server that does not move will do.
  EXPECT_EQ(ended.phase, Phase::Stuck) << ended.last;
  expect_sentence(ended.sentence, "it is not seen whether the load took effect");
  expect_sentence(ended.last, "The old files are back");
  expect_old_file();
  ::kill(server_.pid(), SIGCONT);
  expect_service();
  expect_limit(16);
}

TEST_F(FaultedChange, WhoseReloadHangsForAWhileIsTakenBack) {
  Fault fault;
  fault.seen_within = 5s;
  fault.before[Effect::Load] = [&] { ::kill(server_.pid(), SIGSTOP); };
  fault.before[Effect::LoadBack] = [&] { ::kill(server_.pid(), SIGCONT); };
  const Ended ended = change(fault);
  EXPECT_EQ(ended.phase, Phase::Undone) << ended.last;
  expect_old_file();
  expect_service();
  expect_limit(16);
}

TEST_F(FaultedChange, ThatKillsTheServerAtItsReloadIsTakenBackAndTheServerStarted) {
  Fault fault;
  die_of_load(fault);
  fault.before[Effect::Restore] = [&] { fs::remove(late_file()); };
  const Ended ended = change(fault);
  EXPECT_EQ(ended.phase, Phase::Undone) << ended.last;
  expect_sentence(ended.last, "started again");
  EXPECT_TRUE(has_ended(server_.pid()));
  expect_old_file();
  expect_service();
  Recognizer recognizer;
  server_.has_pid(find_target(ProcFs(), recognizer, fmt::format(":{}", server_.port()))->pid);
  expect_limit(16);
}

TEST_F(FaultedChange, ThatCannotStartTheServerAgainIsStuckAndSaysWhy) {
  Fault fault;
  die_of_load(fault);
  const Ended ended = change(fault);
  EXPECT_EQ(ended.phase, Phase::Stuck);
  expect_sentence(ended.last, "does not");
  EXPECT_THAT(ended.last, HasSubstr("Nonsense"));
  expect_old_file();
  fs::remove(late_file());
  server_.has_pid(0);
}

TEST_F(FaultedChange, GoesOnWithTheParentThatTookTheOthersPlace) {
  for (const Effect moment : {Effect::Check, Effect::Load}) {
    Fault fault;
    fault.before[moment] = [&] { reload(); };
    const Ended ended = change(fault);
    EXPECT_EQ(ended.phase, Phase::Kept) << ended.sentence << " " << ended.last;
    expect_service();
    expect_limit(12);
    put(file(), kPool);
    reload();
  }
}

TEST_F(FaultedChange, OfAParentThatIsReplacedAfterItsLoadEndsInAKnownPhase) {
  Fault fault;
  fault.before[Effect::Verify] = [&] { reload(); };
  const Ended ended = change(fault);
  EXPECT_THAT(ended.phase, AnyOf(Phase::Kept, Phase::Undone)) << ended.last;
  if (ended.phase == Phase::Undone) expect_old_file();
  expect_service();
  expect_limit(ended.phase == Phase::Kept ? 12 : 16);
}

// The program was replaced while the server ran, as an upgrade does, by one that never ends.
class HangingCheck {
 public:
  HangingCheck() {
    std::error_code other_disk;
    fs::create_hard_link(kApache ? "/usr/sbin/apache2" : MPM_HTTPD, program(), other_disk);
    if (other_disk) fs::copy_file(kApache ? "/usr/sbin/apache2" : MPM_HTTPD, program());
    ::chmod(dir_.path().c_str(), 0755);
  }
  std::string program() const { return dir_ / (kApache ? "apache2" : "mpm-httpd"); }
  void hang() const {
    fs::remove(program());
    put(program(), "#!/bin/sh\nexec sleep 30\n");
    ::chmod(program().c_str(), 0755);
  }

 private:
  const TempDir dir_;
};

class ChangeOfAServerWhoseCheckHangs : public HangingCheck, public FaultedChange {
 protected:
  ChangeOfAServerWhoseCheckHangs() : FaultedChange(program()) {}
};

TEST_F(ChangeOfAServerWhoseCheckHangs, IsTakenBackBeforeItIsLoaded) {
  Fault fault;
  fault.check = 500ms;
  fault.before[Effect::Check] = [&] { hang(); };
  const Ended ended = change(fault);
  EXPECT_EQ(ended.phase, Phase::Undone) << ended.last;
  expect_sentence(ended.sentence, "did not end within 0.5 s");
  EXPECT_THAT(ended.last, HasSubstr("was not told"));
  expect_old_file();
  expect_service();
}

}  // namespace
}  // namespace mpm
