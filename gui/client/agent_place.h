// SPDX-License-Identifier: Apache-2.0
//
// Where an agent is asked, and with what. One of this host is asked at its Unix socket; one of
// another host at a socket or port that ssh forwards, or over TLS. A token goes in the clear to no
// other host: the agent itself opens no port to others without TLS, for the same reason.
#pragma once

#include <QByteArray>
#include <QList>
#include <QSslCertificate>
#include <QString>

#include "schema/model/result.h"

namespace mpm::gui {

struct AgentPlace {
  QString name;  // as it is called on the screen; empty: by its address
  // The path of a Unix socket, http://host:port or https://host:port.
  QString address = QStringLiteral("/run/mpm-agent/agent.sock");
  QString token_file;      // for a port; empty: none
  QString ca_file;         // authorities beside those of the system, for https; empty: none
  bool elsewhere = false;  // of another host: nothing is started or changed there from here

  bool operator==(const AgentPlace&) const = default;
};

// It is no path, but the address of a port.
bool is_port(const QString& address);
bool is_tls(const QString& address);
// What the agent there is called: "web1", "this host", "127.0.0.1:9117".
QString name_of(const AgentPlace& place);
// Says what is wrong with an address; a path is only looked at when it is asked.
Result<void> checked_address(const QString& address);
// The first line of the file.
Result<QByteArray> token_of(const QString& file);
// The certificates in a file of PEM.
Result<QList<QSslCertificate>> authorities_of(const QString& file);

}  // namespace mpm::gui
