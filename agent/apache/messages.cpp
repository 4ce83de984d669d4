// SPDX-License-Identifier: Apache-2.0
//
// Codes as prefork.c, worker.c and event.c have them. Each MPM numbers the same message anew, and
// those in pairs are of the start (short, to standard error) and of a restart (to the log).
#include "agent/apache/messages.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace mpm {
namespace {

constexpr std::size_t kCodeLength = 7;  // "AH00489"

bool digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// "[core:warn] " at the start of the rest: what is between the brackets.
std::optional<std::string_view> take_bracketed(std::string_view& rest) {
  if (rest.empty() || rest.front() != '[') return std::nullopt;
  const auto end = rest.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view inside = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return inside;
}

bool is_level(std::string_view word) {
  constexpr std::array kLevels = std::to_array<std::string_view>(
      {"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"});
  return std::ranges::find(kLevels, word) != kLevels.end() || word.substr(0, 5) == "trace";
}

void take_head(std::string_view& rest, ServerMessage& message) {
  while (const auto inside = take_bracketed(rest)) {
    const auto colon = inside->find(':');
    const std::string_view last =
        colon == std::string_view::npos ? *inside : inside->substr(colon + 1);
    if (message.level.empty() && is_level(last)) {
      message.level = last;
      if (colon != std::string_view::npos) message.module = inside->substr(0, colon);
    } else if (message.time.empty() && message.level.empty()) {
      message.time = *inside;
    }
  }
}

// "AH" and five digits and a colon, anywhere: an errno's words may stand before it, as in
// "(98)Address already in use: AH00072: make_sock: ...".
void take_code(std::string_view rest, ServerMessage& message) {
  for (auto at = rest.find("AH"); at != std::string_view::npos; at = rest.find("AH", at + 1)) {
    const std::string_view code = rest.substr(at, kCodeLength);
    const std::string_view after = rest.substr(std::min(at + kCodeLength, rest.size()));
    if (code.size() < kCodeLength || !std::ranges::all_of(code.substr(2), digit) ||
        after.substr(0, 1) != ":")
      continue;
    message.code = code;
    message.text = rest.substr(0, at);
    message.text += after.substr(std::min(after.find_first_not_of(" :"), after.size()));
    return;
  }
  message.text = rest;
}

// "Syntax error on line 2 of /etc/x.conf:", alone or with the reason behind the colon.
void take_place(ServerMessage& message) {
  constexpr std::string_view kStart = "Syntax error on line ";
  constexpr std::string_view kOf = " of ";
  const std::string_view text = message.text;
  const auto start = text.find(kStart);
  if (start == std::string_view::npos) return;
  auto at = start + kStart.size();
  std::int64_t line = 0;
  for (; at < text.size() && digit(text[at]) && line < 1'000'000'000; ++at)
    line = line * 10 + (text[at] - '0');
  if (text.substr(at, kOf.size()) != kOf) return;
  const std::string_view rest = text.substr(at + kOf.size());
  const auto end = rest.find(": ");
  std::string_view file = rest.substr(0, end);
  if (end == std::string_view::npos && !file.empty() && file.back() == ':') file.remove_suffix(1);
  message.line = line;
  message.file = file;
  message.text = end == std::string_view::npos ? std::string() : std::string(rest.substr(end + 2));
}

constexpr std::array kNotFollowed = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"AH00175", "ServerLimit"},       {"AH00176", "ServerLimit"},
     {"AH00177", "ServerLimit"},       {"AH00178", "ServerLimit"},
     {"AH00179", "ServerLimit"},       {"AH00300", "ServerLimit"},
     {"AH00301", "ServerLimit"},       {"AH00302", "ServerLimit"},
     {"AH00303", "ServerLimit"},       {"AH00304", "ServerLimit"},
     {"AH00497", "ServerLimit"},       {"AH00498", "ServerLimit"},
     {"AH00499", "ServerLimit"},       {"AH00500", "ServerLimit"},
     {"AH00501", "ServerLimit"},       {"AH00305", "ThreadLimit"},
     {"AH00306", "ThreadLimit"},       {"AH00307", "ThreadLimit"},
     {"AH00308", "ThreadLimit"},       {"AH00309", "ThreadLimit"},
     {"AH00502", "ThreadLimit"},       {"AH00503", "ThreadLimit"},
     {"AH00504", "ThreadLimit"},       {"AH00505", "ThreadLimit"},
     {"AH00506", "ThreadLimit"},       {"AH00310", "ThreadsPerChild"},
     {"AH00311", "ThreadsPerChild"},   {"AH00312", "ThreadsPerChild"},
     {"AH00313", "ThreadsPerChild"},   {"AH00507", "ThreadsPerChild"},
     {"AH00508", "ThreadsPerChild"},   {"AH00509", "ThreadsPerChild"},
     {"AH00510", "ThreadsPerChild"},   {"AH00180", "MaxRequestWorkers"},
     {"AH00181", "MaxRequestWorkers"}, {"AH00182", "MaxRequestWorkers"},
     {"AH00183", "MaxRequestWorkers"}, {"AH00314", "MaxRequestWorkers"},
     {"AH00315", "MaxRequestWorkers"}, {"AH00316", "MaxRequestWorkers"},
     {"AH00317", "MaxRequestWorkers"}, {"AH00318", "MaxRequestWorkers"},
     {"AH00319", "MaxRequestWorkers"}, {"AH00511", "MaxRequestWorkers"},
     {"AH00512", "MaxRequestWorkers"}, {"AH00513", "MaxRequestWorkers"},
     {"AH00514", "MaxRequestWorkers"}, {"AH00515", "MaxRequestWorkers"},
     {"AH00516", "MaxRequestWorkers"}, {"AH00184", "StartServers"},
     {"AH00185", "StartServers"},      {"AH00320", "StartServers"},
     {"AH00321", "StartServers"},      {"AH00517", "StartServers"},
     {"AH00518", "StartServers"},      {"AH00186", "MinSpareServers"},
     {"AH00187", "MinSpareServers"},   {"AH00322", "MinSpareThreads"},
     {"AH00323", "MinSpareThreads"},   {"AH00519", "MinSpareThreads"},
     {"AH00520", "MinSpareThreads"},   {"AH02820", "ListenCoresBucketsRatio"}});

}  // namespace

