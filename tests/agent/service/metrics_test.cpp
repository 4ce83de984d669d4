// SPDX-License-Identifier: Apache-2.0
//
// The page of Prometheus from made-up looks: the whole text under each MPM, and what must not be
// on it.
#include "agent/service/metrics.h"

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "agent/scoreboard/status_page.h"
#include "agent/service/server_metrics.h"
#include "schema/codec/names.h"
#include "tests/support/golden.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kMegabyte = 1 << 20;

WorkerScore worker(WorkerState state) {
  WorkerScore score;
  score.state = state;
  return score;
}

// Two children of three threads (or six processes): one busy, one deaf child, one on its way out.
Scoreboard board_of(Mpm mpm) {
  Scoreboard board;
  board.mpm = mpm;
  board.server_limit = mpm == Mpm::Prefork ? 8 : 4;
  board.thread_limit = mpm == Mpm::Prefork ? 1 : 4;
  board.generation = 2;
  const std::vector<WorkerState> states{WorkerState::Writing, WorkerState::Ready,
                                        WorkerState::Ready};
  for (std::int32_t slot = 0; slot < 2; ++slot) {
    ProcessScore process;
    process.slot = slot;
    process.pid = 100 + slot;
    process.generation = 2;
    process.quiescing = slot == 1;
    process.connections = 5;
    process.keep_alive = 3;
    for (const WorkerState state : states)
      process.workers.push_back(worker(state));
    if (mpm == Mpm::Prefork) process.workers.resize(1);
    board.processes.push_back(process);
  }
  return board;
}

MpmSettings settings_for(Mpm mpm) {
  if (mpm == Mpm::Prefork)
    return settings_of(mpm, 8, {{"MaxRequestWorkers", 8}, {"ServerLimit", 8}});
  return settings_of(mpm, 12, {{"ThreadsPerChild", 3}, {"MaxRequestWorkers", 12}});
}

Sample sample_of(Mpm mpm) {
  Sample sample = window(0, [](Sample&, int) {}).front();
  sample.generation = 2;
  sample.worker_limit = settings_for(mpm).worker_limit;
  sample.tally.busy = 4;
  sample.tally.finishing = 1;
  sample.tally.idle = 3;
  sample.tally.deaf = 2;
  sample.tally.reading = 1;
  sample.tally.writing = 3;
  sample.tally.processes = 3;
  sample.tally.processes_old = 1;
  sample.tally.processes_deaf = 1;
  sample.accesses = 1234567;
  sample.children_started = 9;
  sample.children_ended = 6;
  sample.bytes = 5 * kMegabyte + 1023;
  sample.work.running = 3;
  sample.work.age_max_seconds = 2.5;
  sample.listeners = {listener(7, 20)};
  sample.host.limits = {
      {"/web", "memory.max", Bytes{900 * kMegabyte}, Bytes{800 * kMegabyte}, Bytes{kMegabyte}, {}},
      {"", "memory.high", Bytes{500 * kMegabyte}, Bytes{100 * kMegabyte}, Bytes{0}, {}}};
  sample.host.listen_overflows = 17;
  return sample;
}

Snapshot snapshot_of(Mpm mpm) {
  Snapshot snapshot;
  snapshot.target.pid = 100;
  snapshot.target.version = "2.4.71";
  snapshot.target.mpm = mpm;
  snapshot.target.listeners = {{"0.0.0.0", 80}, {"::", 443}};
  snapshot.at = kNoon;
  snapshot.look_seconds = 0.0005;
  snapshot.sample = sample_of(mpm);
  snapshot.page = page_counts(board_of(mpm), settings_for(mpm));
  snapshot.totals.cpu_user_seconds = 60.5;
  snapshot.totals.cpu_system_seconds = 11.5;
  snapshot.totals.duration_seconds = 98.7654;
  snapshot.load = std::array<double, 3>{0.5, 1.25, 2};
  snapshot.settings = in_force(settings_for(mpm));
  snapshot.sources = {{SourceKind::SharedMemory, true, ""}};
  snapshot.processes = {process(100, 0, kMegabyte), process(101, 50, 4 * kMegabyte),
                        process(102, 70, 2 * kMegabyte)};
  snapshot.processes[0].parent = true;
  snapshot.health = Health::Strained;
  snapshot.saturated_seconds = 12.5;
  return snapshot;
}

std::shared_ptr<const Snapshot> shared(Snapshot snapshot) {
  return std::make_shared<const Snapshot>(std::move(snapshot));
}

std::string page_of(const Snapshots& servers, const std::string& target = "",
                    Instant oldest = kNoon) {
  const auto page = metrics_page(servers, target, oldest);
  EXPECT_TRUE(page) << page.error().what;
  return page.value_or("");
}

// The lines that are points, without HELP and TYPE.
std::vector<std::string> points(const std::string& page, const std::string& prefix) {
  std::vector<std::string> found;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(prefix, 0) == 0) found.push_back(line);
  return found;
}

class MetricsOfAnMpm : public testing::TestWithParam<Mpm> {};
INSTANTIATE_TEST_SUITE_P(Metrics, MetricsOfAnMpm,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event),
                         [](const auto& i) { return std::string(name_of(i.param)); });

