// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/sockets.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sched.h>
#include <sys/socket.h>

#include "agent/base/fd.h"
#include "agent/base/file.h"
#include "agent/proc/losses.h"
#include "agent/proc/socket_table.h"

namespace mpm {
namespace {

constexpr std::uint32_t state_bit(TcpState state) {
  return 1U << static_cast<unsigned>(state);
}
constexpr std::uint32_t kListening = state_bit(TcpState::Listen);
// Connections that hold memory and perhaps a worker; TIME_WAIT is neither.
constexpr std::uint32_t kConnected = state_bit(TcpState::Established) |
                                     state_bit(TcpState::FinWait1) | state_bit(TcpState::FinWait2) |
                                     state_bit(TcpState::CloseWait) | state_bit(TcpState::LastAck) |
                                     state_bit(TcpState::Closing);

struct Question {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

// One dump: the sockets of a family in some states, of one local port or (0) of all.
Result<void> ask(const UniqueFd& netlink, int family, std::uint32_t states, std::int32_t port,
                 std::vector<SocketEntry>& sockets) {
  Question question{};
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.request.sdiag_family = static_cast<std::uint8_t>(family);
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = states;
  question.request.id.idiag_sport = htons(static_cast<std::uint16_t>(port));
  if (::send(netlink.get(), &question, sizeof(question), 0) < 0)
    return fail(system_error(errno, "asking the kernel for its sockets"));

  std::array<std::byte, 32768> buffer{};
  for (;;) {
    const ssize_t got = ::recv(netlink.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(system_error(errno, "reading the kernel's sockets"));
    DiagBatch batch = decode_diag(std::span(buffer).first(static_cast<std::size_t>(got)));
    std::ranges::move(batch.sockets, std::back_inserter(sockets));
    if (batch.error != 0) return fail(system_error(batch.error, "the kernel's list of sockets"));
    if (batch.done) return {};
  }
}

// What a listener accepts is of its own family; so the other one's connections are not asked for.
Result<std::vector<SocketEntry>> sockets_by_netlink(const std::set<std::uint64_t>& owned,
                                                    SocketCount count) {
  const UniqueFd netlink(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!netlink) return fail(system_error(errno, "netlink"));
  std::vector<SocketEntry> sockets;
  for (const int family : {AF_INET, AF_INET6}) {
    std::vector<SocketEntry> listening;
    if (auto asked = ask(netlink, family, kListening, 0, listening); !asked)
      return fail(std::move(asked.error()));
    std::set<std::int32_t> ports;
    for (const SocketEntry& socket : listening)
      if (owned.contains(socket.inode)) ports.insert(socket.port);
    std::ranges::move(listening, std::back_inserter(sockets));
    if (ports.empty() || count == SocketCount::QueuesAlone) continue;
    // One walk for all ports; what is not theirs is left out afterwards.
    const std::int32_t port = ports.size() == 1 ? *ports.begin() : 0;
    if (auto asked = ask(netlink, family, kConnected, port, sockets); !asked)
      return fail(std::move(asked.error()));
  }
  return sockets;
}

// A network namespace is a thread's: a thread of its own enters it and ends there.
Result<std::vector<SocketEntry>> sockets_in_namespace(const std::string& path,
                                                      const std::set<std::uint64_t>& owned,
                                                      SocketCount count) {
  const UniqueFd space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!space) return fail(system_error(errno, path));
  Result<std::vector<SocketEntry>> sockets;
  std::thread([&] {
    if (::setns(space.get(), CLONE_NEWNET) != 0)
      sockets = fail(system_error(errno, "entering the network namespace " + path));
    else
      sockets = sockets_by_netlink(owned, count);
  }).join();
  return sockets;
}

std::vector<SocketEntry> sockets_by_text(const ProcFs& proc, std::int32_t pid, SocketCount count) {
  std::vector<SocketEntry> sockets;
  for (const char* file : {"/net/tcp", "/net/tcp6"})
    if (const auto text = proc.text(std::to_string(pid) + file))
      std::ranges::move(parse_net_tcp(*text), std::back_inserter(sockets));
  if (count == SocketCount::QueuesAlone)
    std::erase_if(sockets, [](const SocketEntry& one) { return one.state != TcpState::Listen; });
  return sockets;
}

Result<std::set<std::uint64_t>> socket_inodes(const ProcFs& proc, std::int32_t pid) {
  const std::string directory = fmt::format("{}/{}/fd", proc.root(), pid);
  const auto names = list_directory(directory);
  if (!names) return fail(names.error());
  constexpr std::string_view kSocket = "socket:[";
  std::set<std::uint64_t> inodes;
  for (const std::string& name : *names) {
    const auto link = read_link(fmt::format("{}/{}", directory, name));
    if (!link || link->compare(0, kSocket.size(), kSocket) != 0) continue;
    const auto inode = parse_number(std::string_view(*link).substr(kSocket.size()));
    if (inode) inodes.insert(static_cast<std::uint64_t>(*inode));
  }
  return inodes;
}

}  // namespace

Result<std::vector<ListenerUsage>> listeners(const ProcFs& proc, std::int32_t pid,
                                             std::vector<std::string>& losses, SocketCount count) {
  const auto owned = socket_inodes(proc, pid);
  if (!owned) return fail(owned.error());

  // A tree of files that stands for /proc has no kernel behind it to ask.
  if (proc.root() != "/proc") return usage_of(sockets_by_text(proc, pid, count), *owned);

  const std::string space = fmt::format("/proc/{}/ns/net", pid);
  const auto theirs = read_link(space);
  const auto ours = read_link("/proc/self/ns/net");
  const bool same = theirs && ours && *theirs == *ours;
  auto sockets =
      same ? sockets_by_netlink(*owned, count) : sockets_in_namespace(space, *owned, count);
  if (sockets) return usage_of(*sockets, *owned);

  add_loss(losses, fmt::format("The limits of the accept queues are unknown, because the kernel's "
                               "sockets cannot be asked "
                               "for ({}).",
                               sockets.error().what));
  return usage_of(sockets_by_text(proc, pid, count), *owned);
}

}  // namespace mpm
