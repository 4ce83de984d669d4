// SPDX-License-Identifier: Apache-2.0
//
// All that the rules judge by: the observation, and what follows from it once. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/advise/demand.h"
#include "agent/advise/memory.h"
#include "agent/advise/spares.h"
#include "schema/model/observation.h"
#include "schema/model/units.h"

namespace mpm::advise {

// From which share of the samples on something is more than chance.
inline constexpr double kDeafShare = 0.02;
inline constexpr double kRampingShare = 0.01;
// Of the looks, those with processors full of httpd's own work: bursts that fill them are shorter
// than any window that is long enough for the rest.
inline constexpr double kFullLooks = 0.03;
// Of the looks, those with all workers busy, or in which processes refuse clients: more than those
// of bursts.
inline constexpr double kOften = 0.3;
// Of the looks, those with all workers busy: more than now and then.
inline constexpr double kMostly = 0.5;
// Processes that httpd starts in a second, when it begins to.
inline constexpr double kStarted = 1;
// A need above this part of the limit is too near to it.
inline constexpr double kNear = 0.8;

// Whose work fills the processors. `Untold` where the server's own processes do not say: of a
// status page alone, and on a kernel that does not count.
enum class Processors : std::uint8_t { Free, Ours, Others, Untold };

// How that is known: each request takes four times as long with all workers busy as when nobody
// waits; or, where that was never seen, each takes seconds and as long as the other, which work of
// its own hardly does, but not as exactly as a timeout.
enum class InLine : std::uint8_t { No, Longer, Alike };

// Of the time of a request when nobody waited: so much longer, and it does little but wait, and who
// waits for it had better wait outside.
inline constexpr double kOnlyLonger = 4;

inline constexpr std::string_view kEndTogether = "children-end-together";
// All children that there are have ended within half an hour, seconds: soon enough to plan for it.
inline constexpr double kSoon = 1800;
// Idle workers, of those that are usually busy, so that those that end together leave enough; and
// from what on it is not worth a change.
inline constexpr double kOthers = 2;
inline constexpr double kOthersAtLeast = 1.5;

// Of what others bring, or of the best: so much less that another mix of requests is hardly an
// explanation.
inline constexpr double kFarLess = 0.7;
// Of the best throughput: less, and more at once did harm.
inline constexpr double kFell = 0.9;

// The same of what stands in line for something behind httpd, at least: times the workers that do,
// the squared coefficient of variation of their time comes to as much. Below it each took as long
// as the other, which a timeout does.
inline constexpr double kNoClockwork = 0.1;

// Nobody waits so long for an answer, seconds.
inline constexpr double kPatience = 10;

// Of a request with the most at once, four times as long as at the plateau: by Little's law.
bool took_longer(const Plateau& plateau);

struct Facts {
  const Observation& seen;
  const Policy& policy;
  Demand demand;
  std::optional<Budget> budget;
  std::optional<Cost> cost;
  std::optional<Growth> growth;  // of children that grow with every request
  bool enough = false;           // samples, to propose a number

  Facts(const Observation& observation, const Policy& chosen);

  // The value in force; `fallback` when the MPM does not know the directive.
  std::int64_t effective(std::string_view directive, std::int64_t fallback = 0) const;
  std::int64_t written(std::string_view directive, std::int64_t fallback = 0) const;

