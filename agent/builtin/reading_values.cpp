// SPDX-License-Identifier: Apache-2.0
//
// How each directive takes its arguments.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/timeout.h"
#include "agent/builtin/reading.h"
#include "agent/config/tree.h"

namespace mpm::builtin {
namespace {

using config::equal_ignoring_case;

}  // namespace

std::string Reading::number(const std::string& text, std::int32_t least, std::int32_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least) return {};
  return fmt::format("\"{}\" is no number from {} on", text, least);
}

std::string Reading::on_off(const std::string& text, bool& value) {
  value = equal_ignoring_case(text, "on");
  return value || equal_ignoring_case(text, "off") ? std::string() : "it is On or Off";
}

std::string Reading::listen(const Arguments& words) {
  if (words.size() == 2 && !equal_ignoring_case(words[1], "http"))
    return fmt::format("mpm-httpd speaks http, not {}", words[1]);
  const std::string& text = words[0];
  const auto colon = text.rfind(':');
  const bool bare = colon == std::string::npos;
  std::int32_t port = 0;
  if (auto why = number(bare ? text : text.substr(colon + 1), 1, port);
      !why.empty() || port > 65535)
    return fmt::format("\"{}\" is no port from 1 to 65535, nor ADDRESS:PORT", text);
  std::string address = bare ? "" : text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  if (address.empty() || address == "*") address = "::";
  settings_.listen.push_back({std::move(address), static_cast<std::uint16_t>(port)});
  return {};
}

std::string Reading::document_root(const Arguments& words) {
  settings_.document_root = path(words[0]);
  return {};
}
std::string Reading::server_name(const Arguments& words) {
  settings_.server_name = words[0];
  return {};
}
std::string Reading::pid_file(const Arguments& words) {
  settings_.pid_file = path(words[0]);
  return {};
}
std::string Reading::error_log(const Arguments& words) {
  if (words[0].front() == '|' || words[0].substr(0, 6) == "syslog")
    return "it is a file; pipes and syslog are not supported";
  settings_.error_log = path(words[0]);
  return {};
}

std::string Reading::log_level(const Arguments& words) {
  const auto* found = std::ranges::find_if(
      kLogLevels, [&](std::string_view level) { return equal_ignoring_case(level, words[0]); });
  if (found == kLogLevels.end())
    return fmt::format("\"{}\" is none of {}", words[0], fmt::join(kLogLevels, ", "));
  settings_.log_level = static_cast<LogLevel>(found - kLogLevels.begin());
  return {};
}

std::string Reading::log_format(const Arguments& words) {
  auto format = LogFormat::parse(words[0]);
  if (!format) return format.error().what;
  if (words.size() == 2)
    formats_[words[1]] = words[0];
  else
    transfer_format_ = words[0];
  return {};
}

// CustomLog's format may be the name of a LogFormat that comes later.
std::string Reading::custom_log(const Arguments& words) {
  if (words[0].front() == '|') return "it is a file; pipes are not supported";
  logs_.push_back({at_, path(words[0]), words.size() == 2 ? words[1] : std::string()});
  return {};
}

std::string Reading::user(const Arguments& words) {
  settings_.user = words[0];
  return {};
}
std::string Reading::group(const Arguments& words) {
  settings_.group = words[0];
  return {};
}
std::string Reading::keep_alive(const Arguments& words) {
  return on_off(words[0], settings_.keep_alive);
}
std::string Reading::keep_alive_timeout(const Arguments& words) {
  const auto time = timeout_with_unit(words[0]);
  constexpr std::chrono::hours kMost(24 * 365);  // far below where a deadline overflows
  if (!time || *time > kMost)
    return fmt::format("\"{}\" is no time such as 5, 500ms or 2min", words[0]);
  settings_.keep_alive_timeout = *time;
  return {};
}
std::string Reading::max_keep_alive(const Arguments& words) {
  return number(words[0], 0, settings_.max_keep_alive_requests);
}
std::string Reading::timeout(const Arguments& words) {
  std::int32_t seconds = 0;
  std::string why = number(words[0], 0, seconds);
  if (why.empty()) settings_.timeout = std::chrono::seconds(seconds);
  return why;
}

