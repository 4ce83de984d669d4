// SPDX-License-Identifier: Apache-2.0
//
// Where a file of a server's configuration lies: its directory, held open, and its name there.
// Paths are the server's own and are looked up inside its root, such as /proc/4711/root; links on
// the way stay inside it (openat2 with RESOLVE_IN_ROOT). Held open, the directory is the same one
// for every step of a change, whoever renames what meanwhile.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/fd.h"
#include "schema/model/result.h"

namespace mpm::apply {

struct Place {
  UniqueFd directory;
  std::string name;
  std::string
      inside;        // its path as the server sees it; of a link that was followed: the real file's
  std::string path;  // for people: with the root before it
};

enum class LastName : std::uint8_t {
  Follow,  // a link leads to the real file
  Keep,    // the link itself is meant
};

class ServerRoot {
 public:
  // "" and "/" are this host's own root.
  static Result<ServerRoot> open(const std::string& prefix);

  // The directory must be there; whether something of that name is in it is not asked.
  Result<Place> place(const std::string& path, LastName last) const;

 private:
  ServerRoot(UniqueFd root, std::string prefix)
      : root_(std::move(root)), prefix_(std::move(prefix)) {}
  Result<Place> directory_of(const std::string& path) const;

  UniqueFd root_;  // none: the host's own
  std::string prefix_;
};

}  // namespace mpm::apply
