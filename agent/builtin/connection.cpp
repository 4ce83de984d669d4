// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "agent/builtin/answer_head.h"
#include "agent/builtin/work.h"

namespace mpm::builtin {
namespace {

constexpr std::size_t kReadSize = 8192;
// Below this a file goes out with its head in one call; above, the kernel copies it.
constexpr std::int64_t kInline = std::int64_t{32} << 10U;
constexpr std::int64_t kMostAtOnce = std::int64_t{1} << 30;

// A thread serves many connections and each needs a buffer only while it is served, so the
// thread keeps the buffers and an idle connection has none.
struct Spare {
  std::string in, out;
};
Spare& spare() {
  thread_local Spare buffers;
  return buffers;
}
void borrow(std::string& buffer, std::string& from) {
  if (buffer.capacity() < kReadSize && from.capacity() >= kReadSize) {
    from.assign(buffer);
    buffer.swap(from);
  }
}
void give_back(std::string& buffer, std::string& to) {
  constexpr std::size_t kKept = std::size_t{64} << 10U;
  buffer.clear();
  if (buffer.capacity() <= kKept && to.capacity() < buffer.capacity()) to.swap(buffer);
  std::string().swap(buffer);
}

}  // namespace

Connection::Connection(Accepted accepted, const Generation& generation)
    : socket_(std::move(accepted.socket)),
      client_(std::move(accepted.client)),
      local_port_(accepted.local_port),
      settings_(generation.settings),
      head_since_(std::chrono::steady_clock::now()) {}

Next Connection::advance(const Seat& seat) {
  for (;;) {
    if (answering_)
      if (const auto next = go_on_answering(seat)) return *next;
    if (const auto next = take_request(seat)) return *next;
  }
}

// What to wait for; nothing when the answer is out and more has come already.
std::optional<Next> Connection::go_on_answering(const Seat& seat) {
  const Flow flow = send();
  if (flow == Flow::Again) return Next::Write;
  finish(seat, flow);
  if (flow == Flow::Gone || close_after_) return Next::Close;
  if (!in_.empty()) return std::nullopt;
  give_back(in_, spare().in);
  return Next::KeepAlive;
}

// What to wait for; nothing when there is an answer to send, or more was received.
std::optional<Next> Connection::take_request(const Seat& seat) {
  const RequestLimits limits{static_cast<std::size_t>(settings_.limit_request_line),
                             static_cast<std::size_t>(settings_.limit_request_field_size),
                             static_cast<std::size_t>(settings_.limit_request_fields)};
  const Parsed parsed = in_.empty() ? Parsed{} : parse_request(in_, limits, request_);
  head_bytes_ = parsed.head_bytes;
  switch (parsed.state) {
    case Parsed::State::Whole:
      respond(seat);
      return std::nullopt;
    case Parsed::State::Refused:
      refuse(seat, parsed.status);
      return std::nullopt;
    case Parsed::State::NeedMore:
      break;
  }
  const Flow flow = receive(MSG_DONTWAIT);
  if (flow == Flow::Done) return std::nullopt;
  if (flow == Flow::Gone) return Next::Close;
  return in_.empty() && requests_ > 0 ? Next::KeepAlive : Next::Read;
}

Connection::Flow Connection::receive(int flags) {
  borrow(in_, spare().in);
  const std::size_t had = in_.size();
  in_.resize(had + kReadSize);
  ssize_t got = 0;
  do {
    got = ::recv(socket_.get(), in_.data() + had, kReadSize, flags);
  } while (got < 0 && errno == EINTR);
  in_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got > 0) {
    if (had == 0) head_since_ = std::chrono::steady_clock::now();
    return Flow::Done;
  }
  if (in_.empty()) give_back(in_, spare().in);
  return got < 0 && errno == EAGAIN ? Flow::Again : Flow::Gone;
}

bool Connection::wait_for_request() {
  return receive(0) == Flow::Done;
}

