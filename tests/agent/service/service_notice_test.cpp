// SPDX-License-Identifier: Apache-2.0
#include "agent/service/service_notice.h"

#include <array>
#include <cstddef>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "agent/base/fd.h"
#include "agent/service/log.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

// systemd's end of NOTIFY_SOCKET.
class Listener {
 public:
  explicit Listener(const std::string& name)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  std::string heard() const {
    std::array<char, 512> block{};
    const ssize_t got = ::recv(socket_.get(), block.data(), block.size(), 0);
    return got > 0 ? std::string(block.data(), static_cast<std::size_t>(got)) : std::string();
  }

 private:
  UniqueFd socket_;
};

TEST(ServiceNotice, SaysOverASocketHowTheAgentStands) {
  const TempDir dir;
  for (const std::string& name : {dir / "notify", "@" + dir.path().substr(1)}) {
    const Listener listener(name);
    const ServiceNotice notice(name);
    notice.ready();
    EXPECT_EQ(listener.heard(), "READY=1");
    notice.reloading();
    EXPECT_THAT(listener.heard(), testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    notice.alive();
    EXPECT_EQ(listener.heard(), "WATCHDOG=1");
    notice.ending();
    EXPECT_EQ(listener.heard(), "STOPPING=1");
  }
}

TEST(ServiceNotice, IsNoTroubleWhereNobodyListens) {
  const TempDir dir;
  ServiceNotice("").ready();
  ServiceNotice(dir / "none").ready();
  ServiceNotice(std::string(300, 'x')).ready();
}

TEST(Log, BeginsALineOfTheJournalWithItsPriority) {
  EXPECT_EQ(Log(true).line(Priority::Error, "It is so."), "<3>It is so.\n");
  EXPECT_EQ(Log(true).line(Priority::Warning, "two\n<0>lines"), "<4>two <0>lines\n");
  EXPECT_EQ(Log(false).line(Priority::Notice, "It is so."), "mpm-agent: It is so.\n");
}

TEST(Log, KnowsTheJournalByItsStream) {
  EXPECT_TRUE(is_stream("8:1234", 8, 1234));
  EXPECT_FALSE(is_stream("8:12345", 8, 1234));
  EXPECT_FALSE(is_stream("", 8, 1234));
  EXPECT_FALSE(is_stream(nullptr, 8, 1234));
}

}  // namespace
}  // namespace mpm
