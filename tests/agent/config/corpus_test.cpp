// SPDX-License-Identifier: Apache-2.0
//
// Real configurations and what httpd itself read of them: each synthetic case's expect.json and
// the trees of EXPECTED.json. The cases are many files that are not ours to carry; they lie
// beside the project, and these tests are built only where they do.
#include "tests/agent/config/corpus.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/config/modules.h"
#include "agent/config/site.h"
#include "agent/config/tree.h"

namespace mpm::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_corpus::corpus;
using testing_corpus::mounted;
using testing_corpus::options_for;
using testing_corpus::slurp;

bool is_mpm_directive(const std::string& name) {
  static const std::set<std::string> kNames{"startservers",
                                            "serverlimit",
                                            "threadlimit",
                                            "threadsperchild",
                                            "minsparethreads",
                                            "maxsparethreads",
                                            "minspareservers",
                                            "maxspareservers",
                                            "maxrequestworkers",
                                            "maxclients",
                                            "maxrequestsperchild",
                                            "maxconnectionsperchild",
                                            "asyncrequestworkerfactor"};
  return kNames.count(lower(name)) != 0;
}

std::string describe(const Site& site) {
  std::string text;
  for (const ConfigProblem& p : site.problems)
    if (p.fatal) text += fmt::format("{}:{}: {}\n", p.file, p.line, p.sentence);
  return text;
}

// One directive as one comparable line. Names compare without case; the expectations write a
// backslash as \\x5c.
std::string comparable(unsigned depth, const std::string& name, std::string args,
                       const std::string& file, unsigned line) {
  const std::string kEscape = "\\x5c";
  for (std::size_t at = 0; (at = args.find(kEscape, at)) != std::string::npos; ++at)
    args.replace(at, kEscape.size(), "\\");
  return fmt::format("{} {} {} | {}:{}", depth, lower(name), args, file, line);
}

std::vector<std::string> ours(const Site& site) {
  std::vector<std::string> lines;
  for (const ActiveDirective& d : site.directives)
    if (is_mpm_directive(d.name))
      lines.push_back(comparable(d.depth, d.name, d.args, d.origin, d.origin_line));
  return lines;
}

std::vector<std::string> theirs(const json& directives) {
  std::vector<std::string> lines;
  for (const json& d : directives)
    lines.push_back(comparable(d["depth"].get<unsigned>(), d["name"].get<std::string>(),
                               d["args"].get<std::string>(), d["file"].get<std::string>(),
                               d["line"].get<unsigned>()));
  return lines;
}

// "3 of /R/httpd.conf" of the innermost "Syntax error on line 3 of /R/httpd.conf: what"; empty
// when the message names no place or was cut.
std::string refused_place(const std::string& message) {
  const std::string begin = "Syntax error on line ";
  const std::size_t at = message.rfind(begin);
  if (at == std::string::npos) return {};
  const std::size_t end = message.find(": ", at);
  if (end == std::string::npos) return {};
  return message.substr(at + begin.size(), end - at - begin.size());
}

class Synthetic : public testing::TestWithParam<std::string> {};

TEST_P(Synthetic, ReadsAsHttpdDoes) {
  const fs::path folder = fs::path(corpus()) / "synthetic" / GetParam();
  const json expected = json::parse(slurp(folder / "expect.json"));
  const Site site = read_site(options_for(expected), mounted(folder, "/R"));
  const bool refused = !describe(site).empty();
  if (expected["read"] == "error") {
    const std::string message = expected["message"].get<std::string>();
    ASSERT_TRUE(refused) << message;
    const std::string place = refused_place(message);
    if (!place.empty()) {
      const auto first = std::find_if(site.problems.begin(), site.problems.end(),
                                      [](const ConfigProblem& p) { return p.fatal; });
      EXPECT_EQ(fmt::format("{} of {}", first->line, first->file), place) << message << "\n"
                                                                          << describe(site);
    }
    return;
  }
  EXPECT_EQ(ours(site), theirs(expected["directives"]));
  if (expected["configtest"] == "ok") {
    EXPECT_FALSE(refused) << describe(site);
  }
}

std::vector<std::string> synthetic_cases() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(corpus()) / "synthetic", none))
    names.push_back(entry.path().filename().string());
  return names;
}

std::string as_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Case, Synthetic, testing::ValuesIn(synthetic_cases()), as_name);

TEST(Corpus, LiesWhereTheTestsLookForIt) {
  EXPECT_GE(synthetic_cases().size(), 100U)
      << "There is no corpus at " << corpus() << "; set MPM_CORPUS to its folder.";
}

// Missing include targets and modules were put there when httpd read the trees ("filled"), so
// a tree with some of them is compared by its MPM directives and not by its refusals.
TEST(Corpus, RealTreesGiveTheMpmDirectivesThatHttpdRead) {
  const json trees = json::parse(slurp(fs::path(corpus()) / "EXPECTED.json"));
  std::size_t compared = 0;
  for (const json& tree : trees) {
    if (tree["rc"] != 0) continue;
    const std::string mount = tree["mount"].get<std::string>();
    SiteOptions options = options_for(tree);
    options.server_root = mount;
    options.config_file = mount + "/" + tree["main"].get<std::string>();
    const std::string group = tree["group"].get<std::string>();
    const Site site = read_site(options, mounted(fs::path(corpus()) / group, mount));
    SCOPED_TRACE(group + " " + options.config_file + "\n" + describe(site));
    EXPECT_EQ(ours(site), theirs(tree["mpm_directives"]));
    if (tree["filled"] == 0) {
      EXPECT_EQ(site.directives.size(), tree["directives"].get<std::size_t>());
      std::set<std::string> with_directives;
      for (const ActiveDirective& d : site.directives)
        with_directives.insert(d.file);
      EXPECT_EQ(with_directives.size(), tree["files"].get<std::size_t>());
    }
    ++compared;
  }
  EXPECT_GE(compared, 15U);
}

TEST(Corpus, EveryFileIsTiledByItsLines) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus())) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    const Tree tree = Tree::read(slurp(entry.path()));
    std::size_t at = 0;
    for (const Line& line : tree.lines()) {
      ASSERT_EQ(line.bytes.begin, at) << entry.path();
      at = line.bytes.end;
    }
    ASSERT_EQ(at, tree.bytes().size()) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 700U);
}

}  // namespace
}  // namespace mpm::config
