// SPDX-License-Identifier: Apache-2.0
//
// Two passes. The first finds the lines: it bounds each of them and knows when the head is whole,
// so that Beast sees a head once and to its end. The second is Beast's, which checks every byte.
// What Beast lets through and a server must not is refused here: folded fields, whose value would
// not be of the given bytes, transfer encodings other than "chunked", and doubts about the host.
#include "agent/builtin/request.h"

#include <limits>
#include <optional>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

namespace mpm::builtin {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using State = Parsed::State;

constexpr std::size_t kBlankLines = 100;  // before a request; httpd bounds them as it does fields

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

Parsed refused(int status) {
  return {.state = State::Refused, .status = status};
}

enum class LineEnd : std::uint8_t { Found, Missing, Bare, TooFar };

// The line at `at`, without its end, which is passed over when it is found.
LineEnd next_line(std::string_view bytes, std::size_t limit, std::size_t& at,
                  std::string_view& line) {
  const std::string_view rest = bytes.substr(at);
  const std::size_t end = rest.find('\n');
  line = rest.substr(0, end);
  const bool has_return = line.ends_with('\r');
  if (has_return) line.remove_suffix(1);
  if (line.size() > limit) return LineEnd::TooFar;
  if (end == std::string_view::npos) return LineEnd::Missing;
  if (!has_return) return LineEnd::Bare;
  at += end + 1;
  return LineEnd::Found;
}

// nullopt: go on.
std::optional<Parsed> verdict(LineEnd end, int when_too_far) {
  switch (end) {
    case LineEnd::Missing:
      return Parsed{};
    case LineEnd::Bare:
      return refused(400);
    case LineEnd::TooFar:
      return refused(when_too_far);
    case LineEnd::Found:
      break;
  }
  return std::nullopt;
}

// Whole: head_bytes is where the head ends, `start` where its request line begins.
Parsed find_head(std::string_view bytes, const RequestLimits& limits, std::size_t& start,
                 Request& request) {
  std::size_t at = 0;
  while (bytes.substr(at).starts_with("\r\n")) {
    at += 2;
    if (at > 2 * kBlankLines) return refused(400);
  }
  start = at;
  std::string_view line;
  const LineEnd end = next_line(bytes, limits.line, at, line);
  request.line = line.substr(0, limits.line);
  if (const auto early = verdict(end, 414)) return *early;
  request.protocol = line.substr(line.rfind(' ') + 1);
  // HTTP/0.9's "GET /" has no head whose end one could wait for.
  if (!request.protocol.starts_with("HTTP/")) return refused(400);

  for (std::size_t fields = 0;; ++fields) {
    if (const auto early = verdict(next_line(bytes, limits.field, at, line), 431)) return *early;
    if (line.empty()) return {.state = State::Whole, .head_bytes = at};
    if (line[0] == ' ' || line[0] == '\t') return refused(400);
    if (limits.fields != 0 && fields == limits.fields) return refused(431);
  }
}

bool may_be_a_host(std::string_view host) {
  for (const char c : host) {
    if (c <= ' ' || c == '\x7f') return false;  // what is not ASCII is negative
    constexpr std::string_view kDelimiters = "/\\?#@<>\"";
    if (kDelimiters.find(c) != std::string_view::npos) return false;
  }
  return true;
}

void split_query(Request& request, std::string_view target) {
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
}

// Of "http://host/path": the host, and what follows it. nullopt: the target has another form.
std::optional<std::string_view> host_of(std::string_view target, std::string_view& rest) {
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, colon);
  const std::string_view after = target.substr(colon + 1);
  const bool known = beast::iequals({scheme.data(), scheme.size()}, "http") ||
                     beast::iequals({scheme.data(), scheme.size()}, "https");
  if (!known || !after.starts_with("//")) return std::nullopt;
  const std::string_view authority = after.substr(2);
  const std::size_t end = authority.find_first_of("/?");
  rest = end == std::string_view::npos ? std::string_view{} : authority.substr(end);
  return authority.substr(0, end);
}

bool take_target(Request& request) {
  const std::string_view target = request.target;
  if (target.starts_with('/')) {
    split_query(request, target);
    return true;
  }
  if (target == "*") {
    request.path = target;
    return request.method == Method::Options;
  }
  std::string_view rest;
  const auto host = host_of(target, rest);
  if (!host || host->empty() || !may_be_a_host(*host)) return false;
  request.host = *host;
  split_query(request, rest);
  if (request.path.empty()) request.path = "/";
  return true;
}

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::Get;
    case http::verb::head:
      return Method::Head;
    case http::verb::options:
      return Method::Options;
    case http::verb::trace:
      return Method::Trace;
    default:
      return Method::Other;
  }
}

