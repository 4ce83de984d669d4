// SPDX-License-Identifier: Apache-2.0
//
// The properties of an edit, over every tree and every single file of the corpus in which
// directives of an MPM are in force: one value changed is one line changed, one directive added
// is one line added, and the inverse gives back the very bytes. The score is printed, and so is
// what was refused, because a refusal is no success.
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/apache/directives.h"
#include "agent/config/draft.h"
#include "tests/agent/config/corpus_files.h"
#include "tests/agent/config/edit_fixture.h"

namespace mpm::config {
namespace {

using namespace testing_corpus;
using testing_edit::carry_out;
using testing_edit::changed_lines;
using testing_edit::Layout;
using testing_edit::plan;

struct Case {
  std::string name;
  Layout layout;
  Mpm mpm = Mpm::Event;
};

// In force and all of the MPM that is loaded.
bool has_mpm_directives(const Site& site, Mpm mpm) {
  bool any = false;
  for (const Directive& directive : directives())
    if (directive.known_to(mpm) && !directive.known_to(Mpm::Winnt))
      any = any || !occurrences(site, directive).empty();
  return any && refuse_broken(site, mpm).has_value();
}

void add_case(std::vector<Case>& cases, std::string name, Layout layout) {
  const Site site = read_site(layout.site, layout.files);
  const auto mpm = read_settings(site, std::nullopt).mpm;
  if (mpm && has_mpm_directives(site, *mpm))
    cases.push_back({std::move(name), std::move(layout), *mpm});
}

void add_trees(std::vector<Case>& cases) {
  for (const json& tree : json::parse(slurp(fs::path(corpus()) / "EXPECTED.json"))) {
    if (tree["rc"] != 0) continue;
    const std::string mount = tree["mount"].get<std::string>();
    const std::string group = tree["group"].get<std::string>();
    Layout layout{mounted(fs::path(corpus()) / group, mount), options_for(tree)};
    layout.site.server_root = mount;
    layout.site.config_file = mount + "/" + tree["main"].get<std::string>();
    add_case(cases, "tree " + group + " " + layout.site.config_file, std::move(layout));
  }
}

void add_synthetic(std::vector<Case>& cases) {
  for (const auto& entry : fs::directory_iterator(fs::path(corpus()) / "synthetic")) {
    const json expected = json::parse(slurp(entry.path() / "expect.json"));
    if (expected["read"] == "error" || expected["configtest"] != "ok") continue;
    Layout layout{mounted(entry.path(), "/R"), options_for(expected)};
    add_case(cases, "synthetic " + entry.path().filename().string(), std::move(layout));
  }
}

// Each file as a configuration of its own, under each MPM.
void add_files(std::vector<Case>& cases) {
  for (const auto& entry : fs::recursive_directory_iterator(corpus())) {
    if (!entry.is_regular_file() || entry.path().string().find("/synthetic/") != std::string::npos)
      continue;
    for (const char* mpm : {"event", "worker", "prefork"}) {
      Layout layout;
      layout.files.add("/R/httpd.conf", slurp(entry.path()));
      layout.files.add_directory("/etc/httpd");
      layout.site = testing_edit::site_of("/R", "httpd.conf");
      layout.site.require_module_files = false;
      layout.site.before = {fmt::format("LoadModule mpm_{0}_module modules/mod_mpm_{0}.so", mpm)};
      add_case(cases,
               fmt::format("file {} {}", entry.path().lexically_relative(corpus()).string(), mpm),
               std::move(layout));
    }
  }
}

const std::vector<Case>& all_cases() {
  static const std::vector<Case> kCases = [] {
    std::vector<Case> cases;
    add_trees(cases);
    add_synthetic(cases);
    add_files(cases);
    return cases;
  }();
  return kCases;
}

// Another value than the one that is written.
std::string other_value(const Directive& directive, const std::optional<std::string>& written) {
  if (directive.name == "ScoreBoardFile") return written == "/run/a" ? "/run/b" : "/run/a";
  if (directive.kind == ValueKind::Word) return written && lower(*written) == "off" ? "On" : "Off";
  return written == "12" ? "13" : "12";
}

std::size_t lines_with(char mark, const std::string& changes) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < changes.size();) {
    count += changes[at] == mark ? 1 : 0;
    const std::size_t end = changes.find('\n', at);
    at = end == std::string::npos ? changes.size() : end + 1;
  }
  return count;
}

