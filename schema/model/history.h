// SPDX-License-Identifier: Apache-2.0
//
// The past of one server: what was seen, in steps of time, and what happened meanwhile. A step in
// which nobody looked is not there: a gap stays a gap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/units.h"

namespace mpm {

// What the points were made of.
enum class Resolution : std::uint8_t {
  Sample,  // single looks
  Minute,  // minutes, summed up
  Hour,
};

enum class MarkKind : std::uint8_t {
  Began,        // the server was seen for the first time
  Restarted,    // its counters began anew, by a restart or SIGHUP
  Reloaded,     // gracefully
  Recommended,  // other directives than before
  Changed,      // a change of its configuration was begun
};

struct HistoryPoint {
  Instant at{};                               // the beginning of the step
  double seconds = 0;                         // of the step that were seen
  std::vector<std::optional<double>> values;  // as HistoryReport::fields; null: not known

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &HistoryPoint::at}, Field{"seconds", &HistoryPoint::seconds},
               Field{"values", &HistoryPoint::values});
  }
};

struct HistoryMark {
  Instant at{};
  MarkKind kind = MarkKind::Began;
  std::string sentence;
  std::int64_t change = 0;  // the id of the change that it tells of, or that came of it; 0: none

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &HistoryMark::at}, Field{"kind", &HistoryMark::kind},
               Field{"sentence", &HistoryMark::sentence}, Field{"change", &HistoryMark::change});
  }
};

struct HistoryReport {
  std::string server;  // "0.0.0.0:80 /etc/apache2/apache2.conf"
  Instant from{};
  Instant to{};
  double step_seconds = 0;  // of the points; longer than asked for where no finer ones are kept
  Resolution resolution = Resolution::Sample;
  std::vector<std::string> fields;
  std::vector<HistoryPoint> points;  // by time
  std::vector<HistoryMark> marks;    // by time

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"server", &HistoryReport::server}, Field{"from", &HistoryReport::from},
               Field{"to", &HistoryReport::to}, Field{"step_seconds", &HistoryReport::step_seconds},
               Field{"resolution", &HistoryReport::resolution},
               Field{"fields", &HistoryReport::fields}, Field{"points", &HistoryReport::points},
               Field{"marks", &HistoryReport::marks});
  }
};

// Where in the values of its points a field is; nullopt: the report does not tell it.
inline std::optional<std::size_t> place_of_field(const HistoryReport& report,
                                                 std::string_view field) {
  for (std::size_t i = 0; i < report.fields.size(); ++i)
    if (report.fields[i] == field) return i;
  return std::nullopt;
}

inline std::optional<double> value_of(const HistoryPoint& point, std::optional<std::size_t> place) {
  return place && *place < point.values.size() ? point.values[*place] : std::nullopt;
}

// By which what happened is marked on an axis of time.
constexpr char letter_of(MarkKind kind) {
  constexpr std::string_view kLetters = "BSGRC";  // as MarkKind
  const auto place = static_cast<std::size_t>(kind);
  return place < kLetters.size() ? kLetters[place] : '?';
}

}  // namespace mpm
