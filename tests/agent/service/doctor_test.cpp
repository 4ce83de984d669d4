// SPDX-License-Identifier: Apache-2.0
//
// What is missing, and the line that mends it: by values, and on hosts of our making.
#include "agent/service/doctor.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "agent/service/agent.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

AgentFindings root_service() {
  AgentFindings agent;
  agent.place = {.reads_processes = true, .reads_files = true, .has_systemd = true};
  agent.keeps_history = true;
  return agent;
}

ServerFindings well() {
  ServerFindings server;
  server.target.pid = 4711;
  server.target.listeners = {{"0.0.0.0", 8080}};
  server.sources = {{SourceKind::SharedMemory, true, ""}};
  Setting extended;
  extended.directive = "ExtendedStatus";
  extended.effective = std::string("On");
  server.settings.settings = {extended};
  return server;
}

std::vector<DoctorFinding> found(const AgentFindings& agent,
                                 const std::vector<ServerFindings>& servers) {
  return diagnose(agent, servers, {}).findings;
}

// The only finding of such a name.
DoctorFinding finding(const std::vector<DoctorFinding>& all, const std::string& check) {
  std::vector<DoctorFinding> named;
  for (const DoctorFinding& each : all)
    if (each.check == check) named.push_back(each);
  EXPECT_EQ(named.size(), 1U) << check;
  return named.empty() ? DoctorFinding() : named.front();
}

TEST(Doctor, FindsNothingWhereAllIsThere) {
  EXPECT_THAT(found(root_service(), {well()}), IsEmpty());
}

TEST(Doctor, NamesTheServiceThatIsMissing) {
  AgentFindings agent = root_service();
  agent.ephemeral = true;
  agent.keeps_history = false;
  EXPECT_EQ(finding(found(agent, {well()}), "no-service").mend,
            "sudo systemctl enable --now mpm-agent");
  agent.service = ServiceAgent::Denied;
  EXPECT_THAT(finding(found(agent, {well()}), "not-in-group").mend, HasSubstr("usermod"));
  agent.service = ServiceAgent::Answers;
  EXPECT_THAT(found(agent, {well()}), IsEmpty());
  agent.ephemeral = false;
  EXPECT_THAT(finding(found(agent, {well()}), "history-off").mend, HasSubstr("history = "));
}

TEST(Doctor, NamesNoSystemctlWhereSystemdDoesNotRun) {
  AgentFindings agent = root_service();
  agent.place = {};
  agent.hand = HandDoor::Absent;
  const auto service = found(agent, {well()});
  EXPECT_EQ(finding(service, "no-hand").mend, "mpm-agent --hand, started by root");
  EXPECT_THAT(finding(service, "rights-processes").mend, HasSubstr("--cap-add=SYS_PTRACE"));
  agent.ephemeral = true;
  for (const DoctorFinding& each : found(agent, {well()}))
    EXPECT_THAT(each.mend, Not(HasSubstr("systemctl"))) << each.check;
}

TEST(Doctor, NamesTheHandThatIsMissingAsANote) {
  AgentFindings agent = root_service();
  agent.hand = HandDoor::Absent;
  const DoctorFinding absent = finding(found(agent, {well()}), "no-hand");
  EXPECT_EQ(absent.severity, Severity::Note);
  EXPECT_EQ(absent.mend, "sudo systemctl enable --now mpm-hand");
  agent.hand = HandDoor::Denied;
  EXPECT_THAT(finding(found(agent, {well()}), "hand-not-in-group").mend,
              HasSubstr("--groups mpm-operator"));
  const TempDir dir;
  EXPECT_EQ(hand_at(dir / "none.sock", true), HandDoor::Absent);
  dir.write("hand.sock", "");
  EXPECT_EQ(hand_at(dir / "hand.sock", true), HandDoor::Unneeded);
}

TEST(Doctor, NamesTheRightsThatAreMissing) {
  AgentFindings agent = root_service();
  agent.place = {.has_systemd = true};
  const auto all = found(agent, {well()});
  EXPECT_THAT(finding(all, "rights-processes").mend,
              HasSubstr("AmbientCapabilities=CAP_SYS_PTRACE"));
  EXPECT_THAT(finding(all, "rights-files").mend, HasSubstr("CAP_DAC_READ_SEARCH"));
  agent.ephemeral = true;
  agent.service = ServiceAgent::Answers;
  EXPECT_EQ(finding(found(agent, {well()}), "rights-processes").mend, "sudo mpmctl doctor");
}

