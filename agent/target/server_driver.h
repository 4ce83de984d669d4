// SPDX-License-Identifier: Apache-2.0
//
// The driver of a server that runs on this host: httpd or mpm-httpd, which speak one language. It
// is driven as its owner would: a unit by systemctl, any other by httpd's own signals, and a
// server that another hand keeps running is stopped and started by that hand alone.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/subprocess.h"
#include "agent/proc/proc_fs.h"
#include "agent/target/driver.h"
#include "agent/target/server_process.h"
#include "agent/target/supervisor.h"
#include "schema/model/result.h"
#include "schema/model/target.h"

namespace mpm {

struct DriverOptions {
  Systemd systemd;
  std::chrono::milliseconds check{60000};  // for -t; a large configuration takes seconds
  std::chrono::milliseconds order{90000};  // for systemctl reload and restart
  std::chrono::milliseconds stop{30000};   // from SIGTERM until the parent is gone
  std::chrono::milliseconds start{30000};  // until the start has returned and the server is found
};

class ServerDriver final : public TargetDriver {
 public:
  // The clock must outlive the driver. Usage: the server is known only by its status page.
  // NotFound: it has ended.
  static Result<std::unique_ptr<ServerDriver>> of(Target target, const ProcFs& proc, Clock& clock,
                                                  DriverOptions options = {});

  Result<CheckReport> check() override;
  Result<LoadReport> load(LoadWay way) override;
  bool is_alive() const override;
  const Target& target() const override { return target_; }

 private:
  ServerDriver(Target target, ProcFs proc, Clock& clock, DriverOptions options,
               ServerProcess process);

  Result<Outcome> run_check(CheckReport& report) const;
  Result<void> may_start() const;
  LoadReport begin(LoadWay way, std::string how) const;
  Result<LoadReport> send(LoadWay way);
  Result<LoadReport> ask_systemd(LoadWay way, const std::string& unit);
  Result<LoadReport> stop_and_start();
  void wait_for_end();
  void start(LoadReport& report);
  // Makes the server its own again when it has a new parent; false when none is found in time.
  bool find_successor(std::chrono::steady_clock::time_point end);
  bool adopt(std::int32_t pid);
  void pause() const;

  Target target_;
  const ProcFs proc_;
  Clock& clock_;
  const DriverOptions options_;
  ServerProcess process_;
  // Read while the server ran: /proc forgets them with it, and one that ended of what it was told
  // to load is to be started again.
  Result<Supervisor> supervisor_;
  Result<ProcessPlace> place_;
  std::vector<std::vector<std::string>> cgroups_;
};

}  // namespace mpm
