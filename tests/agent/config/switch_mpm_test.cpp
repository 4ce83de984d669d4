// SPDX-License-Identifier: Apache-2.0
//
// Another MPM in the layouts of the distributions: what is written, what is refused and why, and
// that the way back leads to the very bytes.
#include "agent/config/switch_mpm.h"

#include <algorithm>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/config/edit_fixture.h"

namespace mpm::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing_edit::carry_out;
using testing_edit::changed_lines;
using testing_edit::debian;
using testing_edit::docker;
using testing_edit::kDebianEvent;
using testing_edit::Layout;
using testing_edit::one_file;
using testing_edit::plan_switch;
using testing_edit::rhel;

const std::string kMods = "/etc/apache2/mods-enabled/";
const std::string kPhpLoad = "LoadModule php_module /usr/lib/apache2/modules/libphp8.2.so\n";

std::optional<Mpm> loaded(const Layout& layout) {
  return read_settings(read_site(layout.site, layout.files), std::nullopt).mpm;
}

Layout switched(Layout layout, Mpm to) {
  const auto planned = plan_switch(layout, to);
  EXPECT_TRUE(planned) << planned.error().what;
  if (!planned) return layout;
  EXPECT_EQ(planned->plan.mpm_after, to);
  EXPECT_EQ(planned->plan.restart, RestartClass::StopStart);
  carry_out(planned->files, layout.files);
  EXPECT_EQ(loaded(layout), to);
  return layout;
}

Error refusal(const Layout& layout, Mpm to) {
  const auto planned = plan_switch(layout, to);
  return planned ? Error{Error::Kind::Internal, "it was planned"} : planned.error();
}

std::string remarks(const Layout& layout, Mpm to) {
  const auto planned = plan_switch(layout, to);
  if (!planned) return planned.error().what;
  std::string text;
  for (const Remark& remark : planned->plan.remarks)
    text += remark.text + "\n";
  return text;
}

// Each of what is written differs from what stands in the block of the other MPM.
Layout debian_prefork() {
  return switched(debian(), Mpm::Prefork);
}

TEST(SwitchMpm, OnDebianMovesTheLinksAsA2enmodDoes) {
  const auto planned = plan_switch(debian(), Mpm::Worker);
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_EQ(changed_lines(planned),
            "-" + kMods + "mpm_event.conf -> ../mods-available/mpm_event.conf\n" + "-" + kMods +
                "mpm_event.load -> ../mods-available/mpm_event.load\n" + "+" + kMods +
                "mpm_worker.conf -> ../mods-available/mpm_worker.conf\n" + "+" + kMods +
                "mpm_worker.load -> ../mods-available/mpm_worker.load\n");
  EXPECT_THAT(planned->plan.directives, IsEmpty());
}

TEST(SwitchMpm, OnDebianLeadsALinkAsItsForerunnerWasLed) {
  Layout layout = debian();
  for (const char* end : {"load", "conf"})
    layout.files.add_link(kMods + "mpm_event." + end,
                          std::string("/etc/apache2/mods-available/mpm_event.") + end);
  const Layout worker = switched(layout, Mpm::Worker);
  EXPECT_EQ(worker.files.link_target(kMods + "mpm_worker.load"),
            "/etc/apache2/mods-available/mpm_worker.load");
  EXPECT_TRUE(switched(worker, Mpm::Event).files == layout.files);
}

TEST(SwitchMpm, OnDebianLinksNoValuesWhereTheOldOnesWereNotLinkedEither) {
  Layout layout = debian();
  layout.files.remove(kMods + "mpm_event.conf");
  layout.files.remove("/etc/apache2/mods-available/mpm_worker.conf");
  const Layout worker = switched(layout, Mpm::Worker);
  EXPECT_FALSE(worker.files.link_target(kMods + "mpm_worker.conf"));
}

TEST(SwitchMpm, OnDebianIsRefusedWhereTheOtherMpmIsMissing) {
  Layout layout = debian();
  layout.files.remove("/etc/apache2/mods-available/mpm_worker.load");
  EXPECT_THAT(refusal(layout, Mpm::Worker).what, HasSubstr("mods-available/mpm_worker.load"));
  layout = debian();
  layout.files.remove("/usr/lib/apache2/modules/mod_mpm_worker.so");
  const Error error = refusal(layout, Mpm::Worker);
  EXPECT_EQ(error.kind, Error::Kind::Conflict);
  EXPECT_THAT(error.what, HasSubstr("/usr/lib/apache2/modules/mod_mpm_worker.so does not exist"));
}

TEST(SwitchMpm, OnDebianCarriesEventsValuesIntoTheBlockOfPrefork) {
  const auto planned = plan_switch(debian(), Mpm::Prefork);
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_THAT(changed_lines(planned),
              HasSubstr("-StartServers            5\n-MinSpareServers         5\n"
                        "-MaxSpareServers         10\n+StartServers            50\n"
                        "+MinSpareServers         25\n+MaxSpareServers         75\n"));
}