TEST_P(MetricsOfAnMpm, ArePrintedWhole) {
  const std::string page = page_of({shared(snapshot_of(GetParam()))});
  EXPECT_TRUE(
      test::is_golden("service/metrics-" + std::string(name_of(GetParam())) + ".txt", page));
}

// The numbers that apache_exporter's own tests expect.
TEST_P(MetricsOfAnMpm, AreAsManyAsApacheExporterHas) {
  const std::string page = page_of({shared(snapshot_of(GetParam()))});
  EXPECT_EQ(points(page, "apache_").size(), GetParam() == Mpm::Event ? 34U : 28U);
}

TEST(Metrics, HaveTheBalancersOfAPageAndThenAreSixtyFour) {
  std::ifstream file(std::string(MPM_TESTS) + "/fixtures/status/event-2.4.71-tls-proxy.txt");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  Snapshot snapshot = snapshot_of(Mpm::Event);
  snapshot.sample.source = SourceKind::ModStatus;
  snapshot.page = page_counts(*parse_status_page(page), {});
  snapshot.totals = totals_of_page(page);
  ASSERT_FALSE(snapshot.totals.balancers.empty());
  // Six workers are what apache_exporter's page has: five metrics each.
  snapshot.totals.balancers.resize(1, {});
  for (int i = 1; i < 6; ++i) {
    snapshot.totals.balancers.push_back(snapshot.totals.balancers.front());
    snapshot.totals.balancers.back().worker += std::to_string(i);
  }
  const std::string text = page_of({shared(snapshot)});
  EXPECT_EQ(points(text, "apache_").size(), 64U);
  EXPECT_THAT(text, HasSubstr("apache_proxy_balancer_status{balancer=\"balancer://app\","
                              "status=\"Init Ok\",worker=\"http://127.0.0.1:9\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("version=\"Apache/2.4.71 (Debian) OpenSSL/"));
}

TEST(Metrics, S27_OfAServerThatCannotBeReadAreNoneButThatItIsDown) {
  Snapshot snapshot = snapshot_of(Mpm::Event);
  snapshot.trouble = Error{Error::Kind::Denied, "403"};
  const std::string page = page_of({shared(snapshot)});
  EXPECT_THAT(points(page, "apache_"), testing::ElementsAre("apache_up 0"));
  EXPECT_THAT(page, HasSubstr("mpm_up{server=\"0.0.0.0:80\"} 0\n"));
  EXPECT_THAT(page, Not(HasSubstr("mpm_workers")));
}

TEST(Metrics, S27_OfAnOldLookAreNone) {
  const Snapshots servers{shared(snapshot_of(Mpm::Event))};
  EXPECT_THAT(page_of(servers, "", kNoon), HasSubstr("apache_up 1\n"));
  const std::string late = page_of(servers, "", kNoon + milliseconds(1));
  EXPECT_THAT(points(late, "apache_"), testing::ElementsAre("apache_up 0"));
  EXPECT_THAT(late, Not(HasSubstr("mpm_workers")));
}

TEST(Metrics, S27_KeepNothingOfAnotherMpm) {
  EXPECT_THAT(page_of({shared(snapshot_of(Mpm::Event))}), HasSubstr("apache_connections"));
  EXPECT_THAT(page_of({shared(snapshot_of(Mpm::Worker))}), Not(HasSubstr("apache_connections")));
}

TEST(Metrics, S25_CountNoThreadAsIdleThatAcceptsNothing) {
  const std::string page = page_of({shared(snapshot_of(Mpm::Event))});
  EXPECT_THAT(page, HasSubstr("apache_workers{state=\"idle\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("mpm_workers{server=\"0.0.0.0:80\",state=\"deaf\"} 2\n"));
}

TEST(Metrics, SumUpToTheWorkersThereAre) {
  const std::vector<std::string> workers =
      points(page_of({shared(snapshot_of(Mpm::Event))}), "mpm_workers{");
  double sum = 0;
  for (const std::string& line : workers)
    sum += std::stod(line.substr(line.rfind(' ')));
  EXPECT_EQ(sum, 7);
}

TEST(Metrics, OfNoServerSayThatApacheIsDown) {
  const std::string page = page_of({});
  EXPECT_THAT(page, HasSubstr("apache_up 0\n"));
  EXPECT_THAT(page, HasSubstr("mpm_servers 0\n"));
}

TEST(Metrics, OfSeveralServersHaveApachesForANamedOneOnly) {
  Snapshot other = snapshot_of(Mpm::Prefork);
  other.target.pid = 200;
  other.target.listeners = {{"127.0.0.1", 8080}};
  const Snapshots servers{shared(snapshot_of(Mpm::Event)), shared(other)};
  const std::string all = page_of(servers);
  EXPECT_THAT(all, Not(HasSubstr("apache_")));
  EXPECT_EQ(points(all, "mpm_up{").size(), 2U);
  for (const char* name : {":8080", "200"}) {
    const std::string one = page_of(servers, name);
    EXPECT_THAT(one, HasSubstr("apache_info{mpm=\"prefork\""));
    EXPECT_THAT(points(one, "mpm_up{"),
                testing::ElementsAre("mpm_up{server=\"127.0.0.1:8080\"} 1"));
  }
  const auto none = metrics_page(servers, ":81", kNoon);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, Error::Kind::NotFound);
}

