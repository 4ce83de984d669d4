// SPDX-License-Identifier: Apache-2.0
//
// One GET, with a deadline that holds for the whole exchange: a server that is full accepts a
// connection in the kernel and says nothing, another may say one byte a second.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "schema/model/result.h"

namespace mpm {

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

struct HttpGetOptions {
  std::chrono::milliseconds deadline{5000};  // looking up the host's name is not counted
  std::size_t max_bytes = std::size_t{4} << 20;
};

// Redirections are answers, not followed. Usage: `url` is none. Unreachable: no such host, or
// nobody listens. TimedOut: the deadline. Malformed: the answer is not HTTP, or too large.
Result<HttpAnswer> http_get(const std::string& url, HttpGetOptions options = {});

}  // namespace mpm
