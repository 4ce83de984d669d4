// SPDX-License-Identifier: Apache-2.0
//
// What each command prints: a value of the contract in, text out. Pure: the instant in the
// message is the only time, the Style the only surroundings. Each function is in the file of
// its command: targets.cpp, status.cpp, recommend.cpp, config.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "cli/style.h"
#include "schema/model/change.h"
#include "schema/model/config_edit.h"
#include "schema/model/doctor.h"
#include "schema/model/messages.h"
#include "schema/model/proposal.h"

namespace mpm {

// Summary: the evidence of a finding on one line. Explained: rule, claim, evidence, in rows.
enum class Detail : std::uint8_t { Summary, Explained };

std::string render(const TargetList& list, const Style& style);
std::string render(const StatusReport& report, const Style& style);
std::string render(const Proposal& proposal, const Style& style, Detail detail = Detail::Summary);
std::string render(const MpmSettings& settings, const Style& style);
std::string render(const EditPlan& plan, const Style& style);
std::string directives_and_files(const EditPlan& plan, const Style& style);  // without a heading
std::string render(const ChangePreview& preview, const Style& style);
std::string render(const ChangeRecord& change, const Style& style);
std::string render(const ChangeList& list, const Style& style);
std::string render(const DoctorReport& report, const Style& style);
std::string render(const LintReport& report, const Style& style);
std::string render(const DirectiveExplanation& explanation, const Style& style);

// Whether somebody has to do something: a finding is advice or worse.
bool has_findings(const Proposal& proposal);
bool has_findings(const DoctorReport& report);

}  // namespace mpm
