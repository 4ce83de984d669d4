// SPDX-License-Identifier: Apache-2.0
//
// All ways on one case, and what many cases come to.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/regret/arms.h"

namespace mpm::regret {

// In the order of the table's columns.
inline constexpr std::array<std::string_view, 9> kWays{
    "default", "Debian", "a2buddy", "RSS", "IBM sat", "IBM hill", "Grad2", "ours 1", "ours 3"};
inline constexpr std::size_t kDefault = 0;
inline constexpr std::size_t kOursOnce = 7;
inline constexpr std::size_t kOurs = 8;

struct Match {
  std::string name;
  std::string about;
  Mpm mpm = Mpm::Event;
  Oracle best;
  std::array<Outcome, kWays.size()> outcomes{};
  std::vector<Round> rounds{};  // of ours

  // J over the oracle's, at least 1.
  double regret(std::size_t way) const;
  // J over that of httpd's defaults.
  double against_default(std::size_t way) const;
};

enum class Others : std::uint8_t { Left, Played };  // all but the defaults and ours
Match play(const Case& tried, Grid grid, Others others = Others::Played);

// What a way comes to over many cases.
struct Score {
  double mean = 0;  // geometric, of the regrets
  double p90 = 0;
  double worst = 0;
  double near = 0;      // share of the cases with a regret of 1.3 at most
  int harmed = 0;       // cases that the defaults serve better by more than 2 percent
  int over_budget = 0;  // cases whose memory was over its budget
};
Score score(const std::vector<Match>& matches, std::size_t way);

// A line of the table, and its head.
std::string head();
std::string line_of(const Match& match);
// What the engine said in each round, for who wants to know why.
std::string rounds_of(const Match& match);
// The scores of all ways.
std::string summary(const std::vector<Match>& matches);

}  // namespace mpm::regret