bool is_another_version(std::string_view protocol) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return protocol.size() == 8 && digit(protocol[5]) && protocol[6] == '.' && digit(protocol[7]) &&
         protocol != "HTTP/1.0" && protocol != "HTTP/1.1";
}

class Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(Request& request) : request_(request) {
    // Beast 1.74 forgets an error of the head when it goes on to the body in the same call.
    eager(false);
    // The lines are bounded already, and bodies are the caller's.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    // Not none: to 1.74 every length is above that.
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  // 0, or the status to refuse with.
  int parse(std::string_view head) {
    ErrorCode error;
    put(boost::asio::const_buffer(head.data(), head.size()), error);
    if (status_ != 0) return status_;
    if (error == http::error::bad_version && is_another_version(request_.protocol)) return 505;
    if (error || !is_header_done()) return 400;
    if (!request_.http_1_0 && !has_host_) return 400;
    // RFC 9112 6.1: the framing of such a message is faulty.
    if (request_.http_1_0 && chunked()) return 400;
    request_.has_body = chunked() || content_length().value_or(0) > 0;
    request_.keep_alive = !close_ && (keep_ || !request_.http_1_0);
    return 0;
  }

 private:
  void on_request_impl(http::verb verb, beast::string_view name, beast::string_view target,
                       int version, ErrorCode& error) override {
    request_.method = method_of(verb);
    request_.method_name = view(name);
    request_.target = view(target);
    request_.http_1_0 = version == 10;
    if (!take_target(request_)) refuse(400, error);
  }

  void on_field_impl(http::field name, beast::string_view, beast::string_view text,
                     ErrorCode& error) override {
    const std::string_view value = view(text);
    switch (name) {
      case http::field::host:
        return take_host(value, error);
      case http::field::connection:
        return take_connection(text);
      case http::field::transfer_encoding:
        // Beast takes an encoding that it does not know for no body at all.
        if (!beast::iequals(text, "chunked")) refuse(501, error);
        return;
      case http::field::range:
        return keep_first(request_.range, value);
      case http::field::if_range:
        return keep_first(request_.if_range, value);
      case http::field::if_modified_since:
        return keep_first(request_.if_modified_since, value);
      case http::field::if_unmodified_since:
        return keep_first(request_.if_unmodified_since, value);
      case http::field::if_none_match:
        return keep_first(request_.if_none_match, value);
      case http::field::if_match:
        return keep_first(request_.if_match, value);
      case http::field::referer:
        return keep_first(request_.referer, value);
      case http::field::user_agent:
        return keep_first(request_.user_agent, value);
      default:
        return;
    }
  }

  void take_host(std::string_view value, ErrorCode& error) {
    if (has_host_ || !may_be_a_host(value)) return refuse(400, error);
    has_host_ = true;
    // RFC 9112 3.2.2: the host of an absolute target counts, not this one.
    keep_first(request_.host, value);
  }

  void take_connection(beast::string_view value) {
    for (const beast::string_view token : http::token_list(value)) {
      close_ = close_ || beast::iequals(token, "close");
      keep_ = keep_ || beast::iequals(token, "keep-alive");
    }
  }

  static void keep_first(std::string_view& kept, std::string_view value) {
    if (kept.data() == nullptr) kept = value;
  }

  void refuse(int status, ErrorCode& error) {
    status_ = status;
    error = http::error::bad_value;
  }

  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(beast::string_view, ErrorCode&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, ErrorCode&) override {
    return 0;
  }
  void on_finish_impl(ErrorCode&) override {}

  Request& request_;
  int status_ = 0;
  bool has_host_ = false;
  bool close_ = false;
  bool keep_ = false;
};

}  // namespace

Parsed parse_request(std::string_view bytes, const RequestLimits& limits, Request& request) {
  request = Request{};
  std::size_t start = 0;
  const Parsed found = find_head(bytes, limits, start, request);
  if (found.state != State::Whole) return found;
  Parser parser(request);
  const int status = parser.parse(bytes.substr(start, found.head_bytes - start));
  return status == 0 ? found : refused(status);
}

}  // namespace mpm::builtin
