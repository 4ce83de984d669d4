// SPDX-License-Identifier: Apache-2.0
//
// The one place of the CLI that knows httplib.
#include "cli/client.h"

#include <utility>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include "schema/codec/json.h"
#include "schema/codec/problem.h"
#include "schema/codec/routes.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The Error of an answer that is not 200: the agent's Problem, or what the status says when
// the body is not one.
Error refusal(const httplib::Response& response) {
  if (auto problem = from_json<Problem>(response.body)) return to_error(*problem);
  return {Error::Kind::Malformed,
          fmt::format("The agent answered with HTTP status {} and no explanation; mpmctl and "
                      "mpm-agent may be of different versions.",
                      response.status)};
}

}  // namespace

struct Client::Wire {
  Wire(const std::string& path, milliseconds limit) : socket(path), timeout(limit), http(path, 80) {
    http.set_address_family(AF_UNIX);
    // Without this the path of the socket would be the Host of the request.
    http.set_default_headers({{"Host", "localhost"}, {"Accept", "application/json"}});
    http.set_connection_timeout(limit);
    http.set_read_timeout(limit);
    http.set_write_timeout(limit);
    // A connection for each question: one that is kept may end while the next is on its way.
    http.set_keep_alive(false);
  }
  Result<std::string> taken(const httplib::Result& result, steady_clock::time_point begun) const;

  std::string socket;
  milliseconds timeout;
  httplib::Client http;
};

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos)
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string query_of(const Question& question) {
  std::string query;
  if (!question.target.empty()) query += "?target=" + percent_encoded(question.target);
  if (question.window_seconds)
    query += fmt::format("{}window={}", query.empty() ? "?" : "&", *question.window_seconds);
  return query;
}

std::string query_of(const PastQuestion& question) {
  std::string query = query_of(Question{question.target, std::nullopt});
  const auto add = [&query](std::string_view name, const std::string& value) {
    if (!value.empty())
      query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, percent_encoded(value));
  };
  add("from", question.from);
  add("to", question.to);
  if (question.step_seconds) add("step", fmt::format("{}", *question.step_seconds));
  return query;
}

std::string query_of(const WorkersQuestion& question) {
  std::string query = query_of(Question{question.target, std::nullopt});
  if (!question.state.empty())
    query += fmt::format("{}state={}", query.empty() ? "?" : "&", percent_encoded(question.state));
  return query + fmt::format("{}limit={}", query.empty() ? "?" : "&", question.limit);
}

