// SPDX-License-Identifier: Apache-2.0
//
// Whatever the bytes: a page is refused with a sentence, or its board keeps the contract.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/scoreboard/status_page.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // The first line serves as the Date header too, so that both times are fuzzed.
  const auto board = mpm::parse_status_page(input, input.substr(0, input.find('\n')));
  if (!board) {
    require(board.error().kind == mpm::Error::Kind::Malformed);
    require(!board.error().what.empty());
    return 0;
  }
  require(board->source == mpm::SourceKind::ModStatus);
  require(board->processes.size() == 1 && board->page.has_value());
  require(board->processes[0].workers.size() <= size);
  return 0;
}