// prefork's block keeps what was carried into it; all else is as it was.
TEST(SwitchMpm, OnDebianTheWayBackFromPreforkLeavesNothingButItsBlock) {
  const Layout before = debian();
  Layout back = switched(debian_prefork(), Mpm::Event);
  const std::string block = "/etc/apache2/mods-available/mpm_prefork.conf";
  EXPECT_NE(*back.files.read(block), *before.files.read(block));
  back.files.add(block, *before.files.read(block));
  EXPECT_TRUE(back.files == before.files);
}

TEST(SwitchMpm, OnDebianTheWayFromPreforkAndBackGivesTheVeryBytes) {
  // Once the blocks of all three mean the same, nothing is left to carry over.
  const Layout prefork = debian_prefork();
  for (const Mpm other : {Mpm::Event, Mpm::Worker})
    EXPECT_TRUE(switched(switched(prefork, other), Mpm::Prefork).files == prefork.files);
  const Layout event = switched(prefork, Mpm::Event);
  EXPECT_TRUE(switched(switched(event, Mpm::Prefork), Mpm::Event).files == event.files);
  EXPECT_TRUE(switched(switched(event, Mpm::Worker), Mpm::Event).files == event.files);
}

TEST(SwitchMpm, OnRhelMovesTheCommentsMark) {
  const Layout layout = rhel();
  const auto planned = plan_switch(layout, Mpm::Prefork);
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_EQ(changed_lines(planned),
            "-#LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
            "+LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
            "-LoadModule mpm_event_module modules/mod_mpm_event.so\n"
            "+#LoadModule mpm_event_module modules/mod_mpm_event.so\n");
  ASSERT_EQ(planned->plan.files.size(), 1U);
  EXPECT_EQ(planned->plan.files[0].path, "/etc/httpd/conf.modules.d/00-mpm.conf");
}

TEST(SwitchMpm, ThereAndBackGivesTheVeryBytesWhereNothingIsCarriedOver) {
  for (const Layout& layout : {rhel(), docker()})
    for (const Mpm other : {Mpm::Worker, Mpm::Prefork})
      EXPECT_TRUE(switched(switched(layout, other), Mpm::Event).files == layout.files);
  // Around: no line is lost on the way over the third.
  const Layout around =
      switched(switched(switched(docker(), Mpm::Worker), Mpm::Prefork), Mpm::Event);
  EXPECT_TRUE(around.files == docker().files);
}

TEST(SwitchMpm, SaysHowADefaultLimitChangesAndHowToKeepIt) {
  EXPECT_THAT(remarks(rhel(), Mpm::Prefork),
              AllOf(HasSubstr("400 workers become 256"), HasSubstr("MaxRequestWorkers=400")));
  EXPECT_EQ(remarks(rhel(), Mpm::Worker), "");
  EXPECT_EQ(remarks(debian(), Mpm::Worker), "");
  Layout layout = rhel();
  const auto planned = plan_switch(layout, Mpm::Prefork, {{"MaxRequestWorkers", "400"}});
  ASSERT_TRUE(planned) << planned.error().what;
  carry_out(planned->files, layout.files);
  EXPECT_EQ(read_settings(read_site(layout.site, layout.files), std::nullopt).worker_limit, 400);
}

TEST(SwitchMpm, KeepsTheBlanksOfACommentedLineForTheWayBack) {
  Layout layout = one_file("# LoadModule mpm_worker_module modules/mod_mpm_worker.so\n");
  layout.site.require_module_files = false;
  const Layout worker = switched(layout, Mpm::Worker);
  EXPECT_EQ(worker.files.read("/R/httpd.conf"),
            "# LoadModule mpm_event_module modules/mod_mpm_event.so\n"
            "LoadModule mpm_worker_module modules/mod_mpm_worker.so\n");
  EXPECT_TRUE(switched(worker, Mpm::Event).files == layout.files);
}

TEST(SwitchMpm, RewritesTheOnlyLineWhereNoneIsInAComment) {
  Layout layout = one_file("KeepAlive On\n");
  layout.files.add(
      "/R/httpd.conf",
      "  LoadModule   mpm_event_module  \"/lib/mod_mpm_event.so\"\r\nKeepAlive On\r\n");
  layout.site.require_module_files = false;
  const Layout worker = switched(layout, Mpm::Worker);
  EXPECT_EQ(worker.files.read("/R/httpd.conf"),
            "  LoadModule   mpm_worker_module  \"/lib/mod_mpm_worker.so\"\r\nKeepAlive On\r\n");
  EXPECT_TRUE(switched(worker, Mpm::Event).files == layout.files);
}

