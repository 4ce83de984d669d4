// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: a T, or the Error that says why there is none.
//
// Whatever can fail because of the world (a file, a process, a socket, a byte of
// somebody's configuration) returns one; whatever can fail only because of us asserts.
// Nothing we write throws across a function. An Error's kind is at once the HTTP status
// of the API and the exit status of the CLI; its text is a sentence for the person who
// has to do something about it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace mpm {

struct Error {
  enum class Kind : std::uint8_t {
    NotFound,     // what was named does not exist (any more)
    Denied,       // it exists, and we may not look
    Malformed,    // it is there, and it is not what it should be
    Unreachable,  // nobody answers
    TimedOut,     // somebody accepted, and did not answer in time
    Conflict,     // the world changed since it was looked at
    Usage,        // the question makes no sense
    Internal,     // our fault
  };

  Kind kind = Kind::Internal;
  std::string what;

  // This error, with the circumstance it happened in put before it:
  // "reading child 4711: smaps_rollup: Permission denied".
  Error in(std::string circumstance) && {
    circumstance += ": ";
    what.insert(0, circumstance);
    return std::move(*this);
  }
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}
inline tl::unexpected<Error> fail(Error::Kind kind, std::string what) {
  return fail(Error{kind, std::move(what)});
}

}  // namespace mpm
