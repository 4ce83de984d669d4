// SPDX-License-Identifier: Apache-2.0
//
// Whatever the bytes: a request waits, is refused with a status of the contract, or is whole and
// its parts are parts of the bytes. The input is copied to a block of exactly its size, so that a
// sanitizer sees one read too many.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "agent/builtin/request.h"

namespace {

using mpm::builtin::Parsed;
using mpm::builtin::Request;

// Small, so that short inputs reach them.
constexpr mpm::builtin::RequestLimits kLimits{.line = 400, .field = 400, .fields = 20};

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_of(std::string_view part, std::string_view bytes) {
  if (part.empty()) return true;
  return part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size();
}

void check_whole(std::string_view bytes, const Parsed& parsed, const Request& request) {
  require(parsed.head_bytes <= bytes.size());
  const std::string_view head = bytes.substr(0, parsed.head_bytes);
  require(head.ends_with("\r\n\r\n"));
  for (const std::string_view part :
       {request.line, request.method_name, request.target, request.query, request.protocol,
        request.host, request.range, request.if_range, request.if_modified_since,
        request.if_unmodified_since, request.if_none_match, request.if_match, request.referer,
        request.user_agent})
    require(is_of(part, head) && part.find('\n') == std::string_view::npos);
  require(request.path == "/" || is_of(request.path, head));
  require(request.path.starts_with('/') || request.path == "*");
  require(request.line.size() <= kLimits.line);

  Request again;
  require(parse_request(head, kLimits, again).state == Parsed::State::Whole);
  const std::string_view cut = head.substr(0, head.size() - 1);
  require(parse_request(cut, kLimits, again).state == Parsed::State::NeedMore);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);
  const std::string_view bytes(exact.data(), exact.size());
  Request request;
  const Parsed parsed = parse_request(bytes, kLimits, request);
  switch (parsed.state) {
    case Parsed::State::NeedMore:
      break;
    case Parsed::State::Refused:
      require(parsed.status == 400 || parsed.status == 414 || parsed.status == 431 ||
              parsed.status == 501 || parsed.status == 505);
      require(is_of(request.line, bytes) && is_of(request.host, bytes));
      break;
    case Parsed::State::Whole:
      check_whole(bytes, parsed, request);
      break;
  }
  return 0;
}
