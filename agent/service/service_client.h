// SPDX-License-Identifier: Apache-2.0
//
// A question to the agent that runs as a service, on its Unix socket, and who may answer it.
//
// Threads: any; a call blocks for as long as its patience, twice.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

#include "schema/codec/json.h"
#include "schema/model/result.h"

namespace mpm {

struct ServiceDoor {
  std::string socket;
  // Who is believed besides root, by the kernel's word on who listens there; nullopt: anybody.
  std::optional<uid_t> user;
};

// The body of the answer to a GET of that path and query. Unreachable: nobody answers. Denied:
// somebody does who is not believed; not a byte of what he says is taken. Malformed: it is too
// long. Otherwise what that agent says is the matter.
Result<std::string> ask_service(const ServiceDoor& door, const std::string& path,
                                std::chrono::milliseconds patience);

// The message of it.
template <class T>
Result<T> ask_service_for(const ServiceDoor& door, const std::string& path,
                          std::chrono::milliseconds patience) {
  auto body = ask_service(door, path, patience);
  if (!body) return fail(std::move(body.error()));
  return from_json<T>(*body);
}

}  // namespace mpm
