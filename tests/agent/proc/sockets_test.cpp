// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/sockets.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <optional>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/base/fd.h"
#include "agent/proc/socket_table.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const ListenerUsage* on_port(const std::vector<ListenerUsage>& found, std::int32_t port) {
  for (const ListenerUsage& listener : found)
    if (listener.port == port) return &listener;
  return nullptr;
}

TEST(Sockets, S31_TheKernelCountsConnectionsNobodyHasAcceptedYet) {
  const UniqueFd server(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address = loopback(0);
  ASSERT_EQ(::bind(server.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(server.get(), 7), 0);
  socklen_t size = sizeof(address);
  ::getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size);

  std::array<UniqueFd, 3> clients;
  for (UniqueFd& client : clients) {
    client.reset(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  const UniqueFd accepted(::accept(server.get(), nullptr, nullptr));

  std::vector<std::string> losses;
  const auto found = listeners(ProcFs(), static_cast<std::int32_t>(::getpid()), losses);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_TRUE(losses.empty()) << losses.front();
  const ListenerUsage* mine = on_port(*found, ntohs(address.sin_port));
  ASSERT_NE(mine, nullptr);
  EXPECT_EQ(mine->address, "127.0.0.1");
  EXPECT_EQ(mine->queue, 2);
  EXPECT_EQ(mine->queue_limit, 7);
  EXPECT_EQ(mine->established, 3);
  EXPECT_EQ(mine->closing, 0);

  clients[0].reset();
  const auto later = listeners(ProcFs(), static_cast<std::int32_t>(::getpid()), losses);
  EXPECT_EQ(on_port(*later, ntohs(address.sin_port))->closing, 1);
}

// A socket of ours that listens on a free port of the loopback.
constexpr int kBacklog = 7;
struct Listening {
  // With a port: beside another one on it, or with 0 so that others may be beside it.
  explicit Listening(int family, std::optional<std::uint16_t> shared = std::nullopt)
      : socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    if (shared) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
    sockaddr_in four = loopback(shared.value_or(0));
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_addr = in6addr_loopback;
    auto* address =
        family == AF_INET ? reinterpret_cast<sockaddr*>(&four) : reinterpret_cast<sockaddr*>(&six);
    socklen_t size = family == AF_INET ? sizeof(four) : sizeof(six);
    if (::bind(socket.get(), address, size) != 0 || ::listen(socket.get(), kBacklog) != 0)
      socket.reset();
    ::getsockname(socket.get(), address, &size);
    port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
  }
  UniqueFd socket;
  std::uint16_t port = 0;
};

// A client that does not wait for its connection.
UniqueFd client_of(const Listening& server) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  ::getsockname(server.socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  UniqueFd client(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  (void)::connect(client.get(), reinterpret_cast<sockaddr*>(&address), size);
  return client;
}

// Whoever asks again and again reads the descriptors only when somebody listens anew.
TEST(Sockets, ThatListenOrStopMeanwhileAreSeen) {
  ListeningSockets sockets(ProcFs(), static_cast<std::int32_t>(::getpid()));
  std::vector<std::string> losses;
  const auto listens = [&](std::uint16_t port) {
    const auto found = sockets.read(losses, SocketCount::QueuesAlone);
    EXPECT_TRUE(found) << found.error().what;
    return found && on_port(*found, port) != nullptr;
  };
  EXPECT_FALSE(listens(1));
  Listening server(AF_INET);
  EXPECT_TRUE(listens(server.port));
  EXPECT_TRUE(listens(server.port));
  const Listening late(AF_INET);
  const auto is_seen_by_the_fifth = [&] {
    for (int reading = 1; reading <= 5; ++reading)
      if (listens(late.port)) return true;
    return false;
  };
  EXPECT_TRUE(is_seen_by_the_fifth());
  server.socket.reset();
  EXPECT_FALSE(listens(server.port));
  EXPECT_TRUE(listens(late.port));
  EXPECT_TRUE(losses.empty());
}

TEST(Sockets, AreReadAsTheyAreWhenTheyAreAskedForOneByOne) {
  ListeningSockets sockets(ProcFs(), static_cast<std::int32_t>(::getpid()));
  std::vector<std::string> losses;
  for (const int family : {AF_INET, AF_INET6}) {
    const Listening server(family);
    const auto queue = [&] {
      const auto found = sockets.read(losses, SocketCount::QueuesAlone);
      const ListenerUsage* mine = found ? on_port(*found, server.port) : nullptr;
      return mine != nullptr ? mine->queue : -1;
    };
    (void)sockets.read(losses, SocketCount::WithConnections);
    EXPECT_EQ(queue(), 0);
    std::vector<UniqueFd> clients;
    for (int i = 1; i <= 6; ++i) {
      clients.push_back(client_of(server));
      EXPECT_EQ(queue(), i) << family;
    }
  }
  EXPECT_TRUE(losses.empty());
}

// As ListenCoresBucketsRatio has them: the kernel picks one of them for who asks for the address.
TEST(Sockets, OfOneAddressAreSummedUp) {
  const Listening first(AF_INET, 0);
  const Listening second(AF_INET, first.port);
  ASSERT_EQ(second.port, first.port);
  ListeningSockets sockets(ProcFs(), static_cast<std::int32_t>(::getpid()));
  std::vector<std::string> losses;
  for (int reading = 0; reading < 3; ++reading) {
    const auto found = sockets.read(losses, SocketCount::QueuesAlone);
    ASSERT_TRUE(found);
    ASSERT_NE(on_port(*found, first.port), nullptr);
    EXPECT_EQ(on_port(*found, first.port)->queue_limit, 2 * kBacklog);
  }
}

// The other family is asked with a count, and for as long as there is none of either.
TEST(Sockets, OfTheOtherFamilyAreSeenByACount) {
  ListeningSockets sockets(ProcFs(), static_cast<std::int32_t>(::getpid()));
  std::vector<std::string> losses;
  const auto listens = [&](const Listening& one, SocketCount count) {
    const auto found = sockets.read(losses, count);
    EXPECT_TRUE(found) << found.error().what;
    return found && on_port(*found, one.port) != nullptr;
  };
  Listening six(AF_INET6);
  ASSERT_TRUE(six.socket);
  EXPECT_TRUE(listens(six, SocketCount::QueuesAlone));
  const Listening four(AF_INET);
  EXPECT_FALSE(listens(four, SocketCount::QueuesAlone));
  EXPECT_TRUE(listens(four, SocketCount::WithConnections));
  EXPECT_TRUE(listens(four, SocketCount::QueuesAlone));
  EXPECT_TRUE(listens(six, SocketCount::QueuesAlone));
  six.socket.reset();
  EXPECT_FALSE(listens(six, SocketCount::QueuesAlone));
}

TEST(Sockets, OfAnotherProcessAreNotMine) {
  const UniqueFd server(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address = loopback(0);
  ASSERT_EQ(::bind(server.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(server.get(), 7), 0);
  socklen_t size = sizeof(address);
  ::getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size);
  std::vector<std::string> losses;
  const auto found = listeners(ProcFs(), static_cast<std::int32_t>(::getppid()), losses);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(on_port(*found, ntohs(address.sin_port)), nullptr);
}

TEST(Sockets, AreReadFromTextWhereThereIsNoKernelToAsk) {
  const TempDir dir;
  dir.write(
      "42/net/tcp",
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000 0 0 4242 1\n"
      "   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 0 1\n"
      "   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 99 1\n");
  dir.write("42/net/tcp6",
            "  sl  local_address rem_address\n"
            "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A "
            "00000000:00000000 00:00000000 00000000 0 0 4243 1\n"
            "   1: 0000000000000000FFFF00000200A8C0:0050 0000000000000000FFFF00000300A8C0:1234 08 "
            "00000000:00000000 00:00000000 00000000 0 0 7 1\n");
  std::filesystem::create_directories(dir / "42/fd");
  std::filesystem::create_symlink("socket:[4242]", dir / "42/fd/3");
  std::filesystem::create_symlink("socket:[4243]", dir / "42/fd/4");
  std::filesystem::create_symlink("/dev/null", dir / "42/fd/0");
  std::vector<std::string> losses;
  const auto found = listeners(ProcFs(dir.path()), 42, losses);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].address, "::");
  EXPECT_EQ((*found)[0].port, 80);
  EXPECT_EQ((*found)[0].closing, 1);
  EXPECT_EQ((*found)[1].address, "127.0.0.1");
  EXPECT_EQ((*found)[1].port, 8080);
  EXPECT_EQ((*found)[1].queue, 3);
  EXPECT_EQ((*found)[1].established, 1);
}

std::vector<std::byte> message(std::uint16_t type, std::span<const std::byte> payload) {
  std::vector<std::byte> bytes(NLMSG_SPACE(payload.size()));
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(payload.size()));
  header.nlmsg_type = type;
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + NLMSG_HDRLEN, payload.data(), payload.size());
  return bytes;
}

