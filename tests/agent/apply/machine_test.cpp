// SPDX-License-Identifier: Apache-2.0
//
// Whether the laws of a change's life are strong enough: every other table that differs in one
// cell breaks one of them.
#include "agent/apply/machine.h"

#include <gtest/gtest.h>

#include "schema/codec/names.h"

namespace mpm::apply {
namespace {

struct Mutants {
  int made = 0;
  std::vector<std::string> survivors;

  void judge(const Table& table, const Row& row, const char* cell, std::size_t value) {
    ++made;
    if (law::all(table))
      survivors.push_back(std::string(name_of(row.phase)) + "." + cell + " = " +
                          std::to_string(value));
  }
};

void change_phase(Mutants& mutants, std::size_t i, Phase Row::*cell, const char* name) {
  for (std::size_t other = 0; other < kPhases; ++other) {
    Table table = kLife;
    if (static_cast<std::size_t>(table[i].*cell) == other) continue;
    table[i].*cell = static_cast<Phase>(other);
    mutants.judge(table, kLife[i], name, other);
  }
}

TEST(LifeOfAChange, LosesALawWithEveryCellThatIsChanged) {
  Mutants mutants;
  for (std::size_t i = 0; i < kPhases; ++i) {
    for (std::size_t other = 0; other < kEffects; ++other) {
      Table table = kLife;
      if (static_cast<std::size_t>(table[i].effect) == other) continue;
      table[i].effect = static_cast<Effect>(other);
      mutants.judge(table, kLife[i], "effect", other);
    }
    change_phase(mutants, i, &Row::phase, "phase");
    change_phase(mutants, i, &Row::done, "done");
    change_phase(mutants, i, &Row::failed, "failed");
    change_phase(mutants, i, &Row::interrupted, "interrupted");
  }
  EXPECT_EQ(mutants.made, 12 * (8 + 4 * 11));
  EXPECT_EQ(mutants.survivors, std::vector<std::string>{});
}

TEST(LifeOfAChange, HasAWordForEachPhase) {
  static_assert(kWords<Phase>.size() == kPhases);
  EXPECT_EQ(name_of(Phase::Planned), "planned");
  EXPECT_EQ(name_of(Phase::Stuck), "stuck");
}

}  // namespace
}  // namespace mpm::apply
