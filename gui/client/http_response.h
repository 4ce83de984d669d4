// SPDX-License-Identifier: Apache-2.0
//
// One answer of HTTP/1.1, read piece by piece as it comes from a socket:
//
//   HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}
//
// Its body has a Content-Length, comes in chunks, or ends with the connection. No socket and no
// clock is in reach; what is no HTTP is Malformed at once, so that nobody waits for its end.
#pragma once

#include <QByteArray>
#include <QList>
#include <cstdint>

#include "schema/model/result.h"

namespace mpm::gui {

class HttpResponse {
 public:
  // True when the answer is whole. Not to be called again after that, nor after an error.
  Result<bool> take(const QByteArray& bytes);
  // The connection ended before the answer was whole: true when that was its end.
  Result<bool> take_end();

  int status() const { return status_; }
  const QByteArray& body() const { return body_; }

 private:
  enum class Part : std::uint8_t { Head, Body, ChunkSize, Chunk, ChunkEnd, Trailer, Whole };

  Result<void> read_head(const QByteArray& head);
  // Takes what it can of the part that it is in; false when it needs more bytes.
  Result<bool> advance();
  Result<bool> advance_chunks();
  Result<bool> take_line(QByteArray& line);
  void take_body(qsizetype most);

  Part part_ = Part::Head;
  int status_ = 0;
  bool chunked_ = false;
  qsizetype left_ = -1;  // of the body or of the chunk; -1: until the connection ends
  QByteArray pending_;
  QByteArray body_;
};

}  // namespace mpm::gui
