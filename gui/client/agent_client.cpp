// SPDX-License-Identifier: Apache-2.0
#include "gui/client/agent_client.h"

#include <QPointer>
#include <QUrl>

#include <fmt/format.h>

#include "schema/codec/problem.h"
#include "schema/model/messages.h"

namespace mpm::gui {

Result<std::string> body_of(Result<HttpAnswer> answer) {
  if (!answer) return fail(std::move(answer.error()));
  std::string body = answer->body.toStdString();
  if (answer->status == 200) return body;
  if (const auto problem = from_json<Problem>(body)) {
    Error told = to_error(*problem);
    // What it could not reach is a server. Only an agent that does not answer is itself
    // unreachable.
    if (told.kind == Error::Kind::Unreachable) told.kind = Error::Kind::NotFound;
    return fail(std::move(told));
  }
  return fail(Error::Kind::Malformed,
              fmt::format("The agent answered with HTTP status {} and no explanation; it is "
                          "probably of another version than this dashboard.",
                          answer->status));
}

AgentClient::AgentClient(QObject* parent) : QObject(parent), open_(new QObject(this)) {
  pool_.setMaxThreadCount(1);
}

AgentClient::~AgentClient() {
  delete open_;
  pool_.waitForDone();
}

void AgentClient::set_address(const QString& address) {
  // Not deleted at once: this may be called in the middle of what one of its children heard.
  open_->deleteLater();
  open_ = new QObject(this);
  address_ = address;
}

std::string AgentClient::query_of(std::initializer_list<Parameter> parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    query += query.empty() ? '?' : '&';
    query += name;
    query += '=';
    query += QUrl::toPercentEncoding(QString::fromStdString(value)).toStdString();
  }
  return query;
}

void AgentClient::send(const Route& route, const std::string& query, const std::string& body,
                       Heard heard) {
  HttpQuestion question;
  question.address = address_;
  question.token = token_;
  question.authorities = authorities_;
  question.method = QByteArray::fromStdString(std::string(route.method()));
  question.path = QByteArray::fromStdString(std::string(route.path) + query);
  question.body = QByteArray::fromStdString(body);
  question.limit = limit_;
  QObject* const asked = open_;
  new Exchange(
      std::move(question),
      [this, asked, heard = std::move(heard)](Result<HttpAnswer> answer) {
        if (asked == open_) heard(std::move(answer));
      },
      open_);
}

void AgentClient::run(std::function<void()> work, std::function<void()> then) {
  const QPointer<QObject> asked = open_;
  pool_.start([this, asked, work = std::move(work), then = std::move(then)] {
    work();
    QMetaObject::invokeMethod(
        this,
        [this, asked, then] {
          if (asked == open_) then();
        },
        Qt::QueuedConnection);
  });
}

}  // namespace mpm::gui
