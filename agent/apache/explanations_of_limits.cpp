// SPDX-License-Identifier: Apache-2.0
//
// How large the server may get: the limits, and how workers are spread over processes
// (prefork_check_config and its likes in worker.c and event.c; scoreboard.c).
#include "agent/apache/explanations.h"

namespace mpm {
namespace {

constexpr std::array kLimits = std::to_array<Explanation>({
    {"ThreadLimit",
     "ThreadLimit is the highest ThreadsPerChild that the server can be given while it runs.",
     {"It sizes the scoreboard: for each of ServerLimit processes there are ThreadLimit slots in "
      "shared memory, 336 bytes each, used or not. It starts no thread.",
      "Too low: ThreadsPerChild is cut to it. Too high: memory for nothing; ServerLimit 20000 with "
      "ThreadLimit 64 is a scoreboard of 410 MiB.",
      "The parent keeps the value of its first start. A reload and a restart with another one "
      "change "
      "nothing and log so; only a stop and a start does.",
      "Under winnt it bounds ThreadsPerChild likewise, with one process."},
     "",
     "Debian 12 writes 64.",
     "1 to 20000 under worker, to 100000 under event, to 15000 under winnt; httpd uses the nearer "
     "end for what is outside.",
     {{{"", "AH00305", "AH00502", "ThreadLimit is above httpd's maximum and is cut to it."},
       {"", "AH00307", "AH00504", "ThreadLimit is below 1 and becomes 1."},
       {"", "AH00309", "AH00506",
        "ThreadLimit was changed while the server runs, and the change is ignored."}}},
     {"ThreadsPerChild", "ServerLimit"}},
    {"ThreadsPerChild",
     "ThreadsPerChild is the number of workers that each process has, all started with it.",
     {"It divides MaxRequestWorkers into processes: 400 workers at 25 are 16 processes. Few large "
      "processes share memory better and give event's connections more room; many small ones lose "
      "less when one crashes, and are ended and started in finer steps.",
      "Too low: many processes, each with its own caches and pools. Too high: a crash or a lock in "
      "a "
      "library takes that many requests with it, and the spare bounds can only be met coarsely.",
      "Changed with MaxRequestWorkers: the latter is to be a multiple of it. Both spare bounds are "
      "to be thought over too, for they are steps of whole processes.",
      "Under winnt there is one process, and this is the number of workers of the whole server."},
     "",
     "Debian 12 writes 25.",
     "1 to ThreadLimit; httpd uses the nearer end for what is outside.",
     {{{"", "AH00310", "AH00507", "ThreadsPerChild is above ThreadLimit and is cut to it."},
       {"", "AH00312", "AH00509", "ThreadsPerChild is below 1 and becomes 1."},
       {"", "AH00282", "AH00480",
        "A process could not create a thread: the system's limit of tasks or of memory is "
        "reached."}}},
     {"ThreadLimit", "MaxRequestWorkers", "MinSpareThreads", "MaxSpareThreads", "ThreadStackSize"}},
    {"ServerLimit",
     "ServerLimit is the number of slots for processes that the server has, from its start to its "
     "stop.",
     {"Under worker and event MaxRequestWorkers can use ServerLimit times ThreadsPerChild workers; "
      "under prefork a process is a worker, and ServerLimit is its upper bound. Slots cost shared "
      "memory: 40 bytes each, and 336 for every thread of ThreadLimit.",
      "Under event an old process keeps its slot after a reload until its last request has ended. "
      "With no slots beside those that MaxRequestWorkers needs, and a long request in each, no new "
      "process can start: the port takes connections and nobody answers. A quarter more than "
      "needed is room for that; where reloads are frequent and requests long it is more.",
      "The worst case of memory under event is therefore ServerLimit processes and not those of "
      "MaxRequestWorkers.",
      "The parent keeps the value of its first start. A reload and a restart with another one "
      "change "
      "nothing and log so; only a stop and a start does."},
     "",
     "Debian 12 and RHEL 9 do not write it.",
     "1 to 200000 under prefork, to 20000 under worker and event; httpd uses the nearer end for "
     "what is outside.",
     {{{"AH00175", "AH00300", "AH00497", "ServerLimit is above httpd's maximum and is cut to it."},
       {"AH00177", "AH00302", "AH00499", "ServerLimit is below 1 and becomes 1."},
       {"AH00179", "AH00304", "AH00501",
        "ServerLimit was changed while the server runs, and the change is ignored."},
       {"", "AH00288", "AH03490",
        "All slots are taken while MaxRequestWorkers is not reached; under event logged every "
        "second until an old process ends."}}},
     {"MaxRequestWorkers", "ThreadsPerChild", "ThreadLimit"}},
    {"MaxRequestWorkers",
     "MaxRequestWorkers is the number of requests that the server works on at the same time.",
     {"A client beyond it is not turned away: its connection waits in the kernel's queue, up to "
      "ListenBacklog for each port, and nothing of httpd sees it. mod_status waits there too, and "
      "so does everything that asks it.",
      "Too low: clients wait while the machine is idle. Too high: when all workers are busy the "
      "memory does not hold them, and the machine swaps or the kernel ends a process. The memory "
      "that one more worker takes, times the workers, has to fit beside everything else.",
      "Under prefork a connection in keep-alive holds its worker, under worker too; under event it "
      "holds none, but each process takes only ThreadsPerChild + AsyncRequestWorkerFactor x its "
      "idle workers connections.",
      "What httpd runs can be less than what is written: it is rounded down to a multiple of "
      "ThreadsPerChild and cut to what ServerLimit holds."},
     "",
     "Debian 12 writes 150; RHEL 9 writes none.",
     "Under prefork 1 to ServerLimit; under worker and event ThreadsPerChild to ServerLimit x "
     "ThreadsPerChild, in steps of ThreadsPerChild.",
     {{{"", "AH00314", "AH00511", "It is less than one process has and becomes ThreadsPerChild."},
       {"", "AH00316", "AH00513", "It is no multiple of ThreadsPerChild and is rounded down."},
       {"AH00180", "AH00318", "AH00515", "It is more than ServerLimit holds and is cut."},
       {"AH00182", "", "", "It is below 1 and becomes 1."},
       {"AH00161", "AH00286", "AH00484",
        "All workers are busy. Logged once in the life of the parent, so that a second time cannot "
        "be seen in the log."}}},
     {"ServerLimit", "ThreadsPerChild", "AsyncRequestWorkerFactor", "ListenBacklog",
      "KeepAliveTimeout"}},
});

}  // namespace

std::span<const Explanation> explanations_of_limits() {
  return kLimits;
}

}  // namespace mpm
