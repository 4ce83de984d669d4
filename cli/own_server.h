// SPDX-License-Identifier: Apache-2.0
//
// mpm-httpd for the length of one command: on a free port of 127.0.0.1, with everything that it
// reads and writes in a private directory.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include <sys/types.h>

#include "cli/server_config.h"
#include "schema/model/result.h"

namespace mpm {

// Thread safety: finish() may be called from any thread, also while start() waits.
class OwnServer {
 public:
  OwnServer() = default;
  ~OwnServer() { finish(); }
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  // Starts it and waits until it answers. NotFound when there is no mpm-httpd; Unreachable when
  // it ends before it answers, with the last line of its log; TimedOut when it does not answer.
  Result<void> start(const ServerShape& shape);

  // Ends it with SIGTERM, and with SIGKILL what is then left of it after a while, and removes its
  // directory. Harmless when none runs.
  void end();
  // The same, and none is started any more.
  void finish();

  pid_t pid() const { return child_; }
  std::uint16_t port() const { return place_.port; }

 private:
  Result<void> launch(const ServerShape& shape);
  Result<void> wait_until_it_answers();
  void end_locked();

  std::mutex mutex_;
  ServerPlace place_;
  pid_t child_ = 0;
  bool finished_ = false;
};

}  // namespace mpm
