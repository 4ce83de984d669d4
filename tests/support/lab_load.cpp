// SPDX-License-Identifier: Apache-2.0
//
// The open-loop load as a program:
//   lab_load PORT PATH REQUESTS_PER_SECOND SECONDS
#include <cstdlib>

#include <fmt/format.h>

#include "cli/load.h"

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: lab_load PORT PATH REQUESTS_PER_SECOND SECONDS\n");
    return 2;
  }
  mpm::LoadOptions options;
  options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  options.path = argv[2];
  options.per_second = std::atof(argv[3]);
  options.span = std::chrono::milliseconds(static_cast<std::int64_t>(std::atof(argv[4]) * 1000));
  if (options.port == 0 || options.per_second <= 0 || options.span.count() <= 0) {
    fmt::print(stderr, "lab_load: the port, the rate and the seconds must be above 0\n");
    return 2;
  }
  const mpm::LoadResult result = mpm::generate(options);
  fmt::print("{} requests, {} answered, {} failed; half within {:.3f} s, 99 % within {:.3f} s\n",
             result.begun, result.answered, result.failed, result.p50_seconds, result.p99_seconds);
  return 0;
}