Connection::Flow Connection::send() {
  while (out_sent_ < out_.size()) {
    const ssize_t sent = ::send(socket_.get(), out_.data() + out_sent_, out_.size() - out_sent_,
                                MSG_NOSIGNAL | MSG_DONTWAIT | (file_left_ > 0 ? MSG_MORE : 0));
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? Flow::Again : Flow::Gone;
    }
    out_sent_ += static_cast<std::size_t>(sent);
    sent_bytes_ += sent;
  }
  while (file_left_ > 0) {
    const ssize_t sent = ::sendfile(socket_.get(), file_.get(), &file_at_,
                                    static_cast<std::size_t>(std::min(file_left_, kMostAtOnce)));
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? Flow::Again : Flow::Gone;
    }
    if (sent == 0) return Flow::Gone;  // the file became shorter; only closing tells the client
    file_left_ -= sent;
    sent_bytes_ += sent;
  }
  return Flow::Done;
}

bool Connection::wants_keep_alive(const Seat& seat) const {
  if (!settings_.keep_alive || !request_.keep_alive || request_.has_body) return false;
  const std::int32_t most = settings_.max_keep_alive_requests;
  if (most > 0 && requests_ + 1 >= most) return false;
  return !seat.going && !seat.generation.outlived(seat.board);
}

void Connection::begin(const Seat& seat) {
  answering_ = true;
  status_ = 0;
  body_bytes_ = sent_bytes_ = 0;
  began_us_ = now_us();
  borrow(out_, spare().out);
  out_.clear();
  out_sent_ = 0;
  put_state(seat.score(), WorkerState::Writing);
  if (settings_.extended_status)
    begin_request(
        seat.score(),
        {client_, request_.line, settings_.vhost, request_.http_1_0 ? "http/1.0" : "http/1.1"},
        began_us_);
}

void Connection::refuse(const Seat& seat, int status) {
  begin(seat);
  close_after_ = true;
  answer_page(status);
}

void Connection::respond(const Seat& seat) {
  begin(seat);
  close_after_ = !wants_keep_alive(seat);
  client_closes_ = !request_.keep_alive && !request_.has_body && in_.size() == head_bytes_;
  const auto path = decode_path(request_.path);
  if (request_.path == "*" && request_.method == Method::Options)
    return put_body(200, "", "", "Allow: GET, HEAD, OPTIONS\r\n");
  if (!path) return answer_page(request_.path.find("%2") == std::string_view::npos ? 400 : 404);
  Handler handler = Handler::Files;
  for (const LocationHandler& location : settings_.locations)
    if (path->compare(0, location.path.size(), location.path) == 0 &&
        (path->size() == location.path.size() || location.path.back() == '/' ||
         (*path)[location.path.size()] == '/'))
      handler = location.handler;
  if (handler != Handler::Files && request_.method != Method::Get &&
      request_.method != Method::Head)
    return answer_page(405, "Allow: GET, HEAD\r\n");
  if (handler == Handler::Status) return answer_status(seat);
  if (handler == Handler::Work) return answer_work();
  answer_file(seat, *path);
}

Moment Connection::due(Next next, Moment now) const {
  switch (next) {
    case Next::KeepAlive:
      return now + settings_.keep_alive_timeout;
    case Next::Write:
      return now + settings_.timeout;
    case Next::Close:
    case Next::Read:
      break;
  }
  const Moment gap = now + settings_.timeout;
  if (settings_.header_timeout.count() == 0) return gap;
  milliseconds whole = settings_.header_timeout;
  if (settings_.header_min_rate > 0)
    whole = std::min(settings_.header_timeout_most,
                     whole + milliseconds(1000 * in_.size() /
                                          static_cast<std::size_t>(settings_.header_min_rate)));
  return std::min(gap, head_since_ + whole);
}

void Connection::time_out(const Seat& seat, Next next) {
  if (next == Next::Write) return finish(seat, Flow::Gone);
  if (next != Next::Read || in_.empty()) return;
  request_ = {};
  head_bytes_ = in_.size();
  refuse(seat, 408);
  finish(seat, send());
}

