// SPDX-License-Identifier: Apache-2.0
#include "agent/config/carry_over.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/constraints.h"

namespace mpm::config {
namespace {

using Number = std::int64_t;

bool is_written(const MpmSettings& settings, std::string_view directive) {
  const Setting* setting = find_setting(settings, directive);
  return setting != nullptr && setting->value.has_value();
}

Number rounded_up(Number value, Number unit) {
  return (value + unit - 1) / unit;
}

class Translation {
 public:
  Translation(const MpmSettings& before, const MpmSettings& there, Mpm to,
              const std::vector<CheckedWish>& given)
      : before_(before), there_(there), to_(to), given_(given) {
    from_threads_ = std::max<Number>(number_in_force(before, "ThreadsPerChild", 1), 1);
    threads_ = to == Mpm::Prefork ? 1 : threads_of_the_new();
    fit_threads();
    fit_workers();
    fit_start();
    fit_spares();
    fit_connections();
  }

  std::vector<CheckedWish> wishes() {
    std::vector<CheckedWish> result = given_;
    for (const auto& [name, value] : numbers_) {
      const Directive* directive = find_directive(name);
      if (given(name) || !directive->known_to(to_)) continue;
      result.push_back({directive, std::to_string(value)});
    }
    return result;
  }

 private:
  std::optional<Number> given(std::string_view name) const {
    for (const CheckedWish& wish : given_)
      if (wish.directive->name == name)
        return wish.value ? leading_integer(*wish.value) : wish.directive->default_for(to_);
    return std::nullopt;
  }

  // Nobody chose the limit that an MPM has by default.
  bool limit_is_written() const {
    return is_written(before_, "MaxRequestWorkers") || is_written(before_, "ServerLimit") ||
           is_written(before_, "ThreadsPerChild");
  }

  // What will hold for a directive of the new MPM.
  Number future(std::string_view name, Number otherwise) const {
    if (const auto number = given(name)) return *number;
    const auto found = numbers_.find(name);
    return found != numbers_.end() ? found->second : number_in_force(there_, name, otherwise);
  }

  // Between worker and event it stays; coming from prefork it is what the new MPM's block says.
  Number threads_of_the_new() const {
    if (const auto number = given("ThreadsPerChild")) return std::max<Number>(*number, 1);
    if (is_written(before_, "ThreadsPerChild")) return from_threads_;
    if (before_.mpm != Mpm::Prefork && !is_written(there_, "ThreadsPerChild")) return from_threads_;
    return std::max<Number>(number_in_force(there_, "ThreadsPerChild", 25), 1);
  }

  void fit_threads() {
    if (to_ == Mpm::Prefork) return;
    if (threads_ != number_in_force(there_, "ThreadsPerChild", 25))
      numbers_["ThreadsPerChild"] = threads_;
    const Number limit = future("ThreadLimit", 64);
    if (threads_ > limit) numbers_["ThreadLimit"] = threads_;
  }

  void fit_workers() {
    const auto asked = given("MaxRequestWorkers");
    if (!asked && !given("ThreadsPerChild") && !limit_is_written()) return;
    const Number workers = asked ? *asked : before_.worker_limit;
    const Number processes = std::max<Number>(rounded_up(workers, threads_), 1);
    if (!asked && needs("MaxRequestWorkers", processes * threads_))
      numbers_["MaxRequestWorkers"] = processes * threads_;
    if (processes > future("ServerLimit", find_directive("ServerLimit")->default_for(to_)))
      numbers_["ServerLimit"] = processes;
  }

  // A number that is in force anyhow need not be written.
  bool needs(std::string_view name, Number value) const {
    const Setting* setting = find_setting(there_, name);
    if (setting != nullptr && setting->value) return leading_integer(*setting->value) != value;
    return number_in_force(there_, name, -1) != value;
  }

  void fit_start() {
    if (!is_written(before_, "StartServers")) return;
    const Number workers = number_in_force(before_, "StartServers", 1) * from_threads_;
    put("StartServers", std::max<Number>(rounded_up(workers, threads_), 1));
  }

  void fit_spares() {
    const bool from_processes = before_.mpm == Mpm::Prefork;
    const std::string_view from_least = from_processes ? "MinSpareServers" : "MinSpareThreads";
    const std::string_view from_most = from_processes ? "MaxSpareServers" : "MaxSpareThreads";
    const bool to_processes = to_ == Mpm::Prefork;
    const std::string_view least = to_processes ? "MinSpareServers" : "MinSpareThreads";
    const std::string_view most = to_processes ? "MaxSpareServers" : "MaxSpareThreads";
    if (is_written(before_, from_least)) put(least, number_in_force(before_, from_least, 1));
    if (!is_written(before_, from_most)) return;
    // Threads come and go by the process, so the gap must hold one.
    const Number gap = to_processes ? 1 : threads_ + 1;
    put(most, std::max(number_in_force(before_, from_most, 1), future(least, 1) + gap));
  }

  // A process with n workers serves n times the connections of one with a single worker in the
  // same time, and shall live as long.
  void fit_connections() {
    if (!is_written(before_, "MaxConnectionsPerChild")) return;
    const Number connections = number_in_force(before_, "MaxConnectionsPerChild", 0);
    const Number scaled = connections * threads_ / from_threads_;
    put("MaxConnectionsPerChild", connections > 0 ? std::max<Number>(scaled, 1) : connections);
  }

  void put(std::string_view name, Number value) {
    if (needs(name, value)) numbers_[name] = value;
  }

  const MpmSettings& before_;
  const MpmSettings& there_;
  Mpm to_;
  const std::vector<CheckedWish>& given_;
  Number from_threads_ = 1;
  Number threads_ = 1;
  std::map<std::string_view, Number> numbers_;
};

}  // namespace

std::vector<CheckedWish> carried_over(const MpmSettings& before, const MpmSettings& there, Mpm to,
                                      const std::vector<CheckedWish>& given) {
  return Translation(before, there, to, given).wishes();
}

}  // namespace mpm::config
