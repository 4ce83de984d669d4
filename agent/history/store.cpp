// SPDX-License-Identifier: Apache-2.0
#include "agent/history/store.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "agent/base/file.h"
#include "schema/codec/instant.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr const char* kMemory = ":memory:";
constexpr milliseconds kBatch{1000};
constexpr milliseconds kHousework{60'000};
constexpr std::chrono::hours kKeptInMemory{1};
// Samples that wait for a disk that hangs; the oldest of more are lost.
constexpr std::size_t kMostQueued = 20'000;
// Deletions in a row, so that samples are not kept waiting.
constexpr int kMostDeletions = 20;

// "20261126T033704Z": sorts by time, and any file system takes it.
std::string stamp(Instant instant) {
  std::string text;
  for (const char c : to_text(instant)) {
    if (c == '.') break;
    if (c != '-' && c != ':') text += c;
  }
  return text + "Z";
}

Result<History> memory() {
  return History::open(kMemory);
}

}  // namespace

Store::Store(StoreOptions options, Clock& clock) : options_(std::move(options)), clock_(clock) {
  open(clock_.now());
  writer_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Store::~Store() {
  writer_ = {};
  write_queued();
  const std::lock_guard lock(history_mutex_);
  if (!in_memory_) (void)history_->end_use();
}

void Store::tell(const std::string& sentence) const {
  if (options_.tell) options_.tell(sentence);
}

// Called once, before there are threads.
void Store::open(Instant now) {
  if (options_.path != kMemory) {
    begin_file(now);
    if (history_) return;
  }
  auto opened = memory();
  if (opened) history_.emplace(std::move(*opened));
}

// The file, a new one where it is damaged, or memory. Under history_mutex_ once there are threads.
void Store::begin_file(Instant now) {
  auto begun = try_file();
  if (begun) return;
  if (begun.error().kind == Error::Kind::Malformed) {
    set_aside(begun.error(), now);
    begun = try_file();
  }
  if (!begun) fall_back(begun.error());
}

Result<void> Store::try_file() {
  auto opened = History::open(options_.path);
  if (!opened) return fail(std::move(opened.error()));
  const auto in_doubt = opened->begin_use();
  if (!in_doubt) return fail(in_doubt.error());
  is_in_doubt_ = *in_doubt;
  history_.emplace(std::move(*opened));
  in_memory_ = false;
  return {};
}

// On a connection of its own, because it reads all of the file: samples are written meanwhile.
void Store::check() {
  {
    const std::lock_guard lock(history_mutex_);
    if (!is_in_doubt_ || in_memory_) return;
    is_in_doubt_ = false;
  }
  auto reader = History::open_to_read(options_.path);
  if (!reader) return;
  const auto sound = reader->check();
  if (sound || sound.error().kind != Error::Kind::Malformed) return;
  const Instant now = clock_.now();
  const std::lock_guard lock(history_mutex_);
  set_aside(sound.error(), now);
  begin_file(now);
}

void Store::fall_back(const Error& error) {
  tell(
      fmt::format("The history is kept in memory, the last hour of it, because its file cannot be "
                  "used: {}. It is tried again every minute.",
                  error.what));
  auto opened = memory();
  if (!opened) return;
  history_.emplace(std::move(*opened));
  in_memory_ = true;
  const std::lock_guard lock(readers_mutex_);
  readers_.clear();
  ++era_;
}

void Store::set_aside(const Error& error, Instant now) {
  history_.reset();
  {
    const std::lock_guard lock(readers_mutex_);
    readers_.clear();
    ++era_;
  }
  in_memory_ = true;  // as long as there is no file
  const std::string aside = fmt::format("{}.damaged-{}", options_.path, stamp(now));
  for (const char* part : {"-wal", "-shm", ""})
    if (std::rename((options_.path + part).c_str(), (aside + part).c_str()) != 0 && *part == 0)
      tell(fmt::format("The damaged history could not be set aside: {}.",
                       system_error(errno, options_.path).what));
  tell(fmt::format("The history was damaged and is set aside as {}; a new one is begun: {}.", aside,
                   error.what));
}

void Store::append(StoredSample sample) {
  if (in_memory_) {
    write({std::move(sample)});
    return;
  }
  const std::lock_guard lock(queue_mutex_);
  if (queue_.size() >= kMostQueued) {
    queue_.erase(queue_.begin(), queue_.begin() + kMostQueued / 10);
    lost_ += kMostQueued / 10;
  }
  queue_.push_back(std::move(sample));
}

void Store::append(const std::string& server, const Proposal& proposal) {
  const std::lock_guard lock(history_mutex_);
  // What came of it is in the journal; that it is not noted here is no reason to withhold it.
  if (history_) (void)history_->append(server, proposal, clock_.now());
}

void Store::write_queued() {
  std::vector<StoredSample> samples;
  std::int64_t lost = 0;
  {
    const std::lock_guard lock(queue_mutex_);
    samples.swap(queue_);
    std::swap(lost, lost_);
  }
  if (lost > 0)
    tell(fmt::format("{} samples were lost, because {} took too long to write.", lost,
                     options_.path));
  if (!samples.empty()) write(samples);
}

void Store::write(const std::vector<StoredSample>& samples) {
  const std::lock_guard lock(history_mutex_);
  if (!history_) return;
  auto written = history_->append(samples);
  if (!written && !in_memory_) {
    if (written.error().kind == Error::Kind::Malformed) {
      set_aside(written.error(), clock_.now());
      begin_file(clock_.now());
    } else {
      fall_back(written.error());
    }
    written = history_ ? history_->append(samples) : written;
  }
  if (written) stored_ += static_cast<std::int64_t>(samples.size());
}

void Store::keep_house(Instant now) {
  Keeping keep = options_.keep;
  if (in_memory_) {
    if (options_.path != kMemory) {
      const std::lock_guard lock(history_mutex_);
      const auto begun = try_file();
      if (!begun && begun.error().kind == Error::Kind::Malformed) {
        set_aside(begun.error(), now);
        begin_file(now);
      }
      if (begun) tell(fmt::format("The history goes on in {}.", options_.path));
    }
    if (in_memory_) keep.samples = std::min(keep.samples, kKeptInMemory);
  }
  bool more = true;
  for (int round = 0; more && round < kMostDeletions; ++round) {
    const std::lock_guard lock(history_mutex_);
    if (!history_) return;
    auto done = round == 0 ? history_->roll_up(now) : Result<void>();
    auto forgotten = done ? history_->forget(keep, now) : Result<bool>(fail(done.error()));
    if (!forgotten && !in_memory_) {
      if (forgotten.error().kind == Error::Kind::Malformed) {
        set_aside(forgotten.error(), now);
        begin_file(now);
      } else {
        fall_back(forgotten.error());
      }
      return;
    }
    more = forgotten && *forgotten;
  }
}

void Store::run(const std::stop_token& stop) {
  auto next = clock_.mono();
  auto next_housework = next + kHousework;
  check();
  do {
    next = std::max(next + kBatch, clock_.mono());
    write_queued();
    if (clock_.mono() < next_housework) continue;
    next_housework = clock_.mono() + kHousework;
    keep_house(clock_.now());
  } while (clock_.sleep_until(next, stop));
}

Result<std::unique_ptr<History>> Store::borrow() {
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      auto reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  auto opened = History::open_to_read(options_.path);
  if (!opened) return fail(std::move(opened.error()));
  return std::make_unique<History>(std::move(*opened));
}

void Store::give_back(std::unique_ptr<History> reader, std::int64_t era) {
  constexpr std::size_t kMostReaders = 4;
  const std::lock_guard lock(readers_mutex_);
  if (era == era_ && readers_.size() < kMostReaders) readers_.push_back(std::move(reader));
}

}  // namespace mpm
