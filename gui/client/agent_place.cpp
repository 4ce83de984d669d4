// SPDX-License-Identifier: Apache-2.0
#include "gui/client/agent_place.h"

#include <QCoreApplication>
#include <QFile>
#include <QHostAddress>
#include <QUrl>
#include <algorithm>

#include <fmt/format.h>

namespace mpm::gui {
namespace {

constexpr qint64 kLongest = 4096;
constexpr qint64 kMostAuthorities = 1 << 20;  // bytes

bool is_of_this_host(const QString& host) {
  return host == QStringLiteral("localhost") || QHostAddress(host).isLoopback();
}

Result<QByteArray> bytes_of(const QString& what, const QString& path, qint64 most) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly))
    return fail(Error::Kind::NotFound,
                fmt::format("The {} {} cannot be read: {}", what.toStdString(), path.toStdString(),
                            file.errorString().toStdString()));
  return file.read(most);
}

}  // namespace

bool is_port(const QString& address) {
  return address.contains(QStringLiteral("://"));
}

bool is_tls(const QString& address) {
  return address.startsWith(QStringLiteral("https://"));
}

QString name_of(const AgentPlace& place) {
  if (!place.name.isEmpty()) return place.name;
  if (!place.elsewhere) return QCoreApplication::translate("mpm::gui::AgentPlace", "This host");
  return is_port(place.address) ? QUrl(place.address).authority() : place.address;
}

Result<void> checked_address(const QString& address) {
  if (!is_port(address)) return {};
  const QUrl url(address, QUrl::StrictMode);
  const bool plain = url.path().isEmpty() || url.path() == QStringLiteral("/");
  const bool known = is_tls(address) || url.scheme() == QStringLiteral("http");
  if (!known || url.host().isEmpty() || url.port() <= 0 || !plain || url.hasQuery() ||
      url.hasFragment() || !url.userInfo().isEmpty())
    return fail(Error::Kind::Usage,
                fmt::format("{} is no address of an agent; give https://HOST:PORT, "
                            "http://127.0.0.1:PORT or the path of a Unix socket",
                            address.toStdString()));
  if (!is_tls(address) && !is_of_this_host(url.host()))
    return fail(Error::Kind::Usage,
                fmt::format("A token would go to {} in the clear; give https://{}:{}, or forward "
                            "the port with ssh -L and give http://127.0.0.1:PORT",
                            url.host().toStdString(), url.host().toStdString(), url.port()));
  return {};
}

Result<QByteArray> token_of(const QString& file) {
  auto bytes = bytes_of(QStringLiteral("token file"), file, kLongest);
  if (!bytes) return fail(std::move(bytes.error()));
  const QByteArray token = bytes->split('\n').front().trimmed();
  const bool plain =
      std::all_of(token.begin(), token.end(), [](char c) { return c > 32 && c < 127; });
  if (token.isEmpty() || !plain)
    return fail(
        Error::Kind::Malformed,
        fmt::format("The token file {} has no token in its first line", file.toStdString()));
  return token;
}

Result<QList<QSslCertificate>> authorities_of(const QString& file) {
  auto bytes = bytes_of(QStringLiteral("file of authorities"), file, kMostAuthorities);
  if (!bytes) return fail(std::move(bytes.error()));
  const QList<QSslCertificate> authorities = QSslCertificate::fromData(*bytes, QSsl::Pem);
  if (authorities.isEmpty())
    return fail(
        Error::Kind::Malformed,
        fmt::format("The file of authorities {} has no certificate in PEM", file.toStdString()));
  return authorities;
}

}  // namespace mpm::gui
