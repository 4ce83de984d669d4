// SPDX-License-Identifier: Apache-2.0
//
// The directives of mpm-httpd, each with what it takes: one table, and a method for each that is
// more than a number of the MPM. Private to settings.cpp and to the two files that implement it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/builtin/settings.h"
#include "agent/config/site.h"
#include "schema/model/result.h"

namespace mpm::builtin {

// Reads the directives of one configuration, in order, into a Settings.
class Reading {
 public:
  using Arguments = std::vector<std::string>;
  // An empty text: taken. Else what is wrong with the arguments.
  using Take = std::string (Reading::*)(const Arguments&);
  struct Known {
    std::string_view name;
    std::size_t least = 1, most = 1;  // arguments
    Take take = nullptr;              // none: read elsewhere, and only counted here
  };

  Reading(const config::Site& site, Settings& settings);

  Result<void> read();

 private:
  static const Known* find(std::string_view name);
  static tl::unexpected<Error> refuse(const config::ActiveDirective& at, std::string_view why);
  std::string section(const config::ActiveDirective& at);
  Result<void> finish();

  std::string path(const std::string& name) const {
    return name.empty() || name.front() == '/' ? name : site_.server_root + "/" + name;
  }
  static std::string number(const std::string& text, std::int32_t least, std::int32_t& value);
  static std::string on_off(const std::string& text, bool& value);

  std::string listen(const Arguments& words);
  std::string document_root(const Arguments& words);
  std::string server_name(const Arguments& words);
  std::string pid_file(const Arguments& words);
  std::string error_log(const Arguments& words);
  std::string log_level(const Arguments& words);
  std::string log_format(const Arguments& words);
  std::string custom_log(const Arguments& words);
  std::string user(const Arguments& words);
  std::string group(const Arguments& words);
  std::string keep_alive(const Arguments& words);
  std::string keep_alive_timeout(const Arguments& words);
  std::string max_keep_alive(const Arguments& words);
  std::string timeout(const Arguments& words);
  std::string request_read_timeout(const Arguments& words);
  std::string graceful_shutdown(const Arguments& words);
  std::string request_line(const Arguments& words);
  std::string request_field_size(const Arguments& words);
  std::string request_fields(const Arguments& words);
  std::string sendfile(const Arguments& words);
  std::string directory_index(const Arguments& words);
  std::string add_type(const Arguments& words);
  std::string extended_status(const Arguments& words);
  std::string scoreboard_file(const Arguments& words);
  std::string set_handler(const Arguments& words);
  std::string backlog(const Arguments& words);
  std::string max_mem_free(const Arguments& words);
  std::string buckets(const Arguments& words);

  const config::Site& site_;
  Settings& settings_;
  std::map<std::string, std::string, std::less<>> formats_;
  std::string transfer_format_;
  struct PendingLog {
    const config::ActiveDirective* at;
    std::string file, format;
  };
  std::vector<PendingLog> logs_;
  const config::ActiveDirective* at_ = nullptr;
  std::string location_;  // the open <Location>; empty: none
};

}  // namespace mpm::builtin
