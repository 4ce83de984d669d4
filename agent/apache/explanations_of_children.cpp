// SPDX-License-Identifier: Apache-2.0
//
// The life of a process: how long it serves, what its threads and its memory may take, where it
// writes what it does (server/mpm_common.c, server/core.c, server/scoreboard.c).
#include "agent/apache/explanations.h"

namespace mpm {
namespace {

constexpr std::array kChildren = std::to_array<Explanation>({
    {"MaxConnectionsPerChild",
     "MaxConnectionsPerChild is the number of connections after which a process is replaced.",
     {"It counts connections and not requests: a client that asks a hundred times over one "
      "connection counts once. Under worker and event the connections of all threads of a process "
      "are counted together.",
      "It is a remedy against modules that leak. Without leaks it does nothing good: each new "
      "process starts with empty caches and pools.",
      "Too low: a busy server replaces its processes all the time and spends its time on that. "
      "At 100 connections a process and 500 connections a second that is five processes a second.",
      ""},
     "which is never",
     "Debian 12 writes 0.",
     "Any integer; 0 is never.",
     {{{"AH00545", "AH00545", "AH00545", "MaxRequestsPerChild was written, its old name."}}},
     {"MaxMemFree", "KeepAlive", "MaxKeepAliveRequests"}},
    {"ThreadStackSize",
     "ThreadStackSize is the room for the stack of each thread that httpd starts.",
     {"On Linux it is address space, of which only what a thread has touched takes memory. Tools "
      "that add up address space show 8 MB a worker where some ten kilobytes are used.",
      "Too low: a module with deep recursion or large local arrays ends the process with a "
      "segmentation fault. Too high: nothing on 64 bits, unless the system limits address space.",
      "There is a reason to write it where the system's default is small, as with musl, or where "
      "thousands of threads meet a limit of address space.",
      ""},
     "which is the system's default, mostly 8 MB by ulimit -s",
     "",
     "An integer of bytes, 0 or more; httpd refuses a negative one. prefork takes it and starts no "
     "threads.",
     {{{"", "AH02435", "AH02436", "The system does not take this size; its default holds."}}},
     {"ThreadsPerChild", "MaxRequestWorkers"}},
    {"MaxMemFree",
     "MaxMemFree is how much freed memory each allocator keeps for its next requests.",
     {"httpd takes memory for a request and frees all of it at the end. Up to this amount the "
      "allocator keeps it, and gives the rest back to the C library. There is an allocator for "
      "each "
      "thread, so that a process can keep ThreadsPerChild times as much.",
      "Too low: each request asks the C library again, which costs time under load. Too high or 0: "
      "a "
      "thread keeps what its largest request took.",
      "It is about memory that httpd's pools have freed. What PHP or another module takes from the "
      "C library itself, and what leaks, is not in its reach.",
      ""},
     "which is without limit",
     "",
     "An integer of KiB, 0 or more; 0 is without limit. httpd refuses a negative one.",
     {},
     {"MaxConnectionsPerChild", "ThreadsPerChild"}},
    {"GracefulShutdownTimeout",
     "GracefulShutdownTimeout is how long a graceful-stop waits for requests before it ends the "
     "processes.",
     {"It acts on graceful-stop, the signal WINCH, and on nothing else. After a reload old "
      "processes "
      "stay until their requests are done, however long that is, and no directive of httpd 2.4 "
      "changes that.",
      "Many write it against processes that linger after reloads; there it does nothing. What "
      "helps "
      "is a shorter Timeout, room in ServerLimit, or to end an old process by hand.",
      "0: a graceful-stop can wait for ever, and systemd then ends it after its own "
      "TimeoutStopSec.",
      ""},
     "which is to wait for ever",
     "",
     "An integer of seconds; 0 is for ever.",
     {{{"AH00170", "AH00296", "AH00492",
        "The parent was asked for a graceful-stop and shuts down."}}},
     {"ServerLimit", "Timeout"}},
    {"ScoreBoardFile",
     "ScoreBoardFile gives the scoreboard a name, so that other programs can find it.",
     {"The scoreboard is the memory that parent and processes share: a slot for each worker with "
      "what it does. Without this directive it is anonymous, and another program reads it through "
      "the parent's /proc entry, as mpmctl does, as root.",
      "With it the memory gets a name. On Debian's APR that is a file below /dev/shm, and the file "
      "that is named here is not created.",
      "There is no gain in speed. It is only read at the start; a reload keeps the memory, and two "
      "servers must not have the same name.",
      ""},
     "",
     "",
     "A path, relative to ServerRoot.",
     {{{"AH00004", "AH00004", "AH00004",
        "The scoreboard cannot be created; httpd does not start."}}},
     {"ExtendedStatus", "ServerLimit", "ThreadLimit"}},
    {"ExtendedStatus",
     "ExtendedStatus makes workers note requests, bytes and times in the scoreboard.",
     {"With On each worker notes which request it has, from which client, how many it has served, "
      "how "
      "many bytes and how long they took. That is what mod_status shows, and what mpmctl's rates "
      "and durations come from.",
      "Off: only the state of each worker is there, busy or idle. The cost of On is a few clock "
      "reads a request; it is rarely worth to be without.",
      "Loading mod_status turns it On where the configuration does not say Off. A reload does not "
      "change it; a restart does.",
      ""},
     "",
     "Debian 12 writes On in status.conf. With mod_status loaded the default is On.",
     "On or Off; httpd refuses anything else.",
     {},
     {"ScoreBoardFile"}},
});

}  // namespace

std::span<const Explanation> explanations_of_children() {
  return kChildren;
}

}  // namespace mpm
