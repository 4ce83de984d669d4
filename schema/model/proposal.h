// SPDX-License-Identifier: Apache-2.0
//
// What the recommender says: findings, each with the numbers it rests on, the directive
// changes that follow, and the memory sum. Plain values; no behaviour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

enum class Severity : std::uint8_t { Fine, Note, Advice, Warning, Danger };
enum class Confidence : std::uint8_t { None, Low, Medium, High };
// What it takes to put a change in force.
enum class RestartClass : std::uint8_t { Graceful, Restart, StopStart };

struct Evidence {
  std::string metric;  // "busy workers, p99"
  double value = 0;
  double bound = 0;  // the number it was held against
  std::string unit;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"metric", &Evidence::metric}, Field{"value", &Evidence::value},
               Field{"bound", &Evidence::bound}, Field{"unit", &Evidence::unit});
  }
};

struct Finding {
  std::string rule;  // "workers-exhausted"
  Severity severity = Severity::Note;
  std::string claim;   // one sentence that an administrator can check
  std::string advice;  // what to do, when no directive change says it; may be empty
  std::vector<Evidence> evidence;
  std::string formula;  // how the claim follows from the evidence, and where that is from
  Confidence confidence = Confidence::Low;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"rule", &Finding::rule}, Field{"severity", &Finding::severity},
               Field{"claim", &Finding::claim}, Field{"advice", &Finding::advice},
               Field{"evidence", &Finding::evidence}, Field{"formula", &Finding::formula},
               Field{"confidence", &Finding::confidence});
  }
};

struct Change {
  std::string directive;
  std::int64_t from = 0;  // in force today, httpd's default when the file is silent
  std::int64_t to = 0;
  std::string because;  // a sentence with its numbers
  std::string formula;  // how `to` is reckoned, with the numbers in it
  std::vector<std::string> rules;
  RestartClass restart = RestartClass::Graceful;
  Confidence confidence = Confidence::Low;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"directive", &Change::directive}, Field{"from", &Change::from},
               Field{"to", &Change::to}, Field{"because", &Change::because},
               Field{"formula", &Change::formula}, Field{"rules", &Change::rules},
               Field{"restart", &Change::restart}, Field{"confidence", &Change::confidence});
  }
};

// A line of the memory sum. The terms add up: budget terms to the budget, cost terms to the
// worst case.
struct MemoryTerm {
  std::string text;  // "unique memory of 16 processes at 14.6 MB each"
  Bytes amount;      // negative when it is taken away

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"text", &MemoryTerm::text}, Field{"amount_bytes", &MemoryTerm::amount});
  }
};

struct MemorySum {
  std::vector<MemoryTerm> budget_terms;
  Bytes budget;
  std::vector<MemoryTerm> typical_terms;  // the proposed settings, every worker busy as usual
  Bytes typical;
  std::vector<MemoryTerm> worst_terms;  // every worker at the largest memory seen
  Bytes worst;
  std::int64_t workers_that_fit = 0;  // the most workers the budget holds; 0: not known

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(
        Field{"budget_terms", &MemorySum::budget_terms}, Field{"budget_bytes", &MemorySum::budget},
        Field{"typical_terms", &MemorySum::typical_terms},
        Field{"typical_bytes", &MemorySum::typical}, Field{"worst_terms", &MemorySum::worst_terms},
        Field{"worst_bytes", &MemorySum::worst},
        Field{"workers_that_fit", &MemorySum::workers_that_fit});
  }
};

struct Proposal {
  std::int32_t pid = 0;
  std::optional<Mpm> mpm;
  double observed_seconds = 0;
  std::int64_t samples = 0;
  std::string grade;  // "A" nothing to do .. "F" clients are being turned away; "-" too little data
  std::string verdict;            // one sentence
  std::vector<Finding> findings;  // worst first
  std::vector<Change> changes;
  std::optional<MemorySum> memory;
  RestartClass restart = RestartClass::Graceful;  // the strongest that any change needs
  Confidence confidence = Confidence::None;
  std::string weakest;  // what holds the confidence down, one clause
  std::string block;    // the directives to paste; empty when nothing changes
  std::string basis;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &Proposal::pid}, Field{"mpm", &Proposal::mpm},
               Field{"observed_seconds", &Proposal::observed_seconds},
               Field{"samples", &Proposal::samples}, Field{"grade", &Proposal::grade},
               Field{"verdict", &Proposal::verdict}, Field{"findings", &Proposal::findings},
               Field{"changes", &Proposal::changes}, Field{"memory", &Proposal::memory},
               Field{"restart", &Proposal::restart}, Field{"confidence", &Proposal::confidence},
               Field{"weakest", &Proposal::weakest}, Field{"block", &Proposal::block},
               Field{"basis", &Proposal::basis});
  }
};

}  // namespace mpm
