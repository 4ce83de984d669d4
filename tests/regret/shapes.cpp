// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/shapes.h"

#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

namespace mpm::regret {
namespace {

using model::LoadShape;
using model::ServiceTime;

constexpr std::size_t kUsual = 300;  // seconds
constexpr std::size_t kLong = 600;

using Rates = std::vector<double>;  // clients, by second

Rates steady(double a_second, std::size_t seconds = kUsual) {
  return Rates(seconds, a_second);
}

// In each period, from its middle on and for `lasts` seconds, `high` instead of `low`.
struct Bursts {
  double low = 0, high = 0;
  int lasts = 20;
  int period = 120;
};

Rates bursts(const Bursts& shape) {
  Rates rates = steady(shape.low);
  for (std::size_t second = 0; second < rates.size(); ++second) {
    const int phase = static_cast<int>(second) % shape.period - shape.period / 2;
    if (phase >= 0 && phase < shape.lasts) rates[second] = shape.high;
  }
  return rates;
}

Rates waves(double low, double high, double period, std::size_t seconds) {
  Rates rates = steady(0, seconds);
  for (std::size_t second = 0; second < seconds; ++second) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(second) / period;
    rates[second] = low + (high - low) * (1 - std::cos(phase)) / 2;
  }
  return rates;
}

// Seconds of a processor, of the rest, and how much the rest varies.
struct Request {
  double processor = 0;
  double rest = 0;
  double variation = 1;
};

LoadShape load(Rates clients, const Request& request) {
  LoadShape shape;
  shape.clients = std::move(clients);
  shape.processor = ServiceTime(request.processor, 1);
  shape.service = ServiceTime(request.rest, request.variation);
  return shape;
}

// Clients that ask eight times, with four seconds between two.
LoadShape sessions(double a_second) {
  LoadShape shape = load(steady(a_second), {0.005, 0.03});
  shape.requests_a_client = 8;
  shape.think_seconds = 4;
  return shape;
}

std::vector<Case> prefork_cases() {
  return {{.name = "L1",
           .about = "steady, in order as it is",
           .mpm = Mpm::Prefork,
           .load = load(steady(60), {0.04, 0.02}),
           .memory = {.budget = 1.2e9, .grown = 30e6}},
          {.name = "L2",
           .about = "memory for fewer than the default",
           .mpm = Mpm::Prefork,
           .load = load(steady(150), {0.005, 0.3}),
           .memory = {.budget = 2e9, .grown = 25e6}},
          {.name = "L3",
           .about = "bursts of more than memory holds",
           .mpm = Mpm::Prefork,
           .load = load(bursts({60, 250, 20, 100}), {0.008, 0.3, 8}),
           .memory = {.budget = 1.8e9, .grown = 30e6}},
          {.name = "L4",
           .about = "kept connections hold the workers",
           .mpm = Mpm::Prefork,
           .load = sessions(14),
           .memory = {.grown = 10e6}},
          {.name = "L9",
           .about = "a burst that starts children",
           .mpm = Mpm::Prefork,
           .load = load(bursts({20, 400, 20, 120}), {0.003, 0.25}),
           .memory = {.grown = 15e6}},
          {.name = "L11",
           .about = "children that grow",
           .mpm = Mpm::Prefork,
           .load = load(steady(110, kLong), {0.01, 0.08}),
           .memory = {.budget = 0.7e9, .grown = 8e6, .leaked = 60e3}}};
}

std::vector<Case> threaded_cases() {
  return {{.name = "L5",
           .about = "kept connections, in order as it is",
           .load = sessions(14),
           .memory = {.budget = 2e9, .thread = 1e6}},
          {.name = "L6",
           .about = "a demand that the limit hides",
           .load = load(steady(700), {0.001, 1, 8})},
          {.name = "L7",
           .about = "bursts of more than the processors do",
           .load = load(bursts({140, 270, 40, 135}), {0.02, 0.05}),
           .machine = {.cores = 4, .switching = 0.004}},
          {.name = "L8",
           .about = "bursts of more than a backend does",
           .load = load(bursts({120, 260, 40, 135}), {0.002, 0.08}),
           .machine = {.cores = 4, .backend_servers = 16, .backend_contention = 0.02}},
          {.name = "L10",
           .about = "a burst that starts children",
           .load = load(bursts({50, 1500, 20, 120}), {0.0015, 0.2}),
           .memory = {.budget = 3e9}},
          {.name = "L12",
           .about = "waves, in order as it is",
           .load = load(waves(50, 600, 300, kLong), {0.003, 0.5, 8}),
           .memory = {.budget = 3e9}},
          {.name = "L13",
           .about = "kept connections hold the threads",
           .mpm = Mpm::Worker,
           .load = sessions(18),
           .memory = {.budget = 3e9, .thread = 1e6}}};
}

// Draws for a random case.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  double between(double low, double high) { return low + (high - low) * random_.share(); }
  // As likely in each doubling.
  double across(double low, double high) {
    return std::exp(between(std::log(low), std::log(high)));
  }
  bool one_in(std::size_t count) { return random_.below(count) == 0; }
  std::size_t below(std::size_t count) { return random_.below(count); }

