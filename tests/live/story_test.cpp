// SPDX-License-Identifier: Apache-2.0
//
// The product as its users meet it: a host with a trouble of its kind, what mpmctl says of it, and
// whether the trouble is gone once its advice was applied. Each story is told in deploy/stories,
// where the right advice was written down before.
#include <csignal>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "agent/proc/proc_fs.h"
#include "cli/load.h"
#include "tests/live/mpmctl.h"
#include "tests/support/cgroup.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string load_module(const std::string& name) {
  return fmt::format("LoadModule {0}_module /usr/lib/apache2/modules/mod_{0}.so\n", name);
}

struct Advice {
  Json proposal;
  LoadResult meanwhile;  // what the visitors saw who came while it was made
};

// One host, and its administrator.
class Host {
 public:
  explicit Host(HttpdOptions options) : server_(std::move(options)) {}

  const PrivateHttpd& server() const { return server_; }
  std::string name() const { return fmt::format(":{}", server_.port()); }

  // Requests of that path come meanwhile.
  Advice recommended(const std::string& path, double per_second) const {
    Load load(visits(path, per_second, 60s));
    Json proposal = recommended();
    return {std::move(proposal), load.stop()};
  }
  Json recommended() const { return ask({"recommend", name(), "--for", "12s"}); }
  // The advice followed, also where it takes a stop and a start; its end.
  std::string applied(const std::string& path, double per_second) {
    const Load load(visits(path, per_second, 120s));
    const Finished made = mpmctl({"apply", name(), "--yes", "--allow", "stop-start", "--for", "12s",
                                  "--watch", "10s", "--state", state_ / "state", "--json"},
                                 {.deadline = 120s});
    const Json record = Json::parse(made.out, nullptr, false);
    if (record.is_discarded() || !record.contains("steps")) return made.out + made.err;
    server_.has_pid(ask({"status", name()})["targets"][0]["pid"]);
    const Json& last = record["steps"].back();
    return last["phase"] == "kept" ? "kept" : record["steps"].dump(2);
  }
  LoadResult visited(const std::string& path, double per_second,
                     std::chrono::milliseconds span = 10s) const {
    return generate(visits(path, per_second, span));
  }

 private:
  LoadOptions visits(const std::string& path, double per_second,
                     std::chrono::milliseconds span) const {
    return {.port = server_.port(),
            .path = path,
            .per_second = per_second,
            .span = span,
            .most_open = 400};
  }

  PrivateHttpd server_;
  const TempDir state_;
};

std::int64_t proposed(const Json& proposal, const std::string& directive) {
  const Json* change = find_change(proposal, directive);
  return change == nullptr ? 0 : (*change)["to"].get<std::int64_t>();
}

// A page of PHP that holds so many MiB while it waits for a database.
void write_page(const Host& host, int mebibytes, std::chrono::milliseconds wait) {
  host.server().dir().write(
      "htdocs/page.php", fmt::format("<?php $page = str_repeat('x', {} << 20); usleep({}); echo 1;",
                                     mebibytes, wait.count() * 1000));
}

// deploy/stories/blog.md
TEST(Story, ABlogOfPreforkAndPhpGetsTheWorkersThatItsVisitorsNeed) {
  Host host({.mpm = Mpm::Prefork,
             .directives = "MaxRequestWorkers 5\nStartServers 5\nMinSpareServers 2\n"
                           "MaxSpareServers 5\n",
             .php = true});
  write_page(host, 1, 200ms);
  const LoadResult alone = host.visited("/page.php", 4, 5s);
  const auto [proposal, before] = host.recommended("/page.php", 40);
  EXPECT_NE(find_rule(proposal, "workers-exhausted"), nullptr) << proposal.dump(2);
  EXPECT_GE(proposed(proposal, "MaxRequestWorkers"), 9) << proposal.dump(2);
  EXPECT_EQ((*find_change(proposal, "MaxRequestWorkers"))["restart"], "graceful");
  EXPECT_LE(proposal["memory"]["typical_bytes"], proposal["memory"]["budget_bytes"]);
  EXPECT_EQ(host.applied("/page.php", 40), "kept");
  host.visited("/page.php", 40, 5s);  // of those that were idle since, httpd has ended some
  const LoadResult after = host.visited("/page.php", 40, 5s);
  EXPECT_GT(before.p95_seconds, 5 * alone.p95_seconds) << "there is a trouble to begin with";
  EXPECT_EQ(after.failed, 0);
  EXPECT_LT(after.p95_seconds, 2 * alone.p95_seconds) << proposal.dump(2);
}

