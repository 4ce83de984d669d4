// SPDX-License-Identifier: Apache-2.0
#include "gui/client/exchange.h"

#include <QLocalSocket>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpSocket>
#include <QUrl>
#include <utility>

#include <fmt/format.h>

#include "gui/client/agent_place.h"

namespace mpm::gui {
namespace {

QByteArray host_of(const HttpQuestion& question) {
  if (!is_port(question.address)) return "localhost";
  return QUrl(question.address).authority(QUrl::FullyEncoded | QUrl::RemoveUserInfo).toLatin1();
}

QByteArray written(const HttpQuestion& question) {
  QByteArray text = question.method + ' ' + question.path +
                    " HTTP/1.1\r\nHost: " + host_of(question) +
                    "\r\nAccept: application/json\r\n"
                    "Connection: close\r\n";
  if (!question.token.isEmpty()) text += "Authorization: Bearer " + question.token + "\r\n";
  if (question.method == "POST")
    text += "Content-Type: application/json\r\nContent-Length: " +
            QByteArray::number(question.body.size()) + "\r\n";
  return text + "\r\n" + question.body;
}

}  // namespace

Exchange::Exchange(HttpQuestion question, Ended ended, QObject* parent)
    : QObject(parent), question_(std::move(question)), ended_(std::move(ended)) {
  connect(&limit_, &QTimer::timeout, this, [this] {
    end(fail(Error::Kind::TimedOut,
             fmt::format("The agent gave no answer within {} s.",
                         static_cast<double>(question_.limit.count()) / 1000.0)));
  });
  limit_.setSingleShot(true);
  limit_.start(question_.limit);
  // Later, so that nobody is told of the end while still asking.
  QTimer::singleShot(0, this, &Exchange::open);
}

Exchange::~Exchange() {
  if (socket_ != nullptr) socket_->disconnect(this);
}

template <class Socket>
Socket* Exchange::opened() {
  auto* socket = new Socket(this);
  socket_ = socket;
  connect(socket, &Socket::readyRead, this, &Exchange::read);
  connect(socket, &Socket::disconnected, this, &Exchange::disconnected);
  return socket;
}

void Exchange::ask() {
  socket_->write(written(question_));
}

void Exchange::open() {
  if (is_tls(question_.address)) return open_tls();
  if (is_port(question_.address)) {
    const QUrl url(question_.address);
    auto* socket = opened<QTcpSocket>();
    connect(socket, &QTcpSocket::connected, this, &Exchange::ask);
    connect(socket, &QTcpSocket::errorOccurred, this, [this](QAbstractSocket::SocketError error) {
      // Its end comes as disconnected() too, which looks at what was read.
      if (error != QAbstractSocket::RemoteHostClosedError) failed(Error::Kind::Unreachable);
    });
    return socket->connectToHost(url.host(), static_cast<quint16>(url.port()));
  }
  auto* socket = opened<QLocalSocket>();
  connect(socket, &QLocalSocket::connected, this, &Exchange::ask);
  connect(socket, &QLocalSocket::errorOccurred, this, [this](QLocalSocket::LocalSocketError error) {
    if (error == QLocalSocket::PeerClosedError) return;
    failed(error == QLocalSocket::SocketAccessError ? Error::Kind::Denied
                                                    : Error::Kind::Unreachable);
  });
  socket->connectToServer(question_.address);
}

void Exchange::open_tls() {
  const QUrl url(question_.address);
  auto* socket = opened<QSslSocket>();
  QSslConfiguration trusted = QSslConfiguration::defaultConfiguration();
  trusted.addCaCertificates(question_.authorities);
  socket->setSslConfiguration(trusted);
  connect(socket, &QSslSocket::encrypted, this, &Exchange::ask);
  connect(
      socket, &QSslSocket::errorOccurred, this, [this, socket](QAbstractSocket::SocketError error) {
        if (error == QAbstractSocket::RemoteHostClosedError && socket->isEncrypted()) return;
        if (error != QAbstractSocket::SslHandshakeFailedError)
          return failed(Error::Kind::Unreachable);
        const auto errors = socket->sslHandshakeErrors();
        end(fail(Error::Kind::Denied, fmt::format("{} is not trusted, so it was told nothing: {}",
                                                  question_.address.toStdString(),
                                                  (errors.isEmpty() ? socket->errorString()
                                                                    : errors.front().errorString())
                                                      .toStdString())));
      });
  socket->connectToHostEncrypted(url.host(), static_cast<quint16>(url.port()));
}

void Exchange::read() {
  if (!ended_) return;
  auto whole = response_.take(socket_->readAll());
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

void Exchange::failed(Error::Kind kind) {
  const std::string address = question_.address.toStdString();
  end(fail(kind, kind == Error::Kind::Denied ? fmt::format("You may not connect to {}.", address)
                                             : fmt::format("No agent answers at {}.", address)));
}

void Exchange::end(Result<HttpAnswer> answer) {
  if (!ended_) return;
  const Ended ended = std::exchange(ended_, nullptr);
  limit_.stop();
  // Cuts it off: nobody reads on.
  if (socket_ != nullptr) {
    socket_->disconnect(this);
    socket_->close();
  }
  deleteLater();
  ended(std::move(answer));
}

}  // namespace mpm::gui
