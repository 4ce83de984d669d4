// SPDX-License-Identifier: Apache-2.0
#include "gui/client/http_response.h"

#include <algorithm>

namespace mpm::gui {
namespace {

constexpr qsizetype kLongestHead = 16 * 1024;
// 10,240 workers in 10,240 processes take 2 MB.
constexpr qsizetype kLongestBody = 64 * 1024 * 1024;

tl::unexpected<Error> malformed(const char* what) {
  return fail(Error::Kind::Malformed, std::string("What answers there is no agent of ours, or of "
                                                  "another version: ") +
                                          what);
}

}  // namespace

Result<bool> HttpResponse::take(const QByteArray& bytes) {
  pending_ += bytes;
  for (;;) {
    auto moved = advance();
    if (!moved) return fail(std::move(moved.error()));
    if (part_ == Part::Whole) return true;
    if (!*moved) return false;
  }
}

Result<bool> HttpResponse::take_end() {
  if (part_ == Part::Body && left_ < 0) return true;
  return fail(Error::Kind::Unreachable, "The agent ended in the middle of an answer.");
}

Result<void> HttpResponse::read_head(const QByteArray& head) {
  const QList<QByteArray> lines = head.split('\n');
  const QByteArray& first = lines.front();
  bool numeric = false;
  status_ = first.mid(9, 3).toInt(&numeric);
  if (!first.startsWith("HTTP/1.") || !numeric || status_ < 100 || status_ > 599)
    return malformed("it speaks no HTTP.");
  for (qsizetype i = 1; i < lines.size(); ++i) {
    const qsizetype colon = lines[i].indexOf(':');
    if (colon < 0) return malformed("its headers are none.");
    const QByteArray name = lines[i].left(colon).trimmed().toLower();
    const QByteArray value = lines[i].mid(colon + 1).trimmed();
    if (name == "transfer-encoding") chunked_ = value.toLower() == "chunked";
    if (name != "content-length") continue;
    left_ = value.toLongLong(&numeric);
    if (!numeric || left_ < 0 || left_ > kLongestBody)
      return malformed("the length of its answer is none.");
  }
  part_ = chunked_ ? Part::ChunkSize : Part::Body;
  return {};
}

Result<bool> HttpResponse::advance() {
  if (part_ == Part::Head) {
    // What cannot become a head any more is not waited for.
    if (!QByteArrayLiteral("HTTP/1.").startsWith(pending_.left(7)))
      return malformed("it speaks no HTTP.");
    const qsizetype end = pending_.indexOf("\r\n\r\n");
    if (end < 0 && pending_.size() > kLongestHead) return malformed("its head has no end.");
    if (end < 0) return false;
    if (auto read = read_head(pending_.left(end)); !read) return fail(std::move(read.error()));
    pending_.remove(0, end + 4);
    return true;
  }
  if (part_ != Part::Body) return advance_chunks();
  take_body(left_ < 0 ? pending_.size() : left_);
  if (body_.size() > kLongestBody) return malformed("its answer has no end.");
  if (left_ == 0) part_ = Part::Whole;
  return false;
}

Result<bool> HttpResponse::advance_chunks() {
  if (part_ == Part::Chunk) {
    take_body(left_);
    if (body_.size() > kLongestBody) return malformed("its answer has no end.");
    if (left_ > 0) return false;
    part_ = Part::ChunkEnd;
    return true;
  }
  QByteArray line;
  auto taken = take_line(line);
  if (!taken || !*taken) return taken;
  if (part_ == Part::ChunkEnd) {
    if (!line.isEmpty()) return malformed("a chunk of its answer is longer than it says.");
    part_ = Part::ChunkSize;
  } else if (part_ == Part::ChunkSize) {
    bool numeric = false;
    left_ = line.split(';').front().trimmed().toLongLong(&numeric, 16);
    if (!numeric || left_ < 0 || left_ > kLongestBody)
      return malformed("a chunk of its answer has no length.");
    part_ = left_ == 0 ? Part::Trailer : Part::Chunk;
  } else if (line.isEmpty()) {
    part_ = Part::Whole;
  }
  return true;
}

Result<bool> HttpResponse::take_line(QByteArray& line) {
  const qsizetype end = pending_.indexOf('\n');
  if (end < 0 && pending_.size() > kLongestHead) return malformed("a line of it has no end.");
  if (end < 0) return false;
  line = pending_.left(end).trimmed();
  pending_.remove(0, end + 1);
  return true;
}

void HttpResponse::take_body(qsizetype most) {
  const qsizetype taken = std::min(most, pending_.size());
  body_ += pending_.left(taken);
  pending_.remove(0, taken);
  if (left_ > 0) left_ -= taken;
}

}  // namespace mpm::gui
