// SPDX-License-Identifier: Apache-2.0
//
// The hand: a small service of root's that makes the changes which are proposed, for those of a
// group who may not change servers themselves. It takes nobody's word for what is proposed: it
// asks the agent that runs as a service, at the moment of the change, and holds the request against
// the answer (proposed.h). It looks at the server itself to judge what came of it, with an Agent of
// its own, which leads changes as that of `mpmctl apply` does, with the same journal and lock.
//
// Threads: every method may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "agent/base/clock.h"
#include "agent/proc/proc_fs.h"
#include "agent/service/agent.h"
#include "agent/service/connection.h"
#include "agent/service/routes.h"
#include "schema/model/change.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"

namespace mpm {

// What is proposed for the server of that pid now, over that window: what the agent that runs as a
// service says, or why it is not known.
using ProposalSource =
    std::function<Result<Proposal>(std::int32_t pid, std::optional<Seconds> window)>;

// Who may ask the hand: root and the members of that group, by the kernel's word. All of its
// operations are for them, and none for others.
struct HandUsers {
  gid_t group = 0;
  std::string group_name;  // for the sentence that says how to get in
};
std::optional<ApiResponse> refusal_of_the_hand(const ApiRequest& head, const HandUsers& users);

class Hand {
 public:
  // `agent` makes changes (AgentOptions::ephemeral); all must outlive this.
  Hand(Agent& agent, const ProcFs& proc, Clock& clock, ProposalSource proposals);

  ApiResponse respond(const ApiRequest& request);

  // What a change takes, and no other use case: each as the agent's own, for a server that runs
  // here and is root's.
  Result<Proposal> proposal(const std::string& name, std::optional<Seconds> window);
  Result<Admission> admission(const AdmissionQuestion& question);
  // With the refusal that change_begin() would give.
  Result<ChangePreview> preview(const ChangeRequest& request);
  // Denied: it is not what is proposed now.
  Result<ChangeRecord> begin(ChangeRequest request, const std::string& asked_by);

  // How long nobody has asked for anything and no change is under way.
  std::chrono::milliseconds idle() const;

 private:
  struct Judged {
    Target target;
    ChangePreview preview;
  };
  Result<Target> server(const std::string& name);
  Result<Judged> judged(const ChangeRequest& request);
  Result<void> judge(const ChangeRequest& request, const ChangePreview& preview);
  ApiResponse respond_to_post(const ApiRequest& request);
  void was_asked() { asked_ = clock_.mono(); }

  Agent& agent_;
  const ProcFs& proc_;
  Clock& clock_;
  const ProposalSource proposals_;
  std::atomic<std::chrono::steady_clock::time_point> asked_;
};

}  // namespace mpm
