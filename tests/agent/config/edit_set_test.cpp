// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/config/edit_fixture.h"

namespace mpm::config {
namespace {

using testing::HasSubstr;
using testing_edit::carry_out;
using testing_edit::changed_lines;
using testing_edit::debian;
using testing_edit::kDebianOldEvent;
using testing_edit::Layout;
using testing_edit::one_file;
using testing_edit::plan;
using testing_edit::rhel;

std::string set(const Layout& layout, const std::string& directive, const std::string& value) {
  return changed_lines(plan(layout, {{directive, value}}));
}

TEST(ConfigEdit, ChangesTheLastActiveOccurrence) {
  EXPECT_EQ(set(one_file("MaxRequestWorkers 100\nServerLimit 4\nMaxClients 200\n"),
                "MaxRequestWorkers", "300"),
            "-MaxClients 200\n+MaxClients 300\n");
}

TEST(ConfigEdit, PlansNothingForWhatIsSo) {
  const auto planned = plan(debian(), {{"MaxRequestWorkers", "150"}, {"KeepAlive", "on"}});
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_TRUE(planned->files.empty());
  EXPECT_TRUE(planned->plan.directives.empty());
}

TEST(ConfigEdit, KeepsQuotesAndContinuations) {
  EXPECT_EQ(set(one_file("MaxRequestWorkers \"100\"\n"), "MaxRequestWorkers", "75"),
            "-MaxRequestWorkers \"100\"\n+MaxRequestWorkers \"75\"\n");
  EXPECT_EQ(set(one_file("MaxRequestWorkers '100\n"), "MaxRequestWorkers", "75"),
            "-MaxRequestWorkers '100\n+MaxRequestWorkers '75\n");
  EXPECT_EQ(set(one_file("MaxRequest\\\nWorkers \\\n  100\n"), "MaxRequestWorkers", "75"),
            "-  100\n+  75\n");
}

TEST(ConfigEdit, KeepsWindowsLineEnds) {
  EXPECT_EQ(set(one_file("StartServers 2\r\nMaxRequestWorkers 100\r\n"), "ServerLimit", "8"),
            "+ServerLimit 8\r\n");
}

TEST(ConfigEdit, AddsBesideItsLikesInTheOrderOfTheirKind) {
  const auto planned = plan(debian(), {{"ServerLimit", "8"}});
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_EQ(planned->plan.files.at(0).path, "/etc/apache2/mods-available/mpm_event.conf");
  EXPECT_EQ(planned->plan.files.at(0).diff,
            "--- /etc/apache2/mods-available/mpm_event.conf\n"
            "+++ /etc/apache2/mods-available/mpm_event.conf\n"
            "@@ -5,5 +5,6 @@\n"
            " MaxSpareThreads         75\n"
            " ThreadLimit             64\n"
            " ThreadsPerChild         25\n"
            "+ServerLimit             8\n"
            " MaxRequestWorkers       150\n"
            " MaxConnectionsPerChild  0\n");
}

TEST(ConfigEdit, AlignsWithTabsWhereTheOthersDo) {
  EXPECT_EQ(set(debian(kDebianOldEvent), "ServerLimit", "8"), "+\tServerLimit\t\t8\n");
  EXPECT_EQ(set(debian(kDebianOldEvent), "AsyncRequestWorkerFactor", "3"),
            "+\tAsyncRequestWorkerFactor\t3\n");
}

TEST(ConfigEdit, AlignsTheEndsOfNumbersWhereTheOthersDo) {
  EXPECT_EQ(set(one_file("<IfModule event.c>\nStartServers       8\nMinSpareThreads   25\n"
                         "MaxSpareThreads  250\nMaxClients       256\n"
                         "MaxRequestsPerChild  4000\n</IfModule>\n"),
                "ServerLimit", "16"),
            "+ServerLimit       16\n");
}

TEST(ConfigEdit, PutsItBelowItsTwinInAComment) {
  const auto planned = plan(one_file("#ServerLimit 16\nStartServers 2\n"), {{"ServerLimit", "8"}});
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_THAT(planned->plan.files.at(0).diff,
              HasSubstr(" #ServerLimit 16\n+ServerLimit 8\n Start"));
}

TEST(ConfigEdit, LeavesALastLineWithoutEndTheLast) {
  EXPECT_EQ(set(one_file("StartServers 2"), "MaxRequestWorkers", "100"),
            "+MaxRequestWorkers 100\n");
}

TEST(ConfigEdit, NeverPutsALineBehindABackslash) {
  EXPECT_EQ(set(one_file("StartServers 2 \\\n"), "MaxRequestWorkers", "100"),
            "+MaxRequestWorkers 100\n");
}

TEST(ConfigEdit, KeepsTheCoresDirectivesTogetherAtTheTop) {
  const auto planned = plan(debian(), {{"KeepAliveTimeout", "2"}, {"ExtendedStatus", "Off"}});
  ASSERT_TRUE(planned) << planned.error().what;
  ASSERT_EQ(planned->plan.files.size(), 1U);
  EXPECT_EQ(planned->plan.files[0].path, "/etc/apache2/apache2.conf");
  EXPECT_THAT(planned->plan.files[0].diff, HasSubstr(" KeepAlive On\n+KeepAliveTimeout 2\n"));
  EXPECT_THAT(planned->plan.files[0].diff, HasSubstr(" #ExtendedStatus On\n+ExtendedStatus Off\n"));
}

TEST(ConfigEdit, ChangesADefineThatNothingElseUses) {
  EXPECT_EQ(set(one_file("Define MRW 100\nMaxRequestWorkers ${MRW}\n"), "MaxRequestWorkers", "75"),
            "-Define MRW 100\n+Define MRW 75\n");
}

TEST(ConfigEdit, LeavesADefineThatIsUsedTwice) {
  const auto planned = plan(one_file("Define N 100\nMaxRequestWorkers ${N}\nServerName h${N}\n"),
                            {{"MaxRequestWorkers", "75"}});
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().kind, Error::Kind::Conflict);
  EXPECT_THAT(planned.error().what, HasSubstr("/R/httpd.conf:2"));
  EXPECT_THAT(planned.error().what, HasSubstr("ServerName (/R/httpd.conf:4)"));
}

TEST(ConfigEdit, TakesEveryOccurrenceAwayAndNothingElse) {
  const auto planned =
      plan(one_file("MaxClients 100\n# x\nMaxRequestWorkers \\\n 200\nListen 80\n"),
           {{"MaxRequestWorkers", std::nullopt}});
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_EQ(changed_lines(planned), "-MaxClients 100\n-MaxRequestWorkers \\\n- 200\n");
  EXPECT_EQ(planned->plan.directives.at(0).from, "200");
  EXPECT_EQ(planned->plan.directives.at(0).to, std::nullopt);
  EXPECT_EQ(planned->plan.directives.at(0).to_effective, SettingValue(400));
}

TEST(ConfigEdit, EditsAFileOnceThatIsReadUnderTwoNames) {
  Layout layout = one_file("Include a.conf\nInclude b.conf\n");
  layout.files.add("/R/a.conf", "MaxRequestWorkers 100\n");
  layout.files.add_link("/R/b.conf", "a.conf");
  EXPECT_EQ(set(layout, "MaxRequestWorkers", "75"),
            "-MaxRequestWorkers 100\n+MaxRequestWorkers 75\n");
  EXPECT_EQ(set(layout, "ServerLimit", "8"), "+ServerLimit 8\n");
}

TEST(ConfigEdit, MakesAFileOfItsOwnWhereThereAreNoLikes) {
  const auto planned = plan(rhel(), {{"MaxRequestWorkers", "300"}, {"KeepAlive", "Off"}});
  ASSERT_TRUE(planned) << planned.error().what;
  ASSERT_EQ(planned->files.size(), 1U);
  EXPECT_EQ(planned->files[0].path, "/etc/httpd/conf.d/zz-mpmctl.conf");
  EXPECT_EQ(planned->files[0].action, FileAction::Create);
  EXPECT_THAT(planned->files[0].after,
              HasSubstr("httpd.\n<IfModule mpm_event_module>\n    MaxRequestWorkers 300\n"
                        "</IfModule>\nKeepAlive Off\n"));
}

TEST(ConfigEdit, LinksItsFileOnDebianAsA2enconfDoes) {
  const Layout layout = debian("# nothing here\n");
  const auto planned = plan(layout, {{"MaxRequestWorkers", "300"}});
  ASSERT_TRUE(planned) << planned.error().what;
  ASSERT_EQ(planned->plan.files.size(), 2U);
  EXPECT_EQ(planned->plan.files[0].path, "/etc/apache2/conf-available/zz-mpmctl.conf");
  EXPECT_EQ(planned->plan.files[0].action, FileAction::Create);
  EXPECT_EQ(planned->plan.files[1].diff,
            "+/etc/apache2/conf-enabled/zz-mpmctl.conf -> ../conf-available/zz-mpmctl.conf\n");
}

TEST(ConfigEdit, LeavesNoTraceOfItsFileOnceItsLastDirectiveIsGone) {
  for (const Layout& layout : {rhel(), debian("# nothing here\n")}) {
    Layout changed = layout;
    for (const char* directive : {"MaxRequestWorkers", "ServerLimit", "KeepAliveTimeout"}) {
      const auto planned = plan(changed, {{directive, "20"}});
      ASSERT_TRUE(planned) << planned.error().what;
      carry_out(planned->files, changed.files);
    }
    EXPECT_FALSE(changed.files == layout.files);
    for (const char* directive : {"MaxRequestWorkers", "KeepAliveTimeout", "ServerLimit"}) {
      const auto planned = plan(changed, {{directive, std::nullopt}});
      ASSERT_TRUE(planned) << planned.error().what;
      carry_out(planned->files, changed.files);
    }
    EXPECT_TRUE(changed.files == layout.files);
  }
}

Result<PlannedEdit> plan_beside(const Layout& layout, Mpm running_mpm, RunningLimits running,
                                std::vector<Wish> wishes) {
  EditRequest request;
  request.site = layout.site;
  request.mpm = running_mpm;
  request.running = running;
  request.wishes = std::move(wishes);
  return plan_edit(request, layout.files);
}

TEST(ConfigEdit, TakesAStopAndStartWhereTheRunningParentWouldCutTheValue) {
  const Layout layout = one_file("ThreadsPerChild 25\nServerLimit 32\nMaxRequestWorkers 150\n");
  const auto within = plan_beside(layout, Mpm::Event, {16, 64}, {{"MaxRequestWorkers", "400"}});
  ASSERT_TRUE(within) << within.error().what;
  EXPECT_EQ(within->plan.restart, RestartClass::Graceful);
  const auto beyond = plan_beside(layout, Mpm::Event, {16, 64}, {{"MaxRequestWorkers", "500"}});
  ASSERT_TRUE(beyond) << beyond.error().what;
  EXPECT_EQ(beyond->plan.restart, RestartClass::StopStart);
  EXPECT_EQ(beyond->plan.directives[0].restart, RestartClass::StopStart);
  EXPECT_THAT(beyond->reasons[0], HasSubstr("room for 16"));
}

// The server would end at a reload, whatever the change itself needs.
TEST(ConfigEdit, S02_TakesAStopAndStartWhereSomebodyElseSwitchedTheMpmInTheFiles) {
  const auto planned = plan_beside(one_file("MaxRequestWorkers 150\n"), Mpm::Prefork, {256, 1},
                                   {{"KeepAliveTimeout", "3"}});
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_EQ(planned->plan.restart, RestartClass::StopStart);
  EXPECT_THAT(planned->reasons[0], HasSubstr("from prefork to event"));
  EXPECT_EQ(planned->plan.directives[0].restart, RestartClass::Graceful);
}

}  // namespace
}  // namespace mpm::config
