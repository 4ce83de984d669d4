// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/fake_agent.h"

#include <QFile>
#include <QLocalSocket>
#include <QPointer>
#include <QSslConfiguration>
#include <QSslKey>
#include <QTcpSocket>
#include <QTimer>
#include <algorithm>
#include <fstream>
#include <iterator>

#include "schema/codec/json.h"
#include "schema/codec/problem.h"
#include "schema/model/messages.h"

namespace mpm::test {

std::string example(const std::string& name) {
  std::ifstream file(std::string(MPM_API) + "/examples/" + name + ".json");
  return {std::istreambuf_iterator<char>(file), {}};
}

FakeAgent::FakeAgent() {
  for (const auto& [path, name] :
       std::map<std::string, std::string>{{"/healthz", "health"},
                                          {"/v1/status", "status"},
                                          {"/v1/scoreboard", "scoreboard"},
                                          {"/v1/workers", "workers"},
                                          {"/v1/proposal", "proposal"},
                                          {"/v1/history", "history"},
                                          {"/v1/settings", "settings"},
                                          {"/v1/simulation", "simulation"},
                                          {"/v1/changes", "changes"},
                                          {"/v1/change", "change"},
                                          {"/v1/changes/preview", "change-preview"},
                                          {"/v1/changes/begin", "change"},
                                          {"/v1/changes/undo", "change"}})
    answer(path, example(name));
  connect(&server_, &QLocalServer::newConnection, this, [this] {
    while (QLocalSocket* client = server_.nextPendingConnection())
      serve(client, {});
  });
  listen();
}

QString FakeAgent::socket() const {
  return QString::fromStdString(dir_.path()) + QStringLiteral("/agent.sock");
}

void FakeAgent::listen() {
  server_.listen(socket());
}

QString FakeAgent::listen_on_port(const QByteArray& token) {
  connect(&port_, &QTcpServer::newConnection, this, [this, token] {
    while (QTcpSocket* client = port_.nextPendingConnection())
      serve(client, token);
  });
  port_.listen(QHostAddress::LocalHost);
  return QStringLiteral("http://127.0.0.1:%1").arg(port_.serverPort());
}

QString FakeAgent::listen_on_tls(const QString& certificate, const QString& key) {
  QFile file(key);
  file.open(QIODevice::ReadOnly);
  QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
  configuration.setLocalCertificateChain(QSslCertificate::fromPath(certificate));
  configuration.setPrivateKey(QSslKey(&file, QSsl::Ec));
  tls_.setSslConfiguration(configuration);
  connect(&tls_, &QTcpServer::pendingConnectionAvailable, this, [this] {
    while (QTcpSocket* client = tls_.nextPendingConnection())
      serve(client, {});
  });
  tls_.listen(QHostAddress::LocalHost);
  return QStringLiteral("https://127.0.0.1:%1").arg(tls_.serverPort());
}

void FakeAgent::die() {
  server_.close();
  port_.close();
  tls_.close();
  for (QLocalSocket* client : server_.findChildren<QLocalSocket*>())
    client->abort();
}

void FakeAgent::answer(const std::string& path, const std::string& body) {
  answers_[path] = {200, body};
}

void FakeAgent::refuse(const std::string& path, const std::string& sentence, Error::Kind kind) {
  const Problem problem = to_problem({kind, sentence});
  answers_[path] = {http_status(kind), to_json(problem)};
}

std::vector<std::string> FakeAgent::questions(const std::string& path, const std::string& word) {
  std::vector<std::string> found;
  std::ranges::copy_if(questions_[path], std::back_inserter(found), [&](const std::string& each) {
    return each.find(word) != std::string::npos;
  });
  return found;
}

template <class Socket>
void FakeAgent::serve(Socket* client, const QByteArray& token) {
  connect(client, &Socket::disconnected, client, &QObject::deleteLater);
  connect(
      client, &Socket::readyRead, this, [this, client, token, request = QByteArray()]() mutable {
        request += client->readAll();
        const qsizetype head = request.indexOf("\r\n\r\n");
        if (head < 0) return;
        const qsizetype at = request.indexOf("Content-Length: ");
        if (at >= 0) {
          const qsizetype length =
              request.mid(at + 16, request.indexOf("\r\n", at) - at - 16).toInt();
          if (request.size() < head + 4 + length) return;
        }
        const QByteArray target = request.split(' ').value(1);
        const std::string path = target.split('?').front().toStdString();
        if (request.startsWith("POST"))
          posted_[path].push_back(request.mid(head + 4).toStdString());
        if (!token.isEmpty() && !request.contains("\r\nAuthorization: Bearer " + token + "\r\n")) {
          const QByteArray body =
              QByteArray::fromStdString(to_json(to_problem({Error::Kind::Denied, "give a token"})));
          client->write("HTTP/1.1 401 X\r\nContent-Length: " + QByteArray::number(body.size()) +
                        "\r\n\r\n" + body);
          return;
        }
        ++asked_;
        questions_[path].push_back(target.toStdString());
        request.clear();
        QTimer::singleShot(delay_, client, [this, client, path] {
          if (!reply(client, path)) return;
          client->flush();
          if constexpr (std::is_same_v<Socket, QLocalSocket>)
            client->disconnectFromServer();
          else
            client->disconnectFromHost();
        });
      });
}

bool FakeAgent::reply(QIODevice* client, const std::string& path) {
  const Answer& answer = answers_[path];
  const QByteArray head =
      "HTTP/1.1 " + QByteArray::number(answer.status) +
      " X\r\nContent-Length: " + QByteArray::number(static_cast<qlonglong>(answer.body.size())) +
      "\r\n\r\n";
  switch (manner_) {
    case Manner::Well:
      client->write(head + QByteArray::fromStdString(answer.body));
      break;
    case Manner::Rubbish:
      client->write(QByteArray(4096, '\xfe'));
      break;
    case Manner::NewerVersion:
      client->write("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"servers\": true}");
      break;
    case Manner::Half:
      client->write(head + QByteArray::fromStdString(answer.body.substr(0, 20)));
      break;
    case Manner::HangsUp:
      break;
    case Manner::Silent:
      return false;
  }
  return true;
}

}  // namespace mpm::test
