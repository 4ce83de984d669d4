// SPDX-License-Identifier: Apache-2.0
//
// The API as typed questions. Each calls back once, on the thread that asked, and never after the
// client was pointed at another address or destroyed. Long answers are decoded on a thread of the
// client's own, so that no message is too long for the window to go on.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "gui/client/exchange.h"
#include "schema/codec/json.h"
#include "schema/codec/routes.h"
#include "schema/model/result.h"

namespace mpm::gui {

// What the agent answered, or the Problem that it told; Malformed when it is neither.
Result<std::string> body_of(Result<HttpAnswer> answer);

class AgentClient : public QObject {
  Q_OBJECT

 public:
  template <class T>
  using Told = std::function<void(Result<T>)>;
  using Parameter = std::pair<const char*, std::string>;

  explicit AgentClient(QObject* parent = nullptr);
  ~AgentClient() override;

  const QString& address() const { return address_; }
  // As AgentPlace has it. Questions that are open get no answer any more.
  void set_address(const QString& address);
  // For a port.
  void set_token(QByteArray token) { token_ = std::move(token); }
  void set_authorities(QList<QSslCertificate> authorities) {
    authorities_ = std::move(authorities);
  }
  void set_limit(std::chrono::milliseconds limit) { limit_ = limit; }

  template <class T>
  void get(const Route& route, std::initializer_list<Parameter> parameters, Told<T> told) {
    send(route, query_of(parameters), {}, decoded<T>(std::move(told)));
  }
  template <class T, class Body>
  void post(const Route& route, const Body& body, Told<T> told) {
    send(route, {}, to_json(body), decoded<T>(std::move(told)));
  }

 private:
  using Heard = std::function<void(Result<HttpAnswer>)>;

  static std::string query_of(std::initializer_list<Parameter> parameters);
  void send(const Route& route, const std::string& query, const std::string& body, Heard heard);
  // Runs work on the client's thread, and then `then` on this one, if it is still wanted.
  void run(std::function<void()> work, std::function<void()> then);

  template <class T>
  static Result<T> read(Result<HttpAnswer> answer) {
    auto body = body_of(std::move(answer));
    if (!body) return fail(std::move(body.error()));
    auto value = from_json<T>(*body);
    if (!value)
      return fail(std::move(value.error())
                      .in("The agent's answer is not understood, so it is probably of another "
                          "version than this dashboard"));
    return value;
  }

  template <class T>
  Heard decoded(Told<T> told) {
    return [this, told = std::move(told)](Result<HttpAnswer> answer) {
      if (!answer || answer->body.size() < kLongAnswer) return told(read<T>(std::move(answer)));
      auto result = std::make_shared<Result<T>>();
      run([result, answer = std::move(answer)] { *result = read<T>(answer); },
          [result, told] { told(std::move(*result)); });
    };
  }

  // Bytes that are decoded in less than a millisecond.
  static constexpr qsizetype kLongAnswer = 16 * 1024;

  QString address_;
  QByteArray token_;
  QList<QSslCertificate> authorities_;
  std::chrono::milliseconds limit_{10'000};
  QObject* open_ = nullptr;  // the parent of what is asked of this address
  QThreadPool pool_;
};

}  // namespace mpm::gui