 private:
  model::Random random_;
};

Mpm any_mpm(Dice& dice) {
  constexpr std::array kMpms{Mpm::Prefork, Mpm::Prefork, Mpm::Event, Mpm::Event, Mpm::Worker};
  return kMpms[dice.below(kMpms.size())];
}

// `a_second` clients on average, or a little less.
Rates any_rates(Dice& dice, double a_second) {
  const std::size_t kind = dice.below(3);
  if (kind == 0) return steady(a_second);
  if (kind == 1) {
    const double times = dice.between(1.5, 8);
    const double low = a_second / std::sqrt(times);
    return bursts({low, low * times, static_cast<int>(dice.between(10, 40)),
                   static_cast<int>(dice.between(80, 150))});
  }
  const double depth = dice.between(0.3, 0.9);
  return waves(a_second * (1 - depth) / (1 + depth), a_second, 200, kUsual);
}

Case any_case(Dice& dice) {
  constexpr double kMostInside = 1200;  // requests, on average
  Case result;
  result.mpm = any_mpm(dice);
  const bool prefork = result.mpm == Mpm::Prefork;
  const Request request{dice.across(0.0005, 0.05), dice.across(0.005, 1.5),
                        dice.one_in(3) ? 8.0 : 1.0};
  const double cores = result.machine.cores;
  const double a_second = std::min({dice.between(0.05, 1.15) * cores / request.processor,
                                    dice.across(20, 1200), kMostInside / request.rest});
  const double kept = dice.one_in(3) ? dice.between(3, 10) : 1;
  const double think = dice.across(0.5, 8);
  result.load = load(any_rates(dice, a_second / kept), request);
  result.load.requests_a_client = kept;
  result.load.think_seconds = think;
  result.machine.switching = dice.across(0.0002, 0.004);
  result.memory.budget = dice.across(0.6e9, 6e9);
  result.memory.grown = dice.across(4e6, 40e6);
  result.memory.thread = dice.across(0.1e6, 3e6);
  if (dice.one_in(5)) {
    const double busy = a_second * request.rest;
    result.machine.backend_servers =
        std::max(2, static_cast<std::int32_t>(busy * dice.between(0.8, 1.6)));
    result.machine.backend_contention = dice.between(0, 0.03);
  }
  if (prefork && dice.one_in(6)) result.memory.leaked = dice.across(5e3, 80e3);
  result.about =
      fmt::format("{:.1f}+{:.0f} ms ({:.0f}), {:.0f}/s{}{}{}", 1000 * request.processor,
                  1000 * request.rest, request.variation, a_second, kept > 1 ? ", kept" : "",
                  result.machine.backend_servers > 0
                      ? fmt::format(", backend of {}", result.machine.backend_servers)
                      : "",
                  result.memory.leaked > 0 ? ", leak" : "");
  return result;
}

}  // namespace

std::vector<Case> hand_made() {
  std::vector<Case> cases = prefork_cases();
  for (Case& threaded : threaded_cases())
    cases.push_back(std::move(threaded));
  std::ranges::sort(cases, {}, [](const Case& one) { return std::stoi(one.name.substr(1)); });
  return cases;
}

std::vector<Case> random_cases(std::uint64_t seed, int count) {
  std::vector<Case> cases;
  model::Random seeds(seed);
  for (int i = 0; i < count; ++i) {
    Dice dice(seeds.next());
    cases.push_back(any_case(dice));
    cases.back().name = fmt::format("R{:02}", i);
  }
  return cases;
}

}  // namespace mpm::regret
