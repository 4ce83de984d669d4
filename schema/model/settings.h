// SPDX-License-Identifier: Apache-2.0
//
// What the configuration says about the MPM, where it says it, and what httpd makes of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

// A directive's value in force: a number, or a word such as On.
using SettingValue = std::variant<std::int64_t, std::string>;

// Something httpd does with a value that its administrator did not write, or a trap.
struct Remark {
  std::string code;  // httpd's own, "AH00513"; empty when httpd is silent about it
  std::string text;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"code", &Remark::code}, Field{"text", &Remark::text});
  }
};

struct Setting {
  std::string directive;             // its present name, also when the file uses an old one
  std::optional<std::string> value;  // as written; absent when httpd's default holds
  std::optional<std::string> file;
  std::optional<std::int64_t> line;  // the first physical line
  SettingValue effective;            // what the server runs with, or will after a full start
  std::string unit;                  // "workers", "processes", "s"; empty for words
  std::vector<Remark> remarks;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"directive", &Setting::directive}, Field{"value", &Setting::value},
               Field{"file", &Setting::file}, Field{"line", &Setting::line},
               Field{"effective", &Setting::effective}, Field{"unit", &Setting::unit},
               Field{"remarks", &Setting::remarks});
  }
};

struct MpmSettings {
  std::int32_t pid = 0;
  std::optional<Mpm> mpm;
  std::string config_file;
  std::vector<Setting> settings;
  // The workers that can be busy at once: what MaxRequestWorkers comes to.
  std::int64_t worker_limit = 0;
  // A file of the configuration is newer than the server's last start or reload.
  bool changed_since_load = false;
  std::string basis;  // fingerprint of every byte that was read, in order
  std::vector<std::string> files;
  std::vector<Remark> remarks;  // about the whole, and what could not be read

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &MpmSettings::pid}, Field{"mpm", &MpmSettings::mpm},
               Field{"config_file", &MpmSettings::config_file},
               Field{"settings", &MpmSettings::settings},
               Field{"worker_limit", &MpmSettings::worker_limit},
               Field{"changed_since_load", &MpmSettings::changed_since_load},
               Field{"basis", &MpmSettings::basis}, Field{"files", &MpmSettings::files},
               Field{"remarks", &MpmSettings::remarks});
  }
};

// By the directive's present name, letter by letter; nullptr: it is not among them.
inline const Setting* find_setting(const MpmSettings& settings, std::string_view directive) {
  for (const Setting& setting : settings.settings)
    if (setting.directive == directive) return &setting;
  return nullptr;
}

// The number in force; `otherwise` where there is none.
inline std::int64_t number_in_force(const MpmSettings& settings, std::string_view directive,
                                    std::int64_t otherwise = 0) {
  const Setting* setting = find_setting(settings, directive);
  const auto* number =
      setting != nullptr ? std::get_if<std::int64_t>(&setting->effective) : nullptr;
  return number != nullptr ? *number : otherwise;
}

// Likewise the word; nullptr where there is none.
inline const std::string* word_in_force(const MpmSettings& settings, std::string_view directive) {
  const Setting* setting = find_setting(settings, directive);
  return setting != nullptr ? std::get_if<std::string>(&setting->effective) : nullptr;
}

}  // namespace mpm
