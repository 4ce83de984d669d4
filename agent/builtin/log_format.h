// SPDX-License-Identifier: Apache-2.0
//
// LogFormat: httpd's mod_log_config format, taken apart once and written many times.
// "%h %l %u %t \"%r\" %>s %O" gives
// 127.0.0.1 - - [23/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 512
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/result.h"

namespace mpm::builtin {

// One request that ended, as a log line wants it. The views live as long as the call.
struct LogEntry {
  std::string_view client{};
  std::string_view request_line{};
  std::string_view method{};
  std::string_view path{};      // %U
  std::string_view query{};     // %q, with its '?'
  std::string_view protocol{};  // %H
  std::string_view host{};      // the Host header
  std::string_view referer{};
  std::string_view user_agent{};
  int status = 0;
  std::int64_t body_bytes = 0;
  std::int64_t sent_bytes = 0;  // with the head
  std::int64_t started_us = 0;
  std::int64_t took_us = 0;
  std::string_view server_name{};
  std::uint16_t port = 0;
  int requests_before = 0;  // on this connection: %k
  bool aborted = false;     // the client went away: %X
  bool kept_alive = false;
};

class LogFormat {
 public:
  // Malformed: a directive of the format that is not known.
  static Result<LogFormat> parse(std::string_view format);

  // Appends the line with its '\n'. What a client sent is escaped as httpd does, \xhh.
  void append(std::string& line, const LogEntry& entry) const;

 private:
  struct Item {
    char what = 0;  // 0: text as it is
    std::string text;
  };
  std::string& text();  // of the last item, a new one where that is no text
  std::vector<Item> items_;
};

}  // namespace mpm::builtin
