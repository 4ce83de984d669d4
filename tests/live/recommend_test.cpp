// SPDX-License-Identifier: Apache-2.0
#include <list>

#include <unistd.h>

#include "cli/load.h"
#include "schema/codec/names.h"
#include "tests/live/mpmctl.h"
#include "tests/support/private_httpd.h"

namespace mpm {
namespace {

std::string small_pool(Mpm mpm) {
  if (mpm == Mpm::Prefork)
    return "ServerLimit 8\nMaxRequestWorkers 8\nStartServers 8\nMinSpareServers 2\n"
           "MaxSpareServers 8\n";
  return "ServerLimit 4\nThreadsPerChild 4\nMaxRequestWorkers 8\nStartServers 2\n"
         "MinSpareThreads 4\nMaxSpareThreads 12\n";
}

std::int64_t total(const Json& terms) {
  std::int64_t sum = 0;
  for (const Json& term : terms)
    sum += term["amount_bytes"].get<std::int64_t>();
  return sum;
}

class Recommend : public ::testing::TestWithParam<Mpm> {};

std::string name_of_case(const ::testing::TestParamInfo<Mpm>& info) {
  return std::string(name_of(info.param));
}
INSTANTIATE_TEST_SUITE_P(Live, Recommend, ::testing::Values(Mpm::Event, Mpm::Worker, Mpm::Prefork),
                         name_of_case);

// 100 requests a second of 200 ms each want 20 workers, and there are 8.
TEST_P(Recommend, MoreWorkersForASaturatedServer) {
  const PrivateHttpd httpd(
      {.mpm = GetParam(), .directives = small_pool(GetParam()), .php = GetParam() == Mpm::Prefork});
  Load load({.port = httpd.port(),
             .path = "/lab?sleep=200",
             .per_second = 100,
             .span = std::chrono::seconds(16),
             .most_open = 400});
  const Finished finished = mpmctl({"recommend", httpd.target(), "--for", "10s", "--json"});
  load.stop();
  EXPECT_EQ(finished.status, 1) << finished.err;
  const Json proposal = Json::parse(finished.out);
  ASSERT_NE(find_rule(proposal, "workers-exhausted"), nullptr) << proposal.dump(2);
  const Json* change = find_change(proposal, "MaxRequestWorkers");
  ASSERT_NE(change, nullptr) << proposal.dump(2);
  EXPECT_EQ((*change)["from"], 8);
  EXPECT_GE((*change)["to"], 20);
  EXPECT_NE((*change)["because"], "");
  if (GetParam() != Mpm::Prefork) {
    EXPECT_EQ((*change)["to"].get<int>() % 4, 0);
  }
  const Json memory = proposal["memory"];
  EXPECT_EQ(total(memory["budget_terms"]), memory["budget_bytes"]);
  EXPECT_EQ(total(memory["typical_terms"]), memory["typical_bytes"]);
  EXPECT_EQ(total(memory["worst_terms"]), memory["worst_bytes"]);
  EXPECT_NE(proposal["block"].get<std::string>().find("MaxRequestWorkers"), std::string::npos);
  EXPECT_NE(proposal["grade"], "A");
}

TEST_P(Recommend, NothingForAServerThatIsWell) {
  const PrivateHttpd httpd({.mpm = GetParam(), .directives = "MaxRequestWorkers 150\n"});
  Load load({.port = httpd.port(),
             .path = "/lab?sleep=5",
             .per_second = 60,
             .span = std::chrono::seconds(14)});
  const Finished finished = mpmctl({"recommend", httpd.target(), "--for", "9s", "--json"});
  load.stop();
  const Json proposal = Json::parse(finished.out);
  EXPECT_EQ(finished.status, 0) << proposal.dump(2);
  EXPECT_EQ(proposal["changes"].size(), 0U) << proposal.dump(2);
  EXPECT_EQ(proposal["grade"], "A");
  EXPECT_EQ(proposal["block"], "");
}

TEST(RecommendEarly, S06b_SaysThatItKnowsTooLittle) {
  const PrivateHttpd httpd({.mpm = Mpm::Prefork, .php = true});
  const Json proposal = ask({"recommend", httpd.target(), "--for", "2s"});
  EXPECT_NE(find_rule(proposal, "not-enough-data"), nullptr);
  EXPECT_EQ(proposal["changes"].size(), 0U);
  EXPECT_EQ(proposal["confidence"], "none");
  EXPECT_EQ(proposal["grade"], "-");
}

TEST(RecommendEarly, S06b_TakesNoNumberFromChildrenThatServedNothing) {
  const PrivateHttpd httpd({.mpm = Mpm::Prefork, .php = true});
  const Json proposal = ask({"recommend", httpd.target(), "--for", "9s"});
  EXPECT_NE(find_rule(proposal, "memory-not-warm"), nullptr) << proposal.dump(2);
  EXPECT_EQ(proposal["changes"].size(), 0U);
  EXPECT_TRUE(proposal["memory"].is_null());
}

// The processors of the machine, kept busy by programs that are not httpd.
class Neighbours {
 public:
  Neighbours() {
    for (long i = 0; i < ::sysconf(_SC_NPROCESSORS_ONLN); ++i)
      burning_.emplace_back(std::vector<std::string>{"sh", "-c", "while :; do :; done"});
  }

