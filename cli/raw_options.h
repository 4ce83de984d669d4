// SPDX-License-Identifier: Apache-2.0
//
// What stands on the command line, word for word, before it is judged.
#pragma once

#include <string>
#include <vector>

#include "cli/config_options.h"
#include "cli/options.h"
#include "schema/model/result.h"

namespace mpm {

struct Raw {
  Options options;
  std::string target;
  std::string watch;
  std::string timeout;
  std::string mpm;
  std::string color;
  std::string allow;
  std::string change_watch;
  std::string every;      // of apply --auto and of top
  std::string past_from;  // --from, --to and --step of history
  std::string past_to;
  std::string step;
  std::vector<std::string> unset;
  std::vector<std::string> set;    // of simulate
  std::vector<std::string> words;  // of a config command, of apply and simulate
  RawSite site;
  std::string topic;  // of help
};

// CLI11's messages are clauses; ours are sentences that end with what to do.
Error usage(std::string what);

// What is meant by it. Usage: nothing can be.
Result<Options> judged(Raw raw);

}  // namespace mpm
