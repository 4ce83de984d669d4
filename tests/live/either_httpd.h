// SPDX-License-Identifier: Apache-2.0
//
// For tests that are built twice: against Debian's httpd, and against mpm-httpd.
#pragma once

#include <string>
#include <utility>

#include "tests/support/private_httpd.h"

namespace mpm {

inline constexpr bool kApache = MPM_AGAINST_APACHE != 0;

inline HttpdOptions either_httpd(Mpm mpm, std::string directives = {}) {
  HttpdOptions options;
  if (!kApache) options = builtin_httpd(mpm);
  options.mpm = mpm;
  options.directives = std::move(directives);
  return options;
}

}  // namespace mpm
