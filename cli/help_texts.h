// SPDX-License-Identifier: Apache-2.0
//
// What --help says of the program and of each command beyond its options: what to do with it, in
// examples, and how it ends.
#pragma once

#include <string_view>

namespace mpm {

inline constexpr std::string_view kAbout =
    "mpmctl looks at the Apache httpd servers of this machine, and says how their workers, "
    "memory and queues are, which MPM directives would suit them better, and what that would "
    "change in their files.";

inline constexpr std::string_view kFooter = R"(
A server (TARGET) is named by
  4711                      the process id of its parent
  :8080                     a port it listens on
  http://host/server-status the URL of its mod_status page
and need not be named when there is only one.

Examples
  mpmctl targets                 which servers run here?
  mpmctl status                  how is it right now?
  sudo mpmctl recommend          what should I change, and why?
  mpmctl recommend --for 10m     the same, after ten minutes of watching
  mpmctl simulate --set MaxRequestWorkers=400   what would that have done?
  mpmctl top                     what is every worker doing, live?
  mpmctl history --from 7d       how was it, and what was changed?
  mpmctl config show :8080       what do the files say, and what does httpd make of it?
  mpmctl config set KeepAliveTimeout=2   what would that change? (--write writes it)
  sudo mpmctl apply              make the recommended change, watch it, undo it if it harms
  sudo mpmctl undo               take the newest change back
  mpmctl status --json | jq .    the same for programs
  mpmctl demo                    what would it say? On a server of its own, under load
  sudo mpmctl doctor             is all there that this needs?
  mpmctl lab                     what does the MPM change? All four, measured here
  mpmctl help saturation         what is that? mpmctl help lists the topics

Exit status
  0 fine   1 recommend or doctor has something to advise, or a change was taken back
  2 wrong command line   3 nobody to ask, or nothing could be read   4 refused

No daemon is needed: where no mpm-agent answers, one is started for the length of the
command. Run it as root, or as the user of the server, to see everything. 1 MB is 1024 x
1024 bytes, as in top and free.)";

inline constexpr std::string_view kRecommendFooter = R"(
Examples
  sudo mpmctl recommend               watch for 30 s unless the agent has seen as much already
  mpmctl recommend 4711 --for 10m     take ten minutes, at the busiest hour
  mpmctl recommend --explain          every rule with the numbers it rests on
  mpmctl recommend --json > advice.json

The exit status is 1 when a finding is advice or worse, 0 when there is nothing to do.)";

inline constexpr std::string_view kTopFooter = R"(
It reads the server's shared memory through the agent, so it shows a server whose workers are all
busy, and costs it nothing. ? lists its keys; q leaves it. What httpd notes of a request needs
ExtendedStatus, which mod_status turns on.

Examples
  mpmctl top                             the only server, or a list to choose from
  mpmctl top :8080 --every 0.1s          ten times a second
  mpmctl top --batch --count 1 | less    one round, as text
  mpmctl top --json --count 3 | jq .oldest)";

inline constexpr std::string_view kHistoryFooter = R"(
An mpm-agent that keeps running remembers every look for two days, and minutes and hours of a year
and a month. Where nobody looked there is a gap. S is a restart, G a graceful reload, R what was
recommended, C a change, B the begin.

Examples
  mpmctl history                          the last day, and what happened
  mpmctl history :8080 --from 7d --step 1h   a week, hour by hour
  mpmctl history --from 2026-11-23T08:00:00Z --to 2026-11-23T09:00:00Z --step 1m
  mpmctl history --from 30d --csv > month.csv)";

inline constexpr std::string_view kSimulateFooter = R"(
The load that the agent has seen is gone over again, once with the directives as they are and once
with the others: waiting, refusals, processes, memory. Only where the first is like what was seen is
the second to be believed. Nothing is changed.

Examples
  mpmctl simulate --set MaxRequestWorkers=400 --from 24h
  mpmctl simulate MinSpareServers=20 MaxSpareServers=40 :8080
  mpmctl simulate --set StartServers=20 --html what-if.html)";

inline constexpr std::string_view kConfigFooter = R"(
Examples
  mpmctl config show                                  what is in force, and from where?
  mpmctl config set MaxRequestWorkers=400             what would have to be changed?
  sudo mpmctl config set MaxRequestWorkers=400 --write
  mpmctl config check :8080                           what is wrong with it?
  mpmctl config mpm event                             what would another MPM take?
  mpmctl config show --root /mnt/image                of a tree that nobody runs
  mpmctl config diff /etc/apache2/apache2.conf :8080  what differs?
  mpmctl config explain ThreadsPerChild

Nothing is written without --write, and nothing is loaded: the server goes on as it is. The
exit status is 1 when check found something wrong, and when diff found a difference.)";

inline constexpr std::string_view kApplyFooter = R"(
The change is shown and asked about; then the files are saved and written, the server checks them
and loads them, and it is watched against the time before. A change that does not come into force,
or makes requests slower or refused, is taken back without a question. Interrupted, it is taken back
too; killed, the next mpmctl takes it back.

There are three ways to use it. Without --yes it proposes: it shows the change and what loading it
does. At a terminal it then asks, and a person's yes makes it (--yes is that yes in a script). With
--auto it watches, recommends and changes by itself, again and again, within a policy: which
directives, by how much at a time, in which hours, how long it waits after a change and after an
undo. It never does more than a graceful reload unless the policy allows that. Each round is told in
a line.

What somebody else wrote into the configuration and nobody has loaded yet is loaded with the change:
that is said before it is asked about, and with --yes on stderr. With --auto the change is refused.

Examples
  sudo mpmctl apply                                what recommend says
  sudo mpmctl apply --auto --policy policy.toml    by itself, within that policy, until Ctrl-C
  sudo mpmctl apply MaxRequestWorkers=400          what you say
  sudo mpmctl apply --mpm event --allow stop-start another MPM, with a full stop and start
  sudo mpmctl apply ServerLimit=32 --allow stop-start --yes --watch 60s
  mpmctl changes                                   what was changed here?
  mpmctl show 7                                    what became of change 7, and why?

The exit status is 1 when the change was taken back, 4 when it was refused, 3 when it could not be
taken back: then mpmctl show says what stands in the way.)";

inline constexpr std::string_view kDemoFooter = R"(
It starts mpm-httpd on a free port of 127.0.0.1 with 16 workers and more load than they can serve,
and ends it again. The exit status is 0 also with findings: they are what it shows.)";

inline constexpr std::string_view kLabFooter = R"(
Under each MPM in turn it starts mpm-httpd on a free port of 127.0.0.1 with the same number of
workers, and puts the same two loads on it: requests that take 5 ms and 1 ms of CPU time, and then
connections that are answered once and stay open. Every number is measured; what could not be is "-".

Examples
  mpmctl lab --html lab.html          the same with charts
  mpmctl lab --rate 4000 --for 20s    with more load, for longer)";

}  // namespace mpm
