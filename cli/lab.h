// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl lab`: the same server under each MPM, with the same load. It is ours, on 127.0.0.1;
// every number is measured on it, and what could not be is left out and said.
#pragma once

#include <string>

#include "cli/commands.h"
#include "schema/model/lab.h"

namespace mpm {

Result<Outcome> compare(const Options& options, Client& client, const Style& style,
                        OwnServer& server);

// The table. Pure.
std::string render(const LabReport& report, const Style& style);

// One page of HTML with charts, that needs no other file. Pure.
std::string lab_page(const LabReport& report);

// What is compared, in a sentence. Pure.
std::string what_was_done(const LabReport& report);

}  // namespace mpm
