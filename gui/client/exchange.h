// SPDX-License-Identifier: Apache-2.0
//
// One question to the agent and its answer, on a connection of its own, so that a slow answer
// holds up no other. It never blocks: it lives by the events of its socket and of one timer, tells
// its end once, and deletes itself. Over TLS nothing is sent to whom the authorities do not vouch
// for.
#pragma once

#include <QByteArray>
#include <QIODevice>
#include <QList>
#include <QObject>
#include <QSslCertificate>
#include <QTimer>
#include <chrono>
#include <functional>

#include "gui/client/http_response.h"
#include "schema/model/result.h"

namespace mpm::gui {

struct HttpQuestion {
  QString address;   // the path of a Unix socket, http://host:port or https://host:port
  QByteArray token;  // for a port; empty: none
  QList<QSslCertificate> authorities;  // beside those of the system, for https
  QByteArray method;
  QByteArray path;  // with its query
  QByteArray body;
  std::chrono::milliseconds limit{10'000};
};

struct HttpAnswer {
  int status = 0;
  QByteArray body;
};

class Exchange : public QObject {
  Q_OBJECT

 public:
  using Ended = std::function<void(Result<HttpAnswer>)>;

  Exchange(HttpQuestion question, Ended ended, QObject* parent);
  // Tells nothing: its socket would speak of its end while it is taken apart.
  ~Exchange() override;

 private:
  void read();
  void disconnected();
  void open();
  void open_tls();
  template <class Socket>
  Socket* opened();
  void ask();
  void failed(Error::Kind kind);
  void end(Result<HttpAnswer> answer);

  HttpQuestion question_;
  Ended ended_;
  HttpResponse response_;
  QIODevice* socket_ = nullptr;  // a child of this
  QTimer limit_;
};

}  // namespace mpm::gui
