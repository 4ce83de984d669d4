// SPDX-License-Identifier: Apache-2.0
#include "agent/history/sketch.h"

#include <algorithm>
#include <cmath>

namespace mpm {
namespace {

const double kFactor = (1 + kSketchError) / (1 - kSketchError);
const double kLogFactor = std::log(kFactor);
constexpr double kLargest = 1e15;  // more counts as this; it bounds the intervals to about 1,200
constexpr std::int32_t kFarthest = 2000;

std::int32_t interval_of(double value) {
  return static_cast<std::int32_t>(std::ceil(std::log(std::min(value, kLargest)) / kLogFactor));
}

// The point of an interval that is as far, in shares, from either end.
double middle_of(std::int32_t interval) {
  return 2 * std::exp(interval * kLogFactor) / (kFactor + 1);
}

void put(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    bytes += static_cast<char>((number & 0x7f) | 0x80);
  bytes += static_cast<char>(number);
}

// Takes a number off the front; nullopt when there is none.
std::optional<std::uint64_t> take(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 63 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

}  // namespace

void Sketch::add(double value, std::int64_t times) {
  if (!(value >= 0) || times <= 0) return;
  if (value < kSketchZero)
    zeros_ += times;
  else
    add_to(interval_of(value), times);
}

void Sketch::add_to(std::int32_t interval, std::int64_t times) {
  const auto at = std::ranges::lower_bound(intervals_, interval, {}, &Interval::first);
  if (at != intervals_.end() && at->first == interval)
    at->second += times;
  else
    intervals_.insert(at, {interval, times});
}

void Sketch::merge(const Sketch& other) {
  zeros_ += other.zeros_;
  std::vector<Interval> all;
  all.reserve(intervals_.size() + other.intervals_.size());
  auto ours = intervals_.begin();
  for (const Interval& theirs : other.intervals_) {
    while (ours != intervals_.end() && ours->first < theirs.first)
      all.push_back(*ours++);
    all.push_back(theirs);
    if (ours != intervals_.end() && ours->first == theirs.first)
      all.back().second += (ours++)->second;
  }
  all.insert(all.end(), ours, intervals_.end());
  intervals_ = std::move(all);
}

std::int64_t Sketch::count() const {
  std::int64_t count = zeros_;
  for (const Interval& interval : intervals_)
    count += interval.second;
  return count;
}

std::optional<double> Sketch::quantile(double q) const {
  const std::int64_t whole = count();
  if (whole == 0) return std::nullopt;
  // The smallest that at least that share of them does not exceed: its place among all, sorted.
  const double places = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(whole));
  const std::int64_t place = std::max<std::int64_t>(1, static_cast<std::int64_t>(places));
  std::int64_t seen = zeros_;
  if (place <= seen) return 0;
  for (const Interval& interval : intervals_) {
    seen += interval.second;
    if (place <= seen) return middle_of(interval.first);
  }
  return middle_of(intervals_.back().first);
}

std::string Sketch::encoded() const {
  std::string bytes;
  put(bytes, static_cast<std::uint64_t>(zeros_));
  std::int32_t before = 0;
  for (const auto& [interval, times] : intervals_) {
    put(bytes, zigzag(interval - before));
    put(bytes, static_cast<std::uint64_t>(times));
    before = interval;
  }
  return bytes;
}

Result<Sketch> Sketch::decoded(std::string_view bytes) {
  const Error bad{Error::Kind::Malformed, "these bytes are no distribution"};
  Sketch sketch;
  const auto zeros = take(bytes);
  if (!zeros) return fail(bad);
  sketch.zeros_ = static_cast<std::int64_t>(*zeros);
  std::int64_t interval = 0;
  sketch.intervals_.reserve(bytes.size() / 2);
  while (!bytes.empty()) {
    const auto step = take(bytes);
    const auto times = take(bytes);
    if (!step || !times || *times == 0) return fail(bad);
    const std::int64_t next =
        interval + std::clamp<std::int64_t>(unzigzag(*step), -2 * kFarthest, 2 * kFarthest);
    const bool grows = sketch.intervals_.empty() || next > interval;
    if (!grows || std::abs(next) > kFarthest) return fail(bad);
    interval = next;
    sketch.intervals_.emplace_back(static_cast<std::int32_t>(interval),
                                   static_cast<std::int64_t>(*times));
  }
  return sketch;
}

}  // namespace mpm