void Connection::finish(const Seat& seat, Flow how) {
  answering_ = false;
  file_.reset();
  file_left_ = 0;
  const std::int64_t now = now_us();
  const std::int64_t took = std::max<std::int64_t>(0, now - began_us_);
  if (settings_.extended_status) {
    tms used{};
    ::times(&used);
    end_request(seat.score(), sent_bytes_, now, used);
  }
  if (seat.generation.logs.has_access()) {
    put_state(seat.score(), WorkerState::Logging);
    const std::string_view query = request_.query;
    seat.generation.logs.access({
        .client = client_,
        .request_line = request_.line,
        .method = request_.method_name,
        .path = request_.path,
        .query = query.empty() ? query : std::string_view(query.data() - 1, query.size() + 1),
        .protocol = request_.protocol,
        .host = request_.host,
        .referer = request_.referer,
        .user_agent = request_.user_agent,
        .status = status_,
        .body_bytes = body_bytes_,
        .sent_bytes = sent_bytes_,
        .started_us = began_us_,
        .took_us = took,
        .server_name = settings_.server_name,
        .port = local_port_,
        .requests_before = requests_,
        .aborted = how != Flow::Done,
        .kept_alive = !close_after_,
    });
  }
  ++requests_;
  give_back(out_, spare().out);
  request_ = {};
  in_.erase(0, head_bytes_);
  head_since_ = std::chrono::steady_clock::now();
}

bool Connection::linger() {
  // A client that said it sends no more, and did not, loses nothing by a plain close.
  if (client_closes_) return false;
  return ::shutdown(socket_.get(), SHUT_WR) == 0;
}

bool Connection::drained() {
  std::array<char, 4096> rest;
  for (int i = 0; i < 64; ++i) {
    const ssize_t got = ::recv(socket_.get(), rest.data(), rest.size(), MSG_DONTWAIT);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    return got == 0 || errno != EAGAIN;
  }
  return false;
}

// What a request gets.

void Connection::write_head(int status, std::string_view type, std::int64_t length,
                            std::string_view extra) {
  status_ = status;
  const std::int32_t most = settings_.max_keep_alive_requests;
  append_head(out_, {.status = status,
                     .type = type,
                     .length = length,
                     .extra = extra,
                     .keep_alive = !close_after_,
                     .timeout_seconds = settings_.keep_alive_timeout.count() / 1000,
                     .left = most > 0 ? most - requests_ - 1 : 0});
}

void Connection::put_body(int status, std::string_view body, std::string_view type,
                          std::string_view extra) {
  write_head(status, type, static_cast<std::int64_t>(body.size()), extra);
  if (request_.method == Method::Head) return;
  out_ += body;
  body_bytes_ = static_cast<std::int64_t>(body.size());
}

void Connection::answer_page(int status, std::string_view extra_head) {
  put_body(status, error_page(status), "text/html; charset=utf-8", extra_head);
}

void Connection::answer_status(const Seat& seat) {
  const StatusAnswer answer = status_answer(seat, request_.query);
  put_body(200, answer.body, answer.type, answer.extra);
}

void Connection::answer_work() {
  const auto work = parse_work(request_.query);
  if (!work) return answer_page(400);
  perform(*work);
  put_body(200, "done\n", "text/plain");
}

void Connection::answer_file(const Seat& seat, const std::string& path) {
  FileAnswer answer = seat.generation.root.answer(request_, path, settings_);
  fmt::memory_buffer extra;
  const auto out = std::back_inserter(extra);
  if (!answer.content_range.empty())
    fmt::format_to(out, "Content-Range: {}\r\n", answer.content_range);
  if (!answer.location.empty()) fmt::format_to(out, "Location: {}\r\n", answer.location);
  if (answer.status == 405) fmt::format_to(out, "Allow: GET, HEAD\r\n");
  if (answer.modified > 0 && answer.status < 400) append_modified(extra, answer.modified);
  if (!answer.etag.empty()) fmt::format_to(out, "ETag: {}\r\n", answer.etag);
  const std::string_view head(extra.data(), extra.size());
  if (answer.status == 304) return write_head(304, "", -1, head);
  if (answer.status != 200 && answer.status != 206) return answer_page(answer.status, head);

  fmt::format_to(out, "Accept-Ranges: bytes\r\n");
  write_head(answer.status, answer.content_type, answer.length,
             std::string_view(extra.data(), extra.size()));
  if (request_.method == Method::Head) return;
  body_bytes_ = answer.length;
  if (answer.length > kInline && settings_.enable_sendfile) {
    file_ = std::move(answer.file);
    file_at_ = answer.offset;
    file_left_ = answer.length;
    return;
  }
  append_file(out_, answer);
}

}  // namespace mpm::builtin
