// SPDX-License-Identifier: Apache-2.0
#include "agent/config/variables.h"

#include "agent/config/lines.h"

namespace mpm::config {

Variables::Variables(const std::vector<std::string>& defines,
                     const std::vector<std::pair<std::string, std::string>>& environment)
    : names_(defines.begin(), defines.end()) {
  for (const auto& [name, value] : environment)
    environment_.emplace(name, value);
}

void Variables::define(const std::string& name, const std::optional<std::string>& value) {
  names_.insert(name);
  if (value) values_[lower_case(name)] = *value;
}

void Variables::undefine(const std::string& name) {
  names_.erase(name);
  values_.erase(lower_case(name));
}

const std::string* Variables::find(const std::string& name) const {
  if (const auto found = values_.find(lower_case(name)); found != values_.end())
    return &found->second;
  if (const auto found = environment_.find(name); found != environment_.end())
    return &found->second;
  return nullptr;
}

std::string Variables::expand(const std::string& line, std::vector<std::string>& unknown) const {
  std::string result;
  std::size_t at = 0;
  for (;;) {
    const auto open = line.find("${", at);
    const auto close = open == std::string::npos ? open : line.find('}', open);
    if (close == std::string::npos) return result.append(line, at, std::string::npos);
    const std::string name = line.substr(open + 2, close - open - 2);
    const std::string* value = find(name);
    result.append(line, at, open - at);
    if (value != nullptr)
      result += *value;
    else
      result.append(line, open, close - open + 1);
    if (value == nullptr && name.find(':') == std::string::npos) unknown.push_back(name);
    at = close + 1;
  }
}

}  // namespace mpm::config
