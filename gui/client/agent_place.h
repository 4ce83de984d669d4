// SPDX-License-Identifier: Apache-2.0
//
// Where an agent is asked, as written on the command line: the path of a Unix socket, or
// http://host:port with a token from a file. A token goes to a port of this host only, which may be
// one that ssh forwards: the agent opens no other one without TLS, for the same reason.
#pragma once

#include <QByteArray>
#include <QString>

#include "schema/model/result.h"

namespace mpm::gui {

// It is no path, but the address of a port.
bool is_port(const QString& place);
// Says what is wrong with an address; a path is only looked at when it is asked.
Result<void> checked_place(const QString& place);
// The first line of the file.
Result<QByteArray> token_of(const QString& file);

}  // namespace mpm::gui
