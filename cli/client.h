// SPDX-License-Identifier: Apache-2.0
//
// The agent's API as typed calls over its Unix socket. Each answer keeps the bytes it came
// in, because --json prints the message itself. Calls block, up to the timeout each.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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

struct Route;

template <class T>
struct Answer {
  std::string body;  // as the agent sent it
  T value;
};

// What a question may be narrowed to.
struct Question {
  std::string target;                    // empty: the only server there is
  std::optional<double> window_seconds;  // absent: all that the agent remembers
};

// Of the past of a server; what is empty or absent is left to the agent.
struct PastQuestion {
  std::string target;
  std::string from;
  std::string to;
  std::optional<double> step_seconds;
};
std::string query_of(const PastQuestion& question);

// Of the workers of a server; what is empty is not narrowed.
struct WorkersQuestion {
  std::string target;
  std::string state;  // "busy"
  std::int64_t limit = 1000;
};
std::string query_of(const WorkersQuestion& question);

// "?target=%3A8080&window=30"; "" when nothing is narrowed.
std::string query_of(const Question& question);

// Percent-encodes everything but RFC 3986's unreserved characters.
std::string percent_encoded(std::string_view text);

class Client {
 public:
  Client(const std::string& socket, std::chrono::milliseconds timeout);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Fail with the agent's own Problem; Unreachable when it does not answer or goes away
  // midway; TimedOut when it does not answer in time; Malformed when the answer is not the
  // message that was asked for.
  Result<Answer<HealthReport>> health();
  Result<Answer<DoctorReport>> doctor();
  Result<Answer<TargetList>> targets();
  Result<Answer<StatusReport>> status(const Question& question);
  Result<Answer<ScoreboardView>> scoreboard(const std::string& target);
  Result<Answer<WorkerList>> workers(const WorkersQuestion& question);
  // The first `limit` vhosts, clients and requests.
  Result<Answer<TopReport>> top(const std::string& target, std::int64_t limit);
  Result<Answer<MpmSettings>> settings(const Question& question);
  Result<Answer<HistoryReport>> history(const PastQuestion& question);
  Result<Answer<Observation>> observation(const Question& question);
  Result<Answer<Proposal>> proposal(const Question& question);
  Result<Answer<SimulationReport>> simulation(const SimulationQuestion& question);
  Result<Answer<MpmSettings>> config_settings(const ConfigQuestion& question);
  Result<Answer<LintReport>> config_check(const ConfigQuestion& question);
  Result<Answer<EditPlan>> config_plan(const ConfigQuestion& question);
  Result<Answer<EditPlan>> config_write(const ConfigQuestion& question);
  Result<Answer<DirectiveExplanation>> config_directive(const std::string& name);
  Result<Answer<ChangeList>> changes(std::int64_t limit);
  Result<Answer<ChangeRecord>> change(std::int64_t id);
  Result<Answer<ChangePreview>> change_preview(const ChangeRequest& request);
  Result<Answer<ChangeRecord>> change_begin(const ChangeRequest& request);
  Result<Answer<Admission>> change_admission(const AdmissionQuestion& question);
  Result<Answer<ChangeRecord>> change_undo(const UndoRequest& request);

 private:
  template <class T>
  Result<Answer<T>> ask(const Route& route, const Question& question = {});
  // What a POST's body asks.
  template <class T, class Body>
  Result<Answer<T>> put(const Route& route, const Body& body);
  template <class T>
  static Result<Answer<T>> understood(std::string_view path, Result<std::string> body);
  Result<std::string> get(const std::string& path);
  Result<std::string> post(const std::string& path, const std::string& body);

  struct Wire;
  std::unique_ptr<Wire> wire_;
};

}  // namespace mpm
