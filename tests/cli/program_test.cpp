// SPDX-License-Identifier: Apache-2.0
//
// The real mpmctl against an agent of the test's own: what it prints, on which output, and with
// which status it exits.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <thread>

#include <gtest/gtest.h>
#include <httplib.h>

#include "schema/codec/json.h"
#include "schema/codec/problem.h"
#include "schema/model/workers.h"
#include "tests/cli/values.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"

namespace mpm::test {
namespace {

// Answers every GET with what the test says.
class FakeAgent {
 public:
  using Responder = std::function<void(const httplib::Request&, httplib::Response&)>;
  explicit FakeAgent(Responder responder) {
    server_.set_address_family(AF_UNIX);
    server_.Get(".*", std::move(responder));
    server_.bind_to_port(socket(), 80);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running())
      std::this_thread::yield();
  }
  ~FakeAgent() {
    server_.stop();
    thread_.join();
  }
  FakeAgent(const FakeAgent&) = delete;
  FakeAgent& operator=(const FakeAgent&) = delete;

  std::string socket() const { return dir_ / "agent.sock"; }

 private:
  TempDir dir_;
  httplib::Server server_;
  std::thread thread_;
};

FakeAgent::Responder answering(const std::string& body) {
  return [body](const httplib::Request&, httplib::Response& answer) {
    answer.set_content(body, "application/json");
  };
}

Finished mpmctl(const FakeAgent& agent, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {MPM_CTL, "--agent", agent.socket()});
  return run(arguments);
}

void expect_sentence(const Finished& finished, int status, const std::string& word) {
  EXPECT_EQ(finished.status, status) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  EXPECT_EQ(finished.err.compare(0, 8, "mpmctl: "), 0) << finished.err;
  EXPECT_NE(finished.err.find(word), std::string::npos) << finished.err;
}

TEST(Mpmctl, PrintsTheMessageItselfWithJson) {
  const std::string body = to_json(saturated_server());
  const FakeAgent agent(answering(body));
  const Finished finished = mpmctl(agent, {"status", "--json"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out.compare(0, body.size(), body), 0);
  EXPECT_EQ(finished.err, "");
}

TEST(Mpmctl, SaysWhoIsServedWhereAServerIsShortOfWorkers) {
  WorkerView oldest;
  oldest.pid = 4712;
  oldest.serving = true;
  oldest.age_seconds = 95;
  oldest.client = "203.0.113.7";
  oldest.request = "GET /report HTTP/1.1";
  TopReport top;
  top.vhosts.foremost = {{"shop:443", 120, std::nullopt, std::nullopt, std::nullopt}};
  top.vhosts.others.busy = 21;
  top.clients.foremost = {{"203.0.113.7", 141, std::nullopt, std::nullopt, std::nullopt}};
  top.oldest = {oldest};
  const auto agent_with = [](const StatusReport& status, const TopReport& report) {
    return [status, report](const httplib::Request& request, httplib::Response& answer) {
      answer.set_content(request.path == "/v1/top" ? to_json(report) : to_json(status),
                         "application/json");
    };
  };
  const Finished full = mpmctl(FakeAgent(agent_with(saturated_server(), top)), {"status"});
  EXPECT_NE(full.out.find("busy workers: shop:443 120, others 21"), std::string::npos) << full.out;
  EXPECT_NE(full.out.find("GET /report HTTP/1.1 for 203.0.113.7"), std::string::npos) << full.out;
  const Finished quiet = mpmctl(FakeAgent(agent_with(quiet_server(), top)), {"status"});
  EXPECT_EQ(quiet.out.find("busy workers:"), std::string::npos) << quiet.out;
  top.missing = "ExtendedStatus is Off.";
  const Finished dumb = mpmctl(FakeAgent(agent_with(saturated_server(), top)), {"status"});
  EXPECT_NE(dumb.out.find("ExtendedStatus is Off."), std::string::npos) << dumb.out;
}

TEST(Mpmctl, AsksForTheTargetAsItWasNamed) {
  std::string asked;  // written by the agent's threads, which end before it is read
  {
    const FakeAgent agent([&](const httplib::Request& request, httplib::Response& answer) {
      asked = request.target;
      answer.set_content(to_json(event_settings()), "application/json");
    });
    EXPECT_EQ(mpmctl(agent, {"config", "show", "http://a.b/x?auto&y"}).status, 0);
  }
  EXPECT_EQ(asked, "/v1/settings?target=http%3A%2F%2Fa.b%2Fx%3Fauto%26y");
}

TEST(Mpmctl, GetsOneValueAloneAndSeveralWithTheirNames) {
  const FakeAgent agent(answering(to_json(event_settings())));
  const Finished one = mpmctl(agent, {"config", "get", "maxrequestworkers", "4711"});
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(one.out, "128\n");
  const Finished three = mpmctl(agent, {"config", "get", "KeepAlive", "MaxRequestWorkers", "4711",
                                        "AsyncRequestWorkerFactor"});
  EXPECT_EQ(three.status, 0) << three.err;
  EXPECT_EQ(three.out, "KeepAlive On\nMaxRequestWorkers 128\nAsyncRequestWorkerFactor 1\n");
  expect_sentence(mpmctl(agent, {"config", "get", "KeepAlive", "Nonsense"}), 2, "Nonsense");
}

TEST(Mpmctl, FindingsAreAStatusOfRecommendAlone) {
  const auto responder = [](const Proposal& proposal) {
    return [proposal](const httplib::Request& request, httplib::Response& answer) {
      const bool observation = request.path == "/v1/observation";
      answer.set_content(observation ? to_json(watched(60, 300)) : to_json(proposal),
                         "application/json");
    };
  };
  const FakeAgent bad(responder(changes_needed()));
  EXPECT_EQ(mpmctl(bad, {"recommend"}).status, 1);
  const FakeAgent good(responder(nothing_to_do()));
  EXPECT_EQ(mpmctl(good, {"recommend"}).status, 0);
  const FakeAgent saturated(answering(to_json(saturated_server())));
  EXPECT_EQ(mpmctl(saturated, {"status"}).status, 0);
}

TEST(Mpmctl, AnErrorOfTheAgentIsASentenceAndAStatus) {
  for (const auto& [kind, status] : {std::pair(Error::Kind::Usage, 2),
                                     {Error::Kind::Unreachable, 3},
                                     {Error::Kind::NotFound, 3},
                                     {Error::Kind::Denied, 4},
                                     {Error::Kind::Conflict, 4}}) {
    const Problem problem = to_problem({kind, "the sentence of the agent"});
    const FakeAgent agent([&](const httplib::Request&, httplib::Response& answer) {
      answer.status = static_cast<int>(problem.status);
      answer.set_content(to_json(problem), "application/problem+json");
    });
    expect_sentence(mpmctl(agent, {"status"}), status, "the sentence of the agent");
    expect_sentence(mpmctl(agent, {"status", "--json"}), status, "the sentence of the agent");
  }
}

TEST(Mpmctl, AnAnswerThatIsNoneIsSaid) {
  const FakeAgent agent(answering("{\"at\":1}"));
  expect_sentence(mpmctl(agent, {"status"}), 3, "at");
  const FakeAgent text(answering("hello"));
  expect_sentence(mpmctl(text, {"targets"}), 3, "JSON");
}

TEST(Mpmctl, OutputThatNobodyReadsIsNoCrash) {
  const FakeAgent agent(answering(to_json(saturated_server())));
  const Finished finished = run({"bash", "-c",
                                 std::string(MPM_CTL) + " --agent " + agent.socket() +
                                     " status | true; " + "exit ${PIPESTATUS[0]}"});
  EXPECT_LT(finished.status, 5) << "not ended by a signal";
  const Finished full = run(
      {"bash", "-c", std::string(MPM_CTL) + " --agent " + agent.socket() + " status > /dev/full"});
  EXPECT_EQ(full.status, 3);
  EXPECT_NE(full.err.find("mpmctl: "), std::string::npos);
}

TEST(Mpmctl, UsageIsRefusedBeforeAnythingStarts) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"frobnicate"},
                                                    {"status", "--what"},
                                                    {"recommend", "--for", "x"},
                                                    {"status", "a", "b"},
                                                    {}}) {
    std::vector<std::string> line{MPM_CTL};
    line.insert(line.end(), arguments.begin(), arguments.end());
    const Finished finished = run(line);
    EXPECT_EQ(finished.status, 2);
    EXPECT_EQ(finished.out, "");
    EXPECT_FALSE(finished.err.empty());
  }
}

