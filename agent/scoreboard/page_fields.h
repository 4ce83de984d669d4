// SPDX-License-Identifier: Apache-2.0
//
// mod_status's page for programs, taken apart into its fields. Pure.
#pragma once

#include <map>
#include <string_view>

namespace mpm {

// By name; views into the page. Of a name that comes twice the first counts (status_page.h).
using PageFields = std::map<std::string_view, std::string_view>;

PageFields fields_of(std::string_view page);

// Without blanks at either end.
std::string_view trimmed(std::string_view text);

}  // namespace mpm
