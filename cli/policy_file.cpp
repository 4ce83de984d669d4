// SPDX-License-Identifier: Apache-2.0
#include "cli/policy_file.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "schema/codec/names.h"

namespace mpm {
namespace {

// "22:00" and "24:00", as minutes since midnight.
std::optional<std::int64_t> minute_of(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
  const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 0)
      return std::nullopt;
    return value;
  };
  const auto hour = number(text.substr(0, colon));
  const auto minute = number(text.substr(colon + 1));
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > 1440) return std::nullopt;
  return *hour * 60 + *minute;
}

std::optional<HourWindow> window_of(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = minute_of(text.substr(0, dash));
  const auto to = minute_of(text.substr(dash + 1));
  if (!from || !to || *from == 1440) return std::nullopt;
  return HourWindow{*from, *to};
}

// Reads a node into a field; what it should have been when it is not.
std::string_view read(const toml::node& node, bool& into) {
  const auto value = node.value_exact<bool>();
  if (!value) return "true or false";
  into = *value;
  return {};
}
std::string_view read(const toml::node& node, std::int64_t& into) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value) return "a whole number";
  into = *value;
  return {};
}
std::string_view read(const toml::node& node, double& into) {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  if (!value) return "a number";
  into = *value;
  return {};
}
std::string_view read(const toml::node& node, ApplyMode& into) {
  const auto mode = parse_name<ApplyMode>(node.value_or(std::string_view()));
  if (!mode) return R"("propose", "confirm" or "auto")";
  into = *mode;
  return {};
}
std::string_view read(const toml::node& node, Confidence& into) {
  const auto confidence = parse_name<Confidence>(node.value_or(std::string_view()));
  if (!confidence) return R"("none", "low", "medium" or "high")";
  into = *confidence;
  return {};
}
std::string_view read(const toml::node& node, std::vector<std::string>& into) {
  constexpr std::string_view kWanted = R"(a list of directives, as ["MaxRequestWorkers"])";
  const toml::array* list = node.as_array();
  if (list == nullptr) return kWanted;
  for (const toml::node& each : *list) {
    const auto name = each.value_exact<std::string>();
    if (!name) return kWanted;
    into.push_back(*name);
  }
  return {};
}
std::string_view read(const toml::node& node, std::vector<HourWindow>& into) {
  constexpr std::string_view kWanted = R"(a list of hours, as ["22:00-06:00"])";
  const toml::array* list = node.as_array();
  if (list == nullptr) return kWanted;
  for (const toml::node& each : *list) {
    const auto window = window_of(each.value_or(std::string_view()));
    if (!window) return kWanted;
    into.push_back(*window);
  }
  return {};
}

// Whether there is a field of that name; `wrong` is what its value should have been, if it is not.
bool read_field(std::string_view key, const toml::node& node, ApplyPolicy& policy,
                std::string_view& wrong) {
  bool known = false;
  each_field(policy, [&](std::string_view name, auto& member) {
    if (name != key) return;
    known = true;
    wrong = read(node, member);
  });
  return known;
}

std::string all_keys() {
  std::string text;
  const ApplyPolicy policy;
  each_field(policy, [&](std::string_view name, const auto&) {
    text += (text.empty() ? "" : ", ") + std::string(name);
  });
  return text;
}

}  // namespace

Error PolicyFile::located(Error error) const {
  if (path.empty()) return error;
  std::string where = path;
  for (const auto& [key, line] : lines)
    if (error.what.find(key) != std::string::npos) {
      where += fmt::format(":{}", line);
      break;
    }
  error.what = where + ": " + error.what;
  return error;
}

Result<PolicyFile> parse_policy(std::string_view text, const std::string& path) {
  const toml::parse_result parsed = toml::parse(text, path);
  if (!parsed)
    return fail(Error::Kind::Malformed,
                fmt::format("{}:{}: {}.", path, parsed.error().source().begin.line,
                            parsed.error().description()));
  PolicyFile file;
  file.path = path;
  for (const auto& [key, node] : parsed.table()) {
    const std::int64_t line = key.source().begin.line;
    std::string_view wrong;
    if (!read_field(key.str(), node, file.policy, wrong))
      return fail(Error::Kind::Malformed, fmt::format("{}:{}: a policy has no key {}; it has {}.",
                                                      path, line, key.str(), all_keys()));
    if (!wrong.empty())
      return fail(Error::Kind::Malformed,
                  fmt::format("{}:{}: {} has to be {}.", path, line, key.str(), wrong));
    file.lines.emplace_back(key.str(), line);
  }
  return file;
}

Result<PolicyFile> read_policy(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    return fail(Error::Kind::NotFound,
                fmt::format("The policy {} cannot be read: {}.", path, std::strerror(errno)));
  return parse_policy(text.str(), path);
}

}  // namespace mpm