 private:
  std::list<Background> burning_;
};

// Workers that wait for a backend wait for nothing that the processors could give them.
TEST(RecommendProcessors, ABusyNeighbourIsNoReasonAgainstWorkers) {
  const PrivateHttpd httpd({.directives = small_pool(Mpm::Event)});
  const Neighbours neighbours;
  Load load({.port = httpd.port(),
             .path = "/lab?sleep=800",
             .per_second = 30,
             .span = std::chrono::seconds(22),
             .most_open = 400});
  const Finished finished = mpmctl({"recommend", httpd.target(), "--for", "14s", "--json"});
  load.stop();
  const Json proposal = Json::parse(finished.out);
  EXPECT_EQ(find_rule(proposal, "cpu-saturated"), nullptr) << proposal.dump(2);
  const Json* taken = find_rule(proposal, "processors-taken-by-others");
  ASSERT_NE(taken, nullptr) << proposal.dump(2);
  EXPECT_NE((*taken)["claim"].get<std::string>().find("its requests spent"), std::string::npos);
  EXPECT_NE(find_change(proposal, "MaxRequestWorkers"), nullptr) << proposal.dump(2);
}

// Thirty a second for each processor, of 100 ms each, are three times what there is: it is not
// workers that are missing.
TEST(RecommendProcessors, RequestsThatBurnWantNoWorkers) {
  const PrivateHttpd httpd({.directives = small_pool(Mpm::Event)});
  Load load({.port = httpd.port(),
             .path = "/lab?cpu=100",
             .per_second = 30.0 * static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN)),
             .span = std::chrono::seconds(22),
             .most_open = 400});
  const Finished finished = mpmctl({"recommend", httpd.target(), "--for", "14s", "--json"});
  load.stop();
  const Json proposal = Json::parse(finished.out);
  const Json* full = find_rule(proposal, "cpu-saturated");
  ASSERT_NE(full, nullptr) << proposal.dump(2);
  EXPECT_NE((*full)["claim"].get<std::string>().find("of their runnable time"), std::string::npos);
  EXPECT_EQ(find_change(proposal, "MaxRequestWorkers"), nullptr) << proposal.dump(2);
}

TEST(RecommendText, EndsInTheBlockToPaste) {
  const PrivateHttpd httpd({.directives = small_pool(Mpm::Event)});
  Load load({.port = httpd.port(),
             .path = "/lab?sleep=200",
             .per_second = 100,
             .span = std::chrono::seconds(14),
             .most_open = 400});
  const Finished finished = mpmctl({"recommend", httpd.target(), "--for", "9s"});
  load.stop();
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out.find("\x1b["), std::string::npos) << "no colours into a pipe";
  const auto block = finished.out.rfind("<IfModule mpm_event_module>");
  ASSERT_NE(block, std::string::npos) << finished.out;
  EXPECT_EQ(finished.out.substr(finished.out.size() - 12), "</IfModule>\n");
}

}  // namespace
}  // namespace mpm