TEST(SwitchMpm, IsRefusedWhereTheMpmIsLinkedIn) {
  Layout layout;
  layout.files.add("/R/httpd.conf", "Listen 80\n");
  layout.site = testing_edit::site_of("/R", "httpd.conf");
  layout.site.builtin_sources.emplace_back("event.c");
  Error error = refusal(layout, Mpm::Worker);
  EXPECT_EQ(error.kind, Error::Kind::Conflict);
  EXPECT_THAT(error.what, AllOf(HasSubstr("event MPM is linked into this httpd"),
                                HasSubstr("Install a program that is built with it")));
  layout.files.add("/etc/sysconfig/apache2", "APACHE_MPM=\"event\"\n");
  EXPECT_THAT(refusal(layout, Mpm::Worker).what, HasSubstr("Set APACHE_MPM in"));
}

TEST(SwitchMpm, IsRefusedWhereTheCommandLineLoadsTheMpm) {
  Layout layout = one_file("");
  layout.files.add("/R/httpd.conf", "Listen 80\n");
  layout.site.before = {"LoadModule mpm_event_module modules/mod_mpm_event.so"};
  EXPECT_THAT(refusal(layout, Mpm::Worker).what, HasSubstr("started with -C"));
}

TEST(SwitchMpm, NamesPhpThatIsNotSafeInThreadsAndTheWayWithoutIt) {
  Layout layout = debian_prefork();
  layout.files.add("/usr/lib/apache2/modules/libphp8.2.so", "");
  layout.files.add(kMods + "php8.2.load", kPhpLoad);
  for (const Mpm to : {Mpm::Event, Mpm::Worker}) {
    const Error error = refusal(layout, to);
    EXPECT_EQ(error.kind, Error::Kind::Conflict);
    EXPECT_THAT(error.what, AllOf(HasSubstr("php_module"), HasSubstr("not safe in threads"),
                                  HasSubstr("php-fpm")));
  }
  layout.files.remove(kMods + "php8.2.load");
  EXPECT_EQ(loaded(switched(layout, Mpm::Event)), Mpm::Event);
}

TEST(SwitchMpm, SaysThatPhpOfPreforkAloneGoesWithIt) {
  Layout layout = switched(rhel(), Mpm::Prefork);
  layout.site.require_module_files = false;
  layout.files.add("/etc/httpd/conf.modules.d/20-php.conf",
                   "<IfModule prefork.c>\n" + kPhpLoad + "</IfModule>\n");
  EXPECT_THAT(remarks(layout, Mpm::Event),
              AllOf(HasSubstr("php_module is loaded for prefork alone"), HasSubstr("php-fpm")));
  EXPECT_THAT(remarks(switched(layout, Mpm::Event), Mpm::Prefork),
              HasSubstr("php_module is loaded for prefork alone and comes with it"));
  EXPECT_THAT(remarks(rhel(), Mpm::Prefork), Not(HasSubstr("php")));
}

TEST(SwitchMpm, SaysWhatGoesBadlyWithTheOtherMpm) {
  Layout layout = rhel();
  layout.site.require_module_files = false;
  layout.files.add(
      "/etc/httpd/conf.modules.d/01-x.conf",
      "LoadModule http2_module modules/mod_http2.so\n"
      "<IfModule !prefork.c>\nLoadModule cgid_module modules/mod_cgid.so\n</IfModule>\n"
      "<IfModule prefork.c>\nLoadModule cgi_module modules/mod_cgi.so\n</IfModule>\n");
  EXPECT_THAT(remarks(layout, Mpm::Prefork),
              AllOf(HasSubstr("http2_module does not work under prefork"),
                    HasSubstr("cgid_module is loaded for event alone and goes"),
                    HasSubstr("cgi_module is loaded for prefork alone and comes")));
  EXPECT_THAT(remarks(switched(layout, Mpm::Prefork), Mpm::Worker),
              Not(HasSubstr("cgi_module starts programs")));
  layout.files.add("/etc/httpd/conf.modules.d/01-x.conf",
                   "LoadModule cgi_module modules/mod_cgi.so\n");
  EXPECT_THAT(remarks(switched(layout, Mpm::Prefork), Mpm::Worker),
              HasSubstr("cgid_module is made for threaded MPMs"));
}

TEST(SwitchMpm, TakesBareDirectivesAwayThatTheOtherMpmRefuses) {
  Layout layout = one_file("ThreadsPerChild 50\nThreadLimit 50\nMaxRequestWorkers 200\n");
  layout.site.require_module_files = false;
  const auto planned = plan_switch(layout, Mpm::Prefork);
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_THAT(changed_lines(planned),
              AllOf(HasSubstr("-ThreadsPerChild 50\n"), HasSubstr("-ThreadLimit 50\n"),
                    Not(HasSubstr("MaxRequestWorkers"))));
}

TEST(SwitchMpm, ToTheMpmThatIsLoadedChangesNothing) {
  const auto planned = plan_switch(debian(), Mpm::Event);
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_THAT(planned->files, IsEmpty());
}

TEST(SwitchMpm, TakesNoMpmOfWindows) {
  EXPECT_EQ(refusal(debian(), Mpm::Winnt).kind, Error::Kind::Usage);
}

}  // namespace
}  // namespace mpm::config
