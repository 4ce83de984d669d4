// SPDX-License-Identifier: Apache-2.0
//
// What a configuration's edit costs, as whole processes: ours (read, one value set, diff made)
// against augtool's set and save and against apache2 -t, on the same trees and in one run.
#pragma once

#include <string>

namespace mpm::bench {

// Prints the table. True when every bar is held.
bool measure_edits();

// The process that is measured: prints the diff of MaxRequestWorkers 300 in the tree at `root`.
int edit_once(const std::string& root);

}  // namespace mpm::bench
