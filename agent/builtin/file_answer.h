// SPDX-License-Identifier: Apache-2.0
//
// From a request to a file of the document root: which one, whether the client has it already,
// and which part of it is wanted (RFC 9110: conditional requests 13, ranges 14).
//
// No path leaves the root. The kernel resolves every name below it (openat2 with
// RESOLVE_BENEATH), so neither "..", nor its %2e spelling, nor a symbolic link leads out;
// a link that stays inside is followed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/base/fd.h"
#include "agent/builtin/http_date.h"
#include "agent/builtin/request.h"
#include "agent/builtin/settings.h"
#include "schema/model/result.h"

namespace mpm::builtin {

// What to answer. For a status without a file the caller writes a short page of its own.
struct FileAnswer {
  int status = 404;               // 200, 206, 301, 304, 403, 404, 405, 412, 416, 500
  UniqueFd file;                  // open for reading when there is something to send of it
  std::int64_t offset = 0;        // of the part to send
  std::int64_t length = 0;        // bytes to send; of a HEAD, those of a GET
  std::int64_t size = 0;          // of the whole file
  std::int64_t modified = 0;      // seconds since 1970; 0: none
  std::string_view content_type;  // of the settings' types; empty when unknown
  std::string etag;               // with its quotes; empty: none
  std::string location;           // of a 301: the directory with its '/'
  std::string content_range;      // of a 206 and a 416: "bytes 0-99/1000"
};

// The decoded path: %xx resolved, "//" and "/./" and "/../" removed. nullopt: it is malformed, has
// a NUL or an encoded slash, or climbs above "/".
std::optional<std::string> decode_path(std::string_view path);

// What a Range header wants of a file of `size` bytes. Several ranges, and what is no range, are
// ignored as a server may do (RFC 9110 14.2): Whole.
struct ByteRange {
  enum class Kind : std::uint8_t { Whole, Part, Unsatisfiable };
  Kind kind = Kind::Whole;
  std::int64_t first = 0;
  std::int64_t length = 0;
};
ByteRange parse_range(std::string_view header, std::int64_t size);

class DocumentRoot {
 public:
  // Fails too where the kernel has no openat2 (Linux 5.6).
  static Result<DocumentRoot> open(const std::string& path);

  // `path` is decode_path's, "/" and then names. Safe from several threads.
  FileAnswer answer(const Request& request, const std::string& path,
                    const Settings& settings) const;

 private:
  explicit DocumentRoot(UniqueFd directory) : directory_(std::move(directory)) {}

  UniqueFd directory_;
};

}  // namespace mpm::builtin
