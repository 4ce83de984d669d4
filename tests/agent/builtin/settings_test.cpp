// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/settings.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/builtin/log_format.h"
#include "agent/builtin/work.h"
#include "tests/support/memory_files.h"

namespace mpm::builtin {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

Result<Settings> read(const std::string& text, const std::string& mpm = "event",
                      const RunningLimits& running = {}) {
  config::SiteOptions options;
  options.server_root = "/srv";
  options.config_file = "/srv/httpd.conf";
  options.builtin_sources = builtin_sources();
  options.require_module_files = false;
  options.version = "2.4.71";
  return read_settings(
      options,
      config::MemoryFiles{{"/srv/httpd.conf", "LoadModule mpm_" + mpm +
                                                  "_module x.so\nListen 127.0.0.1:8080\n" + text}},
      running);
}
std::string why(const std::string& text) {
  const auto settings = read(text);
  return settings ? "taken" : settings.error().what;
}

TEST(Settings, HasHttpdsDefaults) {
  const auto event = read("");
  ASSERT_TRUE(event) << event.error().what;
  EXPECT_EQ(event->pool.mpm, Mpm::Event);
  EXPECT_EQ(event->pool.server_limit, 16);
  EXPECT_EQ(event->pool.threads_per_child, 25);
  EXPECT_EQ(event->pool.max_children, 16);
  EXPECT_EQ(event->pool.min_spare, 75);
  EXPECT_EQ(event->keep_alive_timeout, 5s);
  EXPECT_EQ(event->timeout, 60s);
  EXPECT_EQ(event->listen_backlog, 511);
  EXPECT_EQ(event->document_root, "/srv/htdocs");
  const auto prefork = read("", "prefork");
  ASSERT_TRUE(prefork);
  EXPECT_EQ(prefork->pool.max_children, 256);
  EXPECT_EQ(prefork->pool.threads_per_child, 1);
  EXPECT_EQ(prefork->pool.min_spare, 5);
  const auto winnt = read("", "winnt");
  ASSERT_TRUE(winnt);
  EXPECT_EQ(winnt->pool.max_children, 1);
  EXPECT_EQ(winnt->pool.threads_per_child, 64);
}

TEST(Settings, ClampsAsHttpdDoesAndSaysItsCode) {
  const auto settings = read("ThreadsPerChild 10\nMaxRequestWorkers 105\nServerLimit 4\n");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->pool.max_children, 4);
  EXPECT_EQ(settings->pool.max_request_workers, 100);  // as the messages about it have it
  ASSERT_FALSE(settings->remarks.empty());
  EXPECT_EQ(settings->remarks[0].code, "AH00513");
  const auto kept = read("ServerLimit 99\nThreadLimit 99\n", "event", {16, 64});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->pool.server_limit, 16);
  EXPECT_EQ(kept->pool.thread_limit, 64);
}

TEST(Settings, ReadsEveryDirective) {
  const auto settings = read(
      "KeepAliveTimeout 500ms\nTimeout 120\nMaxKeepAliveRequests 0\nKeepAlive Off\n"
      "RequestReadTimeout header=3-9,MinRate=100 body=5\nLimitRequestLine 99\nListen 9090\n"
      "ServerName example.org\nDirectoryIndex a.html b.html\nAddType text/x-a .A b\n"
      "LogLevel debug\nErrorLog e.log\nCustomLog a.log mine\nLogFormat \"%h %>s\" mine\n"
      "EnableSendfile off\nGracefulShutdownTimeout 7\nUser nobody\n"
      "MaxMemFree 64\nListenCoresBucketsRatio 0\nThreadStackSize 262144\n"
      "<Location /status>\nSetHandler server-status\n</Location>\n");
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->keep_alive_timeout, 500ms);
  EXPECT_EQ(settings->timeout, 120s);
  EXPECT_FALSE(settings->keep_alive);
  EXPECT_EQ(settings->max_keep_alive_requests, 0);
  EXPECT_EQ(settings->header_timeout, 3s);
  EXPECT_EQ(settings->header_timeout_most, 9s);
  EXPECT_EQ(settings->header_min_rate, 100);
  EXPECT_EQ(settings->limit_request_line, 99);
  ASSERT_EQ(settings->listen.size(), 2U);
  EXPECT_EQ(settings->listen[1].address, "::");
  EXPECT_EQ(settings->types.at("a"), "text/x-a");
  EXPECT_EQ(settings->log_level, LogLevel::Debug);
  EXPECT_EQ(settings->error_log, "/srv/e.log");
  ASSERT_EQ(settings->custom_logs.size(), 1U);
  EXPECT_EQ(settings->custom_logs[0].file, "/srv/a.log");
  EXPECT_FALSE(settings->enable_sendfile);
  EXPECT_EQ(settings->max_mem_free, 64);
  EXPECT_EQ(settings->thread_stack_size, 262144);
  ASSERT_EQ(settings->locations.size(), 1U);
  EXPECT_EQ(settings->locations[0].handler, Handler::Status);
}

