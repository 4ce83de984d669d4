// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/verdict_words.h"

#include <cmath>

#include <fmt/format.h>

namespace mpm::apply {
namespace {

constexpr double kLowLoad = 0.7;
constexpr const char* kRequest = "A request, its wait to be accepted included,";
constexpr const char* kServed = "A request, from its first byte to its end,";
constexpr const char* kHeld = "The work for a request in the full server";

std::string time(double seconds) {
  if (seconds < 0.01) return fmt::format("{:.1f} ms", 1000 * seconds);
  if (seconds < 1) return fmt::format("{:.0f} ms", 1000 * seconds);
  return fmt::format("{:.1f} s", seconds);
}

VerdictEvidence shifted(const char* measure, const Shift& shift, std::string sentence) {
  return {
      measure, shift.before_seconds, shift.before_seconds * std::exp(shift.bounds.mean), "seconds",
      false,   std::move(sentence)};
}

std::string at_least(const char* what, const Shift& shift, double load_ratio) {
  return fmt::format(
      "{} takes at least {:.2f} times as long as before at like load, most likely {:.2f} times "
      "({}, before {}); the load was {:.2f} times that of before.",
      what, std::exp(shift.bounds.low), std::exp(shift.bounds.mean),
      time(shift.before_seconds * std::exp(shift.bounds.mean)), time(shift.before_seconds),
      load_ratio);
}

std::string between_bounds(const char* what, const Shift& shift) {
  return fmt::format(
      "{} takes {:.2f} times as long as before at like load, or between {:.2f} and "
      "{:.2f} times ({}, before {}).",
      what, std::exp(shift.bounds.mean), std::exp(shift.bounds.low), std::exp(shift.bounds.high),
      time(shift.before_seconds * std::exp(shift.bounds.mean)), time(shift.before_seconds));
}

// What limits how much the end of a watch says.
std::string reserve(const WatchReport& report, const Comparison& comparison, Counting counting) {
  if (counting == Counting::Off)
    return " The time of requests could not be compared, because the server counts none: "
           "ExtendedStatus is Off. mpmctl apply ExtendedStatus=On --allow restart turns it on.";
  if (!comparison.has_baseline())
    return " Too little was seen before the change to compare the time of requests with.";
  if (comparison.too_much_load() > report.compared)
    return fmt::format(
        " For most of the time the load was higher than any before the change "
        "({:.1f} times on average), and what rose with it is not blamed on the "
        "change.",
        comparison.load_ratio());
  if (report.compared == 0) return " There were too few requests to compare.";
  if (comparison.load_ratio() < kLowLoad)
    return fmt::format(
        " The load was only {:.2f} times that of before: at full load the change "
        "is not proven.",
        comparison.load_ratio());
  return {};
}

}  // namespace

VerdictEvidence slower(const std::optional<Shift>& response, double load_ratio) {
  return shifted("response", *response, at_least(kRequest, *response, load_ratio));
}

VerdictEvidence longer(const std::optional<Shift>& duration, double load_ratio) {
  return shifted("duration", *duration, at_least(kServed, *duration, load_ratio));
}

VerdictEvidence held(const std::optional<Shift>& holding, double load_ratio) {
  return shifted("holding", *holding, at_least(kHeld, *holding, load_ratio));
}

VerdictEvidence full_at_the_end(const Block& before, const Block& after) {
  const double share_before = 100 * before.per_second(before.saturated_and_waiting);
  const double share = 100 * after.per_second(after.saturated_and_waiting);
  return {"saturation",
          share_before,
          share,
          "percent of the time",
          true,
          fmt::format("All workers were busy while connections waited in {:.0f} % of the time, "
                      "before the change in {:.0f} %, and the load was no higher.",
                      share, share_before)};
}

std::vector<VerdictEvidence> measures(const Comparison& comparison) {
  std::vector<VerdictEvidence> list;
  if (const auto shift = comparison.response())
    list.push_back(shifted("response", *shift, between_bounds(kRequest, *shift)));
  if (const auto shift = comparison.duration())
    list.push_back(shifted("duration", *shift, between_bounds(kServed, *shift)));
  if (const auto shift = comparison.holding())
    list.push_back(shifted("holding", *shift, between_bounds(kHeld, *shift)));
  const Block& before = comparison.before();
  const Block& after = comparison.after();
  if (after.seconds <= 0) return list;
  const auto rate = [&](const char* measure, double Block::*sum, const char* unit,
                        const char* sentence) {
    const double was = before.per_second(before.*sum);
    const double is = after.per_second(after.*sum);
    list.push_back({measure, was, is, unit, false, fmt::format(fmt::runtime(sentence), is, was)});
  };
  rate("load", &Block::arrived, "requests a second",
       "{:.1f} requests a second arrived, before the change {:.1f}.");
  rate("queue", &Block::waiting, "connections",
       "{:.1f} connections waited to be accepted on average, before the change {:.1f}.");
  rate("saturation", &Block::saturated, "part of the time",
       "All workers were busy in {:.2f} of the time, before the change in {:.2f}.");
  if (before.turned_away + after.turned_away > 0)
    rate("overflows", &Block::turned_away, "connections a second",
         "About {:.1f} connections a second were turned away by the kernel, before the change "
         "{:.1f}.");
  return list;
}

std::string undone(const WatchReport& report, const VerdictEvidence& cause) {
  return fmt::format("Undo, after {:.0f} s: {}", report.seconds, cause.sentence);
}

std::string standing(const WatchReport& report, const Comparison& comparison, Counting counting) {
  if (report.verdict == WatchVerdict::Undecided) {
    if (!report.settled)
      return fmt::format("{:.0f} s after the change the server is still settling.", report.seconds);
    return fmt::format(
        "{:.0f} s after the change nothing is decided yet; {} blocks of seconds "
        "could be compared.",
        report.seconds, report.compared);
  }
  std::string sentence =
      fmt::format("Keep, after {:.0f} s: no sign of harm was seen.", report.seconds);
  if (const auto shift = comparison.response()) sentence += " " + between_bounds(kRequest, *shift);
  return sentence + reserve(report, comparison, counting);
}

}  // namespace mpm::apply
