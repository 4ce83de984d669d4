// SPDX-License-Identifier: Apache-2.0
//
// What the hand does for those who may not do it themselves: it makes what the agent proposes now
// and nothing else, and takes back what it made itself. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "schema/model/change.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"

namespace mpm {

// Denied: the hand never does that, whatever is proposed: to read a tree, to switch the MPM, or to
// watch a change not at all, or for so short a time that nothing could be seen.
Result<void> may_be_asked_of_the_hand(const ChangeRequest& request);

// Whether the change is what is proposed: of the same server and the same bytes of its files, all
// of the proposal's directives and no other, and each at the proposed value or on the way there
// from the one in force. A part of the directives is no part of the proposal, because its values
// lean on one another; a part of the way is one, because a proposal moves on while a person
// thinks, and the steps of `apply --auto` are such parts. Denied, or Conflict when it may be
// different in a moment: a sentence that says what to do.
Result<void> is_proposed(const ChangeRequest& request, const ChangePreview& preview,
                         const Proposal& proposal);

// The change that may be taken back: with the id 0 the newest that stands, else that one, when
// the hand made it and no later change of its server stands. Usage: there is none. NotFound: not
// of that id. Denied: root made it, or a later one stands.
Result<std::int64_t> may_be_taken_back(std::span<const ChangeRecord> newest_first, std::int64_t id);

}  // namespace mpm
