// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/visitors.h"

#include <array>
#include <atomic>
#include <optional>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

#include "cli/socket.h"

namespace mpm::regret {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

enum class Answer : std::uint8_t { Good, Bad };

// Bytes of the answer, once its head is there; nullopt until then.
std::optional<std::size_t> length_of(std::string_view text) {
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return std::nullopt;
  const std::size_t at = text.substr(0, head).find(kLength);
  const std::size_t body =
      at == std::string_view::npos
          ? 0
          : std::stoul(std::string(text.substr(at + kLength.size(), head - at - kLength.size())));
  return head + 4 + body;
}

class Visitor {
 public:
  Visitor(const Visits& visits, std::uint32_t number) : visits_(visits), random_(number) {}

  Visited run() {
    std::exponential_distribution<double> think(1 / visits_.think_seconds);
    for (int i = 0; i < visits_.requests; ++i) {
      if (i > 0) std::this_thread::sleep_for(Seconds(think(random_)));
      const auto due = Clock::now();
      if (!ask(due + visits_.patience, i + 1 == visits_.requests)) {
        ++visited_.failed;
        break;
      }
      ++visited_.answered;
      visited_.seconds += Seconds(Clock::now() - due).count();
    }
    return visited_;
  }

 private:
  // A kept connection may end while its client thinks, and then it makes another.
  bool ask(Clock::time_point until, bool last) {
    const bool kept = static_cast<bool>(socket_);
    if (!kept) socket_ = begin_connecting(visits_.port);
    auto answer = socket_ ? answer_to(request(last), until) : std::nullopt;
    if (!answer && kept) {
      socket_ = begin_connecting(visits_.port);
      answer = socket_ ? answer_to(request(last), until) : std::nullopt;
    }
    if (answer != Answer::Good) socket_ = Descriptor();
    return answer == Answer::Good;
  }

  std::string request(bool last) const {
    return "GET " + visits_.path + " HTTP/1.1\r\nHost: localhost\r\n" +
           (last ? "Connection: close\r\n\r\n" : "\r\n");
  }

  // Nullopt: the connection ended before the first byte.
  std::optional<Answer> answer_to(const std::string& request, Clock::time_point until) {
    if (!ready(POLLOUT, until)) return Answer::Bad;
    if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0)
      return std::nullopt;
    std::string text;
    for (;;) {
      if (!ready(POLLIN, until)) return Answer::Bad;
      std::array<char, 4096> block{};
      const ssize_t got = ::recv(socket_.get(), block.data(), block.size(), 0);
      if (got <= 0 && text.empty()) return std::nullopt;
      if (got <= 0) return Answer::Bad;
      text.append(block.data(), static_cast<std::size_t>(got));
      if (const auto length = length_of(text); length && text.size() >= *length) break;
    }
    if (text.find("\r\nConnection: close") != std::string::npos) socket_ = Descriptor();
    return text.starts_with("HTTP/1.1 200") ? Answer::Good : Answer::Bad;
  }

  bool ready(short events, Clock::time_point until) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd waiting{socket_.get(), events, 0};
    return left.count() > 0 && ::poll(&waiting, 1, static_cast<int>(left.count())) > 0;
  }

  const Visits& visits_;
  std::mt19937 random_;
  Descriptor socket_;
  Visited visited_;
};

}  // namespace

Visited visit(const Visits& visits) {
  std::mt19937 random(42);
  std::exponential_distribution<double> gap(visits.visitors_per_second);
  const auto end = Clock::now() + visits.span;
  std::atomic<std::int64_t> answered = 0;
  std::atomic<std::int64_t> failed = 0;
  std::atomic<double> seconds = 0;
  {
    std::vector<std::jthread> visitors;
    auto due = Clock::now();
    for (std::uint32_t number = 0; due < end; ++number) {
      std::this_thread::sleep_until(due);
      visitors.emplace_back([&, number] {
        const Visited one = Visitor(visits, number).run();
        answered += one.answered;
        failed += one.failed;
        seconds += one.seconds;
      });
      due += std::chrono::duration_cast<Clock::duration>(Seconds(gap(random)));
    }
  }
  return {answered, failed, seconds};
}

}  // namespace mpm::regret
