// SPDX-License-Identifier: Apache-2.0
#include "agent/service/sources.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/scoreboard/process_memory.h"
#include "agent/scoreboard/shm_file.h"
#include "agent/scoreboard/status_page_source.h"

namespace mpm {
// A wildcard listener answers on the loopback address.
std::string status_page_of(const ListenAddress& listener) {
  if (listener.address == "0.0.0.0" || listener.address == "::" || listener.address == "*")
    return fmt::format("http://127.0.0.1:{}/server-status?auto", listener.port);
  const bool six = listener.address.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}/server-status?auto", six ? "[" : "", listener.address,
                     six ? "]" : "", listener.port);
}

FallbackSource sources_of(const Target& target, const ProcFs& proc) {
  std::vector<std::unique_ptr<ScoreboardSource>> sources;
  if (target.pid != 0) {
    sources.push_back(std::make_unique<ProcessMemorySource>(target.pid, proc.root()));
    sources.push_back(std::make_unique<ShmFileSource>(target.pid, proc.root()));
    if (!target.listeners.empty())
      sources.push_back(
          std::make_unique<StatusPageSource>(status_page_of(target.listeners.front())));
  } else {
    sources.push_back(std::make_unique<StatusPageSource>(target.url));
  }
  return FallbackSource(std::move(sources));
}

}  // namespace mpm
