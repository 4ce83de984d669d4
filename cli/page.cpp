// SPDX-License-Identifier: Apache-2.0
#include "cli/page.h"

#include <cstdint>
#include <fstream>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/output.h"

namespace mpm {

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

std::string whole(double value) {
  return count(static_cast<std::int64_t>(value));
}

std::string megabytes_of(double bytes) {
  return megabytes(Bytes{static_cast<std::int64_t>(bytes)});
}

Result<void> write_page(const std::string& file, std::string_view page) {
  std::ofstream stream(file, std::ios::binary);
  stream << page;
  stream.close();
  if (stream.fail())
    return fail(Error::Kind::Denied, fmt::format("{} could not be written.", file));
  say(fmt::format("{} has the charts.", file));
  return {};
}

}  // namespace mpm
