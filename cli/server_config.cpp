// SPDX-License-Identifier: Apache-2.0
#include "cli/server_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "schema/codec/names.h"

namespace mpm {
namespace {

// One process for each worker, and room in the scoreboard for twice as many, as for the old ones
// after a reload. The names of prefork's bounds are its own.
std::string prefork(const ServerShape& shape) {
  return fmt::format(
      "ServerLimit {3}\nMaxRequestWorkers {0}\nStartServers {1}\nMinSpareServers {2}\n"
      "MaxSpareServers {0}\n",
      shape.workers, shape.started, std::max<std::int64_t>(shape.started / 2, 1),
      2 * shape.workers);
}

std::string threaded(const ServerShape& shape) {
  const std::int64_t threads = shape.threads_per_child;
  std::string text = fmt::format(
      "ServerLimit {0}\nThreadLimit {1}\nThreadsPerChild {1}\nMaxRequestWorkers {2}\n"
      "StartServers {3}\nMinSpareThreads {1}\nMaxSpareThreads {4}\n",
      2 * shape.workers / threads, threads, shape.workers,
      std::max<std::int64_t>(shape.started / threads, 1), shape.workers + threads);
  if (shape.mpm == Mpm::Event && shape.idle_connections > 0)
    // A process takes ThreadsPerChild connections and so many more for each idle thread (event.c,
    // connections_above_limit), and idle connections start no further process: those of the
    // start have to take them all. One more, because a thread or two may be busy.
    text += fmt::format("AsyncRequestWorkerFactor {}\n",
                        1 + (shape.idle_connections + shape.started - 1) / shape.started);
  return text;
}

// winnt has one child, and all workers are its threads.
std::string winnt(const ServerShape& shape) {
  return fmt::format("ThreadLimit {0}\nThreadsPerChild {0}\n", shape.workers);
}

std::string pool(const ServerShape& shape) {
  switch (shape.mpm) {
    case Mpm::Prefork:
      return prefork(shape);
    case Mpm::Winnt:
      return winnt(shape);
    case Mpm::Worker:
    case Mpm::Event:
      break;
  }
  return threaded(shape);
}

}  // namespace

std::string server_configuration(const ServerShape& shape, const ServerPlace& place) {
  std::string text = fmt::format(
      "# Written by mpmctl for a server of its own, and removed with it.\n"
      "LoadModule mpm_{0}_module modules/mod_mpm_{0}.so\n"
      "ServerName localhost\nListen 127.0.0.1:{1}\n"
      "PidFile \"{2}/httpd.pid\"\nErrorLog \"{2}/error.log\"\nDocumentRoot \"{2}/htdocs\"\n"
      "KeepAlive On\nKeepAliveTimeout 300\n",
      name_of(shape.mpm), place.port, place.directory);
  text += pool(shape);
  return text + fmt::format(
                    "<Location {}>\n  SetHandler mpm-work\n</Location>\n"
                    "<Location /server-status>\n  SetHandler server-status\n</Location>\n",
                    kWorkPath);
}

}  // namespace mpm
