// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/explain.h"

#include <regex>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/apache/directives.h"
#include "agent/apache/explanations.h"

namespace mpm {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

DirectiveExplanation explained(std::string_view name) {
  auto explanation = explain(name);
  EXPECT_TRUE(explanation) << name;
  return explanation.value_or(DirectiveExplanation{});
}

TEST(Explain, KnowsEveryDirectiveAndNoOther) {
  std::size_t rows = 0;
  for (const auto table : {explanations_of_spares(), explanations_of_limits(),
                           explanations_of_children(), explanations_of_connections()})
    rows += table.size();
  EXPECT_EQ(rows, directives().size());
  for (const Directive& directive : directives())
    EXPECT_EQ(explained(directive.name).directive, directive.name);
  EXPECT_FALSE(explain("DocumentRoot"));
  EXPECT_FALSE(explain(""));
}

TEST(Explain, GoesByOldNamesAndAnyCase) {
  EXPECT_EQ(explained("maxclients").directive, "MaxRequestWorkers");
  EXPECT_EQ(explained("MaxRequestWorkers").old_name, "MaxClients");
  EXPECT_EQ(explained("TIMEOUT").old_name, "");
}

TEST(Explain, SaysEachThingInSentences) {
  for (const Directive& directive : directives()) {
    const DirectiveExplanation explanation = explained(directive.name);
    SCOPED_TRACE(directive.name);
    EXPECT_THAT(explanation.summary,
                AllOf(testing::StartsWith(explanation.directive), EndsWith(".")));
    EXPECT_THAT(explanation.paragraphs, SizeIs(testing::AllOf(testing::Ge(2U), testing::Le(4U))));
    EXPECT_THAT(explanation.paragraphs, testing::Each(EndsWith(".")));
    EXPECT_THAT(explanation.defaults, testing::Each(EndsWith(".")));
    EXPECT_THAT(explanation.bounds, EndsWith("."));
    for (const Remark& remark : explanation.codes)
      EXPECT_THAT(remark.text, EndsWith("."));
    EXPECT_FALSE(explanation.see_also.empty());
  }
}

TEST(Explain, HasTheDefaultsUnitsAndMpmsOfTheDirectives) {
  for (const Directive& directive : directives()) {
    const DirectiveExplanation explanation = explained(directive.name);
    SCOPED_TRACE(directive.name);
    EXPECT_EQ(explanation.unit, directive.unit);
    EXPECT_EQ(explanation.restart, directive.restart);
    const std::string defaults = fmt::format("{}", fmt::join(explanation.defaults, " "));
    for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt}) {
      EXPECT_EQ(testing::Value(explanation.mpms, testing::Contains(mpm)), directive.known_to(mpm));
      if (directive.known_to(mpm) && directive.kind != ValueKind::Word) {
        EXPECT_THAT(defaults, HasSubstr(std::to_string(directive.default_for(mpm))));
      }
    }
    if (directive.kind == ValueKind::Word) {
      EXPECT_THAT(defaults, HasSubstr(std::string(directive.default_word)));
    }
  }
  EXPECT_THAT(
      explained("ServerLimit").defaults,
      testing::ElementsAre("256 processes under prefork.", "16 processes under worker, event.",
                           "Debian 12 and RHEL 9 do not write it."));
  EXPECT_THAT(explained("MaxConnectionsPerChild").defaults[0], "0, which is never.");
}

TEST(Explain, NamesTheCompiledInMaximums) {
  for (const Directive& directive : directives())
    for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt})
      if (directive.maximum_for(mpm) > 0) {
        EXPECT_THAT(explained(directive.name).bounds,
                    HasSubstr(std::to_string(directive.maximum_for(mpm))))
            << directive.name;
      }
}

TEST(Explain, RefersOnlyToDirectivesThatItExplains) {
  for (const Directive& directive : directives()) {
    std::set<std::string> seen;
    for (const std::string& name : explained(directive.name).see_also) {
      const Directive* other = find_directive(name);
      ASSERT_NE(other, nullptr) << name;
      EXPECT_EQ(name, other->name);
      EXPECT_NE(name, directive.name);
      EXPECT_TRUE(seen.insert(name).second) << directive.name << " " << name;
    }
  }
}

TEST(Explain, GivesCodesAsHttpdWritesThem) {
  const std::regex code("AH[0-9]{5}");
  for (const Directive& directive : directives())
    for (const Remark& remark : explained(directive.name).codes)
      EXPECT_TRUE(std::regex_match(remark.code, code)) << remark.code;
  std::set<std::string> codes;
  for (const Remark& remark : explained("ServerLimit").codes)
    codes.insert(remark.code);
  EXPECT_THAT(codes, AllOf(testing::Contains("AH00501"), testing::Contains("AH03490"),
                           testing::Contains("AH00175")));
}

TEST(Explain, SaysAboveEachCodeWhichMpmLogsIt) {
  for (const Remark& remark : explained("StartServers").codes)
    EXPECT_THAT(remark.text,
                AnyOf(testing::StartsWith("prefork: "), testing::StartsWith("worker: "),
                      testing::StartsWith("event: ")));
}

}  // namespace
}  // namespace mpm
