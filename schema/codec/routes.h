// SPDX-License-Identifier: Apache-2.0
//
// The operations of the API, as one table: what the server binds, openapi.json documents and
// clients call. Each answers its message as JSON, or a Problem; one without a message answers text.
#pragma once

#include <array>
#include <string_view>

namespace mpm {

struct Route {
  std::string_view path;
  std::array<std::string_view, 5> parameters;  // of the query; empty ones are none
  std::string_view answer;                     // the type of its message
  std::string_view summary;
  std::string_view question = "";  // the type of a POST's body; empty: it is a GET

  constexpr std::string_view method() const { return question.empty() ? "GET" : "POST"; }
};

namespace route {
inline constexpr Route kTargets{
    "/v1/targets", {}, "TargetList", "Every httpd that runs here, with the settings it runs with"};
inline constexpr Route kStatus{
    "/v1/status", {"target"}, "StatusReport", "How one server, or every one, is right now"};
inline constexpr Route kScoreboard{
    "/v1/scoreboard", {"target"}, "ScoreboardView", "The state of every worker, one letter a slot"};
inline constexpr Route kWorkers{"/v1/workers",
                                {"target", "pid", "slot", "state", "limit"},
                                "WorkerList",
                                "What each worker is doing, and for whom"};
inline constexpr Route kTop{"/v1/top",
                            {"target", "limit"},
                            "TopReport",
                            "Who holds the workers of a server, by vhost and by client"};
inline constexpr Route kSettings{"/v1/settings",
                                 {"target"},
                                 "MpmSettings",
                                 "The MPM's directives: written, in force, and from where"};
inline constexpr Route kSamples{"/v1/samples",
                                {"target", "after", "limit"},
                                "SampleList",
                                "Samples of one server after a cursor"};
inline constexpr Route kHistory{"/v1/history",
                                {"target", "from", "to", "step", "fields"},
                                "HistoryReport",
                                "What was seen of one server, in steps of time, and what happened"};
inline constexpr Route kObservation{"/v1/observation",
                                    {"target", "window"},
                                    "Observation",
                                    "A window of samples, reduced to what the engine looks at"};
inline constexpr Route kProposal{
    "/v1/proposal", {"target", "window"}, "Proposal", "What to change, and the evidence for it"};
inline constexpr Route kSimulation{"/v1/simulation",
                                   {},
                                   "SimulationReport",
                                   "What other directives would have done under the load that was",
                                   "SimulationQuestion"};
inline constexpr Route kHealth{"/healthz", {}, "HealthReport", "Whether the agent itself is well"};
inline constexpr Route kDoctor{
    "/v1/doctor", {}, "DoctorReport", "What is missing to see all, and the line that mends it"};
inline constexpr Route kMetrics{
    "/metrics", {"target"}, "", "The last look at every server, as Prometheus reads it"};
inline constexpr Route kConfigSettings{"/v1/config/settings",
                                       {},
                                       "MpmSettings",
                                       "The MPM's directives of a tree that no server runs",
                                       "ConfigQuestion"};
inline constexpr Route kConfigCheck{"/v1/config/check",
                                    {},
                                    "LintReport",
                                    "All that is wrong or without effect in a configuration",
                                    "ConfigQuestion"};
inline constexpr Route kConfigPlan{"/v1/config/plan",
                                   {},
                                   "EditPlan",
                                   "What a change of directives would do to the files",
                                   "ConfigQuestion"};
inline constexpr Route kConfigWrite{
    "/v1/config/write", {}, "EditPlan", "The same, written", "ConfigQuestion"};
inline constexpr Route kConfigDirective{
    "/v1/config/directive", {"name"}, "DirectiveExplanation", "What a directive means"};
inline constexpr Route kChanges{
    "/v1/changes", {"limit"}, "ChangeList", "What was changed, the newest first"};
inline constexpr Route kChange{
    "/v1/change", {"id"}, "ChangeRecord", "One change: what, why, and each phase of its life"};
inline constexpr Route kChangePreview{
    "/v1/changes/preview", {}, "ChangePreview", "What a change would be and do", "ChangeRequest"};
inline constexpr Route kChangeBegin{"/v1/changes/begin",
                                    {},
                                    "ChangeRecord",
                                    "Change a server's configuration and load it",
                                    "ChangeRequest"};
inline constexpr Route kChangeAdmission{"/v1/changes/admission",
                                        {},
                                        "Admission",
                                        "Whether the agent may make a proposed change by itself",
                                        "AdmissionQuestion"};
inline constexpr Route kChangeUndo{
    "/v1/changes/undo", {}, "ChangeRecord", "Take a change back", "UndoRequest"};
}  // namespace route

inline constexpr std::array kRoutes{route::kTargets,
                                    route::kStatus,
                                    route::kScoreboard,
                                    route::kSettings,
                                    route::kSamples,
                                    route::kObservation,
                                    route::kProposal,
                                    route::kHealth,
                                    route::kMetrics,
                                    route::kConfigSettings,
                                    route::kConfigCheck,
                                    route::kConfigPlan,
                                    route::kConfigWrite,
                                    route::kConfigDirective,
                                    route::kChanges,
                                    route::kChange,
                                    route::kChangePreview,
                                    route::kChangeBegin,
                                    route::kChangeAdmission,
                                    route::kChangeUndo,
                                    route::kSimulation,
                                    route::kHistory,
                                    route::kDoctor,
                                    route::kWorkers,
                                    route::kTop};

}  // namespace mpm
