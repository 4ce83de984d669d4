// SPDX-License-Identifier: Apache-2.0
//
// What the hand makes and what it takes back: a table of requests that are what is proposed, and of
// those that are not, each by one thing.
#include "agent/service/proposed.h"

#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace mpm {
namespace {

using testing::HasSubstr;

constexpr std::int32_t kPid = 4711;

Change change(std::string directive, std::int64_t from, std::int64_t to) {
  Change value;
  value.directive = std::move(directive);
  value.from = from;
  value.to = to;
  return value;
}

// All that is held against each other.
struct Held {
  Proposal proposal;
  ChangeRequest request;
  ChangePreview preview;

  void wish(const std::string& directive, const std::string& value) {
    request.question.wishes.push_back({directive, value});
    DirectiveChange changed;
    changed.directive = directive;
    changed.to = value;
    preview.plan.directives.push_back(std::move(changed));
  }
  Result<void> judged() const { return is_proposed(request, preview, proposal); }
};

Held as_proposed() {
  Held held;
  held.proposal.pid = kPid;
  held.proposal.basis = "basis";
  held.proposal.changes = {change("MaxRequestWorkers", 150, 400), change("StartServers", 2, 8)};
  held.preview.plan.pid = kPid;
  held.preview.plan.basis = "basis";
  held.preview.plan.mpm_before = held.preview.plan.mpm_after = Mpm::Event;
  held.wish("MaxRequestWorkers", "400");
  held.wish("StartServers", "8");
  return held;
}

struct Case {
  const char* name;
  std::function<void(Held&)> turn;
  const char* word;  // of the refusal; nullptr: it is what is proposed
};

const std::vector<Case> kCases{
    {"as it is", [](Held&) {}, nullptr},
    {"in other letters",
     [](Held& held) { held.request.question.wishes[0].directive = "maxrequestworkers"; }, nullptr},
    {"a part of the way up", [](Held& held) { held.request.question.wishes[0].value = "225"; },
     nullptr},
    {"a part of the way down",
     [](Held& held) {
       held.proposal.changes[0] = change("MaxRequestWorkers", 400, 150);
       held.request.question.wishes[0].value = "200";
     },
     nullptr},
    {"an end to a limit, whole",
     [](Held& held) {
       held.proposal.changes[1] = change("MaxConnectionsPerChild", 1000, 0);
       held.request.question.wishes[1] = {"MaxConnectionsPerChild", "0"};
       held.preview.plan.directives[1].directive = "MaxConnectionsPerChild";
     },
     nullptr},
    {"another value", [](Held& held) { held.request.question.wishes[0].value = "401"; },
     "MaxRequestWorkers 401 is not what is proposed for httpd 4711 now, which is MaxRequestWorkers "
     "400, StartServers 8"},
    {"a value on the other side", [](Held& held) { held.request.question.wishes[0].value = "149"; },
     "149 is not what"},
    {"a value that is no number",
     [](Held& held) { held.request.question.wishes[0].value = "400\nLoadModule x y"; },
     "is not what is proposed"},
    {"a number and more", [](Held& held) { held.request.question.wishes[0].value = "400 "; },
     "is not what is proposed"},
    {"no value", [](Held& held) { held.request.question.wishes[0].value.reset(); },
     "MaxRequestWorkers unset is not what"},
    {"a part of what has no parts",
     [](Held& held) {
       held.proposal.changes[1] = change("MaxConnectionsPerChild", 0, 10000);
       held.request.question.wishes[1] = {"MaxConnectionsPerChild", "1"};
     },
     "MaxConnectionsPerChild 1 is not what"},
    {"one directive more", [](Held& held) { held.wish("KeepAliveTimeout", "2"); },
     "KeepAliveTimeout is not among what is proposed"},
    {"one directive less", [](Held& held) { held.request.question.wishes.pop_back(); },
     "StartServers is missing of what is proposed"},
    {"one directive more in the files",
     [](Held& held) {
       DirectiveChange more;
       more.directive = "ServerLimit";
       held.preview.plan.directives.push_back(more);
     },
     "ServerLimit would be changed as well"},
    {"another server", [](Held& held) { held.preview.plan.pid = 4712; }, "process 4712"},
    {"no server that runs", [](Held& held) { held.preview.plan.pid = held.proposal.pid = 0; },
     "process 0"},
    {"a stale proposal", [](Held& held) { held.proposal.basis = "older"; }, "from other files"},
    {"a proposal of no files",
     [](Held& held) { held.proposal.basis = held.preview.plan.basis = ""; }, "from other files"},
    {"an empty proposal", [](Held& held) { held.proposal.changes.clear(); },
     "Nothing is proposed for httpd 4711 now"},
    {"another MPM", [](Held& held) { held.preview.plan.mpm_after = Mpm::Prefork; }, "Another MPM"},
    {"more than a reload", [](Held& held) { held.preview.plan.restart = RestartClass::StopStart; },
     "(way of loading: stop-start) than the proposal said (graceful)"},
    {"what others wrote", [](Held& held) { held.preview.unloaded = {"A file is newer."}; },
     "A file is newer. That is not proposed"},
};

TEST(Proposed, IsMadeAndNothingElse) {
  for (const Case& each : kCases) {
    SCOPED_TRACE(each.name);
    Held held = as_proposed();
    each.turn(held);
    const auto judged = held.judged();
    EXPECT_EQ(judged.has_value(), each.word == nullptr)
        << (judged ? "it is taken for what is proposed" : judged.error().what);
    if (judged || each.word == nullptr) continue;
    EXPECT_THAT(judged.error().what, HasSubstr(each.word));
    EXPECT_THAT(judged.error().kind, testing::AnyOf(Error::Kind::Denied, Error::Kind::Conflict));
  }
}

TEST(Proposed, NeverIsATreeAnotherMpmOrAnUnwatchedChange) {
  ChangeRequest request;
  EXPECT_TRUE(may_be_asked_of_the_hand(request));
  request.watch_seconds = 60;
  EXPECT_TRUE(may_be_asked_of_the_hand(request));
  for (const double seconds : {0.0, 59.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    request.watch_seconds = seconds;
    EXPECT_FALSE(may_be_asked_of_the_hand(request)) << seconds;
  }
  request.watch_seconds.reset();
  request.question.mpm = Mpm::Prefork;
  EXPECT_FALSE(may_be_asked_of_the_hand(request));
  request.question.mpm.reset();
  request.question.offline = OfflineSite{};
  EXPECT_FALSE(may_be_asked_of_the_hand(request));
}

ChangeRecord kept(std::int64_t id, std::string asked_by) {
  ChangeRecord record;
  record.id = id;
  record.target.binary = "/usr/sbin/apache2";
  record.target.config_file = "/etc/apache2/apache2.conf";
  record.steps = {{{}, Phase::Kept, ""}};
  record.asked_by = std::move(asked_by);
  return record;
}

TEST(TakenBackByTheHand, IsWhatItMadeLast) {
  const ChangeRecord ours = kept(3, "alice");
  EXPECT_EQ(may_be_taken_back(std::vector{ours}, 0).value_or(0), 3);
  EXPECT_EQ(may_be_taken_back(std::vector{ours}, 3).value_or(0), 3);
  EXPECT_EQ(may_be_taken_back({}, 0).error().kind, Error::Kind::Usage);
  EXPECT_EQ(may_be_taken_back(std::vector{ours}, 4).error().kind, Error::Kind::NotFound);

  const auto of_root = may_be_taken_back(std::vector{kept(4, ""), ours}, 0);
  ASSERT_FALSE(of_root);
  EXPECT_THAT(of_root.error().what, HasSubstr("sudo mpmctl undo 4"));
  const auto overtaken = may_be_taken_back(std::vector{kept(4, ""), ours}, 3);
  ASSERT_FALSE(overtaken);
  EXPECT_THAT(overtaken.error().what, HasSubstr("Change 4 was made since"));

  ChangeRecord elsewhere = kept(4, "");
  elsewhere.target.config_file = "/etc/apache2-b/apache2.conf";
  EXPECT_EQ(may_be_taken_back(std::vector{elsewhere, ours}, 3).value_or(0), 3);

  // What was taken back stands no more, and what takes back is root's to take back.
  ChangeRecord back = kept(5, "alice");
  back.undoes = 4;
  EXPECT_EQ(may_be_taken_back(std::vector{back, kept(4, ""), ours}, 0).value_or(0), 3);
  EXPECT_FALSE(may_be_taken_back(std::vector{back, kept(4, ""), ours}, 5));
}

}  // namespace
}  // namespace mpm
