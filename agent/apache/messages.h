// SPDX-License-Identifier: Apache-2.0
//
// What httpd says, in its error log and on standard error at a start or -t, taken apart:
//
//   [Wed Nov 25 12:00:00.123456 2026] [mpm_event:notice] [pid 7:tid 7] AH00489: Apache/2.4.71 ...
//   AH00513: WARNING: MaxRequestWorkers of 130 is not an integer multiple of ...
//   AH00526: Syntax error on line 2 of /etc/apache2/apache2.conf:
//   Invalid command 'Nonsense', perhaps misspelled ...
//
// The code is httpd's own number of the message and stays when a text is reworded. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mpm {

struct ServerMessage {
  std::string time;    // as written; empty on standard error
  std::string module;  // "mpm_event"
  std::string level;   // "notice", "warn", "error", "crit"; empty where none is told
  std::string code;    // "AH00489"; empty where there is none
  std::string text;
  std::string file;  // that a syntax error names
  std::int64_t line = 0;
};

// In order; empty lines and "Syntax OK" say nothing.
std::vector<ServerMessage> parse_messages(std::string_view text);

// error, crit, alert or emerg.
bool is_error(const ServerMessage& message);

// "AH00489: configured -- resuming normal operations", by any MPM's code: a load went through.
bool says_resuming(std::string_view code);

// The directive that httpd says it does not follow, or not as written, "ServerLimit" for AH00501
// ("changing ServerLimit ... ignored during restart"); empty for any other code.
std::string_view directive_not_followed(std::string_view code);

}  // namespace mpm
