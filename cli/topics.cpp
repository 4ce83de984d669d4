// SPDX-License-Identifier: Apache-2.0
#include "cli/topics.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace mpm {
namespace {

constexpr std::string_view kMpms = R"(
A Multi-Processing Module decides what serves a request. Where one request can
be served at a time is a worker.

  prefork   A worker is a process. For modules that are not thread-safe, as
            mod_php. Each connection holds a process as long as it is open.
  worker    A process has ThreadsPerChild workers, which are threads. Each
            connection holds a thread as long as it is open.
  event     Likewise, but a connection that waits for its next request, or is
            being closed, holds no thread: one of the process watches them all.
            httpd's default on Unix.
  winnt     Windows: one process, whose threads are the workers.

MaxRequestWorkers is how many requests are served at once. Under worker and
event there are MaxRequestWorkers / ThreadsPerChild processes for it, and
ServerLimit is how many there can be. Under winnt ThreadsPerChild is all.

mpmctl config mpm event shows what switching takes, and mpmctl lab measures the
four with the same load.
)";

constexpr std::string_view kWorkers = R"(
A worker is where one request can be served at a time: a thread, or a process
under prefork. httpd notes a letter for each in its scoreboard:

  _  ready for a request        R  reads a request
  W  answers one                K  keeps a connection for a next request
  L  writes the log             C  closes a connection
  D  looks a name up            G  finishes its last request, then ends
  S  starts                     I  ends, because too many are idle
  .  no worker

From R to G a worker is busy: a client has it. Under prefork and worker a K is
held for up to KeepAliveTimeout seconds; under event there is no K in a thread.
mpmctl top shows every letter, and for whom each worker is busy.
)";

constexpr std::string_view kSaturation = R"(
A server is saturated when every worker is busy and MaxRequestWorkers lets no
further one start. It says so in its log once in its life (AH00161, AH00286 or
AH00484). From then on

  - connections wait in the kernel's queue, as many as ListenBacklog and
    net.core.somaxconn allow; clients see a slow server;
  - when that queue is full, connections are refused or dropped; clients try
    again after a second, then later and later;
  - the status page waits in the same queue, so what asks for it sees nothing.
    mpmctl reads the shared memory instead, and needs no worker.

What helps, as far as the cause is that: shorter requests; a lower
KeepAliveTimeout under prefork and worker; event in their place; or a higher
MaxRequestWorkers, where there is memory for it (mpmctl help memory).
mpmctl recommend tells which, with its numbers.
)";

constexpr std::string_view kMemory = R"(
What ps and top add up (RSS) counts a page that processes share once in each of
them. mpmctl measures

  PSS      shared pages divided among those who share them: the sum over all
           processes is what the server really holds
  unique   pages of this process alone: what ending it would give back, and
           what one more of them costs
  peak     the most that a process ever held

Threads share all but their stacks, and of a stack only what was touched is
there: a worker of event costs far less than one of prefork.

The bound is the least of what the host has left and every limit of a cgroup
above the server (memory.max, memory.high), with what the server holds now
counted as its own. mpmctl recommend shows the sum term by term, and proposes no
more workers than it holds. MaxConnectionsPerChild ends processes that grow.
)";

constexpr std::string_view kScoreboard = R"(
httpd keeps a slot for every worker that there can be in memory that its
processes share: ServerLimit processes with ThreadLimit slots each. mpmctl reads
it, in this order,

  shared memory    from the parent's own mapping
  scoreboard file  where ScoreBoardFile names one
  mod_status       over HTTP: this takes a worker, and waits when all are busy

The first two cost the server nothing and write nothing. They need the rights of
root, of the server's user, or CAP_SYS_PTRACE; mpmctl doctor says what is
missing.

With ExtendedStatus On, which is so where mod_status is loaded, a slot has
counters, times, and the client, vhost and first 63 characters of the request
that it serves or served last. Clients make these words up, and they are shown
without control characters.
)";

constexpr std::string_view kRestart = R"(
How a change of the configuration comes into force:

  graceful    New processes read it; old ones finish their requests and end. No
              request is broken off. Enough for most directives.
  restart     All processes end at once and new ones start: requests are broken
              off. ExtendedStatus needs it.
  stop-start  The parent ends too, and the server is away for a moment. Needed
              for ServerLimit, ThreadLimit, ListenBacklog, ScoreBoardFile and
              another MPM: the parent keeps them from its first start.

