// SPDX-License-Identifier: Apache-2.0
//
// How many processes there are at the start and in wait: prefork.c, worker.c and event.c,
// perform_idle_server_maintenance().
#include "agent/apache/explanations.h"

namespace mpm {
namespace {

constexpr std::array kSpares = std::to_array<Explanation>({
    {"StartServers",
     "StartServers is the number of processes that httpd starts with.",
     {"It matters for the first seconds alone. From then on the parent looks once a second and "
      "keeps the idle workers between the two spare bounds, whatever the start was.",
      "Too low: right after a start or a restart clients wait while processes are started, 1 in "
      "the first second, then 2, 4 and so on up to 32 a second. Too high: memory and connections "
      "to databases are taken that the parent gives back again, one process a second.",
      "Under worker and event one process brings ThreadsPerChild workers. A start of "
      "MinSpareThreads "
      "divided by ThreadsPerChild, rounded up, is the least at which the parent has nothing to "
      "correct.",
      ""},
     "",
     "Debian 12 writes 5 for prefork and 2 for worker and event.",
     "httpd makes at least 1 of it, and at most the processes that MaxRequestWorkers allows; the "
     "latter silently.",
     {{{"AH00184", "AH00320", "AH00517", "StartServers is below 1 and becomes 1."},
       {"AH00162", "AH00289", "AH00486",
        "The server seems busy: 8 processes or more are started in one second. A higher start or "
        "spare bound would have had them ready."}}},
     {"MinSpareServers", "MinSpareThreads", "MaxRequestWorkers"}},
    {"MinSpareServers",
     "MinSpareServers is the number of idle processes that prefork wants to have ready.",
     {"Once a second the parent counts the processes that wait for a connection. Are there fewer, "
      "it starts new ones: 1, then 2, 4 and so on up to 32 a second, as long as it stays short. "
      "After a reload it does not double for 10 seconds.",
      "Too low: a burst of clients waits until processes are there, and a process with PHP in it "
      "takes a while to start. Too high: idle processes take memory that the page cache or the "
      "database could use, and with a bound near MaxRequestWorkers all processes run at all times.",
      "It is an amount for the burst that comes within a second or two, not for the whole peak.",
      ""},
     "",
     "Debian 12 writes 5.",
     "httpd makes at least 1 of it. Above MaxRequestWorkers it can never be met.",
     {{{"AH00186", "", "", "MinSpareServers is below 1 and becomes 1."}}},
     {"MaxSpareServers", "StartServers", "MaxRequestWorkers"}},
    {"MaxSpareServers",
     "MaxSpareServers is the number of idle processes above which prefork ends some.",
     {"Are there more idle processes than this, the parent ends one a second. A peak of 100 "
      "processes above the bound is gone after 100 seconds.",
      "Too low or too near to MinSpareServers: processes are ended and soon started again, and "
      "each "
      "start costs what the modules take to get ready. Too high: the memory of the last peak stays "
      "taken.",
      "Where the memory is there anyway, a wide gap between the two bounds costs nothing.", ""},
     "",
     "Debian 12 writes 10.",
     "Below MinSpareServers + 1 httpd silently uses MinSpareServers + 1, and more where "
     "ListenCoresBucketsRatio makes several buckets.",
     {},
     {"MinSpareServers", "MaxRequestWorkers", "MaxConnectionsPerChild"}},
    {"MinSpareThreads",
     "MinSpareThreads is the number of idle workers that worker and event want to have ready, in "
     "the whole server.",
     {"Once a second the parent adds up the idle workers of all processes. Are there fewer, it "
      "starts processes: 1, then 2, 4 and so on up to 32 a second, each with ThreadsPerChild "
      "workers. It is a sum over the server, not an amount for each process.",
      "event does not count the workers of a process that is ending, is of an older generation, or "
      "takes no connections at the moment. Idle workers that mod_status shows may therefore not be "
      "spare in the parent's eyes.",
      "Too low: a burst of clients waits until a process is there. Too high: near "
      "MaxRequestWorkers "
      "it keeps all processes running; above it, it can never be met.",
      "Steps are whole processes. A bound that is no multiple of ThreadsPerChild is met by the "
      "process that goes beyond it."},
     "",
     "Debian 12 writes 25.",
     "httpd makes at least 1 of it, and with ListenCoresBucketsRatio enough for every bucket.",
     {{{"", "AH00322", "AH00519", "MinSpareThreads is below 1 and becomes 1."},
       {"", "AH00287", "AH10159",
        "The server is within MinSpareThreads of MaxRequestWorkers. Logged once in the life of the "
        "parent."}}},
     {"MaxSpareThreads", "ThreadsPerChild", "StartServers", "MaxRequestWorkers"}},
    {"MaxSpareThreads",
     "MaxSpareThreads is the number of idle workers in the whole server above which worker and "
     "event end a process.",
     {"The parent ends whole processes, one at a time, and with each go ThreadsPerChild workers. "
      "The room between the two bounds has to hold a few processes, or a process that was just "
      "ended is missed in the next second.",
      "Too near to MinSpareThreads: processes come and go all the time, each with its caches and "
      "its open connections to backends. With 25, 75 and ThreadsPerChild 25, as in Debian's file, "
      "the room is two processes. Too high: the processes of the last peak stay.",
      "event ends a process only while no other is on its way out, unless ServerLimit has slots to "
      "spare. With ServerLimit just at what MaxRequestWorkers needs, one long download can keep "
      "the "
      "server from getting smaller.",
      ""},
     "",
     "Debian 12 writes 75.",
     "Below MinSpareThreads + ThreadsPerChild + 1 httpd silently uses that; the manual says one "
     "less. With buckets it is one ThreadsPerChild + 1 for each.",
     {},
     {"MinSpareThreads", "ThreadsPerChild", "ServerLimit"}},
});

}  // namespace

std::span<const Explanation> explanations_of_spares() {
  return kSpares;
}

}  // namespace mpm
