// SPDX-License-Identifier: Apache-2.0
//
// Plans of changes to a configuration, findings in one, and explanations, as an agent sends them.
#pragma once

#include "schema/model/config_edit.h"
#include "schema/model/settings.h"

namespace mpm::test {

EditPlan one_value();       // of a server, not written: one line of one file
EditPlan written_values();  // of a server, written: three directives, two files, corrections
EditPlan switched_mpm();    // of Debian's tree: links come and go
EditPlan created_file();    // of a tree: a file that was not there, and one that goes
EditPlan nothing_to_change();
LintReport faulty_configuration();  // every severity, with and without line, code and mend
LintReport clean_configuration();
DirectiveExplanation server_limit();
MpmSettings worker_settings();  // of a tree, to compare with event_settings()

}  // namespace mpm::test