Each reload begins a generation. Old generations hold memory and workers while
their last requests run; GracefulShutdownTimeout bounds a graceful stop alone.
A reload that is made again and again can fill ServerLimit with old processes.

mpmctl apply takes the gentlest way that suffices, and nothing harder than
graceful unless --allow says so.
)";

constexpr std::string_view kAdvice = R"(
mpmctl recommend watches (30 s unless more was seen already), and compares what
it saw with rules. Each finding has its evidence: what was measured, and what it
was held against; --explain shows all of it.

  - It counts workers where they are, also in processes of old generations.
  - Demand that the limit has hidden is estimated from arrivals and the time of
    a request; one step raises MaxRequestWorkers at most four times.
  - What is proposed fits into the memory, and httpd corrects none of it.
  - With too little data it proposes nothing, and says so.

The grade goes from A (nothing to do) to F (clients wait or are refused). A
confidence says on how much it rests. mpmctl simulate goes over the load that
was seen with other directives; mpmctl history shows what became of advice.
)";

constexpr std::string_view kChanges = R"(
mpmctl apply makes a change of a running server: it saves the files, writes
them, lets the server check them, loads them, looks whether they are in force,
and watches the server against the time before. When requests get slower or are
refused, or the change does not come into force, it takes it back, without a
question. Interrupted, it takes it back too; killed, the next mpmctl does.

  mpmctl apply             what recommend says; it shows it and asks
  mpmctl apply NAME=VALUE  what you say
  mpmctl changes           what was changed on this host
  mpmctl show ID           what became of one
  mpmctl undo              takes the newest one back, as a change of its own

mpmctl config set and mpmctl config unset show a change; with --write they write
it, and load nothing.
)";

constexpr std::string_view kRights = R"(
mpmctl asks mpm-agent on its Unix socket. Where none answers, it starts one for
the length of the command, with the rights of whoever called it.

  to see a server        root, its user, or CAP_SYS_PTRACE to read its memory,
                         and CAP_DAC_READ_SEARCH for its configuration
  to ask the service     the group mpm-agent
  to change a server     root, or who may write its files and signal its parent

The service itself changes nothing: mpmctl apply starts an agent of its own.
mpmctl doctor names each right that is missing, and what gives it.
)";

constexpr std::string_view kExitStatus = R"(
  0    all is well
  1    recommend or doctor has something to advise; config check found something
       wrong; config diff found a difference; a change was taken back
  2    the command line makes no sense
  3    nobody could be asked, nothing could be read, or a change could not be
       taken back
  4    somebody refused: a permission is missing, or the change is not made as
       it was asked for
  130  interrupted; 128 and the number of any other signal

An error is one sentence on standard error, with nothing on standard output.
)";

constexpr std::array kTopics = std::to_array<Topic>({
    {"mpms", "prefork, worker, event and winnt, and what bounds them", kMpms},
    {"workers", "what a worker is, and what its letter means", kWorkers},
    {"saturation", "what happens when every worker is busy", kSaturation},
    {"memory", "what is measured, and what is counted against what", kMemory},
    {"scoreboard", "where the numbers come from, and what that needs", kScoreboard},
    {"restart", "graceful, restart, stop and start; generations", kRestart},
    {"advice", "how recommend comes to what it says", kAdvice},
    {"changes", "how a change is made, watched and taken back", kChanges},
    {"rights", "who may see and change what", kRights},
    {"exit-status", "what the exit status says", kExitStatus},
});

}  // namespace

std::span<const Topic> topics() {
  return kTopics;
}

const Topic* find_topic(std::string_view name) {
  const auto found = std::ranges::find(kTopics, name, &Topic::name);
  return found == kTopics.end() ? nullptr : &*found;
}

std::string text_of(const Topic& topic) {
  return fmt::format("{}: {}\n{}", topic.name, topic.about, topic.text);
}

std::string list_of_topics() {
  std::string text = "mpmctl help TOPIC explains one of\n";
  for (const Topic& topic : kTopics)
    text += fmt::format("  {:<13} {}\n", topic.name, topic.about);
  return text +
         "\nmpmctl help COMMAND says what a command takes, mpmctl --help which there are,\n"
         "and mpmctl config explain DIRECTIVE what a directive does.\n";
}

}  // namespace mpm
