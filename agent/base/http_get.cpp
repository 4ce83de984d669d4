// SPDX-License-Identifier: Apache-2.0
//
// Every step is an asynchronous one on a stream that expires at the deadline, run to its end
// before the next begins: so one clock ends them all, the TLS handshake included, without a
// second thread. Boost.Beast's parser bounds the head and the body of what comes.
#include "agent/base/http_get.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/core.h>

namespace mpm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Kind = Error::Kind;

struct Url {
  bool tls = false;
  std::string host;  // an IPv6 address without its brackets
  int port = 0;
  std::string target;     // path and query, from its first '/'
  std::string authority;  // as written, for the Host header
};

tl::unexpected<Error> not_a_url(const std::string& url, std::string_view why) {
  return fail(Kind::Usage, fmt::format("\"{}\" is not a URL to GET: {}; write it like "
                                       "http://127.0.0.1/server-status?auto",
                                       url, why));
}

std::optional<int> port_number(std::string_view digits) {
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (port < 1 || port > 65535) return std::nullopt;
  return port;
}

// A blank or a control character would let the URL write request headers of its own.
bool has_blank_or_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

// "host", "host:port", "[::1]", "[::1]:port".
Result<Url> parse_authority(const std::string& url, std::string_view authority, Url parsed) {
  std::string_view host = authority;
  std::string_view rest;
  if (authority.substr(0, 1) == "[") {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return not_a_url(url, "the '[' of its address is open");
    host = authority.substr(1, close - 1);
    rest = authority.substr(close + 1);
  } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    rest = authority.substr(colon);
  }
  if (host.empty()) return not_a_url(url, "it names no host");
  if (host.find('@') != std::string_view::npos) {
    return not_a_url(url, "a user name in it is not supported");
  }
  parsed.host = host;
  parsed.port = parsed.tls ? 443 : 80;
  if (rest.empty()) return parsed;
  const auto port = rest[0] == ':' ? port_number(rest.substr(1)) : std::nullopt;
  if (!port) return not_a_url(url, "its port is not a number from 1 to 65535");
  parsed.port = *port;
  return parsed;
}

Result<Url> parse_url(const std::string& url) {
  if (has_blank_or_control(url)) return not_a_url(url, "it has a blank or a control character");
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return not_a_url(url, "it has no http:// or https://");
  const std::string_view scheme = std::string_view(url).substr(0, scheme_end);
  if (scheme != "http" && scheme != "https") {
    return not_a_url(url, fmt::format("its scheme is {}, not http or https", scheme));
  }
  std::string_view rest = std::string_view(url).substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto authority_end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, authority_end);

  Url parsed;
  parsed.authority = authority;
  parsed.tls = scheme == "https";
  parsed.target = authority_end == std::string_view::npos ? "" : rest.substr(authority_end);
  if (parsed.target.substr(0, 1) != "/") parsed.target.insert(0, "/");
  return parse_authority(url, authority, std::move(parsed));
}

Error why_not(const std::string& url, const HttpGetOptions& options, ErrorCode error) {
  if (error == beast::error::timeout) {
    return {Kind::TimedOut, fmt::format("{} did not answer completely within {} ms; the server "
                                        "may have no worker free to answer",
                                        url, options.deadline.count())};
  }
  if (error == http::error::body_limit) {
    return {Kind::Malformed, fmt::format("{} sends more than {} bytes; check that the URL is that "
                                         "of a status page",
                                         url, options.max_bytes)};
  }
  return {Kind::Malformed,
          fmt::format("{} did not answer with a complete HTTP answer ({}); check that an HTTP "
                      "server listens there",
                      url, error.message())};
}

Error unreachable(const std::string& url, const HttpGetOptions& options, ErrorCode error) {
  if (error == beast::error::timeout) {
    return {Kind::TimedOut, fmt::format("{} did not accept a connection within {} ms", url,
                                        options.deadline.count())};
  }
  return {Kind::Unreachable,
          fmt::format("{} cannot be reached ({}); start the server or correct the address", url,
                      error.message())};
}

Error no_tls(const std::string& url, const HttpGetOptions& options, ErrorCode error) {
  if (error == beast::error::timeout) return why_not(url, options, error);
  return {Kind::Unreachable,
          fmt::format("{} cannot be reached over TLS ({}); use a host name that its certificate is "
                      "for, or http:// on the loopback address",
                      url, error.message())};
}