// deploy/stories/container.md
TEST(Story, AContainerKeepsToItsMemory) {
  const MemoryCgroup container(std::int64_t{512} << 20);
  if (!container) GTEST_SKIP() << "no cgroup can be made here";
  Host host({.mpm = Mpm::Prefork,
             .directives = "MaxRequestWorkers 150\nStartServers 5\nMinSpareServers 5\n"
                           "MaxSpareServers 10\n",
             .php = true});
  container.add(host.server());
  write_page(host, 24, 1500ms);
  host.visited("/page.php", 4, 15s);  // so that its children are known
  const Json proposal = host.recommended("/page.php", 4).proposal;
  EXPECT_EQ(container.killed(), 0) << "what comes every day it can serve";
  EXPECT_NE(find_rule(proposal, "memory-overcommitted"), nullptr) << proposal.dump(2);
  EXPECT_GE(proposed(proposal, "MaxRequestWorkers"), 8) << proposal.dump(2);
  EXPECT_LE(proposed(proposal, "MaxRequestWorkers"), 20) << proposal.dump(2);
  host.visited("/page.php", 60, 1s);
  const std::int64_t killed = container.killed();
  EXPECT_GT(killed, 0) << "what comes on a good day it cannot";
  EXPECT_EQ(host.applied("/page.php", 4), "kept");
  const LoadResult after = host.visited("/page.php", 60, 1s);
  EXPECT_EQ(container.killed(), killed);
  EXPECT_EQ(after.failed, 0);
}

// php-fpm of the test's own, and the part of httpd's configuration that passes pages to it.
class PhpFpm {
 public:
  explicit PhpFpm(int max_children) {
    ::chmod(dir_.path().c_str(), 0755);
    allow(max_children);
    fpm_.emplace(std::vector<std::string>{"/usr/sbin/php-fpm8.2", "--nodaemonize", "--fpm-config",
                                          dir_ / "php-fpm.conf"},
                 dir_ / "output");
    EXPECT_TRUE(wait_for([&] { return std::filesystem::exists(socket()); }));
  }

  std::string directives() const {
    return load_module("proxy") + load_module("proxy_fcgi") +
           fmt::format(
               "<FilesMatch \"\\.php$\">\n  SetHandler \"proxy:unix:{}|fcgi://localhost\"\n"
               "</FilesMatch>\n",
               socket());
  }
  // As an administrator would: in the file, and a reload.
  void reloaded_with(int max_children) {
    allow(max_children);
    ::kill(fpm_->pid(), SIGUSR2);
    const ProcFs proc;
    EXPECT_TRUE(wait_for([&] {
      const auto children = proc.children(fpm_->pid());
      return children && children->size() == static_cast<std::size_t>(max_children);
    }));
  }

 private:
  std::string socket() const { return dir_ / "fpm.sock"; }
  void allow(int max_children) const {
    dir_.write("php-fpm.conf",
               fmt::format("[global]\nerror_log = {0}/fpm.log\n[pages]\nuser = www-data\n"
                           "group = www-data\nlisten = {1}\nlisten.owner = www-data\npm = static\n"
                           "pm.max_children = {2}\n",
                           dir_.path(), socket(), max_children));
  }

  const TempDir dir_;
  std::optional<Background> fpm_;
};

// deploy/stories/fpm.md
TEST(Story, AServerInFrontOfPhpFpmIsNotGivenWorkersThatWouldWaitThere) {
  PhpFpm fpm(4);
  Host host({.directives =
                 "ServerLimit 4\nThreadsPerChild 8\nMaxRequestWorkers 32\n" + fpm.directives()});
  write_page(host, 1, 200ms);
  const LoadResult alone = host.visited("/page.php", 4, 5s);
  const Advice advice = host.recommended("/page.php", 40);
  const Json* full = find_rule(advice.proposal, "php-pool-full");
  ASSERT_NE(full, nullptr) << advice.proposal.dump(2);
  EXPECT_THAT((*full)["claim"].get<std::string>(), HasSubstr("pool pages may run 4 processes"));
  EXPECT_THAT((*full)["advice"].get<std::string>(), HasSubstr("Raise pm.max_children"));
  EXPECT_EQ(proposed(advice.proposal, "MaxRequestWorkers"), 0) << advice.proposal.dump(2);
  EXPECT_GT(advice.meanwhile.p95_seconds, 5 * alone.p95_seconds) << "there is a trouble";

  fpm.reloaded_with(16);
  const Advice later = host.recommended("/page.php", 40);
  EXPECT_EQ(find_rule(later.proposal, "php-pool-full"), nullptr) << later.proposal.dump(2);
  const LoadResult after = host.visited("/page.php", 40, 5s);
  EXPECT_EQ(after.failed, 0);
  EXPECT_LT(after.p95_seconds, 2 * alone.p95_seconds);
}

