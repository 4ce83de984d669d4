// SPDX-License-Identifier: Apache-2.0
#include "schema/codec/problem.h"

#include "schema/codec/names.h"

namespace mpm {

int http_status(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::NotFound:
      return 404;
    case Error::Kind::Denied:
      return 403;
    case Error::Kind::Malformed:
      return 422;
    case Error::Kind::Unreachable:
      return 502;
    case Error::Kind::TimedOut:
      return 504;
    case Error::Kind::Conflict:
      return 409;
    case Error::Kind::Usage:
      return 400;
    case Error::Kind::Internal:
      return 500;
  }
  return 500;
}

Problem to_problem(const Error& error) {
  Problem problem;
  problem.title = name_of(error.kind);
  problem.status = http_status(error.kind);
  problem.detail = error.what;
  return problem;
}

Error to_error(const Problem& problem) {
  if (const auto kind = parse_name<Error::Kind>(problem.title)) return {*kind, problem.detail};
  return {Error::Kind::Internal, problem.detail};
}

}  // namespace mpm
