// SPDX-License-Identifier: Apache-2.0
#include "schema/codec/json.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "schema/codec/instant.h"
#include "schema/codec/names.h"
#include "schema/codec/problem.h"
#include "schema/model/messages.h"

namespace mpm {
namespace {

StatusReport report() {
  StatusReport value;
  value.at = Instant(std::chrono::milliseconds(1795000000123));
  TargetStatus status;
  status.pid = 4711;
  status.mpm = Mpm::Event;
  status.source = SourceKind::ScoreboardFile;
  status.workers.busy = 7;
  status.memory = MemoryCounts{3, Bytes{5}, Bytes{4}, Bytes{9}, Bytes{8}};
  status.requests_per_second = 12.5;
  status.losses = {"one", "two"};
  value.targets.push_back(status);
  return value;
}

std::string why(const std::string& text) {
  const auto read = from_json<StatusReport>(text);
  return read ? "it was read" : read.error().what;
}

std::string with(std::string from, const std::string& to) {
  std::string text = to_json(report());
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Json, BringsEveryValueBack) {
  const std::string text = to_json(report());
  const auto back = from_json<StatusReport>(text);
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(to_json(*back), text);
  EXPECT_EQ(back->targets[0].mpm, Mpm::Event);
  EXPECT_EQ(back->targets[0].memory->pss, Bytes{5});
  EXPECT_EQ(back->at, report().at);
  EXPECT_FALSE(back->targets[0].oldest_request_seconds);
}

TEST(Json, PassesOverMembersItDoesNotKnow) {
  EXPECT_TRUE(from_json<StatusReport>(with("\"busy\":7", "\"new\":[1,{}],\"busy\":7")));
}

TEST(Json, TakesAnAbsentOptionalForNull) {
  const auto read = from_json<StatusReport>(with("\"requests_per_second\":12.5,", ""));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->targets[0].requests_per_second);
}

TEST(Json, NamesTheMemberThatDoesNotFit) {
  EXPECT_NE(why(with("\"busy\":7", "\"busy\":\"7\"")).find("targets[0].workers.busy"),
            std::string::npos);
  EXPECT_NE(why(with("\"event\"", "\"evnt\"")).find("targets[0].mpm"), std::string::npos);
  EXPECT_NE(why(with("\"busy\":7,", "")).find("targets[0].workers.busy"), std::string::npos);
  EXPECT_NE(why(with("2026", "soon")).find("at"), std::string::npos);
  EXPECT_NE(why("[1").find("not JSON"), std::string::npos);
  EXPECT_NE(why("7").find("object"), std::string::npos) << why("7");
}

TEST(Json, RefusesNumbersThatDoNotFitTheirType) {
  EXPECT_NE(why(with("\"pid\":4711", "\"pid\":4294967296")).find("targets[0].pid"),
            std::string::npos);
  EXPECT_NE(why(with("\"pid\":4711", "\"pid\":4711.5")).find("targets[0].pid"), std::string::npos);
}

TEST(Json, WritesAnyBytesAndAnyNumber) {
  StatusReport value = report();
  value.targets[0].verdict = "caf\xE9 \xFF \x1b[31m";
  value.targets[0].requests_per_second = std::numeric_limits<double>::quiet_NaN();
  const auto back = from_json<StatusReport>(to_json(value));
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_NE(back->targets[0].verdict.find("caf\xEF\xBF\xBD"), std::string::npos);
  EXPECT_FALSE(back->targets[0].requests_per_second);
}

TEST(Json, HoldsNumbersAndWordsOfASetting) {
  MpmSettings settings;
  Setting number;
  number.effective = std::int64_t{150};
  Setting word;
  word.effective = std::string("On");
  settings.settings = {number, word};
  const auto back = from_json<MpmSettings>(to_json(settings));
  ASSERT_TRUE(back);
  EXPECT_EQ(std::get<std::int64_t>(back->settings[0].effective), 150);
  EXPECT_EQ(std::get<std::string>(back->settings[1].effective), "On");
}

TEST(Names, GoBothWays) {
  for (const std::string_view word : kWords<Mpm>)
    EXPECT_EQ(name_of(*parse_name<Mpm>(word)), word);
  for (const std::string_view word : kWords<WorkerState>)
    EXPECT_EQ(name_of(*parse_name<WorkerState>(word)), word);
  EXPECT_EQ(kWords<WorkerState>.size(), kStateLetters.size());
  EXPECT_FALSE(parse_name<Mpm>("itk"));
  EXPECT_EQ(name_of(SourceKind::ModStatus), "mod_status");
}

TEST(InstantText, GoesBothWays) {
  const Instant noon(std::chrono::milliseconds(1795000000123));
  EXPECT_EQ(parse_instant(to_text(noon)), noon);
  EXPECT_EQ(to_text(Instant{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(parse_instant("2026-02-28T23:59:59Z")->time_since_epoch().count() % 1000, 0);
  for (const char* text : {"", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "yesterday",
                           "2026-01-01T00:00:00", "2026-01-01T24:00:00Z"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(ProblemText, IsTheErrorBothWays) {
  for (const std::string_view word : kWords<Error::Kind>) {
    const Error error{*parse_name<Error::Kind>(word), "a sentence"};
    const Problem problem = to_problem(error);
    EXPECT_EQ(problem.title, word);
    EXPECT_EQ(problem.status, http_status(error.kind));
    EXPECT_GE(problem.status, 400);
    EXPECT_EQ(to_error(problem).kind, error.kind);
    EXPECT_EQ(to_error(problem).what, "a sentence");
  }
  EXPECT_EQ(to_error(Problem{"about:blank", "new kind", 418, "x"}).kind, Error::Kind::Internal);
}

}  // namespace
}  // namespace mpm
