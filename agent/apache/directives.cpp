// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/directives.h"

#include <algorithm>

namespace mpm {
namespace {

using Defaults = std::array<std::optional<std::int64_t>, 4>;

constexpr std::nullopt_t kNone = std::nullopt;

constexpr Defaults threaded(std::int64_t worker, std::int64_t event) {
  return {kNone, worker, event, kNone};
}
constexpr Defaults everywhere(std::int64_t value) {
  return {value, value, value, value};
}
constexpr Defaults on_unix(std::int64_t value) {
  return {value, value, value, kNone};
}

// The order of the four columns is prefork, worker, event, winnt.
constexpr std::array kDirectives = std::to_array<Directive>({
    {"StartServers", "", ValueKind::Count, "processes", {5, 3, 3, kNone}, "", {}},
    {"MinSpareServers", "", ValueKind::Count, "processes", {5, kNone, kNone, kNone}, "", {}},
    {"MaxSpareServers", "", ValueKind::Count, "processes", {10, kNone, kNone, kNone}, "", {}},
    {"MinSpareThreads", "", ValueKind::Count, "workers", threaded(75, 75), "", {}},
    {"MaxSpareThreads", "", ValueKind::Count, "workers", threaded(250, 250), "", {}},
    {"ThreadLimit",
     "",
     ValueKind::Count,
     "workers a process",
     {kNone, 64, 64, 1920},
     "",
     {0, 20000, 100000, 15000},
     RestartClass::StopStart},
    {"ThreadsPerChild", "", ValueKind::Count, "workers a process", {kNone, 25, 25, 64}, "", {}},
    {"ServerLimit",
     "",
     ValueKind::Count,
     "processes",
     {256, 16, 16, kNone},
     "",
     {200000, 20000, 20000, 0},
     RestartClass::StopStart},
    {"MaxRequestWorkers",
     "MaxClients",
     ValueKind::Count,
     "workers",
     {256, 400, 400, kNone},
     "",
     {}},
    {"MaxConnectionsPerChild",
     "MaxRequestsPerChild",
     ValueKind::Count,
     "connections",
     everywhere(0),
     "",
     {}},
    {"AsyncRequestWorkerFactor", "", ValueKind::Fraction, "", {kNone, kNone, 2, kNone}, "", {}},
    {"ListenBacklog",
     "",
     ValueKind::Count,
     "connections",
     everywhere(511),
     "",
     {},
     RestartClass::StopStart},
    {"ListenCoresBucketsRatio",
     "",
     ValueKind::Count,
     "",
     on_unix(0),
     "",
     {},
     RestartClass::Restart},
    {"ThreadStackSize", "", ValueKind::Size, "bytes", {kNone, 0, 0, 0}, "", {}},
    {"MaxMemFree", "", ValueKind::Count, "KiB", everywhere(2048), "", {}},
    {"GracefulShutdownTimeout", "", ValueKind::Count, "s", on_unix(0), "", {}},
    {"ScoreBoardFile",
     "",
     ValueKind::Word,
     "",
     on_unix(0),
     "in memory",
     {},
     RestartClass::StopStart},
    {"ExtendedStatus", "", ValueKind::Word, "", everywhere(0), "Off", {}, RestartClass::Restart},
    {"KeepAlive", "", ValueKind::Word, "", everywhere(1), "On", {}},
    {"KeepAliveTimeout", "", ValueKind::Duration, "s", everywhere(5), "", {}},
    {"MaxKeepAliveRequests", "", ValueKind::Count, "requests", everywhere(100), "", {}},
    {"Timeout", "TimeOut", ValueKind::Count, "s", everywhere(60), "", {}},
});

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// A bit for each letter that a name begins with: of the directives of a whole site few are here,
// and most of the others are told by their first byte.
constexpr std::uint32_t bit_of(char first) {
  const char c = lower(first);
  return c >= 'a' && c <= 'z' ? std::uint32_t{1} << (c - 'a') : 0;
}

constexpr std::uint32_t kFirstLetters = [] {
  std::uint32_t letters = 0;
  for (const Directive& directive : kDirectives) {
    letters |= bit_of(directive.name.front());
    if (!directive.old_name.empty()) letters |= bit_of(directive.old_name.front());
  }
  return letters;
}();

}  // namespace

std::span<const Directive> directives() {
  return kDirectives;
}

std::string_view name_of_mpm(Mpm mpm) {
  constexpr std::array kNames =
      std::to_array<std::string_view>({"prefork", "worker", "event", "winnt"});
  return kNames[static_cast<std::size_t>(mpm)];
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

const Directive* find_directive(std::string_view name) {
  if (name.empty() || (bit_of(name.front()) & kFirstLetters) == 0) return nullptr;
  const auto* found = std::ranges::find_if(kDirectives, [&](const Directive& directive) {
    return same_name(directive.name, name) ||
           (!directive.old_name.empty() && same_name(directive.old_name, name));
  });
  return found == kDirectives.end() ? nullptr : found;
}

std::string_view module_identifier(Mpm mpm) {
  constexpr std::array kIdentifiers = std::to_array<std::string_view>(
      {"mpm_prefork_module", "mpm_worker_module", "mpm_event_module", "mpm_winnt_module"});
  return kIdentifiers[static_cast<std::size_t>(mpm)];
}

}  // namespace mpm
