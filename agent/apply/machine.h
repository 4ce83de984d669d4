// SPDX-License-Identifier: Apache-2.0
//
// The life of a change as one table, and why it is safe. The executor journals a phase, then
// takes the step that the phase calls for, then journals where that led; so whoever comes back
// after a crash finds a phase, and `interrupted` says where to go on.
//
// The laws below the table hold for every path over every edge, interruptions among them, and are
// checked when this is compiled. machine_test.cpp changes each cell of the table in every way and
// sees that no changed table keeps them all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "schema/model/change.h"

namespace mpm::apply {

enum class Effect : std::uint8_t {
  None,      // the change has ended
  BackUp,    // save the files
  Write,     // write them
  Check,     // let the server check them
  Load,      // tell the server to load them
  Verify,    // see in the server that they are in force
  Watch,     // see that it is not worse than before
  Restore,   // bring the files back
  LoadBack,  // when the server may run with the new ones, make it run with the old ones
};
inline constexpr std::size_t kEffects = 9;

struct Row {
  Phase phase;
  Effect effect;      // taken in this phase
  Phase done;         // where it leads when it succeeds,
  Phase failed;       // when it fails or says no,
  Phase interrupted;  // and when the process ended in this phase, before or after it
};
using Table = std::array<Row, kPhases>;

// clang-format off
inline constexpr Table kLife{{
    // phase            effect             done              failed            interrupted
    {Phase::Planned,   Effect::BackUp,   Phase::BackedUp,  Phase::Abandoned, Phase::Abandoned},
    {Phase::BackedUp,  Effect::Write,    Phase::Written,   Phase::Undoing,   Phase::Undoing},
    {Phase::Written,   Effect::Check,    Phase::Accepted,  Phase::Undoing,   Phase::Undoing},
    {Phase::Accepted,  Effect::Load,     Phase::Loaded,    Phase::Undoing,   Phase::Undoing},
    {Phase::Loaded,    Effect::Verify,   Phase::Verified,  Phase::Undoing,   Phase::Undoing},
    {Phase::Verified,  Effect::Watch,    Phase::Kept,      Phase::Undoing,   Phase::Undoing},
    {Phase::Undoing,   Effect::Restore,  Phase::Restored,  Phase::Stuck,     Phase::Undoing},
    {Phase::Restored,  Effect::LoadBack, Phase::Undone,    Phase::Stuck,     Phase::Restored},
    {Phase::Kept,      Effect::None,     Phase::Kept,      Phase::Kept,      Phase::Kept},
    {Phase::Undone,    Effect::None,     Phase::Undone,    Phase::Undone,    Phase::Undone},
    {Phase::Abandoned, Effect::None,     Phase::Abandoned, Phase::Abandoned, Phase::Abandoned},
    {Phase::Stuck,     Effect::None,     Phase::Stuck,     Phase::Stuck,     Phase::Stuck},
}};
// clang-format on

constexpr const Row& row(const Table& table, Phase phase) {
  return table[static_cast<std::size_t>(phase)];
}
constexpr const Row& row(Phase phase) {
  return row(kLife, phase);
}

namespace law {

constexpr bool is_end(const Table& table, Phase phase) {
  return row(table, phase).effect == Effect::None;
}

constexpr bool ends_are_those_of_the_contract(const Table& table) {
  for (const Row& at : table)
    if (is_end(table, at.phase) != has_ended(at.phase)) return false;
  return true;
}

// Row i is of phase i, and what has ended stays where it is.
constexpr bool rows_are_in_order(const Table& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Row& at = table[i];
    if (static_cast<std::size_t>(at.phase) != i) return false;
    if (at.effect == Effect::None &&
        (at.done != at.phase || at.failed != at.phase || at.interrupted != at.phase))
      return false;
  }
  return true;
}

// No path is endless, but that one may be interrupted again and again in the same step, which
// then has to be one that may be repeated.
constexpr bool ends(const Table& table, Phase from, std::size_t fuel = kPhases) {
  if (is_end(table, from)) return true;
  if (fuel == 0) return false;
  const Row& at = row(table, from);
  const bool repeats = at.effect == Effect::Restore || at.effect == Effect::LoadBack;
  return ends(table, at.done, fuel - 1) && ends(table, at.failed, fuel - 1) &&
         (at.interrupted == from ? repeats : ends(table, at.interrupted, fuel - 1));
}

constexpr Phase after_success(const Table& table, Phase from, std::size_t fuel = kPhases) {
  return is_end(table, from) || fuel == 0 ? from
                                          : after_success(table, row(table, from).done, fuel - 1);
}

// Whether `to` can be reached from `from` without `needed` having succeeded on the way.
constexpr bool avoids(const Table& table, Phase from, Phase to, Effect needed,
                      std::size_t fuel = kPhases) {
  if (from == to) return true;
  if (is_end(table, from) || fuel == 0) return false;
  const Row& at = row(table, from);
  return (at.effect != needed && avoids(table, at.done, to, needed, fuel - 1)) ||
         avoids(table, at.failed, to, needed, fuel - 1) ||
         (at.interrupted != from && avoids(table, at.interrupted, to, needed, fuel - 1));
}

constexpr bool is_on_the_way_back(Phase phase) {
  return phase >= Phase::Undoing && phase != Phase::Kept;
}

// In trouble a change goes back or ends, never on; and what did not fail is not stuck.
constexpr bool trouble_leads_back(const Table& table) {
  for (const Row& at : table) {
    if (is_end(table, at.phase)) continue;
    if (!is_on_the_way_back(at.failed) || !is_on_the_way_back(at.interrupted)) return false;
    if (at.done == Phase::Stuck || at.interrupted == Phase::Stuck) return false;
    const bool back = at.effect == Effect::Restore || at.effect == Effect::LoadBack;
    if ((at.failed == Phase::Stuck) != back) return false;
  }
  return true;
}

// Each step is taken in one phase, so that the journal says what may have begun.
constexpr bool steps_have_their_phase(const Table& table) {
  for (std::size_t effect = 1; effect < kEffects; ++effect) {
    int phases = 0;
    for (const Row& at : table)
      if (static_cast<std::size_t>(at.effect) == effect) ++phases;
    if (phases != 1) return false;
  }
  return true;
}

// Nothing is ...
constexpr bool nothing_is_left_out(const Table& table) {
  constexpr Phase start = Phase::Planned;
  return !avoids(table, start, Phase::Written, Effect::BackUp) &&   // written unsaved
         !avoids(table, start, Phase::Accepted, Effect::Write) &&   // checked unwritten
         !avoids(table, start, Phase::Loaded, Effect::Check) &&     // loaded unchecked
         !avoids(table, start, Phase::Verified, Effect::Load) &&    // seen unloaded
         !avoids(table, start, Phase::Kept, Effect::Verify) &&      // kept unseen
         !avoids(table, start, Phase::Kept, Effect::Watch) &&       // kept unwatched
         !avoids(table, start, Phase::Undoing, Effect::BackUp) &&   // brought back unsaved
         !avoids(table, start, Phase::Undone, Effect::Restore) &&   // undone with new files
         !avoids(table, start, Phase::Undone, Effect::LoadBack) &&  // undone in the files alone
         !avoids(table, Phase::Undoing, Phase::Undone, Effect::Restore) &&
         !avoids(table, Phase::BackedUp, Phase::Abandoned, Effect::None);  // touched and left
}

constexpr bool all(const Table& table) {
  if (!rows_are_in_order(table)) return false;
  for (const Row& at : table)
    if (!ends(table, at.phase)) return false;
  return after_success(table, Phase::Planned) == Phase::Kept &&
         after_success(table, Phase::Undoing) == Phase::Undone &&
         row(table, Phase::Planned).failed == Phase::Abandoned &&
         row(table, Phase::Planned).interrupted == Phase::Abandoned && trouble_leads_back(table) &&
         steps_have_their_phase(table) && nothing_is_left_out(table);
}

}  // namespace law

static_assert(law::rows_are_in_order(kLife));
static_assert(law::ends_are_those_of_the_contract(kLife));
static_assert(law::trouble_leads_back(kLife), "in trouble a change goes back");
static_assert(law::steps_have_their_phase(kLife), "each step is taken in one phase");
static_assert(law::nothing_is_left_out(kLife), "saved, written, checked, loaded, seen, watched");
static_assert(law::all(kLife));

}  // namespace mpm::apply