// Runs one asynchronous operation to its end; `start` gets what to call then.
template <class Start>
ErrorCode run_to_end(asio::io_context& io, Start start) {
  ErrorCode outcome;
  start([&outcome](ErrorCode error, const auto&...) { outcome = error; });
  io.restart();
  io.run();
  return outcome;
}

template <class Stream>
Result<HttpAnswer> ask(asio::io_context& io, Stream& stream, const std::string& url,
                       const Url& parsed, const HttpGetOptions& options) {
  http::request<http::empty_body> request{http::verb::get, parsed.target, 11};
  request.set(http::field::host, parsed.authority);
  request.set(http::field::accept, "*/*");
  request.set(http::field::user_agent, "mpm-agent");
  request.set(http::field::connection, "close");
  ErrorCode error =
      run_to_end(io, [&](auto then) { http::async_write(stream, request, std::move(then)); });
  if (error) return fail(why_not(url, options, error));

  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(options.max_bytes);
  // The head by itself: Beast 1.74 forgets that the length is above the limit when some of the
  // body came with it.
  error = run_to_end(
      io, [&](auto then) { http::async_read_header(stream, buffer, parser, std::move(then)); });
  if (error) return fail(why_not(url, options, error));
  error =
      run_to_end(io, [&](auto then) { http::async_read(stream, buffer, parser, std::move(then)); });
  // Many servers close a TLS connection without taking leave; a body is whole then if its
  // length was told, and the parser knows that.
  const bool no_leave = error == asio::ssl::error::stream_truncated && parser.is_done();
  if (error && !no_leave) return fail(why_not(url, options, error));

  const auto& answer = parser.get();
  return HttpAnswer{.status = static_cast<int>(answer.result_int()),
                    .content_type = std::string(answer[http::field::content_type]),
                    .date = std::string(answer[http::field::date]),
                    .body = answer.body()};
}

Result<HttpAnswer> ask_over_tls(asio::io_context& io, beast::tcp_stream connection,
                                const std::string& url, const Url& parsed,
                                const HttpGetOptions& options) {
  asio::ssl::context trust(asio::ssl::context::tls_client);
  trust.set_default_verify_paths();
  trust.set_verify_mode(asio::ssl::verify_peer);
  trust.set_verify_callback(asio::ssl::host_name_verification(parsed.host));
  beast::ssl_stream<beast::tcp_stream> stream(std::move(connection), trust);
  ErrorCode not_an_address;
  asio::ip::make_address(parsed.host, not_an_address);
  if (not_an_address) {  // what the macro SSL_set_tlsext_host_name does, without its cast
    std::string name = parsed.host;
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             name.data());
  }
  const ErrorCode error = run_to_end(io, [&](auto then) {
    stream.async_handshake(asio::ssl::stream_base::client, std::move(then));
  });
  if (error) return fail(no_tls(url, options, error));
  return ask(io, stream, url, parsed, options);
}

Result<HttpAnswer> exchange(const std::string& url, const Url& parsed,
                            const HttpGetOptions& options) {
  asio::io_context io;
  ErrorCode error;
  asio::ip::tcp::resolver resolver(io);
  const auto addresses = resolver.resolve(parsed.host, std::to_string(parsed.port), error);
  if (error) return fail(unreachable(url, options, error));
  beast::tcp_stream connection(io);
  connection.expires_after(options.deadline);
  error = run_to_end(io, [&](auto then) { connection.async_connect(addresses, std::move(then)); });
  if (error) return fail(unreachable(url, options, error));
  if (parsed.tls) return ask_over_tls(io, std::move(connection), url, parsed, options);
  return ask(io, connection, url, parsed, options);
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& url, HttpGetOptions options) {
  const auto parsed = parse_url(url);
  if (!parsed) return tl::unexpected(parsed.error());
  // Asio throws when a descriptor or a TLS context cannot be made.
  try {
    return exchange(url, *parsed, options);
  } catch (const std::exception& thrown) {
    return fail(Kind::Internal, fmt::format("GET {} failed: {}", url, thrown.what()));
  }
}

}  // namespace mpm
