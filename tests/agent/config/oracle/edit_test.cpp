// SPDX-License-Identifier: Apache-2.0
//
// Edits in trees that httpd reads: every value of an MPM's directive that is in force is changed,
// and a directive that is not there is added. Each tree gets one such directive, by a fixed seed,
// and the fixtures one MPM in turn; with MPM_EDITS=all all of them, under each. httpd's dump must
// show the new value and nothing else, and the inverse must give back the very bytes; see
// edit_trial.h. What was refused is counted and printed, for a refusal is no success.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/config/oracle/edit_trial.h"
#include "tests/agent/config/oracle/fixture_tree.h"
#ifdef MPM_CORPUS
#include "tests/agent/config/oracle/corpus_jail.h"
#endif

namespace mpm::config {
namespace {

namespace fs = std::filesystem;
using testing::IsSubsetOf;

constexpr std::size_t kAddedOfEach = 1;

bool is_sample() {
  return std::getenv("MPM_EDITS") == nullptr;
}

class Score {
 public:
  // Every directive that the MPM of the tree knows, changed or added.
  void try_all(const EditTrial& trial, const std::string& tree, const std::string& mpm = "") {
    if (trial.before().refused || !trial.mpm()) return;
    ++trees_;
    std::vector<const Directive*> absent;
    for (const Directive& directive : directives()) {
      if (!directive.known_to(*trial.mpm())) continue;
      if (trial.written(directive))
        changed_ += try_one(trial, directive, tree, mpm);
      else
        absent.push_back(&directive);
    }
    if (is_sample()) {
      std::shuffle(absent.begin(), absent.end(), random_);
      absent.resize(std::min(absent.size(), kAddedOfEach));
    }
    for (const Directive* directive : absent)
      added_ += try_one(trial, *directive, tree, mpm);
  }

  void print() const {
    fmt::print(
        "{} values changed and {} directives added in {} trees; {} not, because httpd "
        "refuses the tree as it is; {} refused:\n",
        changed_, added_, trees_, unsound_, refused_);
    for (const auto& [reason, where] : reasons_)
      fmt::print("  {}: {}\n", where, reason);
  }

  std::size_t changed() const { return changed_; }
  std::size_t added() const { return added_; }
  // The trees in which a change was refused.
  const std::set<std::string>& refusing() const { return refusing_; }

 private:
  std::size_t try_one(const EditTrial& trial, const Directive& directive, const std::string& tree,
                      const std::string& mpm) {
    const std::string under = mpm.empty() ? "" : " under " + mpm;
    const std::string what = fmt::format("{}{}: {}", tree, under, directive.name);
    const TrialOutcome outcome =
        trial.set(directive, other_value(directive, trial.written(directive)));
    unsound_ += outcome.unsound ? 1 : 0;
    if (outcome.unsound) return 0;
    if (!outcome.refusal.empty()) {
      ++refused_;
      refusing_.insert(tree);
      reasons_[outcome.refusal.substr(0, 150)] = what;
      return 0;
    }
    EXPECT_EQ(outcome.fault, "") << what;
    return 1;
  }

  std::size_t changed_ = 0, added_ = 0, refused_ = 0, unsound_ = 0, trees_ = 0;
  std::map<std::string, std::string> reasons_;
  std::set<std::string> refusing_;
  std::minstd_rand random_{4};  // the same sample in every run
};

// The troubles in which a value stands that no edit of one file may change: it comes out of a macro
// or a variable or from the command line, or the way that the file is read hangs on what is there.
const std::set<std::string> kRefusing{
    "command-line-texts",
    "define-names-directive",
    "macro-before-module",
    "macro-body",
    "macro-flags",
    "macro-nested",
    "macro-prefix-parameters",
    "macro-redefined",
    "macro-value-with-backslash",
    "macro-variables-at-use",
    "unclosed-section-in-condition",
    "variables-from-environment",
};

TEST(EditOracle, OfEachTroubleChangesWhatWasAskedForAndNothingElse) {
  const HttpdJail jail;
  Score score;
  std::size_t turn = 0;
  for (const fs::path& tree : fixture_trees()) {
    const FixtureTree layout = layout_of(tree);
    lay(jail, tree, layout);
    const std::vector<const char*> all{"event", "worker", "prefork"};
    const auto mpms = is_sample() ? std::vector<const char*>{all[turn++ % all.size()]} : all;
    for (const char* mpm : mpms) {
      SiteOptions options = options_of(layout, mpm);
      options.defines = layout.defines;
      score.try_all(EditTrial(jail, options, "/R"), tree.filename().string(), mpm);
    }
  }
  score.print();
  EXPECT_GE(score.changed(), 60U);
  EXPECT_GE(score.added(), 60U);
  EXPECT_THAT(score.refusing(), IsSubsetOf(kRefusing));
}

#ifdef MPM_CORPUS

using namespace testing_corpus;

SiteOptions corpus_options(const json& expected) {
  SiteOptions options = options_for(expected);
  const std::string mpm = expected["mpm"].is_string() ? expected["mpm"].get<std::string>() : "";
  SiteOptions ours = oracle_options(mpm == "(tree)" ? "" : mpm);
  ours.defines = options.defines;
  ours.environment = options.environment;
  ours.builtin_sources = options.builtin_sources;
  return ours;
}

TEST(EditOracle, OfRealTreesChangesWhatWasAskedForAndNothingElse) {
  const fs::path from(corpus());
  if (!fs::exists(from / "EXPECTED.json")) GTEST_SKIP() << "no corpus at " << from;
  Score score;
  for (const json& tree : json::parse(slurp(from / "EXPECTED.json"))) {
    if (tree["rc"] != 0) continue;
    const HttpdJail jail;
    const std::string mount = tree["mount"].get<std::string>();
    const std::string group = tree["group"].get<std::string>();
    lay_corpus(jail, from / group, mount);
    SiteOptions options = corpus_options(tree);
    options.server_root = mount;
    options.config_file = mount + "/" + tree["main"].get<std::string>();
    fill(jail, options);
    const EditTrial trial(jail, options, mount);
    if (trial.before().refused)
      fmt::print("{} is not read here: {}\n", group, trial.before().message);
    score.try_all(trial, group);
  }
  score.print();
  EXPECT_GE(score.changed(), 30U);
  EXPECT_GE(score.added(), 15U);
}

TEST(EditOracle, OfSyntheticTreesChangesWhatWasAskedForAndNothingElse) {
  const fs::path from = fs::path(corpus()) / "synthetic";
  if (!fs::exists(from)) GTEST_SKIP() << "no corpus at " << from;
  const HttpdJail jail;
  Score score;
  for (const auto& entry : fs::directory_iterator(from)) {
    const json expected = json::parse(slurp(entry.path() / "expect.json"));
    if (expected["read"] == "error" || expected["configtest"] != "ok") continue;
    lay_corpus(jail, entry.path(), "/R");
    score.try_all(EditTrial(jail, corpus_options(expected), "/R"),
                  entry.path().filename().string());
  }
  score.print();
  EXPECT_GE(score.changed(), 70U);
  EXPECT_GE(score.added(), 80U);
}

#endif

}  // namespace
}  // namespace mpm::config