std::vector<ServerMessage> parse_messages(std::string_view text) {
  std::vector<ServerMessage> messages;
  bool reason_follows = false;
  while (!text.empty()) {
    std::string_view rest = take_line(text);
    if (rest.empty() || rest == "Syntax OK") continue;
    if (std::exchange(reason_follows, false) && rest.front() != '[') {
      messages.back().text = rest;
      continue;
    }
    ServerMessage message;
    take_head(rest, message);
    take_code(rest, message);
    constexpr std::string_view kWarning = "WARNING: ";
    if (message.level.empty() && message.text.substr(0, kWarning.size()) == kWarning) {
      message.level = "warn";
      message.text.erase(0, kWarning.size());
    }
    if (message.level.empty() && !directive_not_followed(message.code).empty())
      message.level = "warn";
    take_place(message);
    reason_follows = !message.file.empty() && message.text.empty();
    messages.push_back(std::move(message));
  }
  return messages;
}

bool is_error(const ServerMessage& message) {
  return message.level == "error" || message.level == "crit" || message.level == "alert" ||
         message.level == "emerg";
}

bool says_resuming(std::string_view code) {
  return code == "AH00163" || code == "AH00292" || code == "AH00489" || code == "AH00418";
}

std::string_view directive_not_followed(std::string_view code) {
  const auto* found =
      std::ranges::find(kNotFollowed, code, &std::pair<std::string_view, std::string_view>::first);
  return found == kNotFollowed.end() ? std::string_view() : found->second;
}

}  // namespace mpm
