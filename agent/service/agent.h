// SPDX-License-Identifier: Apache-2.0
//
// The use cases, one method each: what the API, the ephemeral agent and tests call.
//
// A target is named as its administrator would name it: by the pid of its parent (or of a
// child), by ":8080", or by the URL of its status page; the empty name means the only server
// that runs here. A server that is asked about is watched from then on; the daemon watches
// every server that it finds.
//
// Threads: every method may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/apply/file_world.h"
#include "agent/base/clock.h"
#include "agent/config/edit.h"
#include "agent/history/store.h"
#include "agent/observe/workers.h"
#include "agent/proc/proc_fs.h"
#include "agent/service/changes.h"
#include "agent/service/hours_of_day.h"
#include "agent/service/server_hands.h"
#include "agent/service/site_source.h"
#include "agent/service/watch.h"
#include "agent/target/identify.h"
#include "schema/model/admission.h"
#include "schema/model/change.h"
#include "schema/model/config_edit.h"
#include "schema/model/doctor.h"
#include "schema/model/history.h"
#include "schema/model/messages.h"
#include "schema/model/observation.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"
#include "schema/model/simulation.h"
#include "schema/model/workers.h"

namespace mpm {

struct AgentOptions {
  bool ephemeral = false;  // started for one command: watches only what it is asked about
  std::chrono::milliseconds interval{1000};
  std::chrono::milliseconds sweep_every{10000};
  double sweep_share = 0.0003;  // of a core, for a server; 0: a sweep is made at once
  std::chrono::milliseconds discover_every{10000};
  std::string history = ":memory:";          // path of the database
  std::string state = "/var/lib/mpm-agent";  // where files are kept as they were before a change
  Keeping keep;                              // what of it, and how long
  std::string proc_root = "/proc";
  // Where the agent answers that runs as a service, for one that serves a command.
  std::string service_socket = "/run/mpm-agent/agent.sock";
  // Where the hand answers, for the doctor.
  std::string hand_socket = "/run/mpm-hand.sock";
  Policy policy;
  // Of what is out of order, or takes long; from any thread.
  std::function<void(const std::string&)> tell;
  // After each round that looks for servers and tends the history, from the thread that does it.
  std::function<void()> goes_round{};
};

// Of the past of one server: from is before to; nothing is now.
struct HistoryQuestion {
  std::string target;
  std::optional<Instant> from;  // nullopt: a day before `to`
  std::optional<Instant> to;
  std::optional<Seconds> step;  // nullopt: as many steps as a chart is wide
  std::string fields;           // "busy,busy_max"; empty: all
};

// For whom the hand makes a change, and of which server: a pid may be another's by the time that
// the change begins.
struct OnBehalf {
  std::string asked_by;
  Target target;
};

class Agent {
 public:
  // `clock` must outlive the agent.
  static Result<std::unique_ptr<Agent>> start(AgentOptions options, Clock& clock);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // The server of that name as it is now.
  Result<Target> resolve(const std::string& name);
  Result<TargetList> targets();
  Result<StatusReport> status(const std::string& name);
  Result<ScoreboardView> scoreboard(const std::string& name);
  // What each worker is doing, up to filter.limit of them.
  Result<WorkerList> workers(const std::string& name, const WorkerFilter& filter);
  // Who holds the workers, the first `limit` each. Whoever asks the first time waits for a second
  // look, a moment later.
  Result<TopReport> top(const std::string& name, std::size_t limit);
  Result<MpmSettings> settings(const std::string& name);
  // The past of a server, also of one that has ended when it is named by its port or URL. Usage:
  // the question makes no sense.
  Result<HistoryReport> history(const HistoryQuestion& question);
  Result<SampleList> samples(const std::string& name, std::int64_t after, std::int64_t limit);
  // Over the last `window`, or over all the history there is (an hour at most) when absent.
  Result<Observation> observation(const std::string& name, std::optional<Seconds> window);
  Result<Proposal> proposal(const std::string& name, std::optional<Seconds> window);
  // With other directives under the load of the last window_seconds, as far as it is remembered.
  // Usage: too little was seen.
  Result<SimulationReport> simulate(const SimulationQuestion& question);
  HealthReport health();
  Instant now() const { return clock_.now(); }
  // What is missing for these, of each server and of the agent; asks each for its status page once.
  Result<DoctorReport> doctor();
  // The page of Prometheus, of the last looks; never a look, a file or the database. NotFound: no
  // server of this name is watched.
  Result<std::string> metrics(const std::string& name);

