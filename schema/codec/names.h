// SPDX-License-Identifier: Apache-2.0
//
// The word of every enumerator, both ways: what JSON, SQL, the CLI and the GUI show. A word
// that has been on the wire is never used for something else.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "schema/model/admission.h"
#include "schema/model/apply_policy.h"
#include "schema/model/change.h"
#include "schema/model/config_edit.h"
#include "schema/model/history.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"
#include "schema/model/scoreboard.h"
#include "schema/model/status.h"
#include "schema/model/verdict.h"

namespace mpm {

// The words of E, in the order of its enumerators, which count from 0 without gaps.
template <class E>
inline constexpr std::array<std::string_view, 0> kWords{};

template <>
inline constexpr std::array kWords<Mpm> = std::to_array<std::string_view>({"prefork", "worker",
                                                                           "event", "winnt"});
template <>
inline constexpr std::array kWords<SourceKind> =
    std::to_array<std::string_view>({"shared-memory", "scoreboard-file", "mod_status"});
template <>
inline constexpr std::array kWords<WorkerState> =
    std::to_array<std::string_view>({"dead", "starting", "ready", "reading", "writing", "keepalive",
                                     "logging", "dns", "closing", "graceful", "idle-kill"});
template <>
inline constexpr std::array kWords<Health> =
    std::to_array<std::string_view>({"well", "strained", "saturated", "unknown"});
template <>
inline constexpr std::array kWords<Severity> =
    std::to_array<std::string_view>({"fine", "note", "advice", "warning", "danger"});
template <>
inline constexpr std::array kWords<Confidence> =
    std::to_array<std::string_view>({"none", "low", "medium", "high"});
template <>
inline constexpr std::array kWords<RestartClass> =
    std::to_array<std::string_view>({"graceful", "restart", "stop-start"});
template <>
inline constexpr std::array kWords<FileAction> =
    std::to_array<std::string_view>({"rewrite", "create", "remove", "link", "unlink"});
template <>
inline constexpr std::array kWords<Phase> = std::to_array<std::string_view>(
    {"planned", "backed-up", "written", "accepted", "loaded", "verified", "undoing", "restored",
     "kept", "undone", "abandoned", "stuck"});
template <>
inline constexpr std::array kWords<Error::Kind> =
    std::to_array<std::string_view>({"not-found", "denied", "malformed", "unreachable", "timed-out",
                                     "conflict", "usage", "internal"});
template <>
inline constexpr std::array kWords<WatchVerdict> =
    std::to_array<std::string_view>({"undecided", "keep", "undo"});
template <>
inline constexpr std::array kWords<AdmissionAnswer> =
    std::to_array<std::string_view>({"allowed", "needs-yes", "refused", "deferred"});
template <>
inline constexpr std::array kWords<ApplyMode> =
    std::to_array<std::string_view>({"propose", "confirm", "auto"});
template <>
inline constexpr std::array kWords<Resolution> =
    std::to_array<std::string_view>({"sample", "minute", "hour"});
template <>
inline constexpr std::array kWords<MarkKind> =
    std::to_array<std::string_view>({"began", "restarted", "reloaded", "recommended", "changed"});

template <class E>
concept Named = !kWords<E>.empty();

template <Named E>
constexpr std::string_view name_of(E value) {
  return kWords<E>[static_cast<std::size_t>(value)];
}

template <Named E>
constexpr std::optional<E> parse_name(std::string_view word) {
  for (std::size_t i = 0; i < kWords<E>.size(); ++i)
    if (kWords<E>[i] == word) return static_cast<E>(i);
  return std::nullopt;
}

}  // namespace mpm