TEST(Settings, NamesThePlaceOfAMistake) {
  EXPECT_THAT(why("Timeout 5\nProxyPass / x\n"),
              HasSubstr("/srv/httpd.conf:4: Invalid command 'ProxyPass'"));
  EXPECT_THAT(why("Listen 0\n"), HasSubstr("/srv/httpd.conf:3: Listen: \"0\" is no port"));
  EXPECT_THAT(why("Listen 8081 https\n"), HasSubstr("speaks http"));
  EXPECT_THAT(why("Listen 127.0.0.1:8080\n"), HasSubstr("two Listen"));
  EXPECT_THAT(why("KeepAlive maybe\n"), HasSubstr("On or Off"));
  EXPECT_THAT(why("Timeout 5 6\n"), HasSubstr("takes 1 arguments, and 2 are given"));
  EXPECT_THAT(why("KeepAliveTimeout soon\n"), HasSubstr("no time"));
  EXPECT_THAT(why("Timeout 3ms\n"), HasSubstr("no number from 0 on"));
  EXPECT_THAT(why("SetHandler server-status\n"), HasSubstr("<Location>"));
  EXPECT_THAT(why("<Location /x>\nSetHandler cgi\n</Location>\n"), HasSubstr("\"cgi\""));
  EXPECT_THAT(why("<Location /x>\nTimeout 5\n</Location>\n"), HasSubstr("within a section"));
  EXPECT_THAT(why("<VirtualHost *>\n</VirtualHost>\n"), HasSubstr("<Location> alone"));
  EXPECT_THAT(why("LogFormat \"%{x}e\" a\n"), HasSubstr("does not know"));
  EXPECT_THAT(why("LoadModule ssl_module x\n"), HasSubstr("ssl_module"));
  EXPECT_THAT(why("LoadModule mpm_worker_module x\n"), HasSubstr("MPM"));
  EXPECT_THAT(why("ListenCoresBucketsRatio -1\n"), HasSubstr("ListenCoresBucketsRatio"));
  EXPECT_THAT(why("Include nothing.conf\n"), HasSubstr("nothing.conf"));
  EXPECT_THAT(why("ErrorLog \"|rotatelogs x\"\n"), HasSubstr("pipes"));
}

TEST(LogFormat, WritesTheCombinedFormat) {
  const auto format =
      LogFormat::parse("%h %l %u \\\"%r\\\" %>s %b %O \"%{Referer}i\" \"%{User-Agent}i\" %D%%");
  ASSERT_TRUE(format) << format.error().what;
  std::string line;
  format->append(line, {.client = "::1",
                        .request_line = "GET /\"\x01 HTTP/1.1",
                        .user_agent = "a\\b",
                        .status = 404,
                        .body_bytes = 0,
                        .sent_bytes = 12,
                        .took_us = 1500});
  EXPECT_EQ(line, "::1 - - \"GET /\\\"\\x01 HTTP/1.1\" 404 - 12 \"-\" \"a\\\\b\" 1500%\n");
}

TEST(Work, ReadsAmounts) {
  const auto work = parse_work("cpu=5ms&sleep=1s&alloc=8MB&leak=64KB");
  ASSERT_TRUE(work) << work.error().what;
  EXPECT_EQ(work->cpu, 5ms);
  EXPECT_EQ(work->sleep, 1s);
  EXPECT_EQ(work->alloc, std::size_t{8} << 20U);
  EXPECT_EQ(work->leak, std::size_t{64} << 10U);
  EXPECT_TRUE(parse_work(""));
  for (const char* query : {"cpu=1h", "cpu=", "cpu", "sleep=-1", "alloc=2GB", "sleep=99s", "x=1",
                            "alloc=99999999999999999999MB"})
    EXPECT_FALSE(parse_work(query)) << query;
}

}  // namespace
}  // namespace mpm::builtin
