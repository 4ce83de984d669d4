// SPDX-License-Identifier: Apache-2.0
//
// What Define, UnDefine, -D and the environment make of ${NAME} and of IfDefine. httpd keeps
// values in a table that ignores case, and names in a list that does not.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mpm::config {

class Variables {
 public:
  Variables(const std::vector<std::string>& defines,
            const std::vector<std::pair<std::string, std::string>>& environment);

  void define(const std::string& name, const std::optional<std::string>& value);
  void undefine(const std::string& name);
  bool defined(const std::string& name) const { return names_.count(name) != 0; }

  // Every ${NAME} of the line replaced, once and without recursion; an unknown one stays as it
  // is and its name is added to `unknown` (AH00111).
  std::string expand(const std::string& line, std::vector<std::string>& unknown) const;

 private:
  const std::string* find(const std::string& name) const;

  std::set<std::string> names_;
  std::map<std::string, std::string> values_;  // by name in lower case
  std::map<std::string, std::string> environment_;
};

}  // namespace mpm::config
