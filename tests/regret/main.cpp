// SPDX-License-Identifier: Apache-2.0
//
// The whole table: regret [--only NAME] [--random SEED COUNT] [--why]. Without arguments the
// thirteen hand-made loads; the same arguments print the same text.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/regret/match.h"
#include "tests/regret/shapes.h"

namespace mpm::regret {
namespace {

constexpr const char* kUsage = "usage: regret [--only NAME] [--random SEED COUNT] [--why]\n";

struct Options {
  std::string only;  // empty: all of them
  std::uint64_t seed = 0;
  int count = 0;     // of random cases; 0: the hand-made ones
  bool why = false;  // what the engine said in each round
};

bool read(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--only" && i + 1 < argc) {
      options.only = argv[++i];
    } else if (word == "--random" && i + 2 < argc) {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
      options.count = std::atoi(argv[++i]);
      if (options.count <= 0) return false;
    } else if (word == "--why") {
      options.why = true;
    } else {
      return false;
    }
  }
  return true;
}

int run(const Options& options) {
  const auto cases = options.count > 0 ? random_cases(options.seed, options.count) : hand_made();
  std::vector<Match> matches;
  std::fputs(head().c_str(), stdout);
  for (const Case& tried : cases) {
    if (!options.only.empty() && tried.name != options.only) continue;
    matches.push_back(play(tried, Grid::Fine));
    std::fputs(line_of(matches.back()).c_str(), stdout);
    if (options.why) std::fputs(rounds_of(matches.back()).c_str(), stdout);
    std::fflush(stdout);
  }
  if (matches.empty()) {
    std::fprintf(stderr, "regret: there is no case %s\n", options.only.c_str());
    return EXIT_FAILURE;
  }
  std::fputs(("\n" + summary(matches)).c_str(), stdout);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace mpm::regret

int main(int argc, char** argv) {
  mpm::regret::Options options;
  if (!mpm::regret::read(argc, argv, options)) {
    std::fputs(mpm::regret::kUsage, stderr);
    return EXIT_FAILURE;
  }
  return mpm::regret::run(options);
}
