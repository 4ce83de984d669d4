// SPDX-License-Identifier: Apache-2.0
#include "agent/config/variables.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "agent/config/tree.h"

namespace mpm::config {

Variables::Variables(std::vector<std::string> names,
                     const std::vector<std::pair<std::string, std::string>>& environment)
    : names_(std::move(names)), environment_(environment.begin(), environment.end()) {}

void Variables::define(const std::string& name) {
  if (!defined(name)) names_.push_back(name);
}

void Variables::define(const std::string& name, const std::string& value) {
  define(name);
  values_[lower(name)] = Value{name, value};
}

// The value goes by the name in any case, as apr_table_unset takes it.
void Variables::undefine(const std::string& name) {
  // A name that -D gave twice is still defined.
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) names_.erase(found);
  values_.erase(lower(name));
}

bool Variables::defined(std::string_view name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

std::string Variables::expand(std::string_view text, const Hear& hear) const {
  std::string result;
  while (!text.empty()) {
    const std::size_t open = text.find("${");
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    result += text.substr(0, open);
    const std::string_view name = text.substr(open + 2, close - open - 2);
    const auto value = values_.find(lower(name));
    const auto outside = environment_.find(name);
    if (value != values_.end()) {
      result += value->second.text;
      if (value->second.name != name) hear(Remark::OtherCase, name);
    } else if (outside != environment_.end()) {
      result += outside->second;
    } else {
      result += text.substr(open, close - open + 1);
      if (name.find(':') == std::string_view::npos) hear(Remark::Missing, name);
    }
    text.remove_prefix(close + 1);
  }
  return result.append(text);
}

}  // namespace mpm::config
