// SPDX-License-Identifier: Apache-2.0
#include "agent/config/envvars.h"

#include <algorithm>
#include <optional>

#include "agent/config/tree.h"

namespace mpm::config {
namespace {

bool is_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::string_view name_at(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_name(text[size]))
    ++size;
  return text.substr(0, size);
}

std::string* find(Environment& environment, std::string_view name) {
  const auto found = std::ranges::find_if(
      environment, [name](const auto& variable) { return variable.first == name; });
  return found == environment.end() ? nullptr : &found->second;
}

void assign(Environment& environment, std::string_view name, std::string value) {
  if (std::string* known = find(environment, name))
    *known = std::move(value);
  else
    environment.emplace_back(std::string(name), std::move(value));
}

// The value of the variable that `text` (behind its '$') names; `used` is how much of it that is.
std::string expand(Environment& environment, std::string_view text, std::size_t& used) {
  const bool braces = !text.empty() && text.front() == '{';
  const std::string_view name = name_at(braces ? text.substr(1) : text);
  used = name.size();
  if (braces) {
    const std::size_t end = text.find('}');
    used = end == std::string_view::npos ? text.size() : end + 1;
  }
  if (const std::string* value = find(environment, name); value && !value->empty()) return *value;
  // ${NAME:-word} and ${NAME:=word}
  if (!braces || used < name.size() + 2) return {};
  const std::string_view rest = text.substr(1 + name.size(), used - name.size() - 2);
  const bool has_default = rest.size() > 1 && rest[0] == ':' && (rest[1] == '-' || rest[1] == '=');
  return has_default ? std::string(rest.substr(2)) : std::string();
}

// One word of a shell, up to a blank, a semicolon or the end.
std::string word(Environment& environment, std::string_view text) {
  std::string value;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && (is_space(c) || c == ';')) break;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && at + 1 < text.size()) {
      value += text[++at];
    } else if (c == '$' && quote != '\'') {
      std::size_t used = 0;
      value += expand(environment, text.substr(at + 1), used);
      at += used;
    } else {
      value += c;
    }
  }
  return value;
}

void read_line(Environment& environment, std::string_view line) {
  line = trim(line);
  constexpr std::string_view kDefault = ": ${";
  if (line.substr(0, kDefault.size()) == kDefault) {
    const std::string_view name = name_at(line.substr(kDefault.size()));
    std::size_t used = 0;
    assign(environment, name, expand(environment, line.substr(kDefault.size() - 1), used));
    return;
  }
  constexpr std::string_view kExport = "export ";
  if (line.substr(0, kExport.size()) == kExport) line = trim(line.substr(kExport.size()));
  const std::string_view name = name_at(line);
  if (name.empty() || name.size() >= line.size() || line[name.size()] != '=') return;
  assign(environment, name, word(environment, line.substr(name.size() + 1)));
}

}  // namespace

Environment read_envvars(std::string_view script, Environment before) {
  while (!script.empty()) {
    const std::size_t end = std::min(script.find('\n'), script.size());
    read_line(before, script.substr(0, end));
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return before;
}

}  // namespace mpm::config
