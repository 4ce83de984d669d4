// SPDX-License-Identifier: Apache-2.0
#include "gui/client/agent_place.h"

#include <QFile>
#include <QHostAddress>
#include <QUrl>
#include <algorithm>

#include <fmt/format.h>

namespace mpm::gui {
namespace {

constexpr qint64 kLongest = 4096;

bool is_of_this_host(const QString& host) {
  return host == QStringLiteral("localhost") || QHostAddress(host).isLoopback();
}

}  // namespace

bool is_port(const QString& place) {
  return place.contains(QStringLiteral("://"));
}

Result<void> checked_place(const QString& place) {
  if (!is_port(place)) return {};
  const QUrl url(place, QUrl::StrictMode);
  const bool plain = url.path().isEmpty() || url.path() == QStringLiteral("/");
  if (url.scheme() != QStringLiteral("http") || url.host().isEmpty() || url.port() <= 0 || !plain ||
      url.hasQuery() || url.hasFragment() || !url.userInfo().isEmpty())
    return fail(Error::Kind::Usage,
                fmt::format("{} is no address of an agent; give http://HOST:PORT or the path of a "
                            "Unix socket",
                            place.toStdString()));
  if (!is_of_this_host(url.host()))
    return fail(Error::Kind::Usage,
                fmt::format("A token would go to {} in the clear; forward the port with ssh -L and "
                            "give http://127.0.0.1:PORT",
                            url.host().toStdString()));
  return {};
}

Result<QByteArray> token_of(const QString& file) {
  QFile opened(file);
  if (!opened.open(QIODevice::ReadOnly))
    return fail(Error::Kind::NotFound,
                fmt::format("The token file {} cannot be read: {}", file.toStdString(),
                            opened.errorString().toStdString()));
  const QByteArray token = opened.readLine(kLongest).trimmed();
  const bool plain =
      std::all_of(token.begin(), token.end(), [](char c) { return c > 32 && c < 127; });
  if (token.isEmpty() || !plain)
    return fail(
        Error::Kind::Malformed,
        fmt::format("The token file {} has no token in its first line", file.toStdString()));
  return token;
}

}  // namespace mpm::gui
