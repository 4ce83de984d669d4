// SPDX-License-Identifier: Apache-2.0
//
// The directives that decide how httpd serves traffic, as one table: which MPMs know them,
// what holds when the file is silent, within which bounds, and what it takes to change one in
// a running server. The numbers are those of httpd 2.4's mpm_default.h, mpm_common.h and of
// the MPMs' own sources.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// "event": as the sources and files of an MPM are called.
std::string_view name_of_mpm(Mpm mpm);

enum class ValueKind : std::uint8_t {
  Count,     // read by atoi: "abc" is 0, "150MB" is 150
  Size,      // bytes, likewise
  Fraction,  // AsyncRequestWorkerFactor: read by atof
  Duration,  // seconds, or with a unit: "5", "500ms", "1min"; see timeout.h
  Word,      // On, Off, a path
};

struct Directive {
  std::string_view name;
  std::string_view old_name;  // still accepted; empty when there is none
  ValueKind kind = ValueKind::Count;
  std::string_view unit;  // of its number, for people; empty for words
  // What holds when it is not written, by Mpm; nullopt: that MPM does not know the directive.
  std::array<std::optional<std::int64_t>, 4> defaults;
  std::string_view default_word;                // for ValueKind::Word
  std::array<std::int64_t, 4> compile_maximum;  // by Mpm; 0: none
  // The least that puts a change in force. MaxRequestWorkers and ThreadsPerChild above the
  // limits that the running parent keeps need a stop and start.
  RestartClass restart = RestartClass::Graceful;

  constexpr bool known_to(Mpm mpm) const {
    return defaults[static_cast<std::size_t>(mpm)].has_value();
  }
  constexpr std::int64_t default_for(Mpm mpm) const {
    return defaults[static_cast<std::size_t>(mpm)].value_or(0);
  }
  constexpr std::int64_t maximum_for(Mpm mpm) const {
    return compile_maximum[static_cast<std::size_t>(mpm)];
  }
};

// In the order in which an administrator's file has them.
std::span<const Directive> directives();

// By its present or its old name, in any case of letters, as httpd compares them.
const Directive* find_directive(std::string_view name);

// httpd compares directive names without regard to case, in ASCII.
bool same_name(std::string_view a, std::string_view b);

// The identifier that LoadModule uses for an MPM, "mpm_event_module".
std::string_view module_identifier(Mpm mpm);

}  // namespace mpm