  bool threaded() const { return seen.mpm != Mpm::Prefork; }
  std::int64_t limit() const { return seen.worker_limit; }
  // The directive that sets it. winnt has one process, and all workers are its threads.
  std::string_view pool_directive() const {
    return seen.mpm == Mpm::Winnt ? "ThreadsPerChild" : "MaxRequestWorkers";
  }
  // Workers of one process: 1 under prefork.
  std::int64_t per_process() const;
  // Processes that run when every worker does.
  Processes running() const;
  // Workers that memory has room for; nullopt when that is not known.
  std::optional<std::int64_t> workers_that_fit() const;
  // The processes that have it where children which have grown leave room for no more, however
  // short they live; and how many of them have grown by then, however many there are.
  std::optional<Processes> grown_leave() const;
  Processes old_when_many() const;
  // What a connection brings, and MaxConnectionsPerChild counts once; 1 where it is not known, or
  // none is kept.
  double requests_a_connection() const;
  // Of a request that waits for nothing else: as it was when nobody waited; or what it runs and
  // what it neither ran nor waited for a processor, where that calm is unknown, or had moments of a
  // burst in it, as its length says. Seconds.
  double undisturbed_seconds() const;
  // Requests at once that keep all processors running, c S / D of c cores, a request's S seconds
  // and D of them on a processor (the knee of Lazowska's bounds), and two a core for chance; 0: not
  // known.
  double keep_running() const;
  // The processors are Ours when the requests spend most of their time on them, waiting for one
  // included, or httpd's processes use nearly all that they may; whatever the host's load is. So
  // they are when httpd's work filled them now and then, and clients waited for a worker or more of
  // these were busy than keep the processors running.
  Processors processors() const;
  bool filled_at_times() const;
  // Whether they are the bottleneck: more workers would only switch more.
  bool cpu_full() const {
    return processors() == Processors::Ours || processors() == Processors::Untold;
  }
  // Whether requests take longer at a burst because something is full that more workers share.
  bool slowed() const { return cpu_full() || backend_full(); }
  // Whether the children that there were fill more than there is: what is slow then is the memory.
  bool paged() const;
  // Whether more clients came, while the number of the busy rose, than ever ended.
  bool more_came() const;
  // Whether more requests at once brought no more throughput, and not for want of processors or of
  // memory: where the children fill it, that was so with far fewer than fit already.
  bool backend_full() const;
  // It does the less, the more wait for it, whether they become more or fewer. Of one that stood
  // still for a while as much ends as ever when they become fewer.
  bool collapses() const;
  // Of a request when nobody waited; 0: not known. A calm in which each takes longer than anybody
  // waits was none.
  double calm_seconds() const;
  // Of a request while all workers are busy, by Little's law; 0: they were not.
  double seconds_when_full() const;
  // Whether who comes then has left before there is an answer, the kernel's queue counted.
  bool nobody_is_answered() const;
  // All workers are busy at times, and the kernel turns clients away.
  bool turns_away() const;
  // Nearly always full, and the kernel turned more connections away than requests ended.
  bool most_are_turned_away() const;
  // Whether it is known from this pool alone that its requests stand in line behind httpd, so that
  // nobody is answered or most are turned away: unless a larger pool brought more, or the
  // processors or the memory explain it.
  InLine in_line() const;
  // Whether workers that wait for the next request of an idle client fill the server.
  bool held_by_keepalive() const;
  // And the kernel turns clients away meanwhile.
  bool waits_keep_out() const;
  // And there is room for none: all workers serve from then on.
  bool ends_waits() const;
  // Requests a second. A client that is turned away is one connection that came, and would have had
  // several: those are hidden, as many again where all workers are busy.
  double requests_asked_for() const;
  // KeepAliveTimeout in whole seconds, so that `workers` hold those that serve and those that wait:
  // after each request one waits for so long at most.
  std::int64_t wait_that_fits(std::int64_t workers) const;
  // Workers wanted at the peak, those that only wait for a client's next request among them.
  double need() const { return std::max(demand.workers + demand.keepalive, demand.past); }
  // Whether that is of the past, and the window was calmer.
  bool needed_in_the_past() const { return demand.past > demand.workers + demand.keepalive; }
  bool near_limit() const { return need() >= kNear * static_cast<double>(limit()); }
  // Whether clients wait because processes with idle workers hold too many connections.
  bool deaf() const { return seen.load.deaf_share > kDeafShare; }
  // Whether clients wait for processes to start.
  bool ramping() const;
  // Whether children end by MaxConnectionsPerChild, and faster than httpd begins to start others.
  bool short_lived() const;
  // Whether the kernel turned clients away although neither workers nor connections nor processors
  // were full, and the server was not short of processes because they end, or mostly.
  bool overflowing() const;
  // Of so many growing children those that live until they are large: all of a pool that was full;
  // else as many as headroom leaves, and those that may be idle, `spare` workers. The others come
  // with a burst.
  Processes old_of(Processes all, std::int64_t spare) const;
  // Of so many children, what MinSpare may be for memory to hold those that are idle when they have
  // grown; infinity where it holds all, and below 0 where it holds none.
  double least_that_fits(Processes all) const;
  Clear clear() const;
  // Workers that are usually busy, with those that wait for a client's next request.
  double usual() const { return seen.load.busy.p50 + seen.load.keepalive.p50; }
  // Whether children end together that were started together, if they end: where they wait in
  // accept each has its turn (prefork, worker), so that they reach MaxConnectionsPerChild within
  // moments. They have one, or grow and may get one.
  bool may_end_together() const {
    const bool in_turn = seen.mpm == Mpm::Prefork || seen.mpm == Mpm::Worker;
    return in_turn && (growth || effective("MaxConnectionsPerChild") > 0);
  }
  // When so many processes have ended, with a life as long as growing ones may have. Seconds;
  // infinity: not together, or never.
  double all_ended_after(Processes all) const;
  // What runs of so many processes with so many workers idle at least.
  Apart apart(Processes all, std::int64_t spare) const;
  // The names of the bounds of the spares, and their values in force; 0: it has none.
  std::string_view least() const { return threaded() ? "MinSpareThreads" : "MinSpareServers"; }
  std::string_view most() const { return threaded() ? "MaxSpareThreads" : "MaxSpareServers"; }
  std::int64_t least_spare() const { return effective(least()); }
  std::int64_t most_spare() const { return effective(most()); }
  // The rule that plans for children that end together: they do already, or will because they grow.
  std::string_view rule_of_ends() const {
    return effective("MaxConnectionsPerChild") > 0 ? kEndTogether : "children-grow";
  }
  // Cost is known. What httpd fills with every worker busy: each process as large as one in twenty
  // is, and where growing children end in time the old ones as large as they are then.
  Bytes filled() const;
  // Requests for which those grow in that until they end: those of the connections in force, or the
  // fewest where even they make it more; 0: it counts children as they are seen.
  double grown_for() const;
  // Whether that is more than the budget; false where that is not known.
  bool memory_fails() const;

 private:
  Bytes filled_as_seen() const;
  Bytes filled_when_ending_after(double requests) const;
};

}  // namespace mpm::advise
