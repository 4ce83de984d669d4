// SPDX-License-Identifier: Apache-2.0
//
// Define, UnDefine and ${NAME} (server/core.c ap_resolve_env, set_define, unset_define). Two
// things live apart in httpd: the list of defined names, which <IfDefine> asks and which is
// case-sensitive, and the table of their values, which ${} asks and which is not. So after
// "Define a 1" and "Define A 2" both names are defined and ${a} is 2.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mpm::config {

class Variables {
 public:
  // What happened to one ${NAME} that is worth a word.
  enum class Remark : int { Missing, OtherCase };
  using Hear = std::function<void(Remark, std::string_view name)>;

  Variables(std::vector<std::string> names,
            const std::vector<std::pair<std::string, std::string>>& environment);

  void define(const std::string& name);
  void define(const std::string& name, const std::string& value);
  void undefine(const std::string& name);
  bool defined(std::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }

  // The text with each ${NAME} replaced: by the table, else the environment, else by itself.
  // Values are not expanded again.
  std::string expand(std::string_view text, const Hear& hear) const;

 private:
  struct Value {
    std::string name;  // as defined, for the remark on its case
    std::string text;
  };
  std::vector<std::string> names_;
  std::map<std::string, Value, std::less<>> values_;  // by lower-cased name
  std::map<std::string, std::string, std::less<>> environment_;
};

}  // namespace mpm::config
