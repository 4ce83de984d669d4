// SPDX-License-Identifier: Apache-2.0
//
// The contract in its notations says one thing: the types' fields, openapi.json and the table of
// routes; and the examples are messages.
#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "schema/codec/json.h"
#include "schema/codec/names.h"
#include "schema/codec/routes.h"
#include "schema/model/admission.h"
#include "schema/model/change.h"
#include "schema/model/config_edit.h"
#include "schema/model/doctor.h"
#include "schema/model/history.h"
#include "schema/model/lab.h"
#include "schema/model/messages.h"
#include "schema/model/observation.h"
#include "schema/model/proposal.h"
#include "schema/model/simulation.h"
#include "schema/model/verdict.h"
#include "schema/model/workers.h"

namespace mpm {
namespace {

// In the order of the file.
using Json = nlohmann::ordered_json;

Json read(const std::string& name) {
  std::ifstream in(std::string(MPM_API) + "/" + name);
  EXPECT_TRUE(in) << name;
  return Json::parse(in);
}

const Json& openapi() {
  static const Json document = read("openapi.json");
  return document;
}

// The schema that stands for T, without its description; Described types by reference.
template <class T>
Json expected(const std::string& reference);

template <class T>
Json expected_plain() {
  Json schema = Json::object();
  if constexpr (std::same_as<T, bool>) {
    schema["type"] = "boolean";
  } else if constexpr (std::same_as<T, std::string>) {
    schema["type"] = "string";
  } else if constexpr (std::same_as<T, Instant>) {
    schema["type"] = "string";
    schema["format"] = "date-time";
  } else if constexpr (std::same_as<T, SettingValue>) {
    schema["type"] = std::vector<std::string>{"integer", "string"};
  } else if constexpr (std::is_enum_v<T>) {
    schema["type"] = "string";
    for (const std::string_view word : kWords<T>)
      schema["enum"].push_back(std::string(word));
  } else if constexpr (std::floating_point<T>) {
    schema["type"] = "number";
  } else {
    static_assert(std::integral<T> || kIsQuantity<T>);
    schema["type"] = "integer";
  }
  return schema;
}

template <class T>
Json expected(const std::string& reference) {
  if constexpr (kIsOptional<T>) {
    Json inner = expected<typename T::value_type>(reference);
    Json schema = Json::object();
    if (inner.contains("$ref")) {
      schema["anyOf"].push_back(inner);
      schema["anyOf"].push_back(Json::object());
      schema["anyOf"].back()["type"] = "null";
      return schema;
    }
    Json types = inner["type"].is_array() ? inner["type"] : Json::array({inner["type"]});
    types.push_back("null");
    inner["type"] = types;
    if (inner.contains("enum")) inner["enum"].push_back(nullptr);
    return inner;
  } else if constexpr (kIsVector<T>) {
    Json schema = Json::object();
    schema["type"] = "array";
    schema["items"] = expected<typename T::value_type>(reference);
    return schema;
  } else if constexpr (Described<T>) {
    Json schema = Json::object();
    schema["$ref"] = reference;
    return schema;
  } else {
    return expected_plain<T>();
  }
}

// A reference says only that it is one; which is told by the values that a round trip carries.
std::string reference_in(const Json& schema) {
  if (schema.contains("$ref")) return schema["$ref"];
  if (schema.contains("items")) return reference_in(schema["items"]);
  if (schema.contains("anyOf")) return reference_in(schema["anyOf"][0]);
  return {};
}

template <class T>
void expect_described(const std::string& name) {
  SCOPED_TRACE(name);
  const Json& schema = openapi()["components"]["schemas"][name];
  ASSERT_TRUE(schema.is_object()) << "openapi.json does not have it";
  std::vector<std::string> theirs;
  for (const auto& [property, value] : schema["properties"].items())
    theirs.push_back(property);
  std::vector<std::string> ours;
  T value;
  each_field(value, [&](std::string_view field, auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    ours.emplace_back(field);
    Json property = schema["properties"][std::string(field)];
    EXPECT_GE(property.value("description", "").size(), 4U) << field;
    property.erase("description");
    EXPECT_EQ(property, expected<Member>(reference_in(property))) << field;
  });
  EXPECT_EQ(ours, theirs);
  EXPECT_EQ(schema["required"].get<std::vector<std::string>>(), ours);
}

TEST(Contract, OpenApiHasTheFieldsOfEveryType) {
  expect_described<Admission>("Admission");
  expect_described<AdmissionQuestion>("AdmissionQuestion");
  expect_described<ApplyPolicy>("ApplyPolicy");
  expect_described<Change>("Change");
  expect_described<ChangeList>("ChangeList");
  expect_described<ChangePreview>("ChangePreview");
  expect_described<ChangeRecord>("ChangeRecord");
  expect_described<ChangeRequest>("ChangeRequest");
  expect_described<ChangeStep>("ChangeStep");
  expect_described<ChangeSummary>("ChangeSummary");
  expect_described<ConfigQuestion>("ConfigQuestion");
  expect_described<DirectiveChange>("DirectiveChange");
  expect_described<DirectiveExplanation>("DirectiveExplanation");
  expect_described<Distribution>("Distribution");
  expect_described<DoctorFinding>("DoctorFinding");
  expect_described<DoctorReport>("DoctorReport");
  expect_described<EditPlan>("EditPlan");
  expect_described<Evidence>("Evidence");
  expect_described<FileChange>("FileChange");
  expect_described<Finding>("Finding");
  expect_described<FullPool>("FullPool");
  expect_described<HealthReport>("HealthReport");
  expect_described<HistoryMark>("HistoryMark");
  expect_described<HistoryPoint>("HistoryPoint");
  expect_described<HistoryReport>("HistoryReport");
  expect_described<Holder>("Holder");
  expect_described<Holders>("Holders");
  expect_described<HostUsage>("HostUsage");
  expect_described<HourWindow>("HourWindow");
  expect_described<LabReport>("LabReport");
  expect_described<LabResult>("LabResult");
  expect_described<LintFinding>("LintFinding");
  expect_described<LintReport>("LintReport");
  expect_described<ListenAddress>("ListenAddress");
  expect_described<ListenerUsage>("ListenerUsage");
  expect_described<LoadObservation>("LoadObservation");
  expect_described<MemoryCounts>("MemoryCounts");
  expect_described<MemoryLimit>("MemoryLimit");
  expect_described<MemoryObservation>("MemoryObservation");
  expect_described<MemorySum>("MemorySum");
  expect_described<MemoryTerm>("MemoryTerm");
  expect_described<MpmSettings>("MpmSettings");
  expect_described<Observation>("Observation");
  expect_described<OfflineSite>("OfflineSite");
  expect_described<PastPeak>("PastPeak");
  expect_described<PhpPool>("PhpPool");
  expect_described<Plateau>("Plateau");
  expect_described<Problem>("Problem");
  expect_described<ProcessCounts>("ProcessCounts");
  expect_described<ProcessUsage>("ProcessUsage");
  expect_described<ProcessView>("ProcessView");
  expect_described<Proposal>("Proposal");
  expect_described<ProposedChanges>("ProposedChanges");
  expect_described<Remark>("Remark");
  expect_described<Sample>("Sample");
  expect_described<SampleList>("SampleList");
  expect_described<ScoreboardView>("ScoreboardView");
  expect_described<Setting>("Setting");
  expect_described<SettingDifference>("SettingDifference");
  expect_described<SettingList>("SettingList");
  expect_described<SettingObservation>("SettingObservation");
  expect_described<SettingsComparison>("SettingsComparison");
  expect_described<SeenServer>("SeenServer");
  expect_described<SimulatedPoint>("SimulatedPoint");
  expect_described<SimulatedServer>("SimulatedServer");
  expect_described<SimulationQuestion>("SimulationQuestion");
  expect_described<SimulationReport>("SimulationReport");
  expect_described<SourceStatus>("SourceStatus");
  expect_described<StatusReport>("StatusReport");
  expect_described<Tally>("Tally");
  expect_described<Target>("Target");
  expect_described<TargetEntry>("TargetEntry");
  expect_described<TargetList>("TargetList");
  expect_described<TargetStatus>("TargetStatus");
  expect_described<TopReport>("TopReport");
  expect_described<UndoRequest>("UndoRequest");
  expect_described<VerdictEvidence>("VerdictEvidence");
  expect_described<WatchReport>("WatchReport");
  expect_described<Wish>("Wish");
  expect_described<Work>("Work");
  expect_described<WorkerCounts>("WorkerCounts");
  expect_described<WorkerList>("WorkerList");
  expect_described<WorkerView>("WorkerView");
  EXPECT_EQ(openapi()["components"]["schemas"].size(), 83U) << "a type that is not held here";
}

TEST(Contract, OpenApiHasTheRoutesOfTheTable) {
  EXPECT_EQ(openapi()["paths"].size(), kRoutes.size());
  for (const Route& route : kRoutes) {
    SCOPED_TRACE(route.path);
    const bool asks = route.method() == "POST";
    const Json& get = openapi()["paths"][std::string(route.path)][asks ? "post" : "get"];
    ASSERT_TRUE(get.is_object());
    if (asks) {
      EXPECT_EQ(get["requestBody"]["content"]["application/json"]["schema"]["$ref"],
                "#/components/schemas/" + std::string(route.question));
    }
    EXPECT_EQ(get["summary"], route.summary);
    const Json& content = get["responses"]["200"]["content"];
    if (route.answer.empty())
      EXPECT_EQ(content["text/plain"]["schema"]["type"], "string");
    else
      EXPECT_EQ(content["application/json"]["schema"]["$ref"],
                "#/components/schemas/" + std::string(route.answer));
    std::vector<std::string> theirs;
    for (const Json& parameter : asks ? Json::array() : get["parameters"])
      theirs.push_back(parameter["name"]);
    std::vector<std::string> ours;
    for (const std::string_view parameter : route.parameters)
      if (!parameter.empty()) ours.emplace_back(parameter);
    EXPECT_EQ(ours, theirs);
  }
}

// Read into the type and written again, an example is what it was.
template <class T>
void expect_example(const std::string& name) {
  SCOPED_TRACE(name);
  const Json example = read("examples/" + name);
  const auto message = from_json<T>(example.dump());
  ASSERT_TRUE(message) << message.error().what;
  EXPECT_EQ(Json::parse(to_json(*message)), example);
}

TEST(Contract, TheExamplesAreMessages) {
  expect_example<Admission>("admission.json");
  expect_example<AdmissionQuestion>("admission-question.json");
  expect_example<ChangeList>("changes.json");
  expect_example<ChangePreview>("change-preview.json");
  expect_example<ChangeRecord>("change.json");
  expect_example<ChangeRequest>("change-request.json");
  expect_example<UndoRequest>("undo-request.json");
  expect_example<ConfigQuestion>("config-question.json");
  expect_example<DirectiveExplanation>("directive.json");
  expect_example<DoctorReport>("doctor.json");
  expect_example<EditPlan>("edit-plan.json");
  expect_example<HealthReport>("health.json");
  expect_example<HistoryReport>("history.json");
  expect_example<LintReport>("lint.json");
  expect_example<MpmSettings>("settings.json");
  expect_example<Observation>("observation.json");
  expect_example<Problem>("problem.json");
  expect_example<Proposal>("proposal.json");
  expect_example<SampleList>("samples.json");
  expect_example<ScoreboardView>("scoreboard.json");
  expect_example<SimulationQuestion>("simulation-question.json");
  expect_example<SimulationReport>("simulation.json");
  expect_example<StatusReport>("status.json");
  expect_example<TargetList>("targets.json");
  expect_example<TopReport>("top.json");
  expect_example<WorkerList>("workers.json");
}

}  // namespace
}  // namespace mpm
