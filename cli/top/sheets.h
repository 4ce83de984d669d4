// SPDX-License-Identifier: Apache-2.0
//
// The answers of a round as rows, one function a page, and the order in which a page is shown at
// first. Pure.
#pragma once

#include "cli/top/data.h"
#include "cli/top/sheet.h"

namespace mpm::top {

Sheet servers_sheet(const TargetList& servers);
Sheet requests_sheet(const WorkerList& workers);
Sheet processes_sheet(const TopReport& report);
Sheet vhosts_sheet(const TopReport& report);
Sheet clients_sheet(const TopReport& report);
Sheet sockets_sheet(const TopReport& report);

// That of a page; without rows where the round has no answer for it, and for the page of workers,
// which is a grid.
Sheet sheet_of(Page page, const Answers& answers);
Order first_order(Page page);

}  // namespace mpm::top
