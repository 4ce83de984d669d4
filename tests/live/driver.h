// SPDX-License-Identifier: Apache-2.0
//
// A private server and the driver that the agent would have of it.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "agent/base/clock.h"
#include "agent/scoreboard/process_memory.h"
#include "agent/target/discover.h"
#include "agent/target/scoreboard_probe.h"
#include "agent/target/server_driver.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {

inline Target target_named(std::int32_t pid) {
  Recognizer recognizer;
  const auto target = target_of(ProcFs(), MemoryProbe(ProcFs()), recognizer, pid);
  EXPECT_TRUE(target) << target.error().what;
  return target ? *target : Target();
}

inline std::unique_ptr<ServerDriver> driver_of(const Target& target, Clock& clock,
                                               DriverOptions options = {}) {
  auto driver = ServerDriver::of(target, ProcFs(), clock, std::move(options));
  EXPECT_TRUE(driver) << driver.error().what;
  return std::move(*driver);
}

// -1 when it cannot be read.
inline std::int32_t generation_of(std::int32_t pid) {
  const auto board = ProcessMemorySource(pid).read();
  return board ? board->generation : -1;
}

}  // namespace mpm
