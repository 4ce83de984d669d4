// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/measure.h"

#include <algorithm>

namespace mpm::apply {
namespace {

constexpr double kLongestGap = 15;
// A worker count that is nearly the limit is the limit: one child may be dying.
constexpr double kPinned = 0.97;
// Clients repeat a SYN that was dropped after 1, 3 and 7 seconds; each repetition is counted.
constexpr double kOverflowWeight = 0.4;

double waiting(const Sample& sample) {
  return static_cast<double>(queue_of(sample.listeners));
}

// The kernel counts overflows for all the listeners of the network namespace. They are ours when
// a queue of ours is half full at least.
bool queue_is_filling(const Sample& sample) {
  return std::ranges::any_of(sample.listeners, [](const ListenerUsage& listener) {
    return listener.queue_limit > 0 && 2 * listener.queue >= listener.queue_limit;
  });
}

// Old processes finish what they began under the old settings.
double holding(const Sample& sample) {
  return static_cast<double>(std::max<std::int64_t>(0, sample.tally.busy - sample.tally.finishing));
}

double serving(const Sample& sample) {
  return std::max(
      0.0, holding(sample) - static_cast<double>(sample.tally.keepalive + sample.tally.reading));
}

bool is_saturated(const Sample& sample) {
  if (sample.tally.idle > 0 || sample.tally.busy == 0) return false;
  return sample.worker_limit == 0 ||
         holding(sample) >= kPinned * static_cast<double>(sample.worker_limit);
}

}  // namespace

void Block::add(const Block& other) {
  for (const auto sum :
       {&Block::seconds, &Block::completed, &Block::arrived, &Block::turned_away, &Block::serving,
        &Block::holding, &Block::waiting, &Block::saturated, &Block::saturated_and_waiting,
        &Block::silent, &Block::finished, &Block::durations})
    this->*sum += other.*sum;
}

std::optional<Block> between(const Sample& a, const Sample& b) {
  Block block;
  block.seconds = Seconds(b.at - a.at).count();
  if (block.seconds <= 0 || block.seconds > kLongestGap) return std::nullopt;
  if (b.accesses < a.accesses) return std::nullopt;
  const double queue = waiting(b);
  block.completed = static_cast<double>(b.accesses - a.accesses);
  block.arrived = std::max(0.0, block.completed + serving(b) - serving(a) + queue - waiting(a));
  if (queue_is_filling(a) || queue_is_filling(b))
    block.turned_away = kOverflowWeight * static_cast<double>(overflows_between(a, b));
  block.serving = serving(b) * block.seconds;
  block.holding = holding(b) * block.seconds;
  block.waiting = queue * block.seconds;
  if (is_saturated(b)) {
    block.saturated = block.seconds;
    if (queue > 0) block.saturated_and_waiting = block.seconds;
  }
  if (queue > 0 && block.completed == 0) block.silent = block.seconds;
  block.finished = static_cast<double>(b.work.finished);
  block.durations = b.work.duration_sum_seconds;
  return block;
}

}  // namespace mpm::apply
