// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/top.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWholeSpan{1000};
constexpr milliseconds kShortestSpan{200};
constexpr milliseconds kOldest{10'000};

// What somebody, or a slot, did since the look before.
struct Share {
  std::int64_t busy = 0;
  std::int64_t requests = 0;
  std::int64_t bytes = 0;
  std::int64_t serving = 0;
  double age_sum_seconds = 0;

  Share& operator+=(const Share& other) {
    busy += other.busy;
    requests += other.requests;
    bytes += other.bytes;
    serving += other.serving;
    age_sum_seconds += other.age_sum_seconds;
    return *this;
  }
};

using Shares = std::map<std::string, Share>;

std::pair<std::int32_t, std::int32_t> place(const WorkerView& worker) {
  return {worker.slot, worker.thread};
}

// worker's MPM leaves G behind where a thread has ended (tally.cpp).
bool holds(const WorkerView& worker, const Scoreboard& board) {
  return is_busy(worker.state) &&
         !(board.mpm == Mpm::Worker && worker.state == WorkerState::Graceful);
}

// Adds up, by vhost and by client, all slots of two looks that are in the same order.
class Sums {
 public:
  void add(const WorkerView* before, const WorkerView& now, const Scoreboard& board) {
    if (holds(now, board))
      add(now, {.busy = 1,
                .serving = now.serving ? 1 : 0,
                .age_sum_seconds = now.serving ? now.age_seconds.value_or(0) : 0});
    if (before == nullptr) return;
    const std::int64_t requests = now.accesses - before->accesses;
    const std::int64_t bytes = now.bytes - before->bytes;
    if (requests > 0 || bytes > 0)
      add(now.request.empty() ? *before : now, {.requests = std::max<std::int64_t>(requests, 0),
                                                .bytes = std::max<std::int64_t>(bytes, 0)});
  }
  const Shares& vhosts() const { return vhosts_; }
  const Shares& clients() const { return clients_; }

 private:
  void add(const WorkerView& named, const Share& share) {
    vhosts_[named.vhost] += share;
    clients_[named.client] += share;
  }

  Shares vhosts_;
  Shares clients_;
};

std::optional<double> span_of(const WorkersLook* before, const WorkersLook& now) {
  if (before == nullptr || before->board.restarted != now.board.restarted) return std::nullopt;
  const double span = Seconds(now.at - before->at).count();
  return span > 0 ? std::optional(span) : std::nullopt;
}

Holder holder(std::string name, const Share& share, std::optional<double> span) {
  Holder holder;
  holder.name = std::move(name);
  holder.busy = share.busy;
  if (span) {
    holder.requests_per_second = static_cast<double>(share.requests) / *span;
    holder.bytes_per_second = static_cast<double>(share.bytes) / *span;
  }
  if (share.serving > 0)
    holder.mean_age_seconds = share.age_sum_seconds / static_cast<double>(share.serving);
  return holder;
}

Holders foremost(const Shares& shares, std::optional<double> span, std::size_t limit) {
  std::vector<std::pair<std::string, Share>> named;
  Share others;
  for (const auto& [name, share] : shares) {
    if (name.empty())
      others += share;
    else
      named.emplace_back(name, share);
  }
  // Those that are equal stay in the order of their names.
  std::ranges::stable_sort(named, [](const auto& a, const auto& b) {
    return std::tuple(a.second.busy, a.second.requests, a.second.bytes) >
           std::tuple(b.second.busy, b.second.requests, b.second.bytes);
  });
  Holders holders;
  holders.names = static_cast<std::int64_t>(named.size());
  for (auto& [name, share] : named) {
    if (holders.foremost.size() < limit)
      holders.foremost.push_back(holder(std::move(name), share, span));
    else
      others += share;
  }
  holders.others = holder("", others, span);
  return holders;
}

std::vector<WorkerView> oldest_of(std::vector<WorkerView> workers, std::size_t limit) {
  std::erase_if(workers, [](const WorkerView& worker) { return !worker.serving; });
  std::ranges::stable_sort(workers, std::greater(), &WorkerView::age_seconds);
  if (workers.size() > limit) workers.resize(limit);
  return workers;
}

}  // namespace

Top top_of(const WorkersLook* before, const WorkersLook& now, std::size_t limit) {
  const auto span = span_of(before, now);
  const auto earlier = span ? all_workers(*before) : std::vector<WorkerView>();
  auto workers = all_workers(now);
  Sums sums;
  auto last = earlier.begin();
  for (const WorkerView& worker : workers) {
    while (last != earlier.end() && place(*last) < place(worker))
      ++last;
    const bool known = last != earlier.end() && place(*last) == place(worker);
    sums.add(known ? &*last : nullptr, worker, now.board);
  }
  return {span, foremost(sums.vhosts(), span, limit), foremost(sums.clients(), span, limit),
          oldest_of(std::move(workers), limit)};
}

std::shared_ptr<const WorkersLook> EarlierLooks::against(
    const std::shared_ptr<const WorkersLook>& now) {
  if (next_ && (now->at < next_->at || now->at - next_->at > kOldest)) {
    base_.reset();
    next_.reset();
  }
  if (!next_) {
    next_ = now;
    return nullptr;
  }
  if (now->at - next_->at >= kWholeSpan) {
    base_ = std::exchange(next_, now);
    return base_;
  }
  if (base_) return base_;
  return now->at - next_->at >= kShortestSpan ? next_ : nullptr;
}

}  // namespace mpm