TEST(Doctor, NamesTheDirectiveThatIsMissing) {
  ServerFindings server = well();
  server.settings.settings[0].effective = std::string("Off");
  const DoctorFinding off = finding(found(root_service(), {server}), "extended-status");
  EXPECT_EQ(off.pid, 4711);
  EXPECT_EQ(off.server, ":8080");
  EXPECT_EQ(off.severity, Severity::Advice);
  EXPECT_EQ(off.mend, "mpmctl apply ExtendedStatus=On :8080 --allow restart");
}

TEST(Doctor, NamesTheSourceThatIsMissing) {
  ServerFindings server = well();
  server.status_page = Error{Error::Kind::Unreachable, "HTTP status 404"};
  const DoctorFinding page = finding(found(root_service(), {server}), "status-page");
  EXPECT_EQ(page.severity, Severity::Note);
  EXPECT_THAT(page.mend, HasSubstr("server-status"));

  server.status_page.reset();
  server.sources = {{SourceKind::SharedMemory, false, "maps: Permission denied"},
                    {SourceKind::ModStatus, true, ""}};
  AgentFindings agent = root_service();
  agent.place.reads_processes = false;
  const DoctorFinding by_page = finding(found(agent, {server}), "scoreboard");
  EXPECT_THAT(by_page.claim, HasSubstr("maps: Permission denied"));
  EXPECT_THAT(by_page.mend, HasSubstr("CAP_SYS_PTRACE"));

  server.trouble = Error{Error::Kind::Denied, "nothing works"};
  EXPECT_EQ(finding(found(root_service(), {server}), "scoreboard").severity, Severity::Warning);
}

TEST(Doctor, NamesTheNamespaceThatIsClosed) {
  ServerFindings server = well();
  server.is_entered = false;
  EXPECT_THAT(finding(found(root_service(), {server}), "namespace").claim,
              HasSubstr("PrivateTmp="));
  EXPECT_THAT(finding(found(root_service(), {}), "no-server").claim, HasSubstr("No httpd"));
  AgentFindings agent = root_service();
  agent.place.is_in_container = true;
  EXPECT_THAT(finding(found(agent, {}), "no-server").mend, HasSubstr("--pid=host"));
}

TEST(Doctor, PassesOnWhatALookCouldNotRead) {
  ServerFindings server = well();
  server.target.losses = {"Its version is unknown."};
  server.losses = {"Its queues are unknown."};
  const auto all = found(root_service(), {server});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].claim, "Its version is unknown.");
  EXPECT_EQ(all[1].claim, "Its queues are unknown.");
}

TEST(Doctor, ReadsItsOwnRightsAndNamespaceFromProc) {
  const TempDir dir;
  const auto place = [&](const std::string& capabilities, const std::string& space) {
    dir.write("self/status", "Name:\tmpm-agent\nCapPrm:\tffffffffffffffff\nCapEff:\t" +
                                 capabilities + "\nCapBnd:\tffffffffffffffff\n");
    std::filesystem::create_directories(dir / "self/ns");
    std::filesystem::remove(dir / "self/ns/pid");
    std::filesystem::create_symlink(space, dir / "self/ns/pid");
    return place_of_agent(ProcFs(dir.path()), dir / "systemd");
  };
  const AgentPlace root = place("000001ffffffffff", "pid:[4026531836]");
  EXPECT_TRUE(root.reads_processes);
  EXPECT_TRUE(root.reads_files);
  EXPECT_FALSE(root.is_in_container);
  EXPECT_FALSE(root.has_systemd);
  dir.write("systemd", "");
  EXPECT_TRUE(place("000001ffffffffff", "pid:[4026531836]").has_systemd);
  const AgentPlace user = place("0000000000000000", "pid:[4026532201]");
  EXPECT_FALSE(user.reads_processes);
  EXPECT_FALSE(user.reads_files);
  EXPECT_TRUE(user.is_in_container);
  EXPECT_TRUE(place("0000000000080000", "x").reads_processes);
  EXPECT_TRUE(place("0000000000000004", "x").reads_files);
  EXPECT_TRUE(place("0000000000000002", "x").reads_files);
}

TEST(Doctor, LooksAtAHostOnWhichNothingRuns) {
  const TempDir dir;
  dir.write("self/mountinfo", "");
  dir.write("self/status", "CapEff:\t0000000000000000\n");
  SystemClock clock;
  AgentOptions options;
  options.ephemeral = true;
  options.proc_root = dir.path();
  options.service_socket = dir / "none.sock";
  const auto agent = Agent::start(options, clock);
  ASSERT_TRUE(agent) << agent.error().what;
  const auto report = (*agent)->doctor();
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->servers, 0);
  for (const char* check : {"no-service", "rights-processes", "rights-files", "no-server"})
    (void)finding(report->findings, check);
}

}  // namespace
}  // namespace mpm
