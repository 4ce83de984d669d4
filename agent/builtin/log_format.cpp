// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/log_format.h"

#include <array>
#include <ctime>

#include <fmt/format.h>
#include <unistd.h>

namespace mpm::builtin {
namespace {

using Kind = Error::Kind;

// Directives of one letter that we know; 'i' is for "%{Name}i".
constexpr std::string_view kLetters = "hlutrsbBODTHUmqvpPkX%a";

// The headers that "%{...}i" can have; a request keeps no others.
char header_item(std::string_view name) {
  constexpr std::array kHeaders = std::to_array<std::pair<std::string_view, char>>(
      {{"Referer", 'R'}, {"User-Agent", 'A'}, {"User-agent", 'A'}, {"Host", 'N'}});
  for (const auto& [known, item] : kHeaders)
    if (known == name) return item;
  return 0;
}

void append_escaped(std::string& line, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < ' ' || byte > '~') {
      line += "\\x";
      line += kHex[byte >> 4U];
      line += kHex[byte & 15U];
    } else {
      line += c;
    }
  }
}

void append_or_dash(std::string& line, std::string_view text) {
  if (text.empty())
    line += '-';
  else
    append_escaped(line, text);
}

void append_number(std::string& line, std::int64_t number) {
  const fmt::format_int text(number);
  line.append(text.data(), text.size());
}

// "[23/Nov/2026:12:00:00 +0000]"; localtime is slow and takes a lock, so it is asked once a second.
void append_time(std::string& line, std::int64_t at_us) {
  thread_local std::int64_t shown = -1;
  thread_local std::array<char, 40> text{};
  const std::int64_t second = at_us / 1'000'000;
  if (second != shown) {
    const std::time_t time = second;
    std::tm local{};
    ::localtime_r(&time, &local);
    std::strftime(text.data(), text.size(), "[%d/%b/%Y:%H:%M:%S %z]", &local);
    shown = second;
  }
  line += text.data();
}

void append_request_item(std::string& line, char what, const LogEntry& entry) {
  switch (what) {
    case 'r':
      return append_or_dash(line, entry.request_line);
    case 'R':
      return append_or_dash(line, entry.referer);
    case 'A':
      return append_or_dash(line, entry.user_agent);
    case 'N':
      return append_or_dash(line, entry.host);
    case 'H':
      return append_or_dash(line, entry.protocol);
    case 'U':
      return append_or_dash(line, entry.path);
    case 'm':
      return append_or_dash(line, entry.method);
    case 'q':
      return append_escaped(line, entry.query);
    default:
      return append_escaped(line, entry.server_name);  // v
  }
}

char unescaped(char letter) {
  if (letter == 'n') return '\n';
  return letter == 't' ? '\t' : letter;
}

// What stands behind a '%' at `at`, which moves behind it; NUL: it is not known.
char take_directive(std::string_view format, std::size_t& at) {
  // Which of several internal requests is meant: here there is only one.
  while (at < format.size() && (format[at] == '>' || format[at] == '<'))
    ++at;
  if (at >= format.size()) return '\0';
  if (format[at] != '{') {
    const char letter = format[at++];
    return kLetters.find(letter) == std::string_view::npos ? '\0' : letter;
  }
  const auto close = format.find('}', at);
  if (close == std::string_view::npos || format.substr(close + 1, 1) != "i") return '\0';
  const std::string_view name = format.substr(at + 1, close - at - 1);
  at = close + 2;
  return header_item(name);
}

}  // namespace

Result<LogFormat> LogFormat::parse(std::string_view format) {
  LogFormat parsed;
  for (std::size_t i = 0; i < format.size();) {
    if (format[i] == '\\' && i + 1 < format.size()) {
      parsed.text() += unescaped(format[i + 1]);
      i += 2;
    } else if (format[i] != '%') {
      parsed.text() += format[i++];
    } else {
      const char what = take_directive(format, ++i);
      if (what == '\0')
        return fail(
            Kind::Malformed,
            fmt::format("LogFormat \"{}\" has a % directive that mpm-httpd does not know; it "
                        "knows %{} and %{{Referer}}i, %{{User-Agent}}i, %{{Host}}i",
                        format, fmt::join(kLetters, " %")));
      if (what == '%')
        parsed.text() += '%';
      else
        parsed.items_.push_back({what, {}});
    }
  }
  return parsed;
}

std::string& LogFormat::text() {
  if (items_.empty() || items_.back().what != 0) items_.emplace_back();
  return items_.back().text;
}

void LogFormat::append(std::string& line, const LogEntry& entry) const {
  for (const Item& item : items_) {
    switch (item.what) {
      case 0:
        line += item.text;
        break;
      case 'h':
      case 'a':
        line += entry.client;
        break;
      case 'l':
      case 'u':
        line += '-';
        break;
      case 't':
        append_time(line, entry.started_us);
        break;
      case 's':
        append_number(line, entry.status);
        break;
      case 'b':
        if (entry.body_bytes == 0)
          line += '-';
        else
          append_number(line, entry.body_bytes);
        break;
      case 'B':
        append_number(line, entry.body_bytes);
        break;
      case 'O':
        append_number(line, entry.sent_bytes);
        break;
      case 'D':
        append_number(line, entry.took_us);
        break;
      case 'T':
        append_number(line, entry.took_us / 1'000'000);
        break;
      case 'p':
        append_number(line, entry.port);
        break;
      case 'P':
        append_number(line, ::getpid());
        break;
      case 'k':
        append_number(line, entry.requests_before);
        break;
      case 'X':
        line += entry.aborted ? 'X' : entry.kept_alive ? '+' : '-';
        break;
      default:
        append_request_item(line, item.what, entry);
    }
  }
  line += '\n';
}

}  // namespace mpm::builtin
