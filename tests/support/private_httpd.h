// SPDX-License-Identifier: Apache-2.0
//
// A server of a test's own: Debian's httpd, or mpm-httpd, with a configuration in a temporary
// directory, on a free port of 127.0.0.1, ended by its pid.
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "schema/model/scoreboard.h"
#include "tests/support/temp_dir.h"

namespace mpm {

struct HttpdOptions {
  Mpm mpm = Mpm::Event;
  std::string directives{};  // of the test's own, in a file extra.conf that is included last
  bool php = false;
  bool status_page = true;
  std::string binary = "/usr/sbin/apache2";
  std::string arguments{};  // added to the command line, "-D BIG"
};

// mpm-httpd with the same configuration, as far as it has the modules; what httpd has of ours
// at /lab it has itself at /work.
HttpdOptions builtin_httpd(Mpm mpm, std::string directives = {});

class PrivateHttpd {
 public:
  // Fails the test's process when the server does not answer within ten seconds.
  explicit PrivateHttpd(HttpdOptions options = {});
  ~PrivateHttpd();
  PrivateHttpd(const PrivateHttpd&) = delete;
  PrivateHttpd& operator=(const PrivateHttpd&) = delete;

  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }
  std::string target() const { return std::to_string(pid_); }
  std::string url(const std::string& path = "/server-status") const;
  const TempDir& dir() const { return dir_; }
  std::string extra_conf() const { return dir_ / "extra.conf"; }
  std::string error_log() const;
  std::string access_log() const;  // mpm-httpd only

  void graceful() const;  // USR1
  void restart() const;   // HUP
  void stop();            // TERM, and waits
  void start();           // again, with a new pid
  // Somebody else stopped and started it; 0: it is stopped.
  void has_pid(pid_t pid) { pid_ = pid; }

 private:
  const HttpdOptions options_;
  const TempDir dir_;
  const std::uint16_t port_;
  pid_t pid_ = 0;
};

}  // namespace mpm