// deploy/stories/files.md
TEST(Story, AServerOfFilesTakesInThoseWhoKeepTheirConnections) {
  constexpr int kReaders = 1600;
  Host host({.directives = "ServerLimit 16\nThreadsPerChild 25\nMaxRequestWorkers 400\n"
                           "StartServers 16\nMinSpareThreads 400\nMaxSpareThreads 500\n"
                           "KeepAliveTimeout 60\n"});
  const auto newcomer_is_served = [&] { return get_status(host.server().port(), "/", 2s) == 200; };
  Json proposal;
  {
    const IdleConnections readers(host.server().port(), kReaders);
    EXPECT_LT(readers.answered(), kReaders) << "there is a trouble to begin with";
    EXPECT_FALSE(newcomer_is_served());
    proposal = host.recommended();
  }
  EXPECT_NE(find_rule(proposal, "connections-exhausted"), nullptr) << proposal.dump(2);
  EXPECT_EQ(find_rule(proposal, "workers-exhausted"), nullptr) << "they are idle";
  EXPECT_EQ(proposed(proposal, "AsyncRequestWorkerFactor"), 5) << proposal.dump(2);
  EXPECT_EQ(proposed(proposal, "MaxRequestWorkers"), 0) << proposal.dump(2);
  {
    const IdleConnections readers(host.server().port(), kReaders);
    EXPECT_EQ(host.applied("/", 0.1), "kept");
  }
  const IdleConnections readers(host.server().port(), kReaders);
  EXPECT_EQ(readers.answered(), kReaders);
  EXPECT_TRUE(newcomer_is_served());
}

// deploy/stories/proxy.md
TEST(Story, AProxyOfASlowBackendGetsWorkersToWaitIn) {
  const PrivateHttpd backend;
  Host host(
      {.directives = load_module("proxy") + load_module("proxy_http") +
                     "ServerLimit 2\nThreadsPerChild 8\nMaxRequestWorkers 16\n" +
                     fmt::format("ProxyPass /shop http://127.0.0.1:{}/lab\n", backend.port())});
  const Json proposal = host.recommended("/shop?sleep=300", 100).proposal;
  EXPECT_NE(find_rule(proposal, "workers-exhausted"), nullptr) << proposal.dump(2);
  EXPECT_GE(proposed(proposal, "MaxRequestWorkers"), 32) << proposal.dump(2);
  EXPECT_EQ(proposed(proposal, "MaxRequestWorkers") % 8, 0);
  EXPECT_EQ(host.applied("/shop?sleep=300", 100), "kept");
  const LoadResult after = host.visited("/shop?sleep=300", 100);
  EXPECT_EQ(after.failed, 0);
  EXPECT_LT(after.p95_seconds, 0.6);
}

// deploy/stories/two.md
TEST(Story, TwoServersOfOneHostAreToldApart) {
  Host shop({.directives = "ServerLimit 4\nThreadsPerChild 8\nMaxRequestWorkers 8\n"});
  const Host wiki({.directives = "MaxRequestWorkers 150\n"});
  const Finished unclear = mpmctl({"recommend", "--for", "1s"});
  EXPECT_NE(unclear.status, 0);
  EXPECT_THAT(unclear.err, HasSubstr(fmt::format("{}", shop.server().port())));
  EXPECT_THAT(unclear.err, HasSubstr(fmt::format("{}", wiki.server().port())));

  const std::string conf = wiki.server().extra_conf();
  EXPECT_EQ(shop.applied("/lab?sleep=200", 80), "kept");
  EXPECT_LT(shop.visited("/lab?sleep=200", 80).p95_seconds, 0.4);
  const Json other = wiki.recommended("/lab?sleep=5", 20).proposal;
  EXPECT_EQ(other["changes"].size(), 0U) << other.dump(2);
}

}  // namespace
}  // namespace mpm
