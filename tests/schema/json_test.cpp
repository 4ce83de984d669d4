// SPDX-License-Identifier: Apache-2.0
//
// What travels arrives as it was sent; what does not fit is refused by the path of the member;
// and what httpd may put into a value, bytes that are no text and numbers that are none, does
// not stop a message.
#include "schema/codec/json.h"

#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "schema/codec/instant.h"
#include "schema/codec/names.h"
#include "schema/codec/problem.h"
#include "schema/model/apply_policy.h"
#include "schema/model/messages.h"
#include "schema/model/observation.h"
#include "schema/model/proposal.h"
#include "schema/model/verdict.h"
#include "tests/support/filled.h"

namespace mpm {
namespace {

using Json = nlohmann::ordered_json;
using test::filled;
using test::same;

template <class T>
class Message : public ::testing::Test {};
using Messages =
    ::testing::Types<ApplyPolicy, HealthReport, ListenerUsage, MemoryLimit, MpmSettings,
                     Observation, Policy, Problem, ProcessUsage, Proposal, Sample, SampleList,
                     ScoreboardView, StatusReport, TargetList, WatchReport,
                     std::vector<ListenerUsage>, std::vector<MemoryLimit>>;
TYPED_TEST_SUITE(Message, Messages);

TYPED_TEST(Message, ArrivesAsItWasSent) {
  const auto sent = filled<TypeParam>();
  const auto arrived = from_json<TypeParam>(to_json(sent));
  ASSERT_TRUE(arrived) << arrived.error().what;
  EXPECT_TRUE(same(sent, *arrived));
}

TYPED_TEST(Message, ArrivesWithNothingFilledIn) {
  const auto arrived = from_json<TypeParam>(to_json(TypeParam{}));
  ASSERT_TRUE(arrived) << arrived.error().what;
  EXPECT_TRUE(same(TypeParam{}, *arrived));
}

TYPED_TEST(Message, SaysTheSameWhenIndented) {
  const auto sent = filled<TypeParam>();
  EXPECT_EQ(Json::parse(to_json_pretty(sent)), Json::parse(to_json(sent)));
  EXPECT_EQ(to_json(sent).find('\n'), std::string::npos);
}

TYPED_TEST(Message, IsRefusedWhenItIsNoJsonAtAll) {
  for (const std::string_view text : {"", "{", "]", "nul", "{\"at\": }", "\xff"}) {
    const auto read = from_json<TypeParam>(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, Error::Kind::Malformed) << text;
  }
  EXPECT_EQ(from_json<TypeParam>("7").error().what.find("the message: expected an "), 0U);
}

// Adds a member to every object of a document.
void add_everywhere(Json& json) {
  if (!json.is_structured()) return;
  for (auto& element : json)
    add_everywhere(element);
  if (json.is_object()) json["added_by_a_later_version"] = Json::array({1, nullptr});
}

TYPED_TEST(Message, MayHaveMembersThatNobodyKnows) {
  const auto sent = filled<TypeParam>();
  Json document = Json::parse(to_json(sent));
  add_everywhere(document);
  const auto arrived = from_json<TypeParam>(document.dump());
  ASSERT_TRUE(arrived) << arrived.error().what;
  EXPECT_TRUE(same(sent, *arrived));
}

Json status() {
  return Json::parse(to_json(filled<StatusReport>()));
}
std::string complaint_about(const Json& document) {
  const auto read = from_json<StatusReport>(document.dump());
  if (read) return "none";
  EXPECT_EQ(read.error().kind, Error::Kind::Malformed);
  return read.error().what;
}

TEST(Json, AMemberOfAnotherTypeIsRefusedByItsPath) {
  Json document = status();
  document["targets"][0]["workers"]["busy"] = "many";
  EXPECT_EQ(complaint_about(document), "targets[0].workers.busy: expected an integer");

  document = status();
  document["targets"][1]["listeners"][1]["port"] = 80.5;
  EXPECT_EQ(complaint_about(document), "targets[1].listeners[1].port: expected an integer");

  document = status();
  document["targets"][0]["sources"][0]["in_use"] = 1;
  EXPECT_EQ(complaint_about(document), "targets[0].sources[0].in_use: expected true or false");

  document = status();
  document["targets"][0]["verdict"] = nullptr;
  EXPECT_EQ(complaint_about(document), "targets[0].verdict: expected a string");

  document = status();
  document["targets"][0]["requests_per_second"] = "12";
  EXPECT_EQ(complaint_about(document), "targets[0].requests_per_second: expected a number");

  document = status();
  document["targets"][0]["memory"] = Json::array();
  EXPECT_EQ(complaint_about(document), "targets[0].memory: expected an object");

  document = status();
  document["targets"] = Json::object();
  EXPECT_EQ(complaint_about(document), "targets: expected an array");

  document = status();
  document["at"] = 1795423200;
  EXPECT_EQ(complaint_about(document), "at: expected a time such as 2026-11-23T08:40:00.123Z");

  document = status();
  document["targets"][1]["mpm"] = "perchild";
  EXPECT_EQ(complaint_about(document),
            "targets[1].mpm: expected one of prefork, worker, event, winnt");
}

TEST(Json, AMemberThatIsMissingIsRefusedByItsPath) {
  Json document = status();
  document["targets"][0]["workers"].erase("busy");
  EXPECT_EQ(complaint_about(document), "targets[0].workers.busy: expected it to be there");
}

TEST(Json, AnIntegerThatItsFieldCannotHoldIsRefused) {
  Json document = status();
  document["targets"][0]["pid"] = 3000000000;
  EXPECT_EQ(complaint_about(document), "targets[0].pid: expected a smaller integer");
  document["targets"][0]["pid"] = -3000000000;
  EXPECT_EQ(complaint_about(document), "targets[0].pid: expected an integer in range");
  document = status();
  document["targets"][0]["bytes"] = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(complaint_about(document), "targets[0].bytes: expected a smaller integer");
  document["targets"][0]["bytes"] = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(complaint_about(document), "none");
}

TEST(Json, AnOptionalMemberMayBeNullOrMissing) {
  for (const bool erase : {false, true}) {
    Json document = status();
    if (erase)
      document["targets"][0].erase("memory");
    else
      document["targets"][0]["memory"] = nullptr;
    const auto read = from_json<StatusReport>(document.dump());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_FALSE(read->targets[0].memory.has_value());
    EXPECT_TRUE(read->targets[1].memory.has_value());
  }
}

TEST(Json, ASettingIsANumberOrAWord) {
  MpmSettings settings;
  settings.settings.resize(2);
  settings.settings[0].effective = std::int64_t{150};
  settings.settings[1].effective = "On";
  Json document = Json::parse(to_json(settings));
  EXPECT_EQ(document["settings"][0]["effective"], 150);
  EXPECT_EQ(document["settings"][1]["effective"], "On");
  document["settings"][1]["effective"] = 1.5;
  EXPECT_EQ(from_json<MpmSettings>(document.dump()).error().what,
            "settings[1].effective: expected an integer or a string");
}

TEST(Json, BytesThatAreNoTextBecomeTheReplacementCharacter) {
  const std::string sent = to_json(Problem{"", "", 0, "caf\xe9 \xc3\xa9 \xf0\x9f"});
  const auto arrived = from_json<Problem>(sent);
  ASSERT_TRUE(arrived) << arrived.error().what;
  EXPECT_EQ(arrived->detail, "caf\xef\xbf\xbd \xc3\xa9 \xef\xbf\xbd");
}

TEST(Json, TextMayHoldAnythingThatJsonEscapes) {
  const std::string text("\"\\/\b\f\n\r\t\x01\x7f </script> \0 end", 27);
  const auto arrived = from_json<Problem>(to_json(Problem{"", "", 0, text}));
  ASSERT_TRUE(arrived) << arrived.error().what;
  EXPECT_EQ(arrived->detail, text);
}

TEST(Json, ANumberThatIsNoneBecomesNull) {
  Proposal proposal;
  proposal.findings.resize(1);
  proposal.findings[0].evidence.resize(3);
  proposal.findings[0].evidence[0].value = std::numeric_limits<double>::quiet_NaN();
  proposal.findings[0].evidence[1].value = std::numeric_limits<double>::infinity();
  proposal.findings[0].evidence[2].value = -std::numeric_limits<double>::infinity();
  const Json document = Json::parse(to_json(proposal));
  for (const Json& written : document["findings"][0]["evidence"])
    EXPECT_TRUE(written["value"].is_null());
}

TEST(Json, AnOptionalNumberThatIsNoneArrivesAbsent) {
  MemoryObservation memory;
  memory.growth_per_request = std::numeric_limits<double>::quiet_NaN();
  Observation sent;
  sent.memory = memory;
  const auto arrived = from_json<Observation>(to_json(sent));
  ASSERT_TRUE(arrived) << arrived.error().what;
  EXPECT_FALSE(arrived->memory->growth_per_request.has_value());
}

TEST(Json, ADoubleArrivesToTheLastBit) {
  for (const double value : {0.1, 1e-300, 1.0 / 3, 123456789.123456789, 1e300, -0.0}) {
    Observation sent;
    sent.span_seconds = value;
    EXPECT_EQ(from_json<Observation>(to_json(sent))->span_seconds, value);
  }
}

template <class E>
class Word : public ::testing::Test {};
using Enumerations = ::testing::Types<Mpm, SourceKind, WorkerState, Health, Severity, Confidence,
                                      RestartClass, Error::Kind>;
TYPED_TEST_SUITE(Word, Enumerations);

TYPED_TEST(Word, NamesOneEnumeratorAndIsItsName) {
  for (std::size_t i = 0; i < kWords<TypeParam>.size(); ++i) {
    const auto value = static_cast<TypeParam>(i);
    EXPECT_FALSE(name_of(value).empty());
    EXPECT_EQ(parse_name<TypeParam>(name_of(value)), value);
  }
}

TYPED_TEST(Word, IsMatchedWhole) {
  std::string word(kWords<TypeParam>[0]);
  EXPECT_EQ(parse_name<TypeParam>(word + " "), std::nullopt);
  EXPECT_EQ(parse_name<TypeParam>(word.substr(1)), std::nullopt);
  EXPECT_EQ(parse_name<TypeParam>(""), std::nullopt);
}

Instant at(std::int64_t milliseconds) {
  return Instant(std::chrono::milliseconds(milliseconds));
}

TEST(InstantText, IsRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(to_text(at(1795423200123)), "2026-11-23T08:40:00.123Z");
  EXPECT_EQ(to_text(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_text(at(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_text(at(1709164800000)), "2024-02-29T00:00:00.000Z");
}

TEST(InstantText, IsReadBack) {
  for (const std::int64_t moment : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{999},
                                    std::int64_t{1795423200123}, std::int64_t{253402300799999}})
    EXPECT_EQ(parse_instant(to_text(at(moment))), at(moment));
}

TEST(InstantText, MayHaveUpToNineDigitsOfAFractionWhichIsCut) {
  EXPECT_EQ(parse_instant("2026-11-23T08:40:00Z"), at(1795423200000));
  EXPECT_EQ(parse_instant("2026-11-23T08:40:00.1Z"), at(1795423200100));
  EXPECT_EQ(parse_instant("2026-11-23T08:40:00.123999999Z"), at(1795423200123));
  EXPECT_EQ(parse_instant("2026-11-23T08:40:00.1234567890Z"), std::nullopt);
  EXPECT_EQ(parse_instant("2026-11-23T08:40:00.Z"), std::nullopt);
}

TEST(InstantText, IsRefusedWhenThereIsNoSuchTime) {
  for (const std::string_view text : {"",
                                      "2026-11-23",
                                      "2026-11-23 08:40:00Z",
                                      "2026-11-23T08:40:00",
                                      "2026-11-23T08:40Z",
                                      "2026-11-23T08:40:00z",
                                      "2026-11-23T08:40:00+00:00",
                                      "2026-11-23T08:40:00Z ",
                                      " 2026-11-23T08:40:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-11-31T00:00:00Z",
                                      "2026-11-23T24:00:00Z",
                                      "2026-11-23T08:60:00Z",
                                      "2026-11-23T08:40:60Z",
                                      "2026-11-23T08:40:-1Z",
                                      "2026-11-23T08:40:+1Z",
                                      "-026-11-23T08:40:00Z",
                                      "2026-1-23T08:40:00Z"})
    EXPECT_EQ(parse_instant(text), std::nullopt) << text;
}

TEST(ProblemDocument, StandsForItsErrorAndBack) {
  for (std::size_t i = 0; i < kWords<Error::Kind>.size(); ++i) {
    const Error sent{static_cast<Error::Kind>(i), "smaps_rollup: Permission denied"};
    const Problem problem = to_problem(sent);
    EXPECT_EQ(problem.type, "about:blank");
    EXPECT_EQ(problem.title, name_of(sent.kind));
    EXPECT_EQ(problem.status, http_status(sent.kind));
    const Error arrived = to_error(problem);
    EXPECT_EQ(arrived.kind, sent.kind);
    EXPECT_EQ(arrived.what, sent.what);
  }
}

TEST(ProblemDocument, HasAStatusOfItsOwnForEveryKind) {
  std::vector<int> statuses;
  for (std::size_t i = 0; i < kWords<Error::Kind>.size(); ++i)
    statuses.push_back(http_status(static_cast<Error::Kind>(i)));
  EXPECT_EQ(statuses, (std::vector<int>{404, 403, 422, 502, 504, 409, 400, 500}));
}

TEST(ProblemDocument, OfATitleThatNobodyKnowsIsOurFault) {
  const Error error = to_error({"about:blank", "Service Unavailable", 503, "Try again."});
  EXPECT_EQ(error.kind, Error::Kind::Internal);
  EXPECT_EQ(error.what, "Try again.");
}

}  // namespace
}  // namespace mpm
