// SPDX-License-Identifier: Apache-2.0
//
// Which agents a window asks: as the command line names them, or as they were named the last time.
//
//   --connect web1=http://127.0.0.1:9117 --token-file web1.token
//   --connect web2=https://web2.example:9117 --token-file web2.token --ca-file ca.pem
#pragma once

#include <QStringList>
#include <vector>

#include "gui/client/agent_place.h"

class QSettings;

namespace mpm::gui {

struct NamedAgents {
  QString here;             // the socket of the agent of this host; empty: not named
  QStringList elsewhere;    // [NAME=]ADDRESS each
  QStringList token_files;  // of the ports among them, in their order
  QString ca_file;
};

// The agent of this host first. None when none is named; Usage when something is wrong.
Result<std::vector<AgentPlace>> places_of(const NamedAgents& named);

// Tokens stay in their files: what is remembered is where those are.
void remember(const std::vector<AgentPlace>& places, QSettings& settings);
// Without those that would be refused on the command line.
std::vector<AgentPlace> remembered(QSettings& settings);

}  // namespace mpm::gui