TEST(DecodeDiag, StaysInsideItsBytesWhereverTheyAreCut) {
  inet_diag_msg socket{};
  socket.idiag_family = AF_INET;
  socket.idiag_state = 10;
  socket.id.idiag_sport = htons(80);
  socket.idiag_rqueue = 5;
  socket.idiag_wqueue = 511;
  const auto whole = message(20, std::as_bytes(std::span(&socket, 1)));
  const DiagBatch batch = decode_diag(whole);
  ASSERT_EQ(batch.sockets.size(), 1U);
  EXPECT_EQ(batch.sockets[0].port, 80);
  EXPECT_EQ(batch.sockets[0].queue, 5);
  EXPECT_EQ(batch.sockets[0].queue_limit, 511);
  EXPECT_FALSE(batch.done);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<long>(cut));
    EXPECT_TRUE(decode_diag(part).sockets.empty());
  }
}

TEST(DecodeDiag, KnowsTheEndAndAnError) {
  const std::array<std::byte, 4> nothing{};
  EXPECT_TRUE(decode_diag(message(NLMSG_DONE, nothing)).done);
  const int refused = -EPERM;
  const DiagBatch batch = decode_diag(message(NLMSG_ERROR, std::as_bytes(std::span(&refused, 1))));
  EXPECT_TRUE(batch.done);
  EXPECT_EQ(batch.error, EPERM);
}

}  // namespace
}  // namespace mpm
