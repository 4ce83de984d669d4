// SPDX-License-Identifier: Apache-2.0
//
// A limit on the requests in service that moves while a simulated server runs, as an adaptive
// limiter in front of httpd would keep it. What is above the limit waits in the kernel's queue.
#pragma once

#include <cstdint>

#include "agent/advise/model/load.h"

namespace mpm::model {

class Limiter {
 public:
  virtual ~Limiter() = default;
  virtual std::int32_t limit() const = 0;
  // A request was answered, so long after its worker began; with it so many were in service.
  virtual void answered(Time took, std::int32_t in_service, Time now) = 0;
};

}  // namespace mpm::model
