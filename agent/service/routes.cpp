// SPDX-License-Identifier: Apache-2.0
#include "agent/service/routes.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "agent/config/tree.h"
#include "agent/service/answers.h"
#include "agent/service/families.h"
#include "schema/codec/instant.h"
#include "schema/codec/json.h"
#include "schema/codec/names.h"
#include "schema/codec/problem.h"
#include "schema/codec/routes.h"

namespace mpm {
namespace {

constexpr double kLongestSpan = 10 * kLongestAsked;
constexpr std::int64_t kMostChanges = 1000;
constexpr std::int64_t kUsualWorkers = 1000;
constexpr std::int64_t kMostWorkers = 20'000;
constexpr std::int64_t kUsualTop = 10;
constexpr std::int64_t kMostTop = 100;

ApiResponse problem(const Error& error) {
  return problem_response(error);
}

ApiResponse samples(Agent& agent, const ApiRequest& request) {
  const auto after = number<std::int64_t>(request, "after", 0);
  if (!after) return problem(after.error());
  const auto limit = number<std::int64_t>(request, "limit", 100);
  if (!limit) return problem(limit.error());
  return answer(agent.samples(parameter(request, "target"), *after, *limit));
}

// A time of day, or so many seconds before now; nullopt when it is not there.
Result<std::optional<Instant>> instant(Agent& agent, const ApiRequest& request,
                                       const std::string& name) {
  const std::string text = parameter(request, name);
  if (text.empty()) return std::optional<Instant>();
  if (const auto time = parse_instant(text)) return time;
  const auto before = number<double>(request, name, 0);
  if (!before || !(*before >= -kLongestSpan && *before <= 0))
    return fail(Error::Kind::Usage,
                fmt::format("{}={}: give a time as 2026-11-23T08:40:00Z, or seconds before now as "
                            "-3600",
                            name, text));
  return std::optional<Instant>(
      agent.now() + std::chrono::duration_cast<std::chrono::milliseconds>(Seconds(*before)));
}

ApiResponse history(Agent& agent, const ApiRequest& request) {
  HistoryQuestion question;
  question.target = parameter(request, "target");
  question.fields = parameter(request, "fields");
  const auto from = instant(agent, request, "from");
  if (!from) return problem(from.error());
  question.from = *from;
  const auto to = instant(agent, request, "to");
  if (!to) return problem(to.error());
  question.to = *to;
  const auto step = number<double>(request, "step", 0);
  if (!step) return problem(step.error());
  if (!parameter(request, "step").empty()) {
    if (!(*step > 0 && *step <= kLongestAsked))
      return problem(
          {Error::Kind::Usage, fmt::format("step={}: give a number of seconds above 0", *step)});
    question.step = Seconds(*step);
  }
  return answer(agent.history(question));
}

// A whole number from `least` on; nullopt when it is not there.
template <class T>
Result<std::optional<T>> optional_number(const ApiRequest& request, const std::string& name,
                                         T least) {
  if (parameter(request, name).empty()) return std::optional<T>();
  const auto value = number<T>(request, name, least);
  if (!value) return fail(value.error());
  if (*value < least)
    return fail(Error::Kind::Usage, fmt::format("{}={}: give {} or more", name, *value, least));
  return std::optional<T>(*value);
}

// "writing", "W", or "busy", which is several.
Result<void> read_state(const std::string& text, WorkerFilter& filter) {
  if (text.empty()) return {};
  filter.busy_only = text == "busy";
  filter.state = text.size() == 1 ? worker_state(text[0]) : parse_name<WorkerState>(text);
  if (filter.busy_only || filter.state) return {};
  return fail(Error::Kind::Usage,
              fmt::format("state={}: give busy, or one of {}, or its letter, one of {}", text,
                          fmt::join(kWords<WorkerState>, ", "), kStateLetters));
}

ApiResponse workers(Agent& agent, const ApiRequest& request) {
  WorkerFilter filter;
  const auto pid = optional_number<std::int32_t>(request, "pid", 1);
  if (!pid) return problem(pid.error());
  filter.pid = *pid;
  const auto slot = optional_number<std::int32_t>(request, "slot", 0);
  if (!slot) return problem(slot.error());
  filter.slot = *slot;
  const auto limit = optional_number<std::int64_t>(request, "limit", 1);
  if (!limit) return problem(limit.error());
  filter.limit = static_cast<std::size_t>(std::min(limit->value_or(kUsualWorkers), kMostWorkers));
  if (auto read = read_state(parameter(request, "state"), filter); !read)
    return problem(read.error());
  return answer(agent.workers(parameter(request, "target"), filter));
}

ApiResponse top(Agent& agent, const ApiRequest& request) {
  const auto limit = optional_number<std::int64_t>(request, "limit", 1);
  if (!limit) return problem(limit.error());
  return answer(
      agent.top(parameter(request, "target"),
                static_cast<std::size_t>(std::min(limit->value_or(kUsualTop), kMostTop))));
}

ApiResponse observation(Agent& agent, const ApiRequest& request) {
  const auto over = window(request);
  if (!over) return problem(over.error());
  return answer(agent.observation(parameter(request, "target"), *over));
}

ApiResponse proposal(Agent& agent, const ApiRequest& request) {
  const auto over = window(request);
  if (!over) return problem(over.error());
  return answer(agent.proposal(parameter(request, "target"), *over));
}

ApiResponse changes(Agent& agent, const ApiRequest& request) {
  const auto limit = number<std::int64_t>(request, "limit", 20);
  if (!limit) return problem(limit.error());
  return answer(agent.changes(std::clamp<std::int64_t>(*limit, 1, kMostChanges)));
}

ApiResponse change(Agent& agent, const ApiRequest& request) {
  const auto id = number<std::int64_t>(request, "id", 0);
  if (!id) return problem(id.error());
  return answer(agent.change(*id));
}

ApiResponse metrics(Agent& agent, const ApiRequest& request) {
  auto page = agent.metrics(parameter(request, "target"));
  if (!page) return problem(page.error());
  return {200, std::string(kMetricsContentType), std::move(*page)};
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// An address cannot be made to point elsewhere. No name of a host is made of digits and dots.
bool is_address(std::string_view host) {
  if (host.starts_with('[')) return host.ends_with(']');
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// What the body asks, answered by a method of Agent.
template <class T, class Body>
ApiResponse answer_question(Agent& agent, const ApiRequest& request,
                            Result<T> (Agent::*method)(const Body&)) {
  const auto question = body_of<Body>(request);
  if (!question) return problem(question.error());
  return answer((agent.*method)(*question));
}

ApiResponse respond_to_post(Agent& agent, const ApiRequest& request) {
  if (request.path == route::kConfigSettings.path)
    return answer_question(agent, request, &Agent::config_settings);
  if (request.path == route::kConfigCheck.path)
    return answer_question(agent, request, &Agent::config_check);
  if (request.path == route::kConfigPlan.path)
    return answer_question(agent, request, &Agent::config_plan);
  if (request.path == route::kConfigWrite.path)
    return answer_question(agent, request, &Agent::config_write);
  if (request.path == route::kSimulation.path)
    return answer_question(agent, request, &Agent::simulate);
  if (request.path == route::kChangePreview.path)
    return answer_question(agent, request, &Agent::change_preview);
  if (request.path == route::kChangeBegin.path)
    return answer_question(agent, request, &Agent::change_begin);
  if (request.path == route::kChangeAdmission.path)
    return answer_question(agent, request, &Agent::change_admission);
  if (request.path == route::kChangeUndo.path)
    return answer_question(agent, request, &Agent::change_undo);
  return problem(
      {Error::Kind::NotFound,
       fmt::format("POST {}: there is no such operation; see openapi.json", request.path)});
}

}  // namespace

ApiResponse problem_response(const Error& error) {
  const Problem said = to_problem(error);
  return {static_cast<int>(said.status), "application/problem+json", to_json(said)};
}

ApiResponse respond(Agent& agent, const ApiRequest& request) {
  if (request.method == "POST") return respond_to_post(agent, request);
  const std::string target = parameter(request, "target");
  if (request.path == route::kTargets.path) return answer(agent.targets());
  if (request.path == route::kStatus.path) return answer(agent.status(target));
  if (request.path == route::kScoreboard.path) return answer(agent.scoreboard(target));
  if (request.path == route::kWorkers.path) return workers(agent, request);
  if (request.path == route::kTop.path) return top(agent, request);
  if (request.path == route::kSettings.path) return answer(agent.settings(target));
  if (request.path == route::kSamples.path) return samples(agent, request);
  if (request.path == route::kHistory.path) return history(agent, request);
  if (request.path == route::kObservation.path) return observation(agent, request);
  if (request.path == route::kProposal.path) return proposal(agent, request);
  if (request.path == route::kMetrics.path) return metrics(agent, request);
  if (request.path == route::kHealth.path) return answer(Result<HealthReport>(agent.health()));
  if (request.path == route::kDoctor.path) return answer(agent.doctor());
  if (request.path == route::kConfigDirective.path)
    return answer(agent.config_directive(parameter(request, "name")));
  if (request.path == route::kChanges.path) return changes(agent, request);
  if (request.path == route::kChange.path) return change(agent, request);
  return problem({Error::Kind::NotFound,
                  fmt::format("{}: there is no such operation; see openapi.json", request.path)});
}

bool is_own_host(std::string_view host, std::string_view own_name) {
  const std::string_view name = without_port(host);
  if (name.empty()) return false;
  if (is_address(name) || config::equal_ignoring_case(name, "localhost") ||
      config::equal_ignoring_case(name, own_name))
    return true;
  // The name alone, of one with its domain.
  return name.find('.') == std::string_view::npos &&
         config::equal_ignoring_case(name, own_name.substr(0, own_name.find('.')));
}

ApiResponse respond_to_scrape(Agent& agent, const ApiRequest& request, std::string_view own_name) {
  // Every browser sends a Host; what sends none is no browser.
  if (!request.host.empty() && !is_own_host(request.host, own_name))
    return problem(
        {Error::Kind::Denied, fmt::format("Host {}: ask for this host by its address or as \"{}\"",
                                          request.host, own_name)});
  const bool is_open = request.path == route::kMetrics.path || request.path == route::kHealth.path;
  if (request.method != "GET" || !is_open)
    return problem(
        {Error::Kind::NotFound,
         fmt::format("{} {}: this port has GET /metrics and GET /healthz; the rest is on "
                     "the agent's Unix socket",
                     request.method, request.path)});
  return respond(agent, request);
}

}  // namespace mpm
