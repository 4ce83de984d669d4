// SPDX-License-Identifier: Apache-2.0
#include "gui/client/http_response.h"

#include <gtest/gtest.h>

namespace mpm::gui {
namespace {

TEST(HttpResponse, IsReadByteByByteAsWellAsWhole) {
  const QByteArray text = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nX: y\r\n\r\nbody";
  HttpResponse whole;
  ASSERT_EQ(whole.take(text), true);
  HttpResponse pieces;
  for (qsizetype i = 0; i + 1 < text.size(); ++i)
    ASSERT_EQ(pieces.take(text.mid(i, 1)), false);
  ASSERT_EQ(pieces.take(text.right(1)), true);
  for (const HttpResponse* response : {&whole, &pieces}) {
    EXPECT_EQ(response->status(), 200);
    EXPECT_EQ(response->body(), "body");
  }
}

TEST(HttpResponse, ComesInChunks) {
  const QByteArray text =
      "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: z\r\n\r\n";
  HttpResponse response;
  for (qsizetype i = 0; i + 1 < text.size(); ++i)
    ASSERT_EQ(response.take(text.mid(i, 1)), false);
  ASSERT_EQ(response.take(text.right(1)), true);
  EXPECT_EQ(response.status(), 404);
  EXPECT_EQ(response.body(), "abc0123456789");
}

TEST(HttpResponse, EndsWithItsConnectionWhenItHasNoLength) {
  HttpResponse response;
  ASSERT_EQ(response.take("HTTP/1.1 200 OK\r\n\r\nall of it"), false);
  ASSERT_EQ(response.take_end(), true);
  EXPECT_EQ(response.body(), "all of it");
}

TEST(HttpResponse, IsNotWholeWhenTheConnectionEndsInItsMiddle) {
  HttpResponse response;
  ASSERT_EQ(response.take("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), false);
  const auto end = response.take_end();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, Error::Kind::Unreachable);
}

TEST(HttpResponse, RefusesWhatIsNoHttpAtOnce) {
  for (const QByteArray& rubbish :
       {QByteArray("SSH-2.0-OpenSSH\r\n"), QByteArray(100, '\0'),
        QByteArray("HTTP/1.1 abc\r\n\r\n"),
        QByteArray("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        QByteArray("HTTP/1.1 200 OK\r\nno header\r\n\r\n")}) {
    HttpResponse response;
    const auto taken = response.take(rubbish);
    ASSERT_FALSE(taken) << rubbish.toStdString();
    EXPECT_EQ(taken.error().kind, Error::Kind::Malformed);
  }
}

TEST(HttpResponse, DoesNotCollectAHeadWithoutAnEnd) {
  HttpResponse response;
  ASSERT_EQ(response.take("HTTP/1.1 200 OK\r\n"), false);
  Result<bool> taken = false;
  for (int i = 0; i < 100 && taken; ++i)
    taken = response.take(QByteArray(1024, 'x'));
  EXPECT_FALSE(taken);
}

}  // namespace
}  // namespace mpm::gui
