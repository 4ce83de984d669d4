// SPDX-License-Identifier: Apache-2.0
//
// Who a process is, for what its files are read with.
#pragma once

#include <cstdint>

#include "agent/files/reader_rights.h"
#include "agent/proc/proc_fs.h"

namespace mpm {

// Nobody when it has gone, or runs a set-uid program.
FileReader reader_of(const ProcFs& proc, std::int32_t pid);

// Who may read what everybody may, and no more.
FileReader nobody();

}  // namespace mpm
