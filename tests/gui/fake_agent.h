// SPDX-License-Identifier: Apache-2.0
//
// An agent that answers with the contract's examples, or with what a test puts in their place, and
// badly when told to: late, with rubbish, with half of an answer. It lives in the test's own thread
// and answers when that turns its events.
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QSslServer>
#include <QTcpServer>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schema/model/result.h"
#include "tests/support/temp_dir.h"

class QIODevice;

namespace mpm::test {

enum class Manner : std::uint8_t { Well, Rubbish, NewerVersion, Half, HangsUp, Silent };

class FakeAgent : public QObject {
 public:
  FakeAgent();

  QString socket() const;
  void listen();
  // On a port of the loopback too, for those with that token; its address.
  QString listen_on_port(const QByteArray& token);
  // Over TLS, with the certificate and key of these files.
  QString listen_on_tls(const QString& certificate, const QString& key);
  // Nobody listens any more, and whoever is connected is cut off.
  void die();

  void behave(Manner manner) { manner_ = manner; }
  void set_delay(std::chrono::milliseconds delay) { delay_ = delay; }
  // The body of a route's answer: "/v1/status".
  void answer(const std::string& path, const std::string& body);
  void refuse(const std::string& path, const std::string& sentence,
              Error::Kind kind = Error::Kind::Conflict);

  // The bodies of what was posted to a path.
  const std::vector<std::string>& posted(const std::string& path) { return posted_[path]; }
  // What was asked of a path, with its query: "/v1/history?target=4711".
  const std::vector<std::string>& questions(const std::string& path) { return questions_[path]; }
  // Those of them in which that word is.
  std::vector<std::string> questions(const std::string& path, const std::string& word);
  int asked() const { return asked_; }

 private:
  struct Answer {
    int status = 200;
    std::string body;
  };

  template <class Socket>
  void serve(Socket* client, const QByteArray& token);
  // Whether it has to be hung up then.
  bool reply(QIODevice* client, const std::string& path);

  TempDir dir_;
  QLocalServer server_;
  QTcpServer port_;
  QSslServer tls_;
  Manner manner_ = Manner::Well;
  std::chrono::milliseconds delay_{0};
  std::map<std::string, Answer> answers_;
  std::map<std::string, std::vector<std::string>> posted_;
  std::map<std::string, std::vector<std::string>> questions_;
  int asked_ = 0;
};

// The text of an example of the contract: "status".
std::string example(const std::string& name);

}  // namespace mpm::test
