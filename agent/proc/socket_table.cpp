// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/socket_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>

#include "agent/proc/proc_parse.h"

namespace mpm {
namespace {

std::string address_text(int family, const void* bytes) {
  std::array<std::uint8_t, 16> raw{};
  std::memcpy(raw.data(), bytes, family == AF_INET ? 4 : 16);
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const std::uint8_t* from = raw.data();
  if (family == AF_INET6 && std::equal(kMapped.begin(), kMapped.end(), raw.begin())) {
    family = AF_INET;
    from += kMapped.size();
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, from, text.data(), text.size()) != nullptr ? text.data() : "";
}

SocketEntry entry_of(const inet_diag_msg& message) {
  SocketEntry entry;
  entry.address = address_text(message.idiag_family, message.id.idiag_src);
  entry.port = ntohs(message.id.idiag_sport);
  entry.state = static_cast<TcpState>(message.idiag_state);
  entry.inode = message.idiag_inode;
  if (entry.state == TcpState::Listen) {
    entry.queue = message.idiag_rqueue;
    entry.queue_limit = message.idiag_wqueue;
    entry.family = message.idiag_family;
    std::copy_n(message.id.idiag_src, entry.bound.size(), entry.bound.begin());
    std::copy_n(message.id.idiag_cookie, entry.cookie.size(), entry.cookie.begin());
  }
  return entry;
}

// "0100007F:1F90": the address in the host's byte order, 32 bits at a time; the port is plain.
bool read_end(std::string_view text, SocketEntry& entry) {
  const auto colon = text.find(':');
  if (colon != 8 && colon != 32) return false;
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < colon / 8; ++i) {
    const auto word = parse_hexadecimal(text.substr(i * 8, 8));
    if (!word) return false;
    words[i] = static_cast<std::uint32_t>(*word);
  }
  const auto port = parse_hexadecimal(text.substr(colon + 1));
  if (!port || *port > 65535) return false;
  entry.address = address_text(colon == 8 ? AF_INET : AF_INET6, words.data());
  entry.port = static_cast<std::int32_t>(*port);
  return true;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(' ', at)) != std::string_view::npos;) {
    const auto end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

// "  0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000 0 0 4242 ..."
std::optional<SocketEntry> entry_of(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 10) return std::nullopt;
  SocketEntry entry;
  const auto state = parse_hexadecimal(words[3]);
  if (!state || !read_end(words[1], entry)) return std::nullopt;
  entry.state = static_cast<TcpState>(*state);
  std::from_chars(words[9].data(), words[9].data() + words[9].size(), entry.inode);
  const auto colon = words[4].find(':');
  if (entry.state == TcpState::Listen && colon != std::string_view::npos)
    entry.queue =
        static_cast<std::int64_t>(parse_hexadecimal(words[4].substr(colon + 1)).value_or(0));
  return entry;
}

bool wildcard(const std::string& address) {
  return address == "0.0.0.0" || address == "::";
}

}  // namespace

DiagBatch decode_diag(std::span<const std::byte> bytes) {
  DiagBatch batch;
  while (bytes.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, bytes.data(), sizeof(header));
    if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > bytes.size()) break;
    const auto payload = bytes.subspan(NLMSG_HDRLEN, header.nlmsg_len - sizeof(header));
    if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
      batch.done = true;
      if (header.nlmsg_type == NLMSG_ERROR && payload.size() >= sizeof(int)) {
        std::memcpy(&batch.error, payload.data(), sizeof(int));
        batch.error = -batch.error;
      }
      break;
    }
    if (payload.size() >= sizeof(inet_diag_msg)) {
      inet_diag_msg message{};
      std::memcpy(&message, payload.data(), sizeof(message));
      batch.sockets.push_back(entry_of(message));
    }
    bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), NLMSG_ALIGN(header.nlmsg_len)));
  }
  return batch;
}

std::vector<SocketEntry> parse_net_tcp(std::string_view text) {
  std::vector<SocketEntry> sockets;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (auto entry = entry_of(text.substr(0, end))) sockets.push_back(std::move(*entry));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return sockets;
}

std::vector<ListenerUsage> usage_of(std::span<const SocketEntry> sockets,
                                    const std::set<std::uint64_t>& owned) {
  std::map<std::pair<std::int32_t, std::string>, ListenerUsage> found;
  for (const SocketEntry& socket : sockets) {
    if (socket.state != TcpState::Listen || !owned.contains(socket.inode)) continue;
    // ListenCoresBucketsRatio opens one socket a bucket on the same address.
    ListenerUsage& listener = found[{socket.port, socket.address}];
    listener.address = socket.address;
    listener.port = socket.port;
    listener.queue += socket.queue;
    listener.queue_limit += socket.queue_limit;
  }
  auto listener_for = [&](const SocketEntry& socket) -> ListenerUsage* {
    if (auto exact = found.find({socket.port, socket.address}); exact != found.end())
      return &exact->second;
    for (auto& [key, listener] : found)
      if (key.first == socket.port && wildcard(key.second)) return &listener;
    return nullptr;
  };
  for (const SocketEntry& socket : sockets) {
    ListenerUsage* listener = listener_for(socket);
    if (listener == nullptr) continue;
    switch (socket.state) {
      case TcpState::Established:
        ++listener->established;
        break;
      case TcpState::FinWait1:
      case TcpState::FinWait2:
      case TcpState::CloseWait:
      case TcpState::LastAck:
      case TcpState::Closing:
        ++listener->closing;
        break;
      default:
        break;
    }
  }
  std::vector<ListenerUsage> listeners;
  listeners.reserve(found.size());
  for (auto& [key, listener] : found)
    listeners.push_back(std::move(listener));
  return listeners;
}

}  // namespace mpm
