// SPDX-License-Identifier: Apache-2.0
//
// The contract in words of the person at the screen, translated: QString begins here. What came
// from a server or an agent passes through shown(), which leaves out its control characters;
// whoever shows it shows it as plain text.
#pragma once

#include <QString>
#include <optional>
#include <string>

#include "schema/model/change.h"
#include "schema/model/config_edit.h"
#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"
#include "schema/model/status.h"

namespace mpm::gui {

QString shown(const std::string& text);

QString word(Health health);
QString word(Severity severity);
QString word(Confidence confidence);
QString word(RestartClass restart);
QString word(Phase phase);
// "writing a reply", of one worker.
QString word(WorkerState state);
// What a restart class does to the requests of the moment.
QString consequence(RestartClass restart);

// A sign beside every colour: a shape that is different for each.
QString mark(Health health);
QString mark(Severity severity);
QString mark(Phase phase);

// "httpd, pid 4711 (2.4.71, event)"
QString server_name(const TargetStatus& server);
// What the API takes for the name of this server.
std::string target_key(const TargetStatus& server);

QString number(std::int64_t value);
QString amount(Bytes bytes);
QString seconds(double seconds);
// Local time, with the day unless it is today's.
QString moment(Instant instant);
QString directive_value(const std::optional<std::string>& written, const SettingValue& effective);

}  // namespace mpm::gui
