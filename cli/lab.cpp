// SPDX-License-Identifier: Apache-2.0
#include "cli/lab.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/idle_connections.h"
#include "cli/load.h"
#include "cli/output.h"
#include "cli/page.h"
#include "cli/spawn.h"
#include "cli/words.h"
#include "schema/codec/json.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr double kUsualSpan = 5;
constexpr std::int64_t kWorkers = 256;
constexpr std::int64_t kThreadsPerChild = 32;
// One process of worker and event. Few, because the connections that these take add nothing, and
// what they add is to be seen.
constexpr std::int64_t kStarted = kThreadsPerChild;

// Nothing is measured twice: each part of the result is filled in by the phase that measures it.
class Trial {
 public:
  Trial(const LabReport& plan, Client& client, OwnServer& server)
      : plan_(plan), client_(client), server_(server) {}

  Result<LabResult> run(Mpm mpm) {
    result_ = {};
    result_.mpm = mpm;
    const auto started = server_.start({.mpm = mpm,
                                        .workers = kWorkers,
                                        .threads_per_child = kThreadsPerChild,
                                        .started = kStarted,
                                        .idle_connections = plan_.connections});
    if (!started) return fail(started.error());
    say(fmt::format("measuring {}.", words(mpm)));
    put_requests();
    if (const auto before = memory()) result_.pss_before = before->pss;
    hold_connections();
    server_.end();
    return std::move(result_);
  }

 private:
  void put_requests() {
    LoadOptions options;
    options.port = server_.port();
    options.path = plan_.path;
    options.per_second = plan_.due_per_second;
    options.span = milliseconds(static_cast<std::int64_t>(plan_.span_seconds * 1000));
    const LoadResult load = generate(options);
    result_.answered_per_second = static_cast<double>(load.answered) / plan_.span_seconds;
    result_.failed = load.failed;
    if (load.answered == 0) return;
    result_.p50_seconds = load.p50_seconds;
    result_.p99_seconds = load.p99_seconds;
  }

  void hold_connections() {
    IdleCrowd crowd({.port = server_.port(), .count = plan_.connections});
    const auto with = memory();
    const std::int64_t held = crowd.held();
    result_.held = held;
    if (!with) return;
    result_.processes = with->processes;
    result_.threads = with->threads;
    result_.pss_held = with->pss;
    if (held > 0 && result_.pss_before)
      result_.per_thousand_held = (with->pss - *result_.pss_before) * 1000 / held;
  }

  std::optional<MemoryCounts> memory() {
    auto answer = client_.status(
        {.target = fmt::format("{}", server_.pid()), .window_seconds = std::nullopt});
    if (!answer || answer->value.targets.empty()) {
      lose(answer ? "The agent says nothing about the server." : answer.error().what);
      return std::nullopt;
    }
    const TargetStatus& status = answer->value.targets[0];
    for (const std::string& loss : status.losses)
      lose(loss);
    if (!status.memory && status.losses.empty()) lose("Its memory could not be read.");
    return status.memory;
  }

  void lose(const std::string& what) {
    if (std::ranges::find(result_.losses, what) == result_.losses.end())
      result_.losses.push_back(what);
  }

  const LabReport& plan_;
  Client& client_;
  OwnServer& server_;
  LabResult result_;
};

LabReport plan_of(const Options& options) {
  LabReport plan;
  plan.at = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
  plan.path = fmt::format("{}?sleep=5ms&cpu=1ms", kWorkPath);
  plan.due_per_second = options.rate;
  plan.span_seconds = options.watch_seconds.value_or(kUsualSpan);
  plan.connections = options.connections;
  plan.worker_limit = kWorkers;
  return plan;
}

}  // namespace

Result<Outcome> compare(const Options& options, Client& client, const Style& style,
                        OwnServer& server) {
  LabReport report = plan_of(options);
  // Ours, and the server's, which inherits the limit: one for each connection and some more.
  allow_open_files(report.connections + 4096);
  std::optional<Error> trouble;
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt}) {
    auto result = Trial(report, client, server).run(mpm);
    if (!result) {
      trouble = result.error();
      if (trouble->kind == Error::Kind::NotFound) return fail(std::move(*trouble));
      result = LabResult();
      result->mpm = mpm;
      result->losses.push_back(trouble->what);
    }
    report.results.push_back(std::move(*result));
  }
  const bool nothing = std::ranges::all_of(
      report.results, [](const LabResult& result) { return !result.answered_per_second; });
  if (nothing && trouble) return fail(std::move(*trouble));
  if (!options.html.empty())
    if (auto written = write_page(options.html, lab_page(report)); !written)
      return fail(std::move(written.error()));
  return Outcome{options.json ? to_json(report) + "\n" : render(report, style), ExitStatus::Fine};
}

}  // namespace mpm
