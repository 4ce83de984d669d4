// SPDX-License-Identifier: Apache-2.0
//
// File name patterns as APR matches them for Include (apr_fnmatch.c with APR_FNM_PERIOD, one
// path component at a time): * ? [a-z] [!a] [^a], no braces; a leading dot is matched by a
// literal dot only. And paths as httpd joins them: below ServerRoot, ".." and "//" merged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mpm::config {

// apr_fnmatch_test: an unescaped * or ?, or a [ with a ] after it.
bool has_wildcard(std::string_view text);

// Whether one component of a path matches.
bool glob_match(std::string_view pattern, std::string_view name);

// `path` below `root` unless it is absolute; "." and "" dropped, ".." resolved by name.
std::string join_path(std::string_view root, std::string_view path);

std::vector<std::string> path_components(std::string_view path);
// Whether a path can name nothing but a directory: its last part is "", "." or "..", which httpd
// leaves as a slash at the end ("a.conf/.").
bool names_directory(std::string_view path);

}  // namespace mpm::config
