// SPDX-License-Identifier: Apache-2.0
//
// The end of a log, marked and read from, in a file that lives as logs do.
#include "agent/target/error_log.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kOld = "[Wed Nov 25 12:00:00 2026] [core:notice] [pid 1] AH00094: old\n";
constexpr const char* kNew = "[Wed Nov 25 12:00:01 2026] [core:error] [pid 1] AH00001: new\n";

class ErrorLog : public testing::Test {
 protected:
  void append(const std::string& text) const {
    std::ofstream(dir_ / "error.log", std::ios::app) << text;
  }
  LogMark mark() const {
    auto made = mark_log(dir_ / "error.log");
    EXPECT_TRUE(made) << made.error().what;
    return std::move(*made);
  }
  static LogSince since(const LogMark& mark) {
    auto read = read_log_since(mark);
    EXPECT_TRUE(read) << read.error().what;
    return std::move(*read);
  }
  TempDir dir_;
};

TEST_F(ErrorLog, IsReadFromTheMarkOn) {
  append(kOld);
  const LogMark before = mark();
  EXPECT_THAT(since(before).messages, SizeIs(0));
  append(kNew);
  const LogSince read = since(before);
  ASSERT_THAT(read.messages, SizeIs(1));
  EXPECT_EQ(read.messages[0].code, "AH00001");
  EXPECT_FALSE(read.rotated);
  EXPECT_FALSE(read.cut);
}

TEST_F(ErrorLog, IsFollowedOverARotation) {
  append(kOld);
  const LogMark before = mark();
  append(kNew);
  std::filesystem::rename(dir_ / "error.log", dir_ / "error.log.1");
  // Nothing new yet: what went into the old file counts all the same.
  EXPECT_THAT(since(before).messages, SizeIs(1));
  append("[x] [core:notice] [pid 1] AH00489: afresh\n");
  const LogSince read = since(before);
  ASSERT_THAT(read.messages, SizeIs(2));
  EXPECT_EQ(read.messages[1].code, "AH00489");
  EXPECT_TRUE(read.rotated);
}

TEST_F(ErrorLog, IsFollowedWhenItIsCutInPlace) {
  append(std::string(kOld) + kOld + kOld);
  const LogMark before = mark();
  std::filesystem::resize_file(dir_ / "error.log", 0);
  append(kNew);
  const LogSince read = since(before);
  ASSERT_THAT(read.messages, SizeIs(1));
  EXPECT_TRUE(read.rotated);
}

TEST_F(ErrorLog, MayComeLater) {
  const LogMark before = mark();
  EXPECT_THAT(since(before).messages, SizeIs(0));
  append(kNew);
  EXPECT_THAT(since(before).messages, SizeIs(1));
}

TEST_F(ErrorLog, S30_IsReadUpToABound) {
  const LogMark before = mark();
  for (int i = 0; i < 100; ++i)
    append(kNew);
  const auto read = read_log_since(before, 1000);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->cut);
  EXPECT_LT(read->messages.size(), 20U);
}

TEST_F(ErrorLog, ThatIsNoFileIsSaidToBe) {
  ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  const auto pipe = mark_log(dir_ / "pipe");
  ASSERT_FALSE(pipe);
  EXPECT_EQ(pipe.error().kind, Error::Kind::Malformed);
  EXPECT_THAT(pipe.error().what, HasSubstr("no file"));
  EXPECT_FALSE(mark_log("/dev/null"));
}

// A container's log often is /proc/self/fd/2, which here would be this program's own.
TEST_F(ErrorLog, OfAContainerIsNeverOurOwn) {
  dir_.write("real.log", kOld);
  std::filesystem::create_symlink("/real.log", dir_ / "linked.log");
  std::filesystem::create_symlink("/etc/passwd", dir_ / "away.log");
  const auto linked = mark_log("/linked.log", dir_.path());
  ASSERT_TRUE(linked) << linked.error().what;
  EXPECT_EQ(linked->offset, std::string(kOld).size());
  const auto away = mark_log("/away.log", dir_.path());
  ASSERT_TRUE(away);
  EXPECT_FALSE(away->file) << "a link leads inside of the container only";
  const auto magic = mark_log("/proc/self/fd/2");
  ASSERT_FALSE(magic);
  EXPECT_EQ(magic.error().kind, Error::Kind::Malformed);
}

TEST_F(ErrorLog, IsWhereErrorLogSays) {
  EXPECT_EQ(error_log_file("/var/log/apache2/error.log", "/etc/apache2").value(),
            "/var/log/apache2/error.log");
  EXPECT_EQ(error_log_file("logs/e", "/etc/httpd").value(), "/etc/httpd/logs/e");
  EXPECT_EQ(error_log_file("", "/etc/httpd/").value(), "/etc/httpd/logs/error_log");
  const auto piped = error_log_file("|/usr/bin/rotatelogs x 86400", "/");
  ASSERT_FALSE(piped);
  EXPECT_THAT(piped.error().what, HasSubstr("the program /usr/bin/rotatelogs x 86400"));
  for (const char* provider : {"syslog", "syslog:local1", "journald", "systemd"})
    EXPECT_FALSE(error_log_file(provider, "/")) << provider;
}

}  // namespace
}  // namespace mpm
