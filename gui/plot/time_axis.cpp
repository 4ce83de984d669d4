// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/time_axis.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <array>
#include <cmath>

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kShortest = 10s;
constexpr milliseconds kLongest = 24h * 400;
constexpr double kRoomOfTick = 80;  // pixels
constexpr qint64 kDay = 86'400;
constexpr std::array<qint64, 18> kSteps{1,   2,   5,    10,   15,    30,     60,     120,    300,
                                        600, 900, 1800, 3600, 7'200, 10'800, 21'600, 43'200, kDay};

milliseconds milliseconds_of(double count) {
  return milliseconds(std::llround(count));
}

QDateTime local(Instant at) {
  return QDateTime::fromMSecsSinceEpoch(at.time_since_epoch().count());
}

qint64 step_of(double seconds) {
  for (const qint64 step : kSteps)
    if (static_cast<double>(step) >= seconds) return step;
  return kDay * static_cast<qint64>(std::ceil(seconds / static_cast<double>(kDay)));
}

}  // namespace

Instant present() {
  return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

TimeSpan within_reason(TimeSpan span, Instant now) {
  const milliseconds length = std::clamp<milliseconds>(span.to - span.from, kShortest, kLongest);
  if (length != span.to - span.from) {
    const Instant middle = span.from + (span.to - span.from) / 2;
    span.from = middle - length / 2;
  }
  span.to = std::min(span.from + length, now);
  span.from = span.to - length;
  return span;
}

TimeSpan zoomed(TimeSpan span, Instant about, double factor) {
  const auto part = [&](Instant end) {
    return about + milliseconds_of(static_cast<double>((end - about).count()) * factor);
  };
  return {part(span.from), part(span.to)};
}

TimeSpan panned(TimeSpan span, double share) {
  const milliseconds by =
      milliseconds_of(static_cast<double>((span.to - span.from).count()) * share);
  return {span.from + by, span.to + by};
}

double pixel_of(const TimeSpan& span, double width, Instant at) {
  const auto whole = static_cast<double>((span.to - span.from).count());
  return whole <= 0 ? 0 : static_cast<double>((at - span.from).count()) / whole * width;
}

Instant instant_at(const TimeSpan& span, double width, double pixel) {
  if (width <= 0) return span.from;
  return span.from +
         milliseconds_of(static_cast<double>((span.to - span.from).count()) * pixel / width);
}

std::vector<TimeTick> time_ticks(const TimeSpan& span, double width) {
  std::vector<TimeTick> ticks;
  if (width < kRoomOfTick || span.to <= span.from) return ticks;
  const qint64 step = step_of(span.seconds() * kRoomOfTick / width);
  const QLocale locale;
  const QDateTime first = local(span.from);
  // Of each day anew, from its beginning: an hour that is missing or twice there moves nothing.
  for (QDate day = first.date(); local(span.to).date() >= day;
       day = day.addDays(std::max<qint64>(1, step / kDay))) {
    const QDateTime begin = day.startOfDay();
    const qint64 most = step >= kDay ? 1 : kDay;
    const qint64 skipped =
        step >= kDay ? 0 : std::max<qint64>(0, begin.secsTo(first)) / step * step;
    for (qint64 second = skipped; second < most; second += step) {
      const Instant at{milliseconds(begin.toMSecsSinceEpoch() + second * 1000)};
      if (at > span.to || second >= begin.secsTo(day.addDays(1).startOfDay())) break;
      if (at < span.from) continue;
      ticks.push_back({at, second == 0 ? locale.toString(day, QStringLiteral("d MMM"))
                           : step < 60 ? local(at).toString(QStringLiteral("HH:mm:ss"))
                                       : local(at).toString(QStringLiteral("HH:mm"))});
    }
  }
  return ticks;
}

double round_above(double value) {
  if (!(value > 0) || !std::isfinite(value)) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0})
    if (value <= factor * power * (1 + 1e-9)) return factor * power;
  return 10 * power;
}

}  // namespace mpm::gui