// Somebody asked about its page once; that makes no second server of it.
TEST(Metrics, OfAServerKnownByItsPageDoNotHideTheLocalOne) {
  Snapshot page = snapshot_of(Mpm::Prefork);
  page.target.pid = 0;
  page.target.url = "http://127.0.0.1/server-status?auto";
  const std::string text = page_of({shared(snapshot_of(Mpm::Event)), shared(page)});
  EXPECT_THAT(text, HasSubstr("apache_info{mpm=\"event\""));
  EXPECT_THAT(text, HasSubstr("mpm_up{server=\"http://127.0.0.1/server-status\"} 1\n"));
}

// Prometheus refuses a page on which two points have the same name and labels.
TEST(Metrics, GiveServersOfTheSameAddressNamesOfTheirOwn) {
  Snapshot first = snapshot_of(Mpm::Event);
  first.target.cgroup = "/docker/aaa";
  Snapshot second = first;
  second.target.cgroup = "/docker/bbb";
  Snapshot third = second;
  third.target.pid = 300;
  EXPECT_THAT(server_labels({shared(first), shared(second), shared(third)}),
              testing::ElementsAre("0.0.0.0:80@aaa", "0.0.0.0:80@bbb@100", "0.0.0.0:80@bbb@300"));
}

TEST(Metrics, NameEveryPointOnce) {
  Snapshot bucket = snapshot_of(Mpm::Event);
  bucket.sample.listeners = {listener(1, 5), listener(2, 5)};
  const std::string page = page_of({shared(bucket)});
  std::set<std::string> seen;
  for (const std::string& line : points(page, "")) {
    if (line.front() == '#') continue;
    EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
  EXPECT_THAT(page, HasSubstr("mpm_listen_queue_length{server=\"0.0.0.0:80\",listen="
                              "\"0.0.0.0:80\"} 3\n"));
}

TEST(Metrics, LeaveOutWhatIsNotKnown) {
  Snapshot snapshot = snapshot_of(Mpm::Event);
  snapshot.sample.worker_limit = 0;
  snapshot.sample.listeners[0].queue_limit = 0;
  snapshot.processes.clear();
  snapshot.totals = {};
  snapshot.load.reset();
  snapshot.sample.host.limits.clear();
  snapshot.settings = {};
  const std::string page = page_of({shared(snapshot)});
  for (const char* absent :
       {"mpm_worker_limit", "mpm_listen_queue_limit", "mpm_memory_bytes", "mpm_cpu_seconds_total",
        "apache_load", "apache_duration", "apache_cpu", "mpm_cgroup", "mpm_setting"})
    EXPECT_THAT(page, Not(HasSubstr(absent)));
}

TEST(Metrics, AreAllInTheOneListOfNames) {
  std::set<std::string> named;
  for (const MetricName& name : server_family_names())
    EXPECT_TRUE(named.emplace(name.name).second) << name.name;
  std::set<std::string> printed;
  for (const std::string& line : points(page_of({shared(snapshot_of(Mpm::Event))}), "# TYPE mpm_"))
    printed.insert(line.substr(7, line.rfind(' ') - 7));
  EXPECT_EQ(printed, named);
}

TEST(Metrics, HaveTotalInTheNamesOfCountersAlone) {
  for (const MetricName& name : server_family_names())
    EXPECT_EQ(name.name.ends_with("_total"), name.type == MetricType::Counter) << name.name;
}

// The dead slots of a page are those below the limits in force; the memory has more.
TEST(PageCounts, ShowTheSlotsThatAPageShows) {
  const PageCounts counts = page_counts(board_of(Mpm::Event), settings_for(Mpm::Event));
  const auto of = [&](WorkerState state) {
    return counts.letters[static_cast<std::size_t>(state)];
  };
  EXPECT_EQ(of(WorkerState::Writing), 2);
  EXPECT_EQ(of(WorkerState::Ready), 4);
  EXPECT_EQ(of(WorkerState::Dead), 6);
  EXPECT_EQ(counts.processes, 2);
  EXPECT_EQ(counts.stopping, 1);
  EXPECT_EQ(counts.connections, 10);
  EXPECT_EQ(counts.keepalive, 6);
  const PageCounts all = page_counts(board_of(Mpm::Event), {});
  EXPECT_EQ(all.letters[0], 10) << "without settings, every slot of the memory";
}

TEST(LoadAverage, IsReadFromTheHostsThreeNumbers) {
  EXPECT_EQ(parse_load("0.52 0.58 12.5 3/602 4711\n"), (std::array<double, 3>{0.52, 0.58, 12.5}));
  EXPECT_FALSE(parse_load(""));
  EXPECT_FALSE(parse_load("0.5 x"));
}

}  // namespace
}  // namespace mpm
