// SPDX-License-Identifier: Apache-2.0
//
// The product as its users meet it: a host with a trouble of its kind, what mpmctl says of it, and
// whether the trouble is gone once its advice was applied. Each story is told in deploy/stories,
// where the right advice was written down before.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cli/load.h"
#include "tests/live/mpmctl.h"
#include "tests/support/private_httpd.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string load_module(const std::string& name) {
  return fmt::format("LoadModule {0}_module /usr/lib/apache2/modules/mod_{0}.so\n", name);
}

// One host, and its administrator.
class Host {
 public:
  explicit Host(HttpdOptions options) : server_(std::move(options)) {}

  const PrivateHttpd& server() const { return server_; }
  std::string name() const { return fmt::format(":{}", server_.port()); }

  // Requests of that path come meanwhile.
  Json recommended(const std::string& path, double per_second) const {
    Load load(visits(path, per_second, 60s));
    const Json proposal = ask({"recommend", name(), "--for", "12s"});
    load.stop();
    return proposal;
  }
  // The advice followed, also where it takes a stop and a start; its end.
  std::string applied(const std::string& path, double per_second) {
    Load load(visits(path, per_second, 120s));
    const Finished made = mpmctl({"apply", name(), "--yes", "--allow", "stop-start", "--for", "12s",
                                  "--watch", "10s", "--state", state_ / "state", "--json"},
                                 {.deadline = 120s});
    load.stop();
    const Json record = Json::parse(made.out, nullptr, false);
    if (record.is_discarded() || !record.contains("steps")) return made.out + made.err;
    server_.has_pid(ask({"status", name()})["targets"][0]["pid"]);
    return record["steps"].back()["phase"];
  }
  LoadResult visited(const std::string& path, double per_second) const {
    return generate(visits(path, per_second, 10s));
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

// deploy/stories/proxy.md
TEST(Story, AProxyOfASlowBackendGetsWorkersToWaitIn) {
  const PrivateHttpd backend;
  Host host(
      {.directives = load_module("proxy") + load_module("proxy_http") +
                     "ServerLimit 2\nThreadsPerChild 8\nMaxRequestWorkers 16\n" +
                     fmt::format("ProxyPass /shop http://127.0.0.1:{}/lab\n", backend.port())});
  const Json proposal = host.recommended("/shop?sleep=300", 100);
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
  const Json other = wiki.recommended("/lab?sleep=5", 20);
  EXPECT_EQ(other["changes"].size(), 0U) << other.dump(2);
}

}  // namespace
}  // namespace mpm
