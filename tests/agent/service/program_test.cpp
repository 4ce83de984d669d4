// SPDX-License-Identifier: Apache-2.0
//
// The program as a service: asked on its socket and its port with each kind of credentials, told to
// read its file again, and what it says in its log meanwhile.
#include <csignal>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "schema/codec/routes.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kNobody = 65534;
const std::string kReader(40, 'r');
const std::string kChanger(40, 'c');
const std::string kWrong(40, 'w');

class Program : public ::testing::Test {
 protected:
  Program() : port_(free_port()) {
    write_tokens("read " + kReader + "\nchange " + kChanger + "\n");
    write_settings("");
  }

  void write_tokens(const std::string& text) {
    dir_.write("tokens", text);
    std::filesystem::permissions(dir_ / "tokens", std::filesystem::perms(0600));
  }
  void write_settings(const std::string& more) {
    dir_.write("agent.toml", fmt::format("socket = '{0}/agent.sock'\nhistory = ':memory:'\n"
                                         "state = '{0}/state'\nlisten = '127.0.0.1:{1}'\n"
                                         "tokens = '{0}/tokens'\n{2}",
                                         dir_.path(), port_, more));
  }
  void start(const RunOptions& options = {}) {
    agent_.emplace(std::vector<std::string>{MPM_AGENT, "--config", dir_ / "agent.toml"},
                   dir_ / "log", options);
    ASSERT_TRUE(wait_for([&] { return static_cast<bool>(connect_to(port_)); })) << log();
  }
  std::string log() const {
    std::ifstream file(dir_ / "log", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  httplib::Headers with(const std::string& token) const {
    return token.empty() ? httplib::Headers{}
                         : httplib::Headers{{"Authorization", "Bearer " + token}};
  }
  int asked(httplib::Client client, const Route& route, const std::string& token) const {
    const auto answer = route.method() == "GET"
                            ? client.Get(std::string(route.path), with(token))
                            : client.Post(std::string(route.path), with(token), "{}", "a/b");
    return answer ? answer->status : 0;
  }
  httplib::Client on_port() const { return httplib::Client("127.0.0.1", port_); }
  httplib::Client on_socket() const {
    httplib::Client client(dir_ / "agent.sock", 80);
    client.set_address_family(AF_UNIX);
    return client;
  }

  const TempDir dir_;
  const std::uint16_t port_;
  std::optional<Background> agent_;
};

TEST_F(Program, AnswersEachOperationToWhoMayAskForIt) {
  start();
  for (const Route& route : kRoutes) {
    EXPECT_EQ(asked(on_port(), route, ""), 401) << route.path;
    EXPECT_EQ(asked(on_port(), route, kWrong), 401) << route.path;
    const bool reads = route.method() == "GET";
    for (const std::string& token : {kReader, kChanger}) {
      const int status = asked(on_port(), route, token);
      EXPECT_THAT(status, Not(testing::AnyOf(0, 401))) << route.path;
      if (reads) {
        EXPECT_NE(status, 403) << route.path;
      }
    }
    EXPECT_THAT(asked(on_socket(), route, ""), Not(testing::AnyOf(0, 401))) << route.path;
  }
  EXPECT_EQ(asked(on_port(), route::kChangeBegin, kReader), 403);
  EXPECT_EQ(asked(on_port(), route::kHealth, kReader), 200);
  EXPECT_EQ(asked(on_socket(), route::kHealth, ""), 200);
  for (const std::string& secret : {kReader, kChanger, kWrong})
    EXPECT_THAT(log(), Not(HasSubstr(secret)));
}

TEST_F(Program, IsClosedToOtherUsersAlsoWhereTheSocketIsOpen) {
  start();
  const std::vector<std::string> ask{MPM_CTL, "--verbose", "--agent", dir_ / "agent.sock",
                                     "targets"};
  std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
  EXPECT_THAT(run(ask, {.user = kNobody}).err, HasSubstr("may not connect"));
  // As a socket that was passed on, or put into a container with another mode.
  std::filesystem::permissions(dir_ / "agent.sock", std::filesystem::perms(0666));
  const Finished asked = run(ask, {.user = kNobody});
  EXPECT_EQ(asked.status, 4);
  EXPECT_THAT(asked.err, HasSubstr("the agent answers root and the members of its group"));
}

TEST_F(Program, TakesUpItsFilesAnewAndSaysWhatWaits) {
  start();
  EXPECT_EQ(asked(on_port(), route::kHealth, kReader), 200);
  const std::string anew(40, 'n');
  write_tokens("read " + anew + "\n");
  const std::uint16_t metrics = free_port();
  write_settings(fmt::format("metrics = '127.0.0.1:{}'\ninterval_milliseconds = 700\n", metrics));
  ::kill(agent_->pid(), SIGHUP);
  ASSERT_TRUE(wait_for([&] { return log().find("Reloaded.") != std::string::npos; })) << log();
  EXPECT_THAT(log(), HasSubstr("interval_milliseconds is taken up at the next start."));
  EXPECT_EQ(asked(on_port(), route::kHealth, kReader), 401);
  EXPECT_EQ(asked(on_port(), route::kHealth, anew), 200);
  EXPECT_EQ(get_status(metrics, "/metrics", std::chrono::seconds(5)), 200);
  EXPECT_EQ(asked(on_socket(), route::kHealth, ""), 200);
}

TEST_F(Program, GoesOnAsItIsWhenItsFileIsNotInOrder) {
  start();
  write_settings("keep_hors = 3\n");
  ::kill(agent_->pid(), SIGHUP);
  ASSERT_TRUE(wait_for([&] { return log().find("Nothing is reloaded") != std::string::npos; }));
  EXPECT_THAT(log(), HasSubstr("agent.toml:6:1: there is no key keep_hors; keep_hours is meant?"));
  EXPECT_EQ(asked(on_port(), route::kHealth, kReader), 200);
  write_settings("");
  write_tokens("read short\n");
  ::kill(agent_->pid(), SIGHUP);
  ASSERT_TRUE(wait_for([&] { return log().find("Not all is reloaded") != std::string::npos; }));
  EXPECT_EQ(asked(on_port(), route::kHealth, kReader), 200);
}

TEST_F(Program, TellsSystemdHowItStands) {
  const UniqueFd systemd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (dir_ / "notify").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(systemd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::string heard;
  const auto hears = [&](const std::string& word) {
    return wait_for([&] {
      heard += receive(systemd, std::chrono::milliseconds(0));
      return heard.find(word) != std::string::npos;
    });
  };
  start({.environment = {"NOTIFY_SOCKET=" + dir_ / "notify"}});
  EXPECT_TRUE(hears("READY=1"));
  EXPECT_TRUE(hears("WATCHDOG=1"));
  heard.clear();
  ::kill(agent_->pid(), SIGHUP);
  EXPECT_TRUE(hears("RELOADING=1"));
  EXPECT_TRUE(hears("READY=1"));
  agent_->end();
  EXPECT_TRUE(hears("STOPPING=1"));
}

class ProgramWithTls : public Program {
 protected:
  ProgramWithTls() {
    make_certificate("ca", {});
    make_certificate("server", {"-CA", dir_ / "ca.pem", "-CAkey", dir_ / "ca.key"});
    make_certificate("client", {"-CA", dir_ / "ca.pem", "-CAkey", dir_ / "ca.key"});
    make_certificate("stranger", {});
    write_settings(
        fmt::format("certificate = '{0}/server.pem'\nkey = '{0}/server.key'\n"
                    "client_ca = '{0}/ca.pem'\n",
                    dir_.path()));
  }
  void make_certificate(const std::string& name, const std::vector<std::string>& authority) {
    std::vector<std::string> arguments{"openssl",
                                       "req",
                                       "-x509",
                                       "-newkey",
                                       "ec",
                                       "-pkeyopt",
                                       "ec_paramgen_curve:P-256",
                                       "-nodes",
                                       "-subj",
                                       "/CN=" + name,
                                       "-addext",
                                       "subjectAltName=IP:127.0.0.1",
                                       "-days",
                                       "2",
                                       "-keyout",
                                       dir_ / (name + ".key"),
                                       "-out",
                                       dir_ / (name + ".pem")};
    arguments.insert(arguments.end(), authority.begin(), authority.end());
    const Finished made = run(arguments);
    ASSERT_EQ(made.status, 0) << made.err;
  }
  int asked_by(const std::string& name, const std::string& token) const {
    auto client = name.empty() ? httplib::SSLClient("127.0.0.1", port_)
                               : httplib::SSLClient("127.0.0.1", port_, dir_ / (name + ".pem"),
                                                    dir_ / (name + ".key"));
    client.set_ca_cert_path((dir_ / "ca.pem").c_str());
    client.enable_server_certificate_verification(true);
    const auto answer = client.Get("/healthz", with(token));
    return answer ? answer->status : 0;
  }
};

TEST_F(ProgramWithTls, LetsInWhoHasACertificateAndAToken) {
  start();
  EXPECT_EQ(asked_by("client", kReader), 200);
  EXPECT_EQ(asked_by("client", ""), 401);
  EXPECT_EQ(asked_by("", kReader), 0);
  EXPECT_EQ(asked_by("stranger", kReader), 0);
  EXPECT_EQ(asked(on_port(), route::kHealth, kReader), 0) << "in the clear";
  EXPECT_EQ(asked_by("client", kReader), 200);
}

TEST_F(ProgramWithTls, IsNotHeldUpByWhoDoesNotAgreeUponIt) {
  start();
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 200; ++i)
    silent.push_back(connect_to(port_));
  EXPECT_EQ(asked_by("client", kReader), 200);
}

}  // namespace
}  // namespace mpm
