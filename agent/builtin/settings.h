// SPDX-License-Identifier: Apache-2.0
//
// What mpm-httpd runs with: its configuration file, in httpd's words and syntax, read by the
// reader that reads httpd's own. A directive that it does not know is an error with its place.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/apache/constraints.h"
#include "agent/apache/pool.h"
#include "agent/builtin/log_format.h"
#include "agent/config/files.h"
#include "agent/config/site.h"
#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm::builtin {

using std::chrono::milliseconds;

struct ListenOn {
  std::string address;  // "0.0.0.0", "::", "127.0.0.1"
  std::uint16_t port = 0;

  auto operator<=>(const ListenOn&) const = default;  // NOLINT(modernize-use-nullptr)
};

using apache::Pool;

enum class LogLevel : std::uint8_t { Emerg, Alert, Crit, Error, Warn, Notice, Info, Debug };
// By LogLevel, as the directive and the log's lines have them.
inline constexpr std::array kLogLevels = std::to_array<std::string_view>(
    {"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"});

enum class Handler : std::uint8_t { Files, Status, Work };

struct LocationHandler {
  std::string path;  // "/server-status": it, and what is below it
  Handler handler = Handler::Files;
};

struct CustomLog {
  std::string file;
  LogFormat format;
};

struct Settings {
  Pool pool;
  std::vector<ListenOn> listen;
  std::int32_t listen_backlog = 511;
  std::int32_t cores_buckets_ratio = 0;  // online processors for each bucket of listeners; 0: one
  std::int32_t thread_stack_size = 0;    // bytes; 0: the system's
  std::int32_t max_mem_free = 2048;      // KiB that a child's heap keeps at its end; 0: all
  std::string server_root;
  std::string config_file;
  std::string document_root;
  std::string server_name;  // "localhost:8080" or "localhost"
  std::string vhost;        // with a port: as the scoreboard has it
  std::string pid_file;
  std::string scoreboard_file;  // empty: none
  std::string error_log;        // empty: standard error
  LogLevel log_level = LogLevel::Warn;
  std::vector<CustomLog> custom_logs;
  std::optional<std::string> user;  // to run as, when started as root
  std::optional<std::string> group;
  bool extended_status = true;
  bool keep_alive = true;
  milliseconds keep_alive_timeout{5000};
  std::int32_t max_keep_alive_requests = 100;  // 0: without end
  milliseconds timeout{60'000};
  // RequestReadTimeout header=FROM-TO,MinRate=RATE: a head must be whole after FROM, plus a
  // second for each RATE bytes that came, and after TO at the latest. 0: no limit.
  milliseconds header_timeout{20'000};
  milliseconds header_timeout_most{40'000};
  std::int32_t header_min_rate = 500;          // bytes a second; 0: FROM is the limit
  std::int32_t graceful_shutdown_timeout = 0;  // seconds; 0: for ever
  std::int32_t limit_request_line = 8190;
  std::int32_t limit_request_field_size = 8190;
  std::int32_t limit_request_fields = 100;
  bool enable_sendfile = true;
  std::vector<std::string> directory_index{"index.html"};
  std::map<std::string, std::string, std::less<>> types;  // "html" -> "text/html"
  std::vector<LocationHandler> locations;                 // in order; the last that fits counts
  std::vector<Remark> remarks;                            // on numbers, with httpd's codes
};

// `running`: what a parent that runs already keeps until it is stopped.
// Malformed: one sentence on the first mistake, "FILE:LINE: ...".
Result<Settings> read_settings(const config::SiteOptions& options, const config::FileSystem& files,
                               const RunningLimits& running = {});

// The modules that stand in this program, for <IfModule> and LoadModule.
std::vector<std::string> builtin_sources();

}  // namespace mpm::builtin
