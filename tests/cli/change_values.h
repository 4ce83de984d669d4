// SPDX-License-Identifier: Apache-2.0
//
// Changes of running servers as an agent tells of them: planned, under way, and ended in each way.
#pragma once

#include "schema/model/change.h"

namespace mpm::test {

ChangePreview allowed_change();   // with what loading it will do to the requests
ChangePreview refused_change();   // it takes more than was allowed
ChangePreview unloaded_change();  // it would load what others wrote
ChangeRecord kept_change();
ChangeRecord undone_change();     // the watch condemned it
ChangeRecord abandoned_change();  // nothing was touched
ChangeRecord stuck_change();
ChangeRecord watched_change();  // under way, the verdict open
ChangeRecord undoing_change();  // of another change, which is kept
ChangeList three_changes();

}  // namespace mpm::test
