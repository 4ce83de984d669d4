// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/sockets.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <set>
#include <thread>
#include <utility>

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
// Listeners that are asked for one by one, and how often before all are asked for again.
constexpr std::size_t kMostNamed = 8;
constexpr int kMostInARow = 4;

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

Question question_for(int family, std::uint32_t states, std::int32_t port) {
  Question question{};
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.request.sdiag_family = static_cast<std::uint8_t>(family);
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = states;
  question.request.id.idiag_sport = htons(static_cast<std::uint16_t>(port));
  return question;
}

// The answer to a dump ends with a message that says so, that about one socket is a single one.
Result<void> ask(const UniqueFd& netlink, const Question& question,
                 std::vector<SocketEntry>& sockets) {
  const bool is_dump = (question.header.nlmsg_flags & NLM_F_DUMP) != 0;
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
    if (batch.done || !is_dump) return {};
  }
}

// The sockets of a family in some states, of one local port or (0) of all.
Result<void> ask_for_all(const UniqueFd& netlink, int family, std::uint32_t states,
                         std::int32_t port, std::vector<SocketEntry>& sockets) {
  Question question = question_for(family, states, port);
  question.header.nlmsg_flags |= NLM_F_DUMP;
  return ask(netlink, question, sockets);
}

// One listener that was seen before, and no other in its place. NotFound: it is gone, or another
// one is found where it was.
Result<void> ask_for(const UniqueFd& netlink, const SocketEntry& listener,
                     std::vector<SocketEntry>& sockets) {
  Question question = question_for(listener.family, kListening, listener.port);
  std::ranges::copy(listener.bound, question.request.id.idiag_src);
  std::ranges::copy(listener.cookie, question.request.id.idiag_cookie);
  return ask(netlink, question, sockets);
}

// ListenCoresBucketsRatio opens several sockets on one address; the kernel picks one of them.
bool share_an_address(const std::vector<SocketEntry>& listeners) {
  std::set<std::pair<std::int32_t, std::string>> addresses;
  for (const SocketEntry& listener : listeners)
    addresses.emplace(listener.port, listener.address);
  return addresses.size() < listeners.size();
}

Result<UniqueFd> open_netlink() {
  UniqueFd netlink(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!netlink) return fail(system_error(errno, "netlink"));
  return netlink;
}

// A network namespace is a thread's: a thread of its own enters it and ends there. The socket goes
// on asking in it.
Result<UniqueFd> open_netlink_in(const std::string& path) {
  const UniqueFd space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!space) return fail(system_error(errno, path));
  Result<UniqueFd> netlink;
  std::thread([&] {
    if (::setns(space.get(), CLONE_NEWNET) != 0)
      netlink = fail(system_error(errno, "entering the network namespace " + path));
    else
      netlink = open_netlink();
  }).join();
  return netlink;
}

