// SPDX-License-Identifier: Apache-2.0
#include "cli/compare.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "cli/table.h"
#include "cli/words.h"

namespace mpm {
namespace {

SettingDifference difference(const std::string& directive, const Setting* a, const Setting* b) {
  SettingDifference found;
  found.directive = directive;
  if (a != nullptr) {
    found.a = a->value;
    found.a_effective = a->effective;
  }
  if (b != nullptr) {
    found.b = b->value;
    found.b_effective = b->effective;
  }
  return found;
}

std::string shown(const std::optional<std::string>& written,
                  const std::optional<SettingValue>& effective) {
  if (!effective) return "-";
  const std::string value = text_of(*effective);
  if (!written) return value + " (default)";
  return *written == value ? value : fmt::format("{} (written {})", value, *written);
}

std::string named(const MpmSettings& settings) {
  if (settings.pid > 0)
    return server_name({.pid = settings.pid, .url = "", .version = "", .mpm = settings.mpm});
  return fmt::format("{} ({})", settings.config_file, words(settings.mpm));
}

}  // namespace

SettingsComparison compared(MpmSettings a, MpmSettings b) {
  SettingsComparison comparison;
  const auto differs = [](const Setting* x, const Setting* y) {
    if (x == nullptr || y == nullptr) return true;
    return x->effective != y->effective || x->value.has_value() != y->value.has_value();
  };
  for (const Setting& setting : a.settings)
    if (const Setting* other = find_setting(b, setting.directive); differs(&setting, other))
      comparison.differences.push_back(difference(setting.directive, &setting, other));
  for (const Setting& setting : b.settings)
    if (find_setting(a, setting.directive) == nullptr)
      comparison.differences.push_back(difference(setting.directive, nullptr, &setting));
  comparison.a = std::move(a);
  comparison.b = std::move(b);
  return comparison;
}

std::string render(const SettingsComparison& comparison, const Style& style) {
  std::string text = paragraph({"A  ", Tone::Strong}, named(comparison.a), style);
  text += paragraph({"B  ", Tone::Strong}, named(comparison.b), style);
  text += "\n";
  if (comparison.differences.empty())
    return text + paragraph({"  "}, "Every MPM directive is the same in both.", style);
  std::vector<Row> rows;
  for (const SettingDifference& one : comparison.differences)
    rows.push_back(
        {{one.directive, shown(one.a, one.a_effective), shown(one.b, one.b_effective)}, {}});
  return text +
         table({{.heading = "Directive"}, {.heading = "A"}, {.heading = "B", .flexible = true}},
               rows, style);
}

}  // namespace mpm
