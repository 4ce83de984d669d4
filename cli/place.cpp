// SPDX-License-Identifier: Apache-2.0
#include "cli/place.h"

#include <fmt/format.h>

#include "cli/text.h"

namespace mpm {

std::string place(std::string_view file, std::optional<std::int64_t> line, std::string_view base,
                  int width) {
  if (!base.empty() && file.substr(0, base.size()) == base) file.remove_prefix(base.size());
  const std::string number = line ? fmt::format(":{}", *line) : std::string();
  if (display_width(file) + display_width(number) <= width / 3) return std::string(file) + number;
  const auto slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash);
  return fmt::format("{}{}{}", slash == std::string_view::npos ? "" : "...", file, number);
}

}  // namespace mpm
