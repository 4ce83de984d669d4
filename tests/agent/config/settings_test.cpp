// SPDX-License-Identifier: Apache-2.0
#include "agent/config/settings.h"

#include <gtest/gtest.h>

#include "tests/support/memory_files.h"

namespace mpm::config {
namespace {

Site read(const std::string& text, const std::string& more = "") {
  SiteOptions options;
  options.server_root = "/etc/httpd";
  options.config_file = "/etc/httpd/httpd.conf";
  options.version = "2.4.62";
  options.builtin_sources = {"core.c", "mod_so.c"};
  options.require_module_files = false;
  MemoryFiles files;
  files.add("/etc/httpd/httpd.conf", text);
  if (!more.empty()) files.add("/etc/httpd/more.conf", more);
  return read_site(options, files);
}

const Setting& find(const MpmSettings& settings, std::string_view directive) {
  for (const Setting& setting : settings.settings)
    if (setting.directive == directive) return setting;
  throw std::out_of_range(std::string(directive));
}

std::int64_t effective(const MpmSettings& settings, std::string_view directive) {
  return std::get<std::int64_t>(find(settings, directive).effective);
}

TEST(Settings, SayWhereAValueComesFrom) {
  const auto settings = read_settings(
      read("# head\nInclude more.conf\n", "\nMaxRequestWorkers \\\n 150\n"), Mpm::Event);
  const Setting& workers = find(settings, "MaxRequestWorkers");
  EXPECT_EQ(workers.value, "150");
  EXPECT_EQ(workers.file, "/etc/httpd/more.conf");
  EXPECT_EQ(workers.line, 2);
  EXPECT_EQ(settings.worker_limit, 150);
  EXPECT_EQ(settings.files.size(), 2U);
}

TEST(Settings, ShowHttpdsDefaultsWhereTheFileIsSilent) {
  const auto settings = read_settings(read(""), Mpm::Prefork);
  EXPECT_EQ(effective(settings, "MaxRequestWorkers"), 256);
  EXPECT_FALSE(find(settings, "MaxRequestWorkers").value);
  EXPECT_FALSE(find(settings, "MaxRequestWorkers").file);
  EXPECT_EQ(std::get<std::string>(find(settings, "KeepAlive").effective), "On");
  EXPECT_EQ(effective(settings, "KeepAliveTimeout"), 5);
}

TEST(Settings, TheLastOfTwoNamesForTheSameThingCounts) {
  const auto settings =
      read_settings(read("MaxConnectionsPerChild 10000\nMaxRequestsPerChild 0\n"), Mpm::Worker);
  EXPECT_EQ(effective(settings, "MaxConnectionsPerChild"), 0);
  EXPECT_EQ(find(settings, "MaxConnectionsPerChild").line, 2);
  EXPECT_EQ(find(settings, "MaxConnectionsPerChild").remarks.size(), 2U);
}

TEST(Settings, OfAnotherMpmDoNotCount) {
  const std::string text =
      "LoadModule mpm_event_module x.so\n"
      "<IfModule prefork.c>\nMaxRequestWorkers 10\n</IfModule>\n"
      "<IfModule event.c>\nMaxRequestWorkers 75\n</IfModule>\n"
      "<IfModule mpm_worker_module>\nMaxRequestWorkers 20\n</IfModule>\n";
  const auto settings = read_settings(read(text), std::nullopt);
  EXPECT_EQ(settings.mpm, Mpm::Event);
  EXPECT_EQ(effective(settings, "MaxRequestWorkers"), 75);
}

// Each of these gives a search by pattern another number than httpd's.
TEST(Settings, S15_AreWhatHttpdReads) {
  const auto workers = [](const std::string& text, const std::string& more = "") {
    return effective(read_settings(read("LoadModule mpm_prefork_module x.so\n" + text, more), {}),
                     "MaxRequestWorkers");
  };
  const std::string prefork = "<IfModule mpm_prefork_module>\nMaxRequestWorkers 50\n</IfModule>\n";
  EXPECT_EQ(workers(prefork + "<IfModule mpm_event_module>\n<IfModule mod_ssl.c>\n</IfModule>\n"
                              "MaxRequestWorkers 400\n</IfModule>\n"),
            50);
  EXPECT_EQ(
      workers(prefork + "<IfModule !mpm_prefork_module>\nMaxRequestWorkers 400\n</IfModule>\n"),
      50);
  EXPECT_EQ(workers(prefork + "<IfDefine BIG>\nMaxRequestWorkers 900\n</IfDefine>\n"), 50);
  EXPECT_EQ(workers("Define MRW 120\nMaxRequestWorkers ${MRW}\n"), 120);
  EXPECT_EQ(workers("MaxRequestWorkers \\\n100\n"), 100);
  EXPECT_EQ(workers("Include mor*.conf\n", "MaxRequestWorkers 70\n"), 70);
}

TEST(Settings, S04_TheFractionOfTheFactorIsDropped) {
  const auto settings = read_settings(read("AsyncRequestWorkerFactor 2.5\n"), Mpm::Event);
  const Setting& factor = find(settings, "AsyncRequestWorkerFactor");
  EXPECT_EQ(factor.value, "2.5");
  EXPECT_EQ(std::get<std::int64_t>(factor.effective), 2);
  EXPECT_EQ(factor.remarks.size(), 1U);
}

TEST(Settings, S21_CarryHttpdsMessageCode) {
  const auto settings =
      read_settings(read("MaxRequestWorkers 150\nThreadsPerChild 64\n"), Mpm::Event);
  const Setting& workers = find(settings, "MaxRequestWorkers");
  EXPECT_EQ(std::get<std::int64_t>(workers.effective), 128);
  ASSERT_EQ(workers.remarks.size(), 1U);
  EXPECT_EQ(workers.remarks[0].code, "AH00513");
}

TEST(Settings, DurationsKeepTheirMilliseconds) {
  const auto settings = read_settings(read("KeepAliveTimeout 500ms\n"), Mpm::Event);
  EXPECT_EQ(std::get<std::string>(find(settings, "KeepAliveTimeout").effective), "500ms");
  EXPECT_EQ(
      effective(read_settings(read("KeepAliveTimeout 2mins\n"), Mpm::Event), "KeepAliveTimeout"),
      120);
}

TEST(Settings, TimeoutKnowsNoUnit) {
  for (const char* text : {"Timeout 3\n", "Timeout 3ms\n", "TimeOut 3min\n"})
    EXPECT_EQ(effective(read_settings(read(text), Mpm::Event), "Timeout"), 3) << text;
}

TEST(Settings, OfVirtualHostsAreMentionedAndDoNotCount) {
  const auto settings = read_settings(
      read("KeepAliveTimeout 3\n<VirtualHost *:80>\nKeepAliveTimeout 99\n</VirtualHost>\n"),
      Mpm::Event);
  EXPECT_EQ(effective(settings, "KeepAliveTimeout"), 3);
  EXPECT_EQ(find(settings, "KeepAliveTimeout").remarks.size(), 1U);
}

TEST(Settings, TheRunningLimitsShowInTheEffect) {
  const auto settings =
      read_settings(read("ServerLimit 40\nMaxRequestWorkers 1000\n"), Mpm::Event, {16, 64});
  EXPECT_EQ(effective(settings, "ServerLimit"), 16);
  EXPECT_EQ(settings.worker_limit, 400);
}

TEST(Settings, KeepWhatCanBeReadBesideARefusal) {
  const auto settings = read_settings(
      read("MaxRequestWorkers 50\nInclude gone.conf\nMaxRequestWorkers 75\n"), Mpm::Event);
  EXPECT_EQ(effective(settings, "MaxRequestWorkers"), 75);
  ASSERT_FALSE(settings.remarks.empty());
  EXPECT_NE(settings.remarks[0].text.find("/etc/httpd/httpd.conf:2"), std::string::npos)
      << settings.remarks[0].text;
}

TEST(Settings, ChangeTheirBasisWithAnyByte) {
  EXPECT_NE(read("MaxRequestWorkers 50\n").fingerprint, read("MaxRequestWorkers 51\n").fingerprint);
  EXPECT_EQ(read("A 1\n").fingerprint, read("A 1\n").fingerprint);
}

}  // namespace
}  // namespace mpm::config
