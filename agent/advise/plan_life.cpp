// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan_life.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/cap.h"
#include "agent/advise/finding.h"

namespace mpm::advise {
namespace {

// Fewer processes may each grow for as much longer.
void lengthen_life(Draft& draft) {
  const std::int64_t now = draft.facts.effective("MaxConnectionsPerChild");
  const std::int64_t before = draft.facts.running().value;
  if (draft.cap.rule != kShortLives || draft.processes() >= before) return;
  draft.set("MaxConnectionsPerChild", now * before / draft.processes(),
            {.because = fmt::format("{} processes in the memory of {} may each grow for as much "
                                    "longer.",
                                    draft.processes(), before),
             .formula = fmt::format("{} x {} / {}", now, before, draft.processes()),
             .rule = kShortLives});
}

// Of children that grow, what they may live for. Where so many end that it is one after the other,
// they are of all ages.
struct Lives {
  std::int64_t together = 0, all_ages = 0;
  bool hurried = false;
  std::int64_t wanted() const { return hurried ? all_ages : together; }
};

Lives lives_of(const Draft& draft, const Growth& growth, Bytes room, Processes all, Processes old) {
  const Bytes reserve = draft.facts.budget->total - draft.facts.cost->base - room;
  Lives lives{.together = life_of(growth, room, all, old)};
  lives.all_ages = life_of_all_ages(growth, {room, std::max(reserve, Bytes{})}, all, old);
  lives.hurried = draft.facts.seen.load.arrived_per_second > kStarted * number(lives.together);
  return lives;
}

}  // namespace

void plan_life(Draft& draft) {
  if (!draft.facts.growth) return lengthen_life(draft);
  if (!draft.facts.budget || !draft.facts.cost) return;
  const Growth& growth = *draft.facts.growth;
  const Bytes room = usable(*draft.facts.budget, *draft.facts.cost, draft.facts.policy);
  const Processes all{draft.processes()};
  const Processes old = draft.binds ? all : draft.facts.old_of(all, draft.value(draft.most()));
  const Lives lives = lives_of(draft, growth, room, all, old);
  const std::int64_t to = lives.wanted();
  if (to > kWorthEnding) return;
  const std::int64_t now = draft.facts.effective("MaxConnectionsPerChild");
  // That much is left of the memory anyway.
  if (now != 0 && kWorthLess * number(now) <= number(lives.all_ages)) return;
  std::string formula = fmt::format(
      "({} - {} processes x {} of a warm child) / {} of them that live long / {:.1f} KiB, at least "
      "50",
      in_words(room), all.value, in_words(growth.warm), old.value, growth.a_request / 1024);
  if (lives.hurried)
    formula += fmt::format(
        "; {} for those that end together, and these end one after the other: "
        "twice as many, as far as the reserve holds all at their end",
        lives.together);
  draft.set(
      "MaxConnectionsPerChild", to,
      {.because = fmt::format(
           "Children grow by {:.1f} KiB a request; after {} the next one begins anew, and all of "
           "them fit the memory. A keep-alive connection counts as one.",
           growth.a_request / 1024, to),
       .formula = std::move(formula),
       .rule = "children-grow"});
}

}  // namespace mpm::advise
