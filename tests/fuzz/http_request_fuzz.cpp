// SPDX-License-Identifier: Apache-2.0
//
// The head of a request from any bytes: what it gives lies inside what was given, a head that is
// whole ends with its empty line, and its path never leads upwards.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/builtin/file_answer.h"
#include "agent/builtin/request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mpm::builtin;
  // A copy of its own, so that a read beyond it is seen.
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  Request request;
  const Parsed parsed = parse_request(bytes, {.line = 200, .field = 200, .fields = 20}, request);
  const auto inside = [&](std::string_view view) {
    return view.empty() ||
           (view.data() >= bytes.data() &&
            view.data() + view.size() <= bytes.data() + bytes.size()) ||
           view == "/";
  };
  for (const std::string_view view : {request.line, request.target, request.path, request.query,
                                      request.host, request.range, request.user_agent})
    if (!inside(view)) std::abort();
  if (parsed.state != Parsed::State::Whole) return 0;
  if (parsed.head_bytes > bytes.size() || bytes.compare(parsed.head_bytes - 4, 4, "\r\n\r\n") != 0)
    std::abort();
  const auto path = decode_path(request.path);
  if (path && (*path + "/").find("/../") != std::string::npos) std::abort();
  parse_range(request.range, 1000);
  return 0;
}
