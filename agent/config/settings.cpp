// SPDX-License-Identifier: Apache-2.0
#include "agent/config/settings.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/apache/timeout.h"
#include "agent/config/tree.h"

namespace mpm::config {
namespace {

// The occurrence of a directive that counts, and its value.
struct Written {
  const ActiveDirective* at = nullptr;
  std::string value;
};

std::optional<Mpm> loaded_mpm(const Site& site) {
  constexpr std::array kSources =
      std::to_array<std::pair<std::string_view, Mpm>>({{"prefork.c", Mpm::Prefork},
                                                       {"worker.c", Mpm::Worker},
                                                       {"event.c", Mpm::Event},
                                                       {"mpm_winnt.c", Mpm::Winnt}});
  for (const auto& [source, mpm] : kSources)
    if (std::ranges::find(site.modules, source, &LoadedModule::source) != site.modules.end())
      return mpm;
  return std::nullopt;
}

// AsyncRequestWorkerFactor is read by atof and used as an integer, at least 1.
std::int64_t whole_factor(const std::string& value) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::strtod(value.c_str(), nullptr)));
}

// "5", "500ms", "1min": seconds, or the words when they are no whole number of seconds.
SettingValue duration(const std::string& value) {
  const auto time = timeout_with_unit(value);
  if (!time || time->count() % 1000 != 0) return value;
  return static_cast<std::int64_t>(time->count() / 1000);
}

class Settings {
 public:
  Settings(const Site& site, Mpm mpm, const RunningLimits& running)
      : mpm_(mpm),
        has_status_(std::ranges::find(site.modules, "mod_status.c", &LoadedModule::source) !=
                    site.modules.end()) {
    for (const ActiveDirective& node : site.directives) {
      const Directive* known = find_directive(node.name);
      if (known == nullptr || node.dead) continue;
      if (node.depth > 0) {
        ++in_sections_[known->name];
        continue;
      }
      std::size_t at = 0;
      written_[known->name] = {&node, next_word(node.args, at).value};
      ++times_[known->name];
    }
    effective_ = effective_numbers(mpm, numbers(), running);
  }

  std::int64_t worker_limit() const { return effective_.worker_limit; }

  Setting setting(const Directive& directive) const {
    Setting setting;
    setting.directive = directive.name;
    setting.unit = directive.unit;
    const auto found = written_.find(directive.name);
    const Written* written = found == written_.end() ? nullptr : &found->second;
    if (written != nullptr) {
      setting.value = written->value;
      setting.file = written->at->file;
      setting.line = written->at->first_line;
      remark_on_place(directive, *written, setting.remarks);
    }
    set_effective(directive, written, setting);
    return setting;
  }

 private:
  std::vector<WrittenNumber> numbers() const {
    std::vector<WrittenNumber> list;
    for (const auto& [name, written] : written_) {
      const ValueKind kind = find_directive(name)->kind;
      if (kind == ValueKind::Fraction)
        list.push_back({name, whole_factor(written.value)});
      else if (kind == ValueKind::Count || kind == ValueKind::Size)
        list.push_back({name, leading_integer(written.value)});
    }
    return list;
  }

  void set_effective(const Directive& directive, const Written* written, Setting& setting) const {
    switch (directive.kind) {
      case ValueKind::Word:
        setting.effective = written != nullptr ? written->value : default_word(directive);
        return;
      case ValueKind::Duration:
        setting.effective = written != nullptr ? duration(written->value)
                                               : SettingValue(directive.default_for(mpm_));
        return;
      case ValueKind::Count:
      case ValueKind::Size:
      case ValueKind::Fraction:
        break;
    }
    for (const EffectiveNumber& number : effective_.numbers) {
      if (number.directive != directive.name) continue;
      setting.effective = number.value;
      for (const Remark& remark : number.remarks)
        setting.remarks.push_back(remark);
    }
    if (directive.kind == ValueKind::Fraction && written != nullptr &&
        written->value.find('.') != std::string::npos)
      setting.remarks.push_back(
          {"", fmt::format("{} is {} in the file; httpd drops the fraction and uses {}, whatever "
                           "the manual says.",
                           directive.name, written->value, whole_factor(written->value))});
  }

  // mod_status turns ExtendedStatus on before the configuration is read.
  std::string default_word(const Directive& directive) const {
    if (directive.name == "ExtendedStatus" && has_status_) return "On";
    return std::string(directive.default_word);
  }

  void remark_on_place(const Directive& directive, const Written& written,
                       std::vector<Remark>& remarks) const {
    if (!directive.old_name.empty() && equal_ignoring_case(written.at->name, directive.old_name) &&
        !equal_ignoring_case(directive.old_name, directive.name))
      remarks.push_back({"", fmt::format("{} is the old name of {}; both set the same.",
                                         directive.old_name, directive.name)});
    if (written.at->from_macro)
      remarks.push_back({"", fmt::format("It comes from {}.", written.at->origin)});
    if (const auto times = times_.find(directive.name); times->second > 1)
      remarks.push_back(
          {"", fmt::format("It is written {} times; the last one counts.", times->second)});
    if (const auto inside = in_sections_.find(directive.name); inside != in_sections_.end())
      remarks.push_back({"", fmt::format("{} of the virtual hosts or sections set it to a value of "
                                         "their own.",
                                         inside->second)});
  }

  Mpm mpm_;
  bool has_status_;
  std::map<std::string_view, Written> written_;
  std::map<std::string_view, int> times_;
  std::map<std::string_view, int> in_sections_;
  EffectiveNumbers effective_;
};

}  // namespace

MpmSettings read_settings(const Site& site, std::optional<Mpm> mpm, const RunningLimits& running) {
  MpmSettings result;
  result.mpm = mpm ? mpm : loaded_mpm(site);
  result.basis = site.fingerprint;
  result.files = site.files;
  for (const ConfigProblem& problem : site.problems) {
    const std::string place =
        problem.line > 0 ? fmt::format("{}:{}: ", problem.file, problem.line) : std::string();
    result.remarks.push_back({"", (problem.fatal ? "httpd refuses the configuration: " : "") +
                                      place + problem.sentence});
  }
  for (const Trap& trap : site.traps)
    result.remarks.push_back({"", fmt::format("{}:{}: {}", trap.file, trap.line, trap.sentence)});
  if (!result.mpm) return result;
  const Settings settings(site, *result.mpm, running);
  result.worker_limit = settings.worker_limit();
  for (const Directive& directive : directives())
    if (directive.known_to(*result.mpm)) result.settings.push_back(settings.setting(directive));
  return result;
}

}  // namespace mpm::config
