// SPDX-License-Identifier: Apache-2.0
//
// The switch of the MPM, written and held against httpd: in a Debian tree below /etc/apache2 of
// the jail, and in one of httpd's own build, httpd -t must accept what was written, and the MPM
// that httpd then loads must be the one that was asked for.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/agent/config/edit_fixture.h"
#include "tests/agent/config/oracle/edit_trial.h"
#ifdef MPM_CORPUS
#include "tests/agent/config/oracle/corpus_jail.h"
#endif

namespace mpm::config {
namespace {

namespace fs = std::filesystem;

// The modules of the layout are httpd's own ones.
void lay(const HttpdJail& jail, const MemoryFiles& files, const std::string& directory) {
  const auto entries = files.list(directory);
  ASSERT_TRUE(entries) << entries.error().what;
  for (const Entry& entry : *entries) {
    const std::string place = fmt::format("{}/{}", directory, entry.name);
    if (entry.name == "modules") continue;
    if (entry.is_directory)
      lay(jail, files, place);
    else if (const auto target = files.link_target(place))
      jail.link(place, *target);
    else
      jail.write(place, *files.read(place));
  }
}

using Names = std::vector<std::string>;

Names mpms_of(const Reading& reading) {
  Names found;
  for (const std::string& source : reading.modules)
    if (source == "event.c" || source == "worker.c" || source == "prefork.c")
      found.push_back(source);
  return found;
}

std::string value_of(const Reading& reading, const std::string& directive) {
  const std::string begin = "0 " + directive + " ";
  std::string value;
  for (const std::string& line : reading.directives)
    if (line.compare(0, begin.size(), begin) == 0)
      value = line.substr(begin.size(), line.find(" | ") - begin.size());
  return value;
}

SiteOptions options_at(const HttpdJail& jail, const std::string& root, const std::string& main) {
  jail.make_directory(root + "/logs");
  SiteOptions options = oracle_options("");
  options.server_root = root;
  options.config_file = main;
  return options;
}

// Writes the switch, and gives what httpd reads then. `place` is all of the tree.
Reading switched(const HttpdJail& jail, const SiteOptions& options, const std::string& place,
                 Mpm to) {
  const EditTrial trial(jail, options, place);
  EXPECT_FALSE(trial.before().refused) << trial.before().message;
  EditRequest request = trial.request({});
  request.switch_to = to;
  const auto made = trial.make(request);
  EXPECT_TRUE(made) << made.error().what;
  const OracleAnswer test = jail.test(options);
  EXPECT_EQ(test.status, 0) << test.err;
  return read_by_httpd(jail.ask_with_modules(options));
}

TEST(SwitchOracle, OnDebianHttpdLoadsTheOtherMpmWithItsValues) {
  const HttpdJail jail;
  lay(jail, testing_edit::debian().files, "/etc/apache2");
  const SiteOptions options = options_at(jail, "/etc/apache2", "/etc/apache2/apache2.conf");
  const Snapshot original = EditTrial(jail, options, "/etc/apache2").snapshot();
  const Reading worker = switched(jail, options, "/etc/apache2", Mpm::Worker);
  EXPECT_EQ(mpms_of(worker), Names{"worker.c"});
  EXPECT_EQ(value_of(worker, "maxrequestworkers"), "150");
  switched(jail, options, "/etc/apache2", Mpm::Event);
  EXPECT_TRUE(EditTrial(jail, options, "/etc/apache2").snapshot() == original);
  const Reading prefork = switched(jail, options, "/etc/apache2", Mpm::Prefork);
  EXPECT_EQ(mpms_of(prefork), Names{"prefork.c"});
  EXPECT_EQ(value_of(prefork, "startservers"), "50");
  EXPECT_EQ(value_of(prefork, "maxspareservers"), "75");
  EXPECT_EQ(value_of(prefork, "threadsperchild"), "");
}

TEST(SwitchOracle, OfHttpdsOwnBuildHttpdLoadsTheOtherMpmAndTheWayBackGivesTheVeryBytes) {
  const HttpdJail jail;
  const std::string root = "/usr/local/apache2";
  lay(jail, testing_edit::docker().files, root);
  for (const char* mpm : {"event", "worker", "prefork"})
    jail.put(fmt::format("/usr/lib/apache2/modules/mod_mpm_{}.so", mpm),
             fmt::format("{}/modules/mod_mpm_{}.so", root, mpm));
  const SiteOptions options = options_at(jail, root, "conf/httpd.conf");
  const Snapshot original = EditTrial(jail, options, root + "/conf").snapshot();
  EXPECT_EQ(mpms_of(switched(jail, options, root, Mpm::Worker)), Names{"worker.c"});
  EXPECT_EQ(mpms_of(switched(jail, options, root, Mpm::Prefork)), Names{"prefork.c"});
  EXPECT_EQ(mpms_of(switched(jail, options, root, Mpm::Event)), Names{"event.c"});
  EXPECT_TRUE(EditTrial(jail, options, root + "/conf").snapshot() == original);
}

#ifdef MPM_CORPUS

// Debian 12's own /etc/apache2, as its packages installed it: prefork, for the sake of mod_php.
TEST(SwitchOracle, OfAnInstalledDebianHttpdAcceptsTheSwitchOnceModPhpIsGone) {
  using namespace testing_corpus;
  const fs::path from = fs::path(corpus()) / "debian12-live";
  if (!fs::exists(from)) GTEST_SKIP() << "no tree at " << from;
  const HttpdJail jail;
  const std::string root = "/etc/apache2";
  lay_corpus(jail, from, root);
  SiteOptions options = options_at(jail, root, root + "/apache2.conf");
  options.environment = {
      {"APACHE_RUN_USER", "www-data"},     {"APACHE_RUN_GROUP", "www-data"},
      {"APACHE_RUN_DIR", "/run/apache2"},  {"APACHE_LOCK_DIR", "/run/lock"},
      {"APACHE_PID_FILE", "/run/pidfile"}, {"APACHE_LOG_DIR", "/var/log/apache2"}};
  jail.write("/etc/passwd", "root:x:0:0:root:/:/bin/sh\nwww-data:x:33:33:www:/:/bin/sh\n");
  jail.write("/etc/group", "root:x:0:\nwww-data:x:33:\n");
  fill(jail, options);
  jail.make_directory("/var/www/html");
  const EditTrial trial(jail, options, root);
  EditRequest request = trial.request({});
  request.switch_to = Mpm::Event;
  const auto refused = trial.make(request);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("php_module"), std::string::npos) << refused.error().what;
  for (const char* end : {"load", "conf"})
    jail.remove(fmt::format("{}/mods-enabled/php8.2.{}", root, end));
  const Reading event = switched(jail, options, root, Mpm::Event);
  EXPECT_EQ(mpms_of(event), Names{"event.c"});
  EXPECT_EQ(value_of(event, "maxrequestworkers"), "150");
  EXPECT_EQ(mpms_of(switched(jail, options, root, Mpm::Worker)), Names{"worker.c"});
  // The blocks of both mean the same now.
  const Snapshot worker = trial.snapshot();
  EXPECT_EQ(mpms_of(switched(jail, options, root, Mpm::Event)), Names{"event.c"});
  EXPECT_EQ(mpms_of(switched(jail, options, root, Mpm::Worker)), Names{"worker.c"});
  EXPECT_TRUE(trial.snapshot() == worker);
  const Reading prefork = switched(jail, options, root, Mpm::Prefork);
  EXPECT_EQ(mpms_of(prefork), Names{"prefork.c"});
  EXPECT_EQ(value_of(prefork, "maxrequestworkers"), "150");
}

#endif

}  // namespace
}  // namespace mpm::config
