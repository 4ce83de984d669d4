// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan_life.h"

#include <algorithm>
#include <cmath>
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

// Of children that grow, the requests that they may live for. Where so many end that it is one
// after the other, they are of all ages.
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

// Of a connection when what is planned is in force.
struct Requests {
  double each = 1;
  bool known = false;
};

Requests requests_of(const Draft& draft) {
  const bool none_kept = draft.value("KeepAliveTimeout") == 0;
  return {.each = none_kept ? 1 : draft.facts.requests_a_connection(),
          .known = none_kept || draft.facts.seen.load.requests_per_connection > 0};
}

// Whether the connections in force leave as much of the memory anyway, and are not too few by now.
bool lives_well(std::int64_t now, double each, const Lives& lives) {
  const double requests = number(now) * each;
  return now != 0 && kWorthLess * requests <= number(lives.all_ages) &&
         requests >= kWorthLess * kShortestLife;
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
  const Requests requests = requests_of(draft);
  if (lives.wanted() > kWorthEnding) return;
  if (lives_well(draft.facts.effective("MaxConnectionsPerChild"), requests.each, lives)) return;
  const auto to = static_cast<std::int64_t>(std::ceil(number(lives.wanted()) / requests.each));
  std::string formula = fmt::format(
      "({} - {} processes x {} of a warm child) / {} of them that live long / {:.1f} KiB a "
      "request, at least 50",
      in_words(room), all.value, in_words(growth.warm), old.value, growth.a_request / 1024);
  if (lives.hurried)
    formula += fmt::format(
        "; {} for those that end together, and these end one after the other: "
        "twice as many, as far as the reserve holds all at their end",
        lives.together);
  if (requests.each > 1) formula += fmt::format("; / {:.1f} requests a connection", requests.each);
  draft.set(
      "MaxConnectionsPerChild", to,
      {.because = fmt::format(
           "Children grow by {:.1f} KiB a request; after {} connections{} the next one begins "
           "anew, and all of them fit the memory.",
           growth.a_request / 1024, to, requests.known ? "" : ", each taken for one request,"),
       .formula = std::move(formula),
       .rule = "children-grow"});
}

}  // namespace mpm::advise
