// SPDX-License-Identifier: Apache-2.0
//
// What leaves the program. stdout gets the answer and nothing else, stderr one sentence when
// there is none. A reader that has seen enough (`mpmctl status | head -1`) is not an error;
// a stdout that cannot be written is.
#pragma once

#include <string_view>

#include "schema/model/result.h"

namespace mpm {

// Opens what the caller closed of stdin, stdout and stderr, so that no socket of ours gets
// their numbers. A closed stdout stays one that cannot be written. Ignores SIGPIPE.
void prepare_descriptors();

// Writes all of it. EPIPE counts as written.
Result<void> write_stdout(std::string_view text);

// "mpmctl: " and the sentence, on stderr.
void say(std::string_view sentence);

// The same without the name before it and the newline after it: for progress.
void draw_stderr(std::string_view text);

}  // namespace mpm
