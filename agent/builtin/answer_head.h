// SPDX-License-Identifier: Apache-2.0
//
// The parts that answers are made of: the head, the page that goes with an error, the bytes of a
// small file, the status page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "agent/builtin/file_answer.h"
#include "agent/builtin/generation.h"

namespace mpm::builtin {

struct HeadOptions {
  int status = 200;
  std::string_view type;     // empty: no Content-Type
  std::int64_t length = -1;  // negative: no Content-Length
  std::string_view extra;    // whole lines
  bool keep_alive = false;
  std::int64_t timeout_seconds = 0;  // for Keep-Alive
  std::int32_t left = 0;             // requests that may follow; 0: no limit
};
void append_head(std::string& out, const HeadOptions& options);

// "Last-Modified: ...\r\n"
void append_modified(fmt::memory_buffer& out, std::int64_t seconds);

// "404 Not Found" as a page.
std::string error_page(int status);

// The part of the file that `answer` says, zero-filled where the file became shorter meanwhile.
void append_file(std::string& out, const FileAnswer& answer);

struct StatusAnswer {
  std::string body, type, extra;
};
StatusAnswer status_answer(const Seat& seat, std::string_view query);

}  // namespace mpm::builtin