  // Of the configuration of a server, or of a tree that nobody runs. A daemon serves users who may
  // read less than it: trees, and writing, are for an agent that was started for one command, with
  // the rights of whoever gave it.
  Result<MpmSettings> config_settings(const ConfigQuestion& question);
  Result<LintReport> config_check(const ConfigQuestion& question);
  Result<EditPlan> config_plan(const ConfigQuestion& question);
  // Conflict: the files are not those of question.basis any more.
  Result<EditPlan> config_write(const ConfigQuestion& question);
  Result<DirectiveExplanation> config_directive(const std::string& name);

  // Changes of running servers, led to their end on a thread of their own (changes.h). A daemon
  // tells about them and makes none: it has more rights than who asks.
  Result<ChangePreview> change_preview(const ChangeRequest& request);
  Result<ChangeRecord> change_begin(const ChangeRequest& request);
  // The same for somebody else. Conflict: the server is another one by now.
  Result<ChangeRecord> change_begin(const ChangeRequest& request, const OnBehalf& behalf);
  // Usage: there is nothing to take back. Conflict: it was taken back already, or is under way.
  Result<ChangeRecord> change_undo(const UndoRequest& request);
  // The same for somebody else, who may have taken back what the hand made (proposed.h).
  Result<ChangeRecord> change_undo(UndoRequest request, const std::string& asked_by);
  // Whether a proposed change may be made without a person, by the policy and by what is in the
  // journal of that server. Malformed: the policy makes no sense.
  Result<Admission> change_admission(const AdmissionQuestion& question);
  Result<ChangeList> changes(std::int64_t limit);
  Result<ChangeRecord> change(std::int64_t id);
  // Whether a change of this agent is under way, which would be cut off and taken back by its end.
  bool leads_a_change() const { return changes_.is_leading(); }

 private:
  Agent(AgentOptions options, Clock& clock);

  Result<std::vector<Target>> find() const;
  std::shared_ptr<Watch> watch(const Target& target);
  void begin_new();
  Result<SiteSource> site_of(const ConfigQuestion& question);
  // A change as it would be made, with all that it takes.
  struct Intent {
    Target target;
    SiteSource source;
    config::PlannedEdit edit;
  };
  Result<Intent> intend(const ConfigQuestion& question);
  // Adds to the reason how the change is taken back where that is not by its bytes.
  Result<Intent> intend_back(const ChangeRecord& change, std::string& because);
  // What whoever asks for a change has agreed to.
  enum class Unloaded : std::uint8_t { Refused, Allowed };
  struct Allowance {
    RestartClass most_restart = RestartClass::Graceful;
    Unloaded unloaded = Unloaded::Refused;  // what others wrote and nobody loaded
  };
  Result<ChangeRecord> begin(const ChangeRequest& request, Intent intent,
                             const std::string& asked_by);
  Result<ChangeRecord> begin(Intent intent, ChangeRecord change, const Allowance& allowed);
  Result<ChangeRecord> take_back(const UndoRequest& request, const std::string& asked_by);
  std::vector<std::string> risks_of(const Intent& intent);
  BusyByHour hours_of(const Target& target);
  std::vector<std::string> unloaded_of(const Intent& intent);
  HandsWorld hands_world();
  std::vector<Sample> past(const Target& target);
  Result<void> recover();
  void tell(const std::string& sentence) const;
  Result<Observation> observed(Watch& watched, std::optional<Seconds> window);
  std::string history_name(const Target& target) const;
  Result<std::string> remembered(const std::string& name);
  Result<std::vector<Sample>> samples_between(const Watch& watched, Instant from, Instant to);
  void add_changes(HistoryReport& report, std::vector<History::Mark> noted);
  void discover_until_stopped(const std::stop_token& stop);

  const AgentOptions options_;
  Clock& clock_;
  const ProcFs proc_;
  mutable Recognizer recognizer_;  // of the servers that were found

  Store store_;

  std::mutex watches_mutex_;
  std::map<std::string, std::shared_ptr<Watch>> watches_;  // by identity; guarded likewise
  std::int32_t urls_watched_ = 0;                          // guarded likewise

  apply::FileWorld files_;
  mutable std::mutex watch_mutex_;
  std::optional<std::pair<std::int64_t, WatchReport>> seen_;  // of a change; guarded likewise
  Changes changes_;                                           // after what its thread uses
  std::jthread discovery_;  // last: it must end before what it uses
};

}  // namespace mpm
