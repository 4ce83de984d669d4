// SPDX-License-Identifier: Apache-2.0
//
// Which module is which. httpd knows a module under two names: the identifier that LoadModule
// takes ("mpm_event_module") and the name of its source ("event.c"); <IfModule> takes either.
// The source stands in the binary; here it is known for httpd's own modules, and the rule
// "x_module is mod_x.c" is applied to the rest.
#pragma once

#include <string>
#include <string_view>

namespace mpm::config {

// "event.c" for "mpm_event_module", "mod_ssl.c" for "ssl_module"; empty for an identifier
// that does not end in "_module".
std::string source_of_module(std::string_view identifier);

// True for the source of a Multi-Processing Module: event.c, worker.c, prefork.c and others'.
bool is_mpm_source(std::string_view source);

// The source name of the MPM that somebody meant by "mod_mpm_event.c", "mpm_event.c" or
// "mod_event.c"; empty when the argument is no such mistake.
std::string meant_mpm(std::string_view argument);

// True when a standard module with this source has the directive ("<Directory" with its '<'
// for a section); case is ignored. Source: `httpd -L` of httpd 2.4.
bool module_has_directive(std::string_view source, std::string_view directive);

// True when any of httpd's own modules has it.
bool is_directive_of_httpd(std::string_view directive);

}  // namespace mpm::config
