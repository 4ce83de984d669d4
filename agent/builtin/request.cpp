// SPDX-License-Identifier: Apache-2.0
//
// What Beast 1.74 is too lenient about is looked at first, in one pass over the lines: limits, bare
// line feeds, folded fields. Then its parser has the word on everything else.
#include "agent/builtin/request.h"

#include <algorithm>
#include <cstdint>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace mpm::builtin {
namespace {

namespace http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastView = boost::beast::string_view;
using BodyLength = boost::optional<std::uint64_t>;

std::string_view view(BeastView text) {
  return {text.data(), text.size()};
}

// Takes what the parser finds into a Request.
class HeadParser : public http::basic_parser<true> {
 public:
  HeadParser(Request& request, const RequestLimits& limits) : request_(request) {
    eager(false);
    body_limit(UINT64_MAX);  // of no interest here; Beast 1.74 takes "none" for 0
    // Ours are by line and were looked at before.
    const std::size_t most = limits.line + limits.field * limits.fields + 1024;
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(most, UINT32_MAX)));
  }

  int hosts() const { return hosts_; }

 private:
  void on_request_impl(http::verb method, BeastView name, BeastView target, int version,
                       BeastError&) override {
    request_.method = method == http::verb::get       ? Method::Get
                      : method == http::verb::head    ? Method::Head
                      : method == http::verb::options ? Method::Options
                      : method == http::verb::trace   ? Method::Trace
                                                      : Method::Other;
    request_.method_name = view(name);
    request_.target = view(target);
    request_.http_1_0 = version == 10;
  }

  void on_response_impl(int, BeastView, int, BeastError&) override {}

  void on_field_impl(http::field field, BeastView, BeastView value, BeastError&) override {
    switch (field) {
      case http::field::host:
        ++hosts_;
        request_.host = view(value);
        return;
      case http::field::range:
        request_.range = view(value);
        return;
      case http::field::if_range:
        request_.if_range = view(value);
        return;
      case http::field::if_modified_since:
        request_.if_modified_since = view(value);
        return;
      case http::field::if_unmodified_since:
        request_.if_unmodified_since = view(value);
        return;
      case http::field::if_none_match:
        request_.if_none_match = view(value);
        return;
      case http::field::if_match:
        request_.if_match = view(value);
        return;
      case http::field::referer:
        request_.referer = view(value);
        return;
      case http::field::user_agent:
        request_.user_agent = view(value);
        return;
      default:
        return;
    }
  }

  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(const BodyLength&, BeastError&) override {}
  std::size_t on_body_impl(BeastView, BeastError&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView, BeastError&) override { return 0; }
  void on_finish_impl(BeastError&) override {}

  Request& request_;
  int hosts_ = 0;
};

Parsed refused(int status) {
  return {Parsed::State::Refused, 0, status};
}

std::size_t empty_lines(std::string_view bytes) {
  std::size_t at = 0;
  while (bytes.substr(at, 2) == "\r\n")
    at += 2;
  return at;
}

// Where the head ends, just behind its empty line; 0: it is not all there.
struct Lines {
  std::size_t end = 0;
  int refused = 0;
  std::string_view first;
};

Lines look_at_lines(std::string_view head, const RequestLimits& limits) {
  Lines lines;
  std::size_t fields = 0;
  for (std::size_t at = 0;;) {
    const std::size_t feed = head.find('\n', at);
    const bool first = at == 0;
    const std::size_t length = (feed == std::string_view::npos ? head.size() : feed) - at;
    if (first && length > limits.line + 1) lines.refused = 414;
    if (!first && length > limits.field + 1) lines.refused = 431;
    if (feed == std::string_view::npos || lines.refused != 0) return lines;
    const bool bare = length == 0 || head[feed - 1] != '\r';
    const bool folded = !first && (head[at] == ' ' || head[at] == '\t');
    if (bare || folded) lines.refused = 400;
    if (first) lines.first = head.substr(0, feed - 1);
    if (!first && length == 1) {
      lines.end = feed + 1;
      return lines;
    }
    if (!first && ++fields > limits.fields) lines.refused = 431;
    if (lines.refused != 0) return lines;
    at = feed + 1;
  }
}

bool printable(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return false;
  return true;
}

// "HTTP/2.0" is a version that we do not speak; "HTTP/x" is none at all.
int status_for_version(std::string_view line) {
  const auto word = line.substr(line.rfind(' ') + 1);
  const bool well_formed = word.size() == 8 && word.substr(0, 5) == "HTTP/" && word[6] == '.' &&
                           word[5] >= '0' && word[5] <= '9' && word[7] >= '0' && word[7] <= '9';
  return well_formed && word != "HTTP/1.0" && word != "HTTP/1.1" ? 505 : 400;
}

// From the target to path and query; false when it has none of the forms of RFC 9112 3.2.
bool split_target(Request& request) {
  std::string_view target = request.target;
  if (!printable(target)) return false;
  if (request.method == Method::Options && target == "*") {
    request.path = target;
    return true;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.substr(0, scheme.size()) != scheme) continue;
    const auto slash = target.find_first_of("/?", scheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
    break;
  }
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  request.query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  if (request.path.empty()) request.path = "/";
  return request.path.front() == '/';
}

}  // namespace

Parsed parse_request(std::string_view bytes, const RequestLimits& limits, Request& request) {
  request = {};
  const std::size_t skipped = empty_lines(bytes);
  const std::string_view head = bytes.substr(skipped);
  if (head.empty() || head == "\r") return {};
  const Lines lines = look_at_lines(head, limits);
  request.line = lines.first;
  if (lines.refused != 0) return refused(lines.refused);
  if (lines.end == 0) return {};
  request.protocol = lines.first.substr(lines.first.rfind(' ') + 1);

  HeadParser parser(request, limits);
  BeastError error;
  parser.put(boost::asio::const_buffer(head.data(), lines.end), error);
  if (!parser.is_header_done() || (error && error != http::error::need_more)) {
    if (error == http::error::bad_version) return refused(status_for_version(lines.first));
    return refused(400);
  }
  const int version = status_for_version(lines.first);
  if (version == 505) return refused(505);
  if (parser.hosts() > 1 || (!request.http_1_0 && parser.hosts() == 0)) return refused(400);
  if (!split_target(request)) return refused(400);
  const bool has_length = parser.content_length().has_value();
  request.has_body = parser.chunked() || (has_length && *parser.content_length() > 0);
  request.keep_alive = parser.keep_alive();
  return {Parsed::State::Whole, skipped + lines.end, 0};
}

}  // namespace mpm::builtin
