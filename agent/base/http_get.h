// SPDX-License-Identifier: Apache-2.0
//
// One HTTP GET, with an end. A saturated httpd accepts a connection in its listen queue and
// says nothing for minutes; whoever asks it for its status must not hang with it. So the
// deadline holds for the whole exchange, from the connect to the last byte, however slowly
// the bytes come. Only the look-up of a host's name is beyond it (the resolver has its own
// limit); an address, as in http://127.0.0.1/server-status, needs none.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "schema/model/result.h"

namespace mpm {

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string date;  // the server's Date header, always GMT; empty when it sent none
  std::string body;
};

struct HttpGetOptions {
  std::chrono::milliseconds deadline{5000};
  std::size_t max_bytes = std::size_t{4} << 20;  // of the body, unpacked
};

// GETs an http:// or https:// URL. Redirects are not followed; every status is an answer,
// 404 as much as 200. A certificate must be valid for the host that the URL names.
// Usage: the text is no such URL. Unreachable: refused, no such host, or an untrusted
// certificate. TimedOut: the deadline passed. Malformed: what came is not HTTP, was cut
// off, or is larger than max_bytes.
// Safe from any thread; blocks up to the deadline.
Result<HttpAnswer> http_get(const std::string& url, HttpGetOptions options = {});

}  // namespace mpm
