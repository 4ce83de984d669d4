// SPDX-License-Identifier: Apache-2.0
#include "cli/watch.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/amount.h"
#include "cli/bar.h"
#include "cli/output.h"

namespace mpm {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{250};
constexpr std::string_view kEraseLine = "\r\x1b[K";

// On a terminal a line that is drawn over itself; elsewhere one sentence, said once, because
// a log has no use for more.
class Progress {
 public:
  explicit Progress(ColorChoice color)
      : surroundings_(surroundings_of(STDERR_FILENO)), style_(style_for(color, surroundings_)) {}
  ~Progress() {
    if (shown_ && surroundings_.terminal) draw_stderr(kEraseLine);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const Observation& observation, double wanted) {
    if (surroundings_.terminal)
      draw_stderr(std::string(kEraseLine) + progress_line(observation, wanted, style_));
    else if (!shown_)
      say(fmt::format("watching httpd {} for {}.", observation.pid, duration(wanted)));
    shown_ = true;
  }

 private:
  Surroundings surroundings_;
  Style style_;
  bool shown_ = false;
};

}  // namespace

bool watched_enough(const Observation& observation, double wanted_seconds) {
  if (observation.samples < 2) return false;
  const double interval = observation.span_seconds / static_cast<double>(observation.samples - 1);
  return observation.span_seconds + 2 * interval >= wanted_seconds;
}

std::string progress_line(const Observation& observation, double wanted_seconds,
                          const Style& style) {
  const int cells = std::clamp(style.width - 50, 8, 30);
  const double seen = std::min(observation.span_seconds, wanted_seconds);
  return fmt::format(
      "watching  {}  {:.0f} s of {}, {}",
      fill_bar({.used = seen, .whole = wanted_seconds, .tone = Tone::Notice}, cells, style), seen,
      duration(wanted_seconds), plural(observation.samples, "sample"));
}

Result<std::int32_t> watch(Client& client, const Options& options) {
  const double wanted = options.watch_seconds.value_or(kUsualWatch);
  const Question question{.target = options.target, .window_seconds = options.watch_seconds};
  const auto give_up = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                                 std::chrono::duration<double>(2 * wanted + 5));
  Progress progress(options.color);
  while (true) {
    auto observation = client.observation(question);
    if (!observation) return fail(std::move(observation.error()));
    if (watched_enough(observation->value, wanted) || steady_clock::now() >= give_up)
      return observation->value.pid;
    progress.show(observation->value, wanted);
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace mpm
