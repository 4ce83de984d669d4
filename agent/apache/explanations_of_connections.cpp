// SPDX-License-Identifier: Apache-2.0
//
// How connections come in, wait and end (server/listen.c, event.c connections_above_limit(),
// modules/http/http_core.c).
#include "agent/apache/explanations.h"

namespace mpm {
namespace {

constexpr std::array kConnections = std::to_array<Explanation>({
    {"AsyncRequestWorkerFactor",
     "AsyncRequestWorkerFactor is how many connections event takes beyond its workers, for each "
     "worker that is idle.",
     {"Under event a connection in keep-alive, or one that is being closed or written to, needs no "
      "worker. A process takes connections while it has fewer than ThreadsPerChild + this factor x "
      "its idle workers, and at least one idle worker. With 25 workers, all idle, and the factor 2 "
      "that is 75.",
      "Too low: a process takes no more connections although all its workers are idle. Clients "
      "wait, "
      "mod_status looks idle, and httpd logs that MaxRequestWorkers was reached. Too high: a "
      "process "
      "takes more than its workers can serve when all connections ask at once, and other processes "
      "with idle workers do not get them.",
      "A lower KeepAliveTimeout or more processes help against the same thing.",
      "The manual says that fractions work. Since 2.4.30 they are dropped: 1.9 acts as 1."},
     "",
     "",
     "A number above 0; httpd refuses anything else. Below 1 it acts as 1, and the fraction is "
     "dropped.",
     {{{"", "", "AH00484",
        "It says that MaxRequestWorkers was reached, and is also logged where no process takes "
        "connections while workers are idle."}}},
     {"KeepAliveTimeout", "MaxRequestWorkers", "ThreadsPerChild"}},
    {"ListenBacklog",
     "ListenBacklog is how many connections the kernel keeps for each port until a worker takes "
     "them.",
     {"The queue fills when all workers are busy or processes are being started. A client in it "
      "has its connection and waits for an answer.",
      "Too low: a burst overflows it and the kernel drops the connection; the client tries again "
      "after a second, then three, then more. Too high: clients wait longer than they want to, and "
      "the server works for some that have gone.",
      "The kernel silently cuts it to net.core.somaxconn. Both have to be raised for a longer "
      "queue.",
      "A reload and a restart keep the sockets and with them the old value, and httpd says "
      "nothing. "
      "Only a stop and a start changes it."},
     "",
     "",
     "An integer of at least 1; httpd refuses less.",
     {},
     {"MaxRequestWorkers", "ListenCoresBucketsRatio"}},
    {"ListenCoresBucketsRatio",
     "ListenCoresBucketsRatio opens every port several times, so that processes share the work of "
     "accepting.",
     {"There are as many buckets as processors divided by this ratio, if that is more than 1. Each "
      "has sockets of its own (SO_REUSEPORT), and each process belongs to one. With 32 processors "
      "and 8 there are 4 buckets.",
      "It is for machines with many processors and very many short connections. The kernel spreads "
      "connections over the buckets without a look at who is busy: one bucket can have waiting "
      "clients while workers of another are idle.",
      "With buckets httpd raises StartServers, MaxRequestWorkers and the spare bounds so that "
      "every "
      "bucket has a process.",
      "A reload keeps the number of buckets; a restart counts them anew."},
     "which is one bucket for all",
     "",
     "An integer of at least 1; httpd refuses 0 and less, and without the directive there is one "
     "bucket.",
     {{{"AH02819", "AH02819", "AH02819", "httpd uses that many buckets."},
       {"AH02820", "AH02820", "AH02820",
        "The system has no SO_REUSEPORT, and the ratio is ignored."}}},
     {"ListenBacklog", "StartServers", "MinSpareThreads"}},
    {"KeepAlive",
     "KeepAlive decides whether a client may send more requests over the same connection.",
     {"On: after an answer the connection stays open for KeepAliveTimeout. A page with its images "
      "then needs one connection, and one TLS handshake, and not one for each.",
      "Under prefork and worker the waiting connection holds its worker; with many clients most "
      "workers wait. There Off can help, and a short KeepAliveTimeout helps more. Under event it "
      "holds none.",
      "A virtual host can have its own.", ""},
     "",
     "",
     "On or Off; httpd refuses anything else.",
     {},
     {"KeepAliveTimeout", "MaxKeepAliveRequests", "AsyncRequestWorkerFactor"}},
    {"KeepAliveTimeout",
     "KeepAliveTimeout is how long a connection stays open for the client's next request.",
     {"Under prefork and worker a worker waits that long for each client that has gone, and "
      "mod_status counts it as busy. Workers needed for that are the clients a second times these "
      "seconds: 20 clients a second at 15 s hold 300 workers.",
      "Under event it holds no worker, but it counts against the connections that a process takes, "
      "see AsyncRequestWorkerFactor. At some ten seconds idle connections can fill a process.",
      "Too low: clients open new connections, and pay a handshake, between two clicks. Some "
      "seconds "
      "are enough for a page and what belongs to it.",
      "A virtual host can have its own."},
     "",
     "Debian 12 writes 5.",
     "An integer of seconds, or one with the unit ms, s, min or h; httpd refuses anything else.",
     {},
     {"KeepAlive", "MaxKeepAliveRequests", "AsyncRequestWorkerFactor", "Timeout"}},
    {"MaxKeepAliveRequests",
     "MaxKeepAliveRequests is how many requests a client may send over one connection.",
     {"After the last one httpd closes the connection and the client opens another. It spreads "
      "long-lived clients over processes, and lets MaxConnectionsPerChild see them.",
      "Too low: pages with many parts need several connections and handshakes. 0 is no limit: a "
      "proxy or a load generator can then stay on one process for good.",
      "A virtual host can have its own.", ""},
     "",
     "Debian 12 writes 100.",
     "An integer; 0 is no limit. httpd takes anything and reads what is no number as 0.",
     {},
     {"KeepAlive", "KeepAliveTimeout", "MaxConnectionsPerChild"}},
    {"Timeout",
     "Timeout is how long httpd waits for a client or a backend to go on.",
     {"It is the wait for one read or write, not for a whole request: a client that sends a byte "
      "now and then is never late by it. mod_reqtimeout bounds the time for a request's head and "
      "body.",
      "Too high: a worker is held that long by a client that has gone without a word. With 300 s "
      "and "
      "one such client a second all of 300 workers are held. Too low: slow uploads and slow "
      "backends break off.",
      "mod_proxy waits as long as ProxyTimeout says, and as long as this where it is not written.",
      "It is read as whole seconds, other than KeepAliveTimeout: 500ms is 500 seconds, and httpd "
      "says nothing."},
     "",
     "Debian 12 writes 300.",
     "An integer of seconds, without a unit.",
     {},
     {"KeepAliveTimeout", "MaxRequestWorkers"}},
});

}  // namespace

std::span<const Explanation> explanations_of_connections() {
  return kConnections;
}

}  // namespace mpm
