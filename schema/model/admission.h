// SPDX-License-Identifier: Apache-2.0
//
// What is asked before the agent changes a server by itself, and what it answers: may these
// proposals be put in force now, under this policy, after all that was changed before? Plain
// values; no behaviour: the answer is agent/apply/admission.h's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/apply_policy.h"
#include "schema/model/fields.h"
#include "schema/model/proposal.h"
#include "schema/model/units.h"

namespace mpm {

// What was proposed at one look.
struct ProposedChanges {
  std::vector<Change> changes;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"changes", &ProposedChanges::changes});
  }
};

struct AdmissionQuestion {
  std::string target;  // empty: the only server there is
  ApplyPolicy policy;
  std::vector<ProposedChanges> looks;  // since the last change, the newest last

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"target", &AdmissionQuestion::target},
               Field{"policy", &AdmissionQuestion::policy},
               Field{"looks", &AdmissionQuestion::looks});
  }
};

enum class AdmissionAnswer : std::uint8_t {
  Allowed,
  NeedsYes,  // of a person
  Refused,
  Deferred,  // ask again
};

struct Admission {
  AdmissionAnswer answer = AdmissionAnswer::Refused;
  // What may be changed now: the proposal's changes, shortened to the largest step.
  std::vector<Change> changes;
  bool shortened = false;  // they are a step on the way, and more than the dead band is left
  std::string sentence;
  std::optional<Instant> until;  // of Deferred: when it is worth while to ask again

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"answer", &Admission::answer}, Field{"changes", &Admission::changes},
               Field{"shortened", &Admission::shortened}, Field{"sentence", &Admission::sentence},
               Field{"until", &Admission::until});
  }
};

}  // namespace mpm