// "header=20-40,MinRate=500"; body= is taken and says nothing, because no body is read.
std::string Reading::request_read_timeout(const Arguments& words) {
  for (const std::string& word : words) {
    if (word.substr(0, 5) == "body=" || word.substr(0, 10) == "handshake=") continue;
    if (word.substr(0, 7) != "header=")
      return fmt::format("\"{}\" is not header=, body= or handshake=", word);
    const auto comma = word.find(',');
    const std::string times = word.substr(7, comma == std::string::npos ? comma : comma - 7);
    const auto dash = times.find('-');
    std::int32_t from = 0;
    if (auto why = number(times.substr(0, dash), 0, from); !why.empty()) return why;
    std::int32_t most = from;
    if (dash != std::string::npos)
      if (auto why = number(times.substr(dash + 1), from, most); !why.empty()) return why;
    settings_.header_min_rate = 0;
    if (comma != std::string::npos) {
      const std::string rate = word.substr(comma + 1);
      if (!equal_ignoring_case(rate.substr(0, 8), "MinRate="))
        return fmt::format("\"{}\" is not MinRate=", rate);
      if (auto why = number(rate.substr(8), 1, settings_.header_min_rate); !why.empty()) return why;
    }
    settings_.header_timeout = std::chrono::seconds(from);
    settings_.header_timeout_most = std::chrono::seconds(most);
  }
  return {};
}

std::string Reading::graceful_shutdown(const Arguments& words) {
  return number(words[0], 0, settings_.graceful_shutdown_timeout);
}
std::string Reading::request_line(const Arguments& words) {
  return number(words[0], 1, settings_.limit_request_line);
}
std::string Reading::request_field_size(const Arguments& words) {
  return number(words[0], 1, settings_.limit_request_field_size);
}
std::string Reading::request_fields(const Arguments& words) {
  return number(words[0], 1, settings_.limit_request_fields);
}
std::string Reading::sendfile(const Arguments& words) {
  return on_off(words[0], settings_.enable_sendfile);
}

std::string Reading::directory_index(const Arguments& words) {
  settings_.directory_index = words;
  if (words.size() == 1 && equal_ignoring_case(words[0], "disabled"))
    settings_.directory_index.clear();
  for (const std::string& name : settings_.directory_index)
    if (name.find('/') != std::string::npos)
      return fmt::format("\"{}\" has a /: it is the name of a file in the directory", name);
  return {};
}

std::string Reading::add_type(const Arguments& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string extension = config::lower(words[i].substr(words[i].front() == '.' ? 1 : 0));
    settings_.types[extension] = words[0];
  }
  return {};
}

std::string Reading::extended_status(const Arguments& words) {
  return on_off(words[0], settings_.extended_status);
}
std::string Reading::scoreboard_file(const Arguments& words) {
  settings_.scoreboard_file = path(words[0]);
  return {};
}

std::string Reading::set_handler(const Arguments& words) {
  if (location_.empty()) return "it belongs in a <Location>";
  constexpr std::array kHandlers = std::to_array<std::pair<std::string_view, Handler>>(
      {{"server-status", Handler::Status}, {"mpm-work", Handler::Work}, {"none", Handler::Files}});
  for (const auto& [name, handler] : kHandlers) {
    if (!equal_ignoring_case(name, words[0])) continue;
    settings_.locations.push_back({location_, handler});
    return {};
  }
  return fmt::format("\"{}\" is not server-status, mpm-work or none", words[0]);
}

std::string Reading::backlog(const Arguments& words) {
  return number(words[0], 1, settings_.listen_backlog);
}

std::string Reading::max_mem_free(const Arguments& words) {
  return number(words[0], 0, settings_.max_mem_free);
}

std::string Reading::buckets(const Arguments& words) {
  return number(words[0], 0, settings_.cores_buckets_ratio);
}

}  // namespace mpm::builtin
