// SPDX-License-Identifier: Apache-2.0
//
// The policy of changes as its administrator writes it: TOML, a key for each field of ApplyPolicy.
// A key that is left out keeps its default; one that is not known is an error, because it would be
// a rule that nobody keeps. Hours are written as people write them:
//
//   directives = ["MaxRequestWorkers", "KeepAliveTimeout"]
//   hours = ["22:00-06:00"]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/model/apply_policy.h"
#include "schema/model/result.h"

namespace mpm {

struct PolicyFile {
  PolicyFile() { policy.mode = ApplyMode::Auto; }

  ApplyPolicy policy;
  std::string path;  // empty: none was given, and this is the default
  std::vector<std::pair<std::string, std::int64_t>> lines;  // of each key

  // What the agent says about the policy, with the file and the line of the key that it names.
  Error located(Error error) const;
};

// Malformed, with file and line. NotFound, Denied: it cannot be read.
Result<PolicyFile> read_policy(const std::string& path);
Result<PolicyFile> parse_policy(std::string_view text, const std::string& path);

}  // namespace mpm
