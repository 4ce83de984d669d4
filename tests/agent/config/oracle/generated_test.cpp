// SPDX-License-Identifier: Apache-2.0
//
// Configurations that nobody wrote, as httpd reads them and as we do: every directive with its
// place, or the same refusal. MPM_TREES says how many, MPM_TREES_SEED where to begin; the same
// seed makes the same trees. What differs is told as the smallest tree that still does.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "agent/files/host_files.h"
#include "tests/agent/config/oracle/random_tree.h"
#include "tests/agent/config/oracle/reading.h"
#include "tests/support/httpd_jail.h"

namespace mpm::config {
namespace {

using Numbers = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Made smaller in one way, to zero: each try asks httpd.
rc::Gen<std::uint32_t> any_number() {
  return [](const rc::Random& random, int) {
    rc::Random numbers(random);
    return rc::shrinkable::shrinkRecur(
        static_cast<std::uint32_t>(numbers.next()), [](std::uint32_t number) {
          return number == 0 ? rc::Seq<std::uint32_t>() : rc::seq::just(std::uint32_t{0});
        });
  };
}

rc::Gen<std::vector<Numbers>> any_steps() {
  return rc::gen::container<std::vector<Numbers>>(
      rc::gen::tuple(any_number(), any_number(), any_number()));
}

void lay(const HttpdJail& jail, const RandomTree& tree) {
  jail.remove("/R");
  jail.make_directory("/R/d0");
  jail.link("/R/link", "d0");
  jail.link("/R/dangling", "none");
  for (const auto& [place, bytes] : tree.files)
    jail.write(place, bytes);
}

// The modules that trees load, once and for all.
void furnish(const HttpdJail& jail) {
  SiteOptions options = oracle_options("event");
  std::string text;
  for (const char* name : {"macro", "alias", "env", "status", "dir", "mime", "headers"})
    text += std::string("LoadModule ") + name + "_module /usr/lib/apache2/modules/mod_" + name +
            ".so\n";
  jail.write("/R/httpd.conf", text);
  ASSERT_EQ(jail.ask_with_modules(options).status, 0);
}

TEST(ConfigOracle, ReadsTreesThatNobodyWroteAsHttpdDoes) {
  const HttpdJail jail;
  furnish(jail);
  std::size_t taken = 0;
  std::size_t refused = 0;
  const auto property = [&] {
    const auto [mpm, defines, texts, version, mood] =
        *rc::gen::tuple(any_number(), any_number(), any_number(), any_number(), any_number());
    std::vector<Step> steps;
    for (const auto& [kind, words, style] : *any_steps())
      steps.push_back(Step{kind, words, style});
    const RandomTree tree = tree_of(Start{mpm, defines, texts, version, mood}, steps);
    lay(jail, tree);
    const Reading httpd = read_by_httpd(jail.ask(tree.options));
    ++(httpd.refused ? refused : taken);
    const std::string differs = difference(httpd, read_as_httpd(jail, tree.options));
    if (!differs.empty()) RC_FAIL(differs + told(tree));
  };
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  const std::uint64_t trees = number_of("MPM_TREES", 1500);
  params.maxSuccess = static_cast<int>(trees);
  params.seed = number_of("MPM_TREES_SEED", 1);
  const auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  std::ostringstream words;
  rc::detail::printResultMessage(result, words);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << words.str();
  // Neither may be rare, or little is compared.
  std::printf("%zu trees taken, %zu refused\n", taken, refused);
  EXPECT_GT(taken * 5, trees);
  EXPECT_GT(refused * 20, trees);
}

}  // namespace
}  // namespace mpm::config
