// SPDX-License-Identifier: Apache-2.0
//
// demo and lab without a server: their command lines, the configuration that they write, and what
// they print of results that were made up.
#include "cli/lab.h"

#include <gmock/gmock.h>

#include "cli/server_config.h"
#include "cli/words.h"
#include "schema/codec/json.h"
#include "tests/cli/values.h"
#include "tests/support/golden.h"

namespace mpm::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<Options> parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "mpmctl");
  auto result = parse_options(static_cast<int>(arguments.size()), arguments.data());
  if (!result) return fail(result.error());
  return std::get<Options>(*result);
}

TEST(LabOptions, DemoTakesAnMpmAndATime) {
  const auto usual = parsed({"demo"});
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->command, Command::Demo);
  EXPECT_EQ(usual->mpm, Mpm::Event);
  EXPECT_FALSE(usual->watch_seconds);
  EXPECT_TRUE(usual->no_daemon) << "its server is its own, and so is its agent";

  const auto chosen = parsed({"demo", "--mpm", "winnt", "--for", "20s"});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->mpm, Mpm::Winnt);
  EXPECT_EQ(chosen->watch_seconds, 20);
}

TEST(LabOptions, LabTakesALoad) {
  const auto usual = parsed({"lab"});
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->command, Command::Lab);
  EXPECT_EQ(usual->rate, 1000);
  EXPECT_EQ(usual->connections, 1000);
  EXPECT_EQ(usual->html, "");

  const auto chosen = parsed({"lab", "--rate", "250.5", "--connections", "64", "--html", "a.html",
                              "--for", "2", "--json"});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->rate, 250.5);
  EXPECT_EQ(chosen->connections, 64);
  EXPECT_EQ(chosen->html, "a.html");
  EXPECT_EQ(chosen->watch_seconds, 2);
  EXPECT_TRUE(chosen->json);
}

TEST(LabOptions, WhatCannotBeMeantIsRefused) {
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"demo", "--mpm", "perchild"},
        {"demo", "4711"},
        {"demo", "--for", "0"},
        {"demo", "--rate", "5"},
        {"lab", "--mpm", "event"},
        {"lab", "--rate", "0"},
        {"lab", "--rate", "many"},
        {"lab", "--connections", "-1"},
        {"lab", "--connections", "1000000"}}) {
    const auto options = parsed(arguments);
    ASSERT_FALSE(options) << arguments[0] << " " << arguments[1];
    EXPECT_EQ(options.error().kind, Error::Kind::Usage);
  }
  EXPECT_THAT(parsed({"demo", "--mpm", "x"}).error().what, HasSubstr("prefork, worker, event"));
}

TEST(ServerConfig, IsTheSameButForTheMpm) {
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt}) {
    const ServerShape shape{.mpm = mpm,
                            .workers = 256,
                            .threads_per_child = 32,
                            .started = 32,
                            .idle_connections = 1000};
    const std::string text = server_configuration(shape, {"/run/a b/mpmctl-1", 8080});
    EXPECT_TRUE(is_golden("cli/server-" + std::string(words(mpm)) + ".conf", text));
  }
}

TEST(ServerConfig, HasRoomForItsWorkersUnderEveryMpm) {
  const auto text = [](Mpm mpm) {
    return server_configuration({.mpm = mpm, .workers = 16, .threads_per_child = 8}, {"/d", 1});
  };
  EXPECT_THAT(text(Mpm::Prefork), HasSubstr("\nMaxRequestWorkers 16\n"));
  EXPECT_THAT(text(Mpm::Prefork), Not(HasSubstr("ThreadsPerChild")));
  EXPECT_THAT(text(Mpm::Worker), HasSubstr("\nMaxRequestWorkers 16\n"));
  EXPECT_THAT(text(Mpm::Worker), HasSubstr("\nThreadsPerChild 8\n"));
  EXPECT_THAT(text(Mpm::Winnt), HasSubstr("\nThreadsPerChild 16\n"));
  EXPECT_THAT(text(Mpm::Winnt), Not(HasSubstr("MaxRequestWorkers")));
  EXPECT_THAT(text(Mpm::Worker), Not(HasSubstr("AsyncRequestWorkerFactor")));
  EXPECT_THAT(text(Mpm::Event), Not(HasSubstr("AsyncRequestWorkerFactor")))
      << "httpd's own serves where nobody holds connections";
}

TEST(Lab, PrintsWhatItPrintedWhenItWasRead) {
  Style style;
  EXPECT_TRUE(is_golden("cli/lab.ascii.txt", render(lab_report(), style)));
  style.utf8 = true;
  style.width = 120;
  EXPECT_TRUE(is_golden("cli/lab.120.txt", render(lab_report(), style)));
  EXPECT_TRUE(is_golden("cli/lab.html", lab_page(lab_report())));
}

TEST(Lab, WhatCouldNotBeMeasuredIsSaidAndNotZero) {
  LabReport report = lab_report();
  report.results = {{}};
  const std::string text = render(report, {});
  EXPECT_THAT(text, ::testing::ContainsRegex("event +- +- +- +- +- +- +- +-\n"));
  const std::string page = lab_page(report);
  EXPECT_THAT(page, Not(HasSubstr("<rect")));
  EXPECT_THAT(page, HasSubstr("<td>-</td>"));
}

TEST(Lab, AllZeroesMakeAChart) {
  LabReport report = lab_report();
  report.results = {{}};
  report.results[0].answered_per_second = 0;
  report.results[0].per_thousand_held = Bytes{-4096};
  const std::string page = lab_page(report);
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, Not(HasSubstr("width=\"-")));
  EXPECT_THAT(page, HasSubstr("-4.0 KB")) << "a measurement below the noise is what it is";
}

TEST(Lab, ThePageRunsNothingAndFetchesNothing) {
  LabReport report = lab_report();
  report.results[0].losses = {"<script>alert(1)</script> & \"more\""};
  const std::string page = lab_page(report);
  for (const char* foreign : {"<script", "http:", "https:", "src=", "url(", "@import"})
    EXPECT_THAT(page, Not(HasSubstr(foreign)));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
}

TEST(Lab, ItsJsonIsReadBackAsItWas) {
  const auto again = from_json<LabReport>(to_json(lab_report()));
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), to_json(lab_report()));
}

}  // namespace
}  // namespace mpm::test