std::set<std::uint64_t> inodes_of(const std::vector<SocketEntry>& sockets) {
  std::set<std::uint64_t> inodes;
  for (const SocketEntry& socket : sockets)
    inodes.insert(socket.inode);
  return inodes;
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

Result<void> ListeningSockets::connect() {
  if (netlink_) return {};
  const std::string space = fmt::format("/proc/{}/ns/net", pid_);
  const auto theirs = read_link(space);
  const auto ours = read_link("/proc/self/ns/net");
  const bool same = theirs && ours && *theirs == *ours;
  auto opened = same ? open_netlink() : open_netlink_in(space);
  if (!opened) return fail(std::move(opened.error()));
  netlink_ = std::move(*opened);
  return {};
}

// No other can have come to the process without being new in the namespace.
Result<void> ListeningSockets::learn() {
  auto owned = socket_inodes(proc_, pid_);
  if (!owned) {
    families_ = {};
    return fail(std::move(owned.error()));
  }
  owned_ = std::move(*owned);
  return {};
}

// A server that listens by one family seldom begins to by the other; a count sees it.
bool ListeningSockets::is_left_out(std::size_t family, SocketCount count) const {
  return count == SocketCount::QueuesAlone && !families_[family].has_theirs &&
         std::ranges::any_of(families_, &Family::has_theirs);
}

// A walk through all listeners of the namespace takes as long as the kernel's table of them is
// wide, which grows with the host's memory; asking for one takes as long on any host.
std::optional<std::vector<SocketEntry>> ListeningSockets::by_name() {
  if (named_.empty() || named_in_a_row_ >= kMostInARow) return std::nullopt;
  std::vector<SocketEntry> sockets;
  for (const SocketEntry& listener : named_)
    if (!ask_for(netlink_, listener, sockets)) return std::nullopt;
  ++named_in_a_row_;
  return sockets;
}

Result<std::vector<ListenerUsage>> ListeningSockets::by_netlink(SocketCount count) {
  if (count == SocketCount::QueuesAlone)
    if (const auto sockets = by_name()) return usage_of(*sockets, owned_);
  named_in_a_row_ = 0;
  constexpr std::array kFamilies{AF_INET, AF_INET6};
  std::array<std::vector<SocketEntry>, kFamilies.size()> found;
  bool is_new = false;
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (is_left_out(i, count)) continue;
    if (auto asked = ask_for_all(netlink_, kFamilies[i], kListening, 0, found[i]); !asked)
      return fail(std::move(asked.error()));
    auto listening = inodes_of(found[i]);
    is_new = is_new || listening != families_[i].listening;
    families_[i].listening = std::move(listening);
  }
  if (is_new)
    if (auto learned = learn(); !learned) return fail(std::move(learned.error()));

  std::vector<SocketEntry> sockets;
  named_.clear();
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    std::set<std::int32_t> ports;
    for (const SocketEntry& socket : found[i]) {
      if (!owned_.contains(socket.inode)) continue;
      ports.insert(socket.port);
      named_.push_back(socket);
    }
    families_[i].has_theirs = !ports.empty();
    std::ranges::move(found[i], std::back_inserter(sockets));
    // What a listener accepts is of its own family; so the other one's connections are not asked
    // for.
    if (ports.empty() || count == SocketCount::QueuesAlone) continue;
    // One walk for all ports; what is not theirs is left out afterwards.
    const std::int32_t port = ports.size() == 1 ? *ports.begin() : 0;
    if (auto asked = ask_for_all(netlink_, kFamilies[i], kConnected, port, sockets); !asked)
      return fail(std::move(asked.error()));
  }
  if (named_.size() > kMostNamed || share_an_address(named_)) named_.clear();
  return usage_of(sockets, owned_);
}

Result<std::vector<ListenerUsage>> ListeningSockets::by_text(SocketCount count) {
  const auto owned = socket_inodes(proc_, pid_);
  if (!owned) return fail(owned.error());
  return usage_of(sockets_by_text(proc_, pid_, count), *owned);
}

Result<std::vector<ListenerUsage>> ListeningSockets::read(std::vector<std::string>& losses,
                                                          SocketCount count) {
  // A tree of files that stands for /proc has no kernel behind it to ask.
  if (proc_.root() != "/proc") return by_text(count);

  auto asked = connect();
  if (asked) {
    auto found = by_netlink(count);
    if (found) return found;
    // Half an answer may still be in it.
    netlink_ = {};
    asked = fail(std::move(found.error()));
  }
  auto read = by_text(count);
  if (read)
    add_loss(losses, fmt::format("The limits of the accept queues are unknown, because the "
                                 "kernel's sockets cannot be asked for ({}).",
                                 asked.error().what));
  return read;
}

Result<std::vector<ListenerUsage>> listeners(const ProcFs& proc, std::int32_t pid,
                                             std::vector<std::string>& losses, SocketCount count) {
  return ListeningSockets(proc, pid).read(losses, count);
}

}  // namespace mpm