class Score {
 public:
  void count(bool good, const std::string& what, const std::string& why) {
    ++asked_;
    good_ += good ? 1 : 0;
    if (!good) ADD_FAILURE() << what << ":\n" << why;
  }
  // With the sentence that a person would read.
  void refused(const std::string& what, const Error& error) {
    ++refused_;
    EXPECT_EQ(error.kind, Error::Kind::Conflict) << what << ": " << error.what;
    reasons_[error.what.substr(0, 150)] = what;
  }
  void print(const char* name) const {
    fmt::print("{}: {} of {}, and {} refused\n", name, good_, asked_, refused_);
    for (const auto& [reason, what] : reasons_)
      fmt::print("  {}: {}\n", what, reason);
  }
  std::size_t asked() const { return asked_; }

 private:
  std::size_t asked_ = 0, good_ = 0, refused_ = 0;
  std::map<std::string, std::string> reasons_;
};

// The inverse of a plan gives back what was before it.
bool returns(const Layout& layout, const PlannedEdit& planned, const Wish& inverse,
             std::string& why) {
  Layout changed = layout;
  carry_out(planned.files, changed.files);
  const auto back = plan(changed, {inverse});
  if (!back) {
    why = back.error().what;
    return back.error().kind == Error::Kind::Usage;  // "1e3" was never ours to write
  }
  carry_out(back->files, changed.files);
  why = changed_lines(planned) + "and back:\n" + changed_lines(back);
  return changed.files == layout.files;
}

TEST(EditCorpus, OneChangedValueIsOneChangedLineAndGoesBack) {
  Score score;
  for (const Case& one : all_cases())
    for (const Directive& directive : directives()) {
      const auto written = written_value(read_site(one.layout.site, one.layout.files), directive);
      if (!directive.known_to(one.mpm) || !written) continue;
      const std::string what = fmt::format("{}: {}", one.name, directive.name);
      const std::string name(directive.name);
      const auto planned = plan(one.layout, {{name, other_value(directive, written)}});
      if (!planned) {
        score.refused(what, planned.error());
        continue;
      }
      const std::string changes = changed_lines(planned);
      std::string why;
      const bool back = returns(one.layout, *planned, {name, written}, why);
      // "1\\" LF "11": the value itself lies on two lines, which become one.
      const bool broken_value =
          one.name == "synthetic lex-continuation-joins-without-space" && written == "111";
      const std::size_t lines = broken_value ? 2 : 1;
      score.count(lines_with('-', changes) == lines && lines_with('+', changes) == 1 &&
                      (back || broken_value),
                  what, why);
    }
  score.print("One line changed");
  EXPECT_GE(score.asked(), 300U);
}

TEST(EditCorpus, OneAddedDirectiveIsOneAddedLineAndGoesAgain) {
  Score score;
  std::size_t sections = 0;
  for (const Case& one : all_cases())
    for (const Directive& directive : directives()) {
      const auto written = written_value(read_site(one.layout.site, one.layout.files), directive);
      if (!directive.known_to(one.mpm) || written) continue;
      const std::string what = fmt::format("{}: {}", one.name, directive.name);
      const std::string name(directive.name);
      const auto planned = plan(one.layout, {{name, other_value(directive, written)}});
      if (!planned) {
        score.refused(what, planned.error());
        continue;
      }
      const std::string changes = changed_lines(planned);
      const bool apart = changes.find("mpmctl") != std::string::npos;
      sections += apart ? 1 : 0;
      std::string why;
      const bool back = returns(one.layout, *planned, {name, std::nullopt}, why);
      const bool one_line =
          lines_with('-', changes) == 0 && (apart || lines_with('+', changes) == 1);
      score.count(one_line && back, what, why);
    }
  score.print("One line added");
  fmt::print("  of which {} in a file or section of their own\n", sections);
  EXPECT_GE(score.asked(), 500U);
}

TEST(EditCorpus, TakenAwayAndAddedAgainLeavesAllOtherBytesAlone) {
  Score score;
  for (const Case& one : all_cases())
    for (const Directive& directive : directives()) {
      const auto written = written_value(read_site(one.layout.site, one.layout.files), directive);
      if (!directive.known_to(one.mpm) || !written) continue;
      const std::string what = fmt::format("{}: {}", one.name, directive.name);
      const std::string name(directive.name);
      const auto gone = plan(one.layout, {{name, std::nullopt}});
      if (!gone) {
        score.refused(what, gone.error());
        continue;
      }
      Layout without = one.layout;
      carry_out(gone->files, without.files);
      const auto again = plan(without, {{name, other_value(directive, written)}});
      if (!again) {
        score.refused(what, again.error());
        continue;
      }
      std::string why;
      const bool back = returns(without, *again, {name, std::nullopt}, why);
      score.count(lines_with('+', changed_lines(gone)) == 0 && back, what,
                  changed_lines(gone) + why);
    }
  score.print("Taken away and added again");
  EXPECT_GE(score.asked(), 300U);
}

}  // namespace
}  // namespace mpm::config