Client::Client(const std::string& socket, milliseconds timeout)
    : wire_(std::make_unique<Wire>(socket, timeout)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

// The body of an answer, or why there is none.
Result<std::string> Client::Wire::taken(const httplib::Result& result,
                                        steady_clock::time_point begun) const {
  if (result && result->status == 200) return result->body;
  if (result) return fail(refusal(*result));
  // httplib calls a silence and a hang-up by one name; the time tells them apart.
  if (steady_clock::now() - begun >= timeout)
    return fail(Error::Kind::TimedOut,
                fmt::format("The agent at {} did not answer within {:.3g} seconds; try again with "
                            "a longer --timeout, or with --no-daemon where it is a daemon.",
                            socket, static_cast<double>(timeout.count()) / 1000));
  if (result.error() == httplib::Error::Connection)
    return fail(
        Error::Kind::Unreachable,
        fmt::format("No agent answers at {}; start mpm-agent, or use --no-daemon.", socket));
  return fail(Error::Kind::Unreachable,
              fmt::format("The agent at {} hung up before its answer was complete; its log says "
                          "why.",
                          socket));
}

Result<std::string> Client::get(const std::string& path) {
  const auto begun = steady_clock::now();
  return wire_->taken(wire_->http.Get(path), begun);
}

Result<std::string> Client::post(const std::string& path, const std::string& body) {
  const auto begun = steady_clock::now();
  return wire_->taken(wire_->http.Post(path, body, "application/json"), begun);
}

template <class T>
Result<Answer<T>> Client::understood(std::string_view path, Result<std::string> body) {
  if (!body) return fail(std::move(body.error()));
  auto value = from_json<T>(*body);
  if (!value)
    return fail(Error::Kind::Malformed,
                fmt::format("The agent's answer to {} is not what mpmctl knows ({}); install both "
                            "from one release.",
                            path, value.error().what));
  return Answer<T>{std::move(*body), std::move(*value)};
}

template <class T>
Result<Answer<T>> Client::ask(const Route& route, const Question& question) {
  const std::string path = std::string(route.path) + query_of(question);
  return understood<T>(path, get(path));
}

template <class T, class Body>
Result<Answer<T>> Client::put(const Route& route, const Body& body) {
  return understood<T>(route.path, post(std::string(route.path), to_json(body)));
}

Result<Answer<HealthReport>> Client::health() {
  return ask<HealthReport>(route::kHealth);
}
Result<Answer<DoctorReport>> Client::doctor() {
  return ask<DoctorReport>(route::kDoctor);
}
Result<Answer<TargetList>> Client::targets() {
  return ask<TargetList>(route::kTargets);
}
Result<Answer<StatusReport>> Client::status(const Question& question) {
  return ask<StatusReport>(route::kStatus, question);
}
Result<Answer<ScoreboardView>> Client::scoreboard(const std::string& target) {
  return ask<ScoreboardView>(route::kScoreboard, {target, std::nullopt});
}
Result<Answer<WorkerList>> Client::workers(const WorkersQuestion& question) {
  const std::string path = std::string(route::kWorkers.path) + query_of(question);
  return understood<WorkerList>(path, get(path));
}
Result<Answer<TopReport>> Client::top(const std::string& target, std::int64_t limit) {
  const std::string path =
      std::string(route::kTop.path) + query_of(WorkersQuestion{target, "", limit});
  return understood<TopReport>(path, get(path));
}
Result<Answer<MpmSettings>> Client::settings(const Question& question) {
  return ask<MpmSettings>(route::kSettings, question);
}
Result<Answer<HistoryReport>> Client::history(const PastQuestion& question) {
  const std::string path = std::string(route::kHistory.path) + query_of(question);
  return understood<HistoryReport>(path, get(path));
}
Result<Answer<Observation>> Client::observation(const Question& question) {
  return ask<Observation>(route::kObservation, question);
}
Result<Answer<Proposal>> Client::proposal(const Question& question) {
  return ask<Proposal>(route::kProposal, question);
}
Result<Answer<SimulationReport>> Client::simulation(const SimulationQuestion& question) {
  return put<SimulationReport>(route::kSimulation, question);
}
Result<Answer<MpmSettings>> Client::config_settings(const ConfigQuestion& question) {
  return put<MpmSettings>(route::kConfigSettings, question);
}
Result<Answer<LintReport>> Client::config_check(const ConfigQuestion& question) {
  return put<LintReport>(route::kConfigCheck, question);
}
Result<Answer<EditPlan>> Client::config_plan(const ConfigQuestion& question) {
  return put<EditPlan>(route::kConfigPlan, question);
}
Result<Answer<EditPlan>> Client::config_write(const ConfigQuestion& question) {
  return put<EditPlan>(route::kConfigWrite, question);
}
Result<Answer<DirectiveExplanation>> Client::config_directive(const std::string& name) {
  const std::string path =
      std::string(route::kConfigDirective.path) + "?name=" + percent_encoded(name);
  return understood<DirectiveExplanation>(path, get(path));
}

Result<Answer<ChangeList>> Client::changes(std::int64_t limit) {
  const std::string path = fmt::format("{}?limit={}", route::kChanges.path, limit);
  return understood<ChangeList>(path, get(path));
}
Result<Answer<ChangeRecord>> Client::change(std::int64_t id) {
  const std::string path = fmt::format("{}?id={}", route::kChange.path, id);
  return understood<ChangeRecord>(path, get(path));
}
Result<Answer<ChangePreview>> Client::change_preview(const ChangeRequest& request) {
  return put<ChangePreview>(route::kChangePreview, request);
}
Result<Answer<ChangeRecord>> Client::change_begin(const ChangeRequest& request) {
  return put<ChangeRecord>(route::kChangeBegin, request);
}
Result<Answer<Admission>> Client::change_admission(const AdmissionQuestion& question) {
  return put<Admission>(route::kChangeAdmission, question);
}
Result<Answer<ChangeRecord>> Client::change_undo(const UndoRequest& request) {
  return put<ChangeRecord>(route::kChangeUndo, request);
}

}  // namespace mpm
