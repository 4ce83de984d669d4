// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/match.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "agent/apache/directives.h"

namespace mpm::regret {
namespace {

constexpr int kRounds = 3;
constexpr double kNear = 1.3;
constexpr double kHarm = 1.02;

std::string in_words(const Directives& directives) {
  std::string words;
  for (const auto& [name, value] : directives)
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", name, value);
  return words.empty() ? "as it is" : words;
}

}  // namespace

double Match::regret(std::size_t way) const {
  return std::max(1.0, outcomes[way].seconds / best.outcome.seconds);
}

double Match::against_default(std::size_t way) const {
  return outcomes[way].seconds / outcomes[kDefault].seconds;
}

Match play(const Case& tried, Grid grid, Others others) {
  Match match{tried.name, tried.about, tried.mpm, oracle(tried, grid)};
  match.rounds = advised(tried, kRounds);
  match.outcomes[kDefault] = outcome_of(tried, defaults());
  match.outcomes[kOursOnce] = outcome_of(tried, match.rounds.front().directives);
  match.outcomes[kOurs] = outcome_of(tried, match.rounds.back().directives);
  if (others == Others::Left) return match;
  match.outcomes[1] = outcome_of(tried, debian(tried.mpm));
  match.outcomes[2] = outcome_of(tried, apache2buddy(tried));
  match.outcomes[3] = outcome_of(tried, memory_over_rss(tried));
  match.outcomes[4] = outcome_of(tried, saturation(tried));
  match.outcomes[5] = outcome_of(tried, hill_climb(tried));
  match.outcomes[6] = gradient2(tried);
  return match;
}

Score score(const std::vector<Match>& matches, std::size_t way) {
  std::vector<double> regrets;
  Score score;
  double logarithms = 0;
  for (const Match& match : matches) {
    regrets.push_back(match.regret(way));
    logarithms += std::log(regrets.back());
    if (match.against_default(way) > kHarm) ++score.harmed;
    if (match.outcomes[way].breaks_budget()) ++score.over_budget;
  }
  const auto count = static_cast<double>(regrets.size());
  std::ranges::sort(regrets);
  score.mean = std::exp(logarithms / count);
  score.p90 = regrets[std::min(regrets.size() - 1, static_cast<std::size_t>(0.9 * count))];
  score.worst = regrets.back();
  score.near = static_cast<double>(
                   std::ranges::count_if(regrets, [](double regret) { return regret <= kNear; })) /
               count;
  return score;
}

std::string head() {
  std::string text = fmt::format("{:4} {:7} {:38} {:>9}", "", "", "", "oracle s");
  for (const std::string_view way : kWays)
    text += fmt::format(" {:>9}", way);
  return text + "\n";
}

std::string line_of(const Match& match) {
  std::string text = fmt::format("{:4} {:7} {:38} {:9.4f}", match.name, name_of_mpm(match.mpm),
                                 match.about, match.best.outcome.seconds);
  for (std::size_t way = 0; way < kWays.size(); ++way)
    text += fmt::format(" {:8.2f}{}", match.regret(way),
                        match.outcomes[way].breaks_budget() ? '!' : ' ');
  return text + fmt::format("\n       oracle: {}\n       ours:   {}\n",
                            in_words(match.best.directives),
                            in_words(match.rounds.back().directives));
}

std::string rounds_of(const Match& match) {
  std::string text;
  for (const Round& round : match.rounds) {
    text += fmt::format("       {:.4f} s, {:.1f} % failed: {}\n", round.before.seconds,
                        100 * round.before.failed, round.proposal.verdict);
    for (const Finding& finding : round.proposal.findings)
      text += fmt::format("         {}: {}\n", finding.rule, finding.claim);
    for (const Change& change : round.proposal.changes)
      text += fmt::format("         {} {} -> {}: {}\n", change.directive, change.from, change.to,
                          change.because);
  }
  return text;
}

std::string summary(const std::vector<Match>& matches) {
  std::string text = fmt::format("{:10} {:>8} {:>8} {:>8} {:>8} {:>16} {:>12}\n", "", "mean", "p90",
                                 "worst", "<= 1.3", "worse than def.", "over budget");
  for (std::size_t way = 0; way < kWays.size(); ++way) {
    const Score of = score(matches, way);
    text += fmt::format("{:10} {:8.3f} {:8.2f} {:8.1f} {:7.0f}% {:16} {:12}\n", kWays[way], of.mean,
                        of.p90, of.worst, 100 * of.near, of.harmed, of.over_budget);
  }
  return text;
}

}  // namespace mpm::regret
