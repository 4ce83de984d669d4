// SPDX-License-Identifier: Apache-2.0
#include "gui/client/exchange.h"

#include <utility>

#include <fmt/format.h>

namespace mpm::gui {
namespace {

QByteArray written(const HttpQuestion& question) {
  QByteArray text = question.method + ' ' + question.path +
                    " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                    "Connection: close\r\n";
  if (question.method == "POST")
    text += "Content-Type: application/json\r\nContent-Length: " +
            QByteArray::number(question.body.size()) + "\r\n";
  return text + "\r\n" + question.body;
}

}  // namespace

Exchange::Exchange(HttpQuestion question, Ended ended, QObject* parent)
    : QObject(parent), question_(std::move(question)), ended_(std::move(ended)) {
  connect(&socket_, &QLocalSocket::connected, this, [this] { socket_.write(written(question_)); });
  connect(&socket_, &QLocalSocket::readyRead, this, &Exchange::read);
  connect(&socket_, &QLocalSocket::disconnected, this, &Exchange::disconnected);
  connect(&socket_, &QLocalSocket::errorOccurred, this, &Exchange::failed);
  connect(&limit_, &QTimer::timeout, this, [this] {
    end(fail(Error::Kind::TimedOut,
             fmt::format("The agent gave no answer within {} s.",
                         static_cast<double>(question_.limit.count()) / 1000.0)));
  });
  limit_.setSingleShot(true);
  limit_.start(question_.limit);
  // Later, so that nobody is told of the end while still asking.
  QTimer::singleShot(0, this, [this] { socket_.connectToServer(question_.socket); });
}

void Exchange::read() {
  if (!ended_) return;
  auto whole = response_.take(socket_.readAll());
  if (!whole) return end(fail(std::move(whole.error())));
  if (*whole) end(HttpAnswer{response_.status(), response_.body()});
}

void Exchange::disconnected() {
  read();
  if (!ended_) return;
  auto whole = response_.take_end();
  if (!whole) return end(fail(std::move(whole.error())));
  end(HttpAnswer{response_.status(), response_.body()});
}

void Exchange::failed(QLocalSocket::LocalSocketError error) {
  // Its end comes as disconnected() too, which looks at what was read.
  if (error == QLocalSocket::PeerClosedError) return;
  const std::string socket = question_.socket.toStdString();
  if (error == QLocalSocket::SocketAccessError)
    return end(fail(Error::Kind::Denied, fmt::format("You may not connect to {}.", socket)));
  end(fail(Error::Kind::Unreachable, fmt::format("No agent answers at {}.", socket)));
}

void Exchange::end(Result<HttpAnswer> answer) {
  if (!ended_) return;
  const Ended ended = std::exchange(ended_, nullptr);
  limit_.stop();
  socket_.abort();
  deleteLater();
  ended(std::move(answer));
}

}  // namespace mpm::gui
