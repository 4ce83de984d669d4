// SPDX-License-Identifier: Apache-2.0
//
// The head of one HTTP request, taken from bytes by Boost.Beast's parser. Nothing is copied: the
// views point into the bytes that were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mpm::builtin {

enum class Method : std::uint8_t { Get, Head, Options, Trace, Other };

struct Request {
  Method method = Method::Other;
  std::string_view line{};  // "GET /cart?id=1 HTTP/1.1"
  std::string_view method_name{};
  std::string_view target{};    // "/cart?id=1", as sent
  std::string_view path{};      // "/cart", still with its %xx
  std::string_view query{};     // "id=1", without '?'
  std::string_view protocol{};  // "HTTP/1.1"
  std::string_view host{};
  std::string_view range{};
  std::string_view if_range{};
  std::string_view if_modified_since{};
  std::string_view if_unmodified_since{};
  std::string_view if_none_match{};
  std::string_view if_match{};
  std::string_view referer{};
  std::string_view user_agent{};
  bool http_1_0 = false;
  bool keep_alive = false;  // as the client wants it
  bool has_body = false;    // a length above 0, or chunks
};

struct RequestLimits {
  std::size_t line = 8190;   // bytes of the request line: LimitRequestLine
  std::size_t field = 8190;  // bytes of one header field: LimitRequestFieldSize
  std::size_t fields = 100;  // of them: LimitRequestFields; 0: without end
};

struct Parsed {
  enum class State : std::uint8_t { NeedMore, Whole, Refused };
  State state = State::NeedMore;
  std::size_t head_bytes = 0;  // of the request's head with its empty line, when Whole
  int status = 0;              // when Refused: 400, 414, 431, 501 or 505
};

// Leading empty lines are passed over, as RFC 9112 2.2 wants it; they count in head_bytes.
// `request` is filled when the head is whole, and as far as it goes when it is refused.
Parsed parse_request(std::string_view bytes, const RequestLimits& limits, Request& request);

}  // namespace mpm::builtin
