// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "agent/advise/bottleneck.h"
#include "agent/advise/finding.h"
#include "agent/advise/memory_rules.h"
#include "agent/advise/php_pool.h"
#include "agent/advise/pools.h"

namespace mpm::advise {
namespace {

using Answer = std::optional<Finding>;

Answer not_enough_data(const Facts& facts) {
  if (facts.enough) return std::nullopt;
  const Observation& seen = facts.seen;
  if (!seen.mpm || seen.worker_limit == 0)
    return finding(Severity::Note,
                   "The MPM's settings are not known, so no number can be proposed: only the "
                   "server's status page was read.",
                   "Run mpmctl on the server's own machine.", {});
  return finding(
      Severity::Note,
      fmt::format("The server was watched for {:.0f} s in {} samples; that is too little to "
                  "propose a number.",
                  seen.span_seconds, seen.samples),
      "Watch longer: mpmctl recommend --for 30s, at a busy hour.",
      {{"samples", number(seen.samples), number(facts.policy.min_samples), ""},
       {"span", seen.span_seconds, facts.policy.min_span_seconds, "s"}});
}

Answer workers_exhausted(const Facts& facts) {
  if (!is_pinned(facts.seen) || facts.held_by_keepalive()) return std::nullopt;
  const LoadObservation& load = facts.seen.load;
  std::string waits;
  if (load.queue.max > 0)
    waits = fmt::format(", and up to {:.0f} connections waited in the kernel", load.queue.max);
  // event: their processes hold as many connections as they may.
  const bool few_idle = facts.seen.mpm == Mpm::Event && load.busy.max < number(facts.limit());
  std::string lost;
  if (load.overflows > 0)
    lost = fmt::format("; the kernel turned connections away {} times", load.overflows);
  return finding(load.overflows > 0 ? Severity::Danger : Severity::Warning,
                 fmt::format("All {} workers were busy{} in {} of the samples{}{}.", facts.limit(),
                             few_idle ? ", but for a few in processes that accept no more," : "",
                             percent(load.pinned_share), waits, lost),
                 "",
                 {{"looks with all workers busy", load.pinned_share, 0.02, "share"},
                  {"busy workers, p99", load.busy.p99, number(facts.limit()), "workers"},
                  {"accept queue, the most", load.queue.max, 0, "connections"}});
}

Answer nearly_exhausted_before(const Facts& facts, const PastPeak& past) {
  const std::string all = past.saturated_seconds >= 1
                              ? fmt::format(", all of them for {:.0f} s", past.saturated_seconds)
                              : std::string();
  return finding(
      Severity::Advice,
      fmt::format("The window was calm, but of the {} hours before it the busiest, {}, had "
                  "{:.0f} workers busy{}; the limit is {} now.",
                  past.hours, hour_of(past.at), past.workers, all, facts.limit()),
      "",
      {{"workers needed in that hour", facts.demand.past, kNear * number(facts.limit()), "workers"},
       {"saturated in that hour", past.saturated_seconds, 0, "s"}});
}

Answer workers_nearly_exhausted(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  if (is_pinned(facts.seen) || facts.held_by_keepalive() || !facts.near_limit())
    return std::nullopt;
  if (facts.needed_in_the_past()) return nearly_exhausted_before(facts, *facts.seen.past);
  return finding(Severity::Advice,
                 fmt::format("At the peak {:.0f} of {} workers were busy; a little more load and "
                             "clients wait.",
                             load.busy.p99 + load.keepalive.p95, facts.limit()),
                 "", {{"workers needed", facts.need(), kNear * number(facts.limit()), "workers"}});
}

Answer listen_overflows(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  if (!facts.overflowing()) return std::nullopt;
  return finding(
      Severity::Warning,
      fmt::format("The kernel turned connections away {} times because an accept queue "
                  "of this network namespace was full.",
                  load.overflows),
      facts.effective("ListenBacklog") >= facts.seen.host.somaxconn
          ? fmt::format("The queue is as long as net.core.somaxconn {} lets it be: raise "
                        "that first.",
                        facts.seen.host.somaxconn)
          : std::string(),
      {{"listen overflows", number(load.overflows), 0, ""},
       {"ListenBacklog", number(facts.effective("ListenBacklog")),
        number(facts.seen.host.somaxconn), "connections"}});
}

Answer held_by_keepalive(const Facts& facts) {
  if (!facts.held_by_keepalive()) return std::nullopt;
  const LoadObservation& load = facts.seen.load;
  return finding(
      Severity::Warning,
      fmt::format("Of {} workers, {:.0f} only wait for the next request of an idle keep-alive "
                  "connection, and {:.0f} serve one.",
                  facts.limit(), load.keepalive.p50, load.busy.p50),
      "Lower KeepAliveTimeout, or move to event, where idle connections hold no worker, unless a "
      "module that is not safe with threads, as mod_php often is, needs prefork; more workers "
      "would "
      "wait just the same.",
      {{"workers in keep-alive, p50", load.keepalive.p50, load.busy.p50, "workers"},
       {"KeepAliveTimeout", number(facts.effective("KeepAliveTimeout")), 2, "s"}});
}

Answer connections_exhausted(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  if (facts.seen.mpm != Mpm::Event || !facts.deaf()) return std::nullopt;
  return finding(
      Severity::Danger,
      fmt::format("In {} of the samples every process with an idle worker held too many "
                  "connections to accept another: clients wait although {:.0f} workers are idle.",
                  percent(load.deaf_share), load.idle.p50),
      "More processes, or a shorter KeepAliveTimeout; httpd's log calls this \"server reached "
      "MaxRequestWorkers\", which it is not.",
      {{"looks with a process that takes no connection", load.deaf_share, kDeafShare, "share"},
       {"open connections, the most", load.connections.max,
        number(facts.per_process() * (1 + facts.effective("AsyncRequestWorkerFactor", 2))),
        "connections"}});
}

// A reload ends every child and starts StartServers of them; then httpd adds one a second for ten
// seconds, before it doubles (hold_off_on_exponential_spawning).
Answer reload_collapses(const Facts& facts) {
  const std::int64_t start = facts.effective("StartServers") * facts.per_process();
  const double usual = facts.seen.load.busy.p95;
  if (start == 0 || facts.seen.mpm == Mpm::Winnt || usual <= 2 * number(start)) return std::nullopt;
  return finding(
      Severity::Note,
      fmt::format(
          "A reload leaves {} workers for a load that keeps {:.0f} busy, and then httpd adds "
          "{} a second for ten seconds.",
          start, usual, facts.per_process()),
      fmt::format("Reload in a quiet hour, or set StartServers to {:.0f}.",
                  std::ceil(usual / number(facts.per_process()))),
      {{"busy workers, p95", usual, 2 * number(start), "workers"}});
}

Answer ramp_limited(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  if (!facts.ramping()) return std::nullopt;
  return finding(
      Severity::Advice,
      fmt::format("In {} of the samples no worker was idle and connections waited, with fewer "
                  "than the {} workers that are allowed: httpd starts processes once a second, 1, "
                  "2, 4 at a time.",
                  percent(load.ramping_share), facts.limit()),
      "",
      {{"looks with processes being started", load.ramping_share, kRampingShare, "share"},
       {"accept queue, the most", load.queue.max, 0, "connections"}});
}

Answer old_generations(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  if (load.old_processes_max == 0) return std::nullopt;
  return finding(
      Severity::Note,
      fmt::format("Up to {} processes of an old generation still finished their requests, and "
                  "hold memory and slots until then.",
                  load.old_processes_max),
      "GracefulShutdownTimeout does not end them; it works on graceful-stop alone.",
      {{"old processes", number(load.old_processes_max), 0, "processes"},
       {"oldest request", load.oldest_request_seconds, 0, "s"}});
}

Answer server_limit_without_slack(const Facts& facts) {
  if (facts.seen.mpm != Mpm::Event) return std::nullopt;
  const std::int64_t needed = facts.running().value;
  const std::int64_t limit = facts.effective("ServerLimit");
  if (limit == 0 || limit > needed) return std::nullopt;
  return finding(
      Severity::Advice,
      fmt::format("ServerLimit {} leaves no slot beside the {} processes of MaxRequestWorkers: "
                  "while old processes finish after a reload, no new one can start, and the port "
                  "hangs.",
                  limit, needed),
      "", {{"ServerLimit", number(limit), number(2 * needed), "processes"}});
}

Answer uneven_maximum(const Facts& facts) {
  const std::int64_t written = facts.written("MaxRequestWorkers");
  if (!facts.threaded() || written == 0 || written == facts.limit()) return std::nullopt;
  return finding(
      Severity::Note,
      fmt::format("MaxRequestWorkers is written as {}, and httpd runs {} workers at most.", written,
                  facts.limit()),
      fmt::format("Write a multiple of ThreadsPerChild {} that ServerLimit allows; `mpmctl config "
                  "show` says which of httpd's rules cut it.",
                  facts.per_process()),
      {{"MaxRequestWorkers", number(written), number(facts.limit()), "workers"}});
}

Answer narrow_spares(const Facts& facts) {
  const std::int64_t least = facts.effective("MinSpareThreads");
  const std::int64_t most = facts.effective("MaxSpareThreads");
  if (!facts.threaded() || most == 0 || most - least >= 2 * facts.per_process())
    return std::nullopt;
  return finding(
      Severity::Note,
      fmt::format("Between MinSpareThreads {} and MaxSpareThreads {} there is room for less than "
                  "two processes of {} threads: httpd may stop and start them without end.",
                  least, most, facts.per_process()),
      "", {{"spare window", number(most - least), number(2 * facts.per_process()), "workers"}});
}

Answer backlog_capped(const Facts& facts) {
  const std::int64_t backlog = facts.effective("ListenBacklog");
  const std::int64_t most = facts.seen.host.somaxconn;
  if (backlog == 0 || most == 0 || backlog <= most) return std::nullopt;
  return finding(
      Severity::Note,
      fmt::format("ListenBacklog is {}, and the kernel cuts it to net.core.somaxconn {} without "
                  "a word.",
                  backlog, most),
      "Raise net.core.somaxconn, and then stop and start httpd.",
      {{"ListenBacklog", number(backlog), number(most), "connections"}});
}

constexpr std::array kRules = std::to_array<Rule>({
    {"not-enough-data", "Was enough seen to propose a number?", false,
     "Fewer samples, or a shorter time, than the policy asks for.", not_enough_data},
    {"connections-exhausted", "Do processes refuse clients while workers are idle?", true,
     "A process accepts while its connections are fewer than ThreadsPerChild + "
     "AsyncRequestWorkerFactor x its idle threads (connections_above_limit, event.c); deaf are "
     "samples in which every idle worker is in a process that does not. Where neither a larger "
     "factor nor more processes make room, and more than 30 % of the samples are deaf: "
     "KeepAliveTimeout x the connections that have room / those that want some, 1.5 times as "
     "many.",
     connections_exhausted},
    {"memory-overcommitted", "Does the memory hold when every worker is busy?", true,
     "Shared once + processes x the 95th percentile of their unique memory, against what the "
     "host and every cgroup leave with httpd's own memory counted as free. Children that grow and "
     "end in time: processes x their warm size, and of those that live long what they grow by.",
     memory_overcommitted},
    {"php-pool-full", "Is php-fpm full?", true,
     "All pm.max_children processes are there, at least a quarter as many connections wait at the "
     "pool's socket (/proc/net/unix, sock_diag), and half of the time more workers were busy.",
     php_pool_full},
    {"php-queue-unknown", "Is it known whether requests wait for php-fpm?", true,
     "As for php-pool-full, of a pool whose queue cannot be read.", php_queue_unknown},
    {"workers-exhausted", "Did clients wait because every worker was busy?", true,
     "Pinned are samples without an idle worker and with 97 % of the limit busy, or with fewer "
     "than a quarter idle, all in processes that accept none, while connections wait; above 2 % of "
     "them it is no chance.",
     workers_exhausted},
    {"workers-nearly-exhausted", "Does the load come near the limit?", true,
     "Needed are 1.1 x the 99th percentile of the busy + 2, and the 95th of those in keep-alive, "
     "or in the busiest hour of four weeks 1.1 x the 99th of both + 2; near is above 80 % of the "
     "limit.",
     workers_nearly_exhausted},
    {"listen-overflows", "Did the kernel turn clients away?", true,
     "ListenOverflows of the server's network namespace, differenced over the window. The kernel "
     "leaves the SYN or the last ACK of who finds the queue full unanswered (tcp_conn_request, "
     "tcp_v4_syn_recv_sock), and the client tries again after 1, 3 and 7 s.",
     listen_overflows},
    {"keepalive-holds-workers", "Do idle connections hold the workers?", true,
     "More workers wait in keep-alive than serve, on average, and at their 95th percentile they "
     "are more than half of the limit.",
     held_by_keepalive},
    {"cpu-saturated", "Are the processors the bottleneck?", true,
     "The processors are full by the host, by the quota or by httpd's own use; and (run + wait) of "
     "httpd's threads is more than half of the time of its requests, or it uses 85 % of the cores. "
     "Or in more than 3 % of the looks processors were full that mostly httpd used, and all "
     "workers were busy, or more than c S / D + 2 c: c cores, S a request's time when nobody "
     "waits, D its time on a processor. As many are enough; whole processes leave 85 % of them at "
     "least. Run and wait are from /proc/PID/task/*/schedstat.",
     cpu_saturated},
    {"processors-taken-by-others", "Do other programs keep the processors busy?", true,
     "The processors are full, and (run + wait) of httpd's threads is less than half of the time "
     "of its requests (/proc/PID/task/*/schedstat).",
     cpu_taken},
    {"backend-saturated", "Is something behind httpd full?", true,
     "Seconds in ten bins by requests at once: the least with 93 % of the best throughput, or of "
     "one beyond which a fifth more at once brought less than a twentieth more, against the most, "
     "1.5 times as many and 4 roots beyond; Little: time = at once / throughput (after Wang, "
     "Malkowski and Pu, IPDPS 2011). It collapses where with the most less than 70 % of the best "
     "throughput ends, or less than 90 % and each took four times as long, no more while they "
     "become fewer (from 90 % of a height to half of the most), and 70 % came when they rose. Or, "
     "where with all workers busy nobody is answered within 10 s, or more are turned away than "
     "requests end: for more than half of the time, workers / throughput is four times a "
     "request's time when nobody waits; or, where that was never seen, for nine tenths of it that "
     "is more than 1 s, the squared coefficient of variation of a request's time is below 0.1 and "
     "above 0.1 / workers, and no larger pool brought more: then half to a quarter of the "
     "workers, N, are left, 1.15 x arrivals x a request's time when nobody waits, or N sqrt(that "
     "coefficient / 0.1), for in a line before c servers of variation v it is v / N (1 + c^2 / "
     "N). While the memory does not hold, only where it was so with less than half of the workers "
     "that fit, and more came than ever ended.",
     backend_saturated},
    {"larger-pool-brought-less", "Would more workers bring more?", true,
     "Requests that ended a second while all workers were busy, by MaxRequestWorkers, in the "
     "minutes of the last seven days: of a larger pool, full for 20 s, less than 90 % of what "
     "this one brings, or of one twice as large no more; or of minutes in which more were busy "
     "than there are now, and not all, less than 70 %, or less and each took four times as long "
     "as when nobody waits. Two such pools give the line 1 / X = A + B N of N workers that end X "
     "requests a second; it meets X = N / S at the knee, S being a request's time when nobody "
     "waits and N those that do not wait for an idle client. A step leaves X S workers, and half "
     "of them all, or a quarter where the larger one brought less than 70 %, unless these "
     "requests wait in line behind httpd as well or a third pool ended within a tenth what the "
     "line foretells for it; and sqrt(n N) of N where n ended less. Where httpd's work fills the "
     "processors, up to 1.3 N, or a process more, that keep them running.",
     larger_pool_brought_less},
    {"smaller-pool-brought-more", "Did fewer workers bring more?", true,
     "The same numbers: of a smaller pool, full for 20 s, this one brings less than 70 %; or less "
     "than 90 % of what the workers brought that served while most others of a full pool waited "
     "for idle clients. Not where idle connections hold the workers, nor where requests take as "
     "long as when nobody waits: these are others, then. A step leaves X S workers and half of "
     "them all, as for larger-pool-brought-less.",
     smaller_pool_brought_more},
    {"ramp-limited", "Did clients wait for processes to start?", true,
     "Ramping are samples without an idle worker below the limit while connections wait; above 1 "
     "% of them. httpd starts 1, 2, 4 .. 32 processes a second.",
     ramp_limited},
    {"children-grow", "Do children grow with the requests they serve?", true,
     "Theil-Sen: the median slope of unique memory over requests, within each child after 40 "
     "requests; its 10th percentile above 0, and 1,000 requests worth 15 % of a child.",
     children_grow},
    {kEndTogether, "Do children end together?", true,
     "MaxConnectionsPerChild x the processes that live so long / arrivals a second, below half an "
     "hour: a connection goes to the child that has waited in accept longest (prefork, worker). Of "
     "those that run StartServers leaves as many as are usually busy, and 1.5 times these are idle "
     "at least.",
     children_end_together},
    {"server-limit-without-slack", "Is there room for old processes after a reload?", false,
     "ServerLimit against MaxRequestWorkers / ThreadsPerChild: a slot is free again when its old "
     "process has ended (event.c).",
     server_limit_without_slack},
    {"old-generations", "Do old processes linger?", true,
     "Processes that are quiescing or of an old generation, the most in a sample.",
     old_generations},
    {"reload-collapses", "Does a reload leave enough workers?", true,
     "StartServers x ThreadsPerChild against half of the 95th percentile of the busy workers.",
     reload_collapses},
    {"memory-not-warm", "Have the children served enough to know their size?", true,
     "The median of the requests that a child has served, against the policy's least.",
     memory_not_warm},
    {"max-request-workers-cut", "Does httpd run the maximum that is written?", false,
     "A multiple of ThreadsPerChild, at most ServerLimit of them (event.c, worker.c).",
     uneven_maximum},
    {"spares-narrow", "Is there room between the spare bounds?", false,
     "MaxSpareThreads - MinSpareThreads against two processes of ThreadsPerChild.", narrow_spares},
    {"backlog-capped", "Does the kernel cut the backlog?", false,
     "listen(2): the smaller of ListenBacklog and net.core.somaxconn.", backlog_capped},
});

}  // namespace

std::span<const Rule> rules() {
  return kRules;
}

}  // namespace mpm::advise
