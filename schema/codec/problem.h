// SPDX-License-Identifier: Apache-2.0
//
// An Error as the API sends it, and back. The title is the word of its kind.
#pragma once

#include "schema/model/messages.h"
#include "schema/model/result.h"

namespace mpm {

int http_status(Error::Kind kind);

Problem to_problem(const Error& error);

// The Error that a Problem stands for; a title that is no kind is Internal.
Error to_error(const Problem& problem);

}  // namespace mpm
