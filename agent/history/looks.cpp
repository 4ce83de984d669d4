// SPDX-License-Identifier: Apache-2.0
#include "agent/history/looks.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace mpm {
namespace {

constexpr std::chrono::seconds kSameStart{5};
// A worker count that is nearly the limit is the limit: one child may be dying.
constexpr double kPinned = 0.97;
// Clients repeat a SYN that was dropped after 1, 3 and 7 seconds; each repetition is counted.
constexpr double kOverflowWeight = 0.4;
constexpr double kShortestGap = 2;
constexpr std::int64_t kWrap = std::int64_t{1} << 32;

bool began_anew(const Sample& a, const Sample& b) {
  return a.pid != b.pid || std::chrono::abs(b.restarted - a.restarted) > kSameStart;
}

// A drop from near the end of 32 bits to near their beginning.
bool wrapped(std::int64_t before, std::int64_t after) {
  return before < kWrap && before > kWrap / 4 * 3 && after >= 0 && after < kWrap / 4;
}

// Workers are idle, and who waits can reach none of them.
bool none_listens(const Sample& sample) {
  return sample.tally.idle > 0 && sample.tally.deaf == sample.tally.idle &&
         queue_of(sample.listeners) > 0;
}

}  // namespace

double seconds_between(const Sample& a, const Sample& b) {
  return Seconds(b.at - a.at).count();
}

bool restarted_between(const Sample& a, const Sample& b) {
  return a.generation != b.generation || b.accesses < a.accesses || began_anew(a, b);
}

std::int64_t connections_of(const Sample& sample) {
  std::int64_t sum = 0;
  for (const ListenerUsage& listener : sample.listeners)
    sum += listener.established;
  return sum;
}

std::int64_t serving(const Sample& sample) {
  return sample.tally.busy - sample.tally.keepalive - sample.tally.reading;
}

bool is_pinned(const Sample& sample, std::int64_t limit) {
  const Tally& tally = sample.tally;
  const bool all_taken = tally.idle == 0 || (none_listens(sample) && !is_deaf(sample));
  return all_taken && limit > 0 &&
         static_cast<double>(tally.busy - tally.finishing + tally.idle) >=
             kPinned * static_cast<double>(limit);
}

bool is_deaf(const Sample& sample) {
  return none_listens(sample) && 4 * sample.tally.idle >= sample.tally.busy + sample.tally.idle;
}

double longest_gap(std::span<const Sample> samples) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < samples.size(); ++i)
    gaps.push_back(seconds_between(samples[i - 1], samples[i]));
  if (gaps.empty()) return kShortestGap;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>((gaps.size() - 1) / 2);
  std::ranges::nth_element(gaps, middle);
  return std::max(kShortestGap, 3 * *middle);
}

std::int64_t growth(std::int64_t before, std::int64_t after, bool restarted) {
  if (restarted) return std::max<std::int64_t>(0, after);
  if (after >= before) return after - before;
  return wrapped(before, after) ? after + kWrap - before : std::max<std::int64_t>(0, after);
}

Between between(const Sample& a, const Sample& b, double longest) {
  Between found;
  const bool dropped = b.accesses < a.accesses && !wrapped(a.accesses, b.accesses);
  found.restarted = began_anew(a, b) || dropped;
  found.reloaded = !found.restarted && a.generation != b.generation;
  const double seconds = seconds_between(a, b);
  found.comparable = seconds > 0 && seconds <= longest;
  if (!found.comparable) return found;
  found.seconds = seconds;
  found.requests = growth(a.accesses, b.accesses, found.restarted);
  found.bytes = growth(a.bytes, b.bytes, found.restarted);
  found.children_started = growth(a.children_started, b.children_started, a.pid != b.pid);
  found.children_ended = growth(a.children_ended, b.children_ended, a.pid != b.pid);
  found.overflows = overflows_between(a, b);
  found.arrivals = static_cast<double>(found.requests + serving(b) - serving(a) +
                                       queue_of(b.listeners) - queue_of(a.listeners)) +
                   kOverflowWeight * static_cast<double>(found.overflows);
  found.cpu_busy_seconds = std::max(0.0, b.host.cpu_busy_seconds - a.host.cpu_busy_seconds);
  found.cpu_total_seconds = std::max(0.0, b.host.cpu_total_seconds - a.host.cpu_total_seconds);
  return found;
}

}  // namespace mpm
