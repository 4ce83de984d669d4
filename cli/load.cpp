// SPDX-License-Identifier: Apache-2.0
#include "cli/load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "cli/socket.h"

namespace mpm {
namespace {

using Clock = std::chrono::steady_clock;

struct Request {
  Descriptor socket;
  Clock::time_point due;
  bool sent = false;
  std::string head;  // of the answer, its first bytes
};

class Generator {
 public:
  explicit Generator(const LoadOptions& options)
      : options_(options),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        text_("GET " + options.path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") {
  }

  LoadResult run(const std::stop_token& stop) {
    std::mt19937 random(42);
    std::exponential_distribution<double> gap(options_.per_second);
    const auto begin = Clock::now();
    const auto end = begin + options_.span;
    auto due = begin;
    while (!stop.stop_requested()) {
      const auto now = Clock::now();
      for (; due <= now && due < end; due += std::chrono::duration_cast<Clock::duration>(
                                          std::chrono::duration<double>(gap(random)))) {
        note(due - begin);
        start(due);
      }
      if (due >= end && open_.empty()) break;
      give_up_before(now - options_.patience);
      handle(due < end ? due : now + std::chrono::milliseconds(20));
    }
    return summed_up();
  }

 private:
  void note(Clock::duration since_begin) {
    const auto second = static_cast<std::size_t>(since_begin / std::chrono::seconds(1));
    if (result_.begun_by_second.size() <= second) result_.begun_by_second.resize(second + 1);
    ++result_.begun_by_second[second];
    ++result_.begun;
  }

  void start(Clock::time_point due) {
    if (open_.size() >= options_.most_open) {
      ++result_.failed;
      return;
    }
    Descriptor socket = begin_connecting(options_.port);
    if (!socket) {
      ++result_.failed;
      return;
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.fd = socket.get();
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event);
    const int fd = socket.get();
    open_.emplace(fd, Request{std::move(socket), due, false, {}});
  }

  void handle(Clock::time_point until) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    std::array<epoll_event, 256> events{};
    const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(std::clamp<long>(left, 0, 20)));
    for (int i = 0; i < ready; ++i) {
      const auto found = open_.find(events[static_cast<std::size_t>(i)].data.fd);
      if (found != open_.end() && advance(found->second)) open_.erase(found);
    }
  }

  // True when the request has ended.
  bool advance(Request& request) {
    if (!request.sent) {
      const ssize_t sent = ::send(request.socket.get(), text_.data(), text_.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno == EAGAIN) return false;
        ++result_.failed;
        return true;
      }
      request.sent = true;
    }
    std::array<char, 16384> block;
    for (;;) {
      const ssize_t got = ::recv(request.socket.get(), block.data(), block.size(), 0);
      if (got < 0 && errno == EAGAIN) return false;
      if (got <= 0) {
        finish(request);
        return true;
      }
      if (request.head.size() < 16)
        request.head.append(block.data(), static_cast<std::size_t>(got));
    }
  }

  void finish(const Request& request) {
    if (request.head.compare(0, 12, "HTTP/1.1 200") != 0) {
      ++result_.failed;
      return;
    }
    ++result_.answered;
    latencies_.push_back(std::chrono::duration<double>(Clock::now() - request.due).count());
  }

  void give_up_before(Clock::time_point oldest) {
    result_.failed += static_cast<std::int64_t>(
        std::erase_if(open_, [&](const auto& entry) { return entry.second.due < oldest; }));
  }

  LoadResult summed_up() {
    std::ranges::sort(latencies_);
    if (!latencies_.empty()) {
      result_.mean_seconds = std::accumulate(latencies_.begin(), latencies_.end(), 0.0) /
                             static_cast<double>(latencies_.size());
      result_.p50_seconds = latencies_[latencies_.size() / 2];
      result_.p95_seconds = latencies_[latencies_.size() * 95 / 100];
      result_.p99_seconds = latencies_[latencies_.size() * 99 / 100];
    }
    return result_;
  }

  const LoadOptions& options_;
  Descriptor epoll_;
  const std::string text_;
  std::map<int, Request> open_;
  std::vector<double> latencies_;
  LoadResult result_;
};

}  // namespace

LoadResult generate(const LoadOptions& options, const std::stop_token& stop) {
  return Generator(options).run(stop);
}

}  // namespace mpm