TEST(Mpmctl, HelpAndVersionComeAtOnce) {
  const Finished help = run({MPM_CTL, "--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"targets", "status", "recommend", "config", "demo", "lab"})
    EXPECT_NE(help.out.find(command), std::string::npos) << command;
  const Finished version = run({MPM_CTL, "--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_NE(version.out.find("0."), std::string::npos);
}

// mpmctl in a directory of its own, with scripts in the places of mpm-agent and mpm-httpd.
class WithoutDaemon : public ::testing::Test {
 protected:
  WithoutDaemon() { std::filesystem::copy_file(MPM_CTL, dir_ / "mpmctl"); }

  Finished with_agent(const std::string& script, const std::string& command = "targets") {
    place("mpm-agent", script);
    return run({dir_ / "mpmctl", "--no-daemon", command},
               {.environment = {"PATH=/usr/bin:/bin", "TMPDIR=" + dir_.path(),
                                "XDG_RUNTIME_DIR=" + dir_.path()}});
  }
  // The agent is well, as far as this needs it.
  Finished with_server(const std::string& script, const std::string& command) {
    place("mpm-httpd", script);
    return with_agent("echo ready; cat\n", command);
  }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
      names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }
  void place(const std::string& program, const std::string& script) const {
    if (script.empty()) return;
    dir_.write(program, "#!/bin/sh\n" + script);
    std::filesystem::permissions(dir_ / program, std::filesystem::perms::all);
  }
  TempDir dir_;
};

TEST_F(WithoutDaemon, AnAgentThatIsNotThereIsSaid) {
  expect_sentence(with_agent(""), 3, "mpm-agent");
}

TEST_F(WithoutDaemon, AnAgentThatEndsAtOnceIsSaidWithItsReason) {
  expect_sentence(with_agent("echo 'mpm-agent: no luck today' >&2; exit 1\n"), 3, "no luck today");
}

TEST_F(WithoutDaemon, AServerThatIsNotThereIsSaid) {
  for (const char* command : {"demo", "lab"})
    expect_sentence(with_server("", command), 3, "mpm-httpd");
}

TEST_F(WithoutDaemon, AServerThatEndsAtOnceIsSaidWithItsReason) {
  expect_sentence(with_server("echo 'mpm-httpd: no luck today' >&2; exit 1\n", "demo"), 3,
                  "no luck today");
  EXPECT_EQ(left(), (std::vector<std::string>{"mpm-agent", "mpm-httpd", "mpmctl"}));
}

TEST_F(WithoutDaemon, LeavesNothingBehind) {
  (void)with_agent("exit 1\n");
  EXPECT_EQ(left(), (std::vector<std::string>{"mpm-agent", "mpmctl"}));
}

}  // namespace
}  // namespace mpm::test
