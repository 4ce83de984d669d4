// SPDX-License-Identifier: Apache-2.0
//
// The words and marks of the contract's enumerations for people. The wire's words are
// schema/codec/names.h; these may be longer and may change.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/style.h"
#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"
#include "schema/model/status.h"

namespace mpm {

std::string_view words(Mpm mpm);
std::string_view words(const std::optional<Mpm>& mpm);  // "unknown MPM" when absent
std::string_view words(Severity severity);
std::string_view words(Confidence confidence);
std::string_view words(Health health);
std::string_view words(SourceKind source);
std::string_view words(RestartClass restart);  // "graceful reload", "restart", "stop and start"

// The value in force, without its unit.
std::string text_of(const SettingValue& value);

Tone tone_of(Severity severity);
Tone tone_of(Confidence confidence);
Tone tone_of(Health health);
// "A" and "B" are good, "C" and "D" want care, "E" and "F" are bad; "-" is none of these.
Tone tone_of_grade(std::string_view grade);

std::string_view mark(Severity severity, const Glyphs& glyphs);

// "httpd 4711 (2.4.62, event)"; "httpd at URL (event)" for one known only by its page.
struct ServerName {
  std::int32_t pid = 0;
  std::string_view url;
  std::string_view version;
  std::optional<Mpm> mpm;
};
std::string server_name(const ServerName& server);

// "127.0.0.1:80", "[::1]:80".
std::string endpoint(std::string_view address, std::int32_t port);

}  // namespace mpm
