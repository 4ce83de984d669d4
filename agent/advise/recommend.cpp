// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/recommend.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/facts.h"
#include "agent/advise/plan.h"
#include "agent/advise/rules.h"
#include "agent/apache/directives.h"

namespace mpm {
namespace {

// Hours of the past that are known.
constexpr std::int64_t kDay = 24;
constexpr std::int64_t kWeek = 7 * kDay;

using advise::Facts;
using advise::Processors;

// How far the samples reach, and the one thing that holds it down.
std::pair<Confidence, std::string> confidence_of_samples(const Observation& seen) {
  if (seen.restarts > 0) return {Confidence::Low, "the server was reloaded while it was watched"};
  const std::int64_t hours = seen.past ? seen.past->hours : 0;
  if (seen.span_seconds < 60)
    return {hours >= kWeek ? Confidence::Medium : Confidence::Low,
            fmt::format("the server was watched for {:.0f} s only", seen.span_seconds)};
  if (hours >= kWeek) return {Confidence::High, ""};
  if (hours >= kDay)
    return {Confidence::Medium,
            fmt::format("the {} hours that are known need not hold the busiest of a week", hours)};
  if (seen.span_seconds < 3600)
    return {Confidence::Medium,
            fmt::format("{:.0f} minutes need not hold the busiest hour", seen.span_seconds / 60)};
  return {Confidence::High, ""};
}

std::vector<Finding> find(const Facts& facts) {
  std::vector<Finding> findings;
  for (const advise::Rule& rule : advise::rules()) {
    if (rule.needs_samples && !facts.enough) continue;
    auto found = rule.judge(facts);
    if (!found) continue;
    found->rule = rule.id;
    found->formula = rule.formula;
    if (rule.needs_samples)
      found->confidence = std::min(found->confidence, confidence_of_samples(facts.seen).first);
    findings.push_back(std::move(*found));
  }
  std::ranges::stable_sort(findings, std::ranges::greater{}, &Finding::severity);
  return findings;
}

Severity worst(const std::vector<Finding>& findings) {
  return findings.empty() ? Severity::Fine : findings.front().severity;
}

std::string grade_of(const Facts& facts, const std::vector<Finding>& findings) {
  if (!facts.enough) return "-";
  const auto warnings = std::ranges::count(findings, Severity::Warning, &Finding::severity);
  switch (worst(findings)) {
    case Severity::Fine:
    case Severity::Note:
      return "A";
    case Severity::Advice:
      return "B";
    case Severity::Warning:
      return warnings > 1 ? "D" : "C";
    case Severity::Danger:
      return "F";
  }
  return "-";
}

// What is wrong, in the words that begin the verdict.
std::string_view headline(std::string_view rule) {
  constexpr std::array kHeadlines = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"connections-exhausted", "Processes refuse clients while workers are idle"},
      {"memory-overcommitted", "The memory would not hold with every worker busy"},
      {"workers-exhausted", "Clients wait because every worker is busy"},
      {"keepalive-holds-workers", "Idle keep-alive connections hold the workers"},
      {"workers-nearly-exhausted", "The load comes near the limit"},
      {"listen-overflows", "The kernel turns clients away"},
      {"cpu-saturated", "The processors are the bottleneck"},
      {"backend-saturated", "Something behind httpd is full"},
      {"smaller-pool-brought-more", "Fewer workers brought more"},
      {"php-pool-full", "php-fpm is full"},
      {"ramp-limited", "Clients wait while httpd starts processes"},
      {"children-grow", "Children grow with every request"},
      {"children-end-together", "Children end together"},
      {"server-limit-without-slack", "A reload under load can hang the port"},
  });
  for (const auto& [known, words] : kHeadlines)
    if (known == rule) return words;
  return "Something should be looked at";
}

std::string verdict_of(const Facts& facts, const Proposal& proposal) {
  if (!facts.enough) return "Too little was seen to judge by.";
  if (worst(proposal.findings) < Severity::Advice && proposal.changes.empty()) {
    const auto fits = facts.workers_that_fit();
    return fmt::format("{:.0f} of {} workers were busy at the peak{}; nothing to do.",
                       facts.seen.load.busy.p99, facts.limit(),
                       fits ? fmt::format(", memory allows {}", *fits) : std::string());
  }
  std::string sentence = proposal.findings.empty()
                             ? "The load comes near the limit"
                             : std::string(headline(proposal.findings.front().rule));
  if (proposal.changes.empty()) return sentence + "; no directive cures it.";
  // The number of workers says most to most people.
  const auto workers =
      std::ranges::find(proposal.changes, facts.pool_directive(), &Change::directive);
  const Change& first = workers != proposal.changes.end() ? *workers : proposal.changes.front();
  sentence += fmt::format(": {} {} from {} to {}", first.to > first.from ? "raise" : "lower",
                          first.directive, first.from, first.to);
  const auto others = proposal.changes.size() - 1;
  if (others > 0)
    sentence += fmt::format(", and {} more directive{}", others, others == 1 ? "" : "s");
  return sentence + ".";
}

// How sure, and the one thing that most holds it down.
std::pair<Confidence, std::string> confidence_of(const Facts& facts) {
  const Observation& seen = facts.seen;
  if (!facts.enough) return {Confidence::None, "too little was seen"};
  if (!facts.cost)
    return {Confidence::Low, seen.memory ? "the children have served too little to know their size"
                                         : "the memory of the processes could not be read"};
  if (facts.demand.censored) return {Confidence::Low, "the limit hid how much the clients ask for"};
  if (facts.processors() == Processors::Untold)
    return {Confidence::Low, "whose work fills the processors is not known"};
  return confidence_of_samples(seen);
}

std::string block_of(const Proposal& proposal) {
  if (proposal.changes.empty() || !proposal.mpm) return {};
  std::string inside;
  std::string outside;
  for (const Change& change : proposal.changes) {
    // Directives of httpd's core stand beside the block of the MPM.
    const bool core = change.directive == "KeepAliveTimeout";
    (core ? outside : inside) +=
        fmt::format("{}{} {}\n", core ? "" : "    ", change.directive, change.to);
  }
  std::string block;
  if (!inside.empty())
    block = fmt::format("<IfModule {}>\n{}</IfModule>\n", module_identifier(*proposal.mpm), inside);
  return block + outside;
}

std::int64_t planned(const Proposal& proposal, std::string_view directive, std::int64_t now) {
  const auto change = std::ranges::find(proposal.changes, directive, &Change::directive);
  return change == proposal.changes.end() ? now : change->to;
}

std::optional<MemorySum> sum_of(const Facts& facts, const Proposal& proposal) {
  if (!facts.enough || !facts.budget || !facts.cost) return std::nullopt;
  const std::int64_t unit = facts.per_process();
  const std::int64_t workers = planned(proposal, facts.pool_directive(), facts.limit());
  // The sum is of processes as they were seen, and winnt's only one would be another.
  if (facts.seen.mpm == Mpm::Winnt && workers != facts.limit()) return std::nullopt;
  const std::int64_t running = (workers + unit - 1) / unit;
  // Under event old processes live beside the new ones, up to ServerLimit.
  const std::int64_t limit =
      facts.seen.mpm == Mpm::Event
          ? std::max(running, planned(proposal, "ServerLimit", facts.effective("ServerLimit")))
          : running;
  return advise::memory_sum(*facts.budget, *facts.cost, Processes{running}, Processes{limit},
                            *facts.workers_that_fit());
}

}  // namespace

Proposal recommend(const Observation& seen, const Policy& policy) {
  const Facts facts(seen, policy);
  Proposal proposal;
  proposal.pid = seen.pid;
  proposal.mpm = seen.mpm;
  proposal.observed_seconds = seen.span_seconds;
  proposal.samples = seen.samples;
  proposal.basis = seen.basis;
  proposal.findings = find(facts);
  proposal.changes = advise::plan(facts);
  std::tie(proposal.confidence, proposal.weakest) = confidence_of(facts);
  for (Change& change : proposal.changes) {
    change.confidence = proposal.confidence;
    proposal.restart = std::max(proposal.restart, change.restart);
  }
  proposal.memory = sum_of(facts, proposal);
  proposal.grade = grade_of(facts, proposal.findings);
  proposal.verdict = verdict_of(facts, proposal);
  proposal.block = block_of(proposal);
  return proposal;
}

}  // namespace mpm
