// SPDX-License-Identifier: Apache-2.0
#include "cli/config_commands.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/compare.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/words.h"
#include "schema/codec/json.h"

namespace mpm {
namespace {

Result<Answer<MpmSettings>> settings_of(const ConfigSource& source, Client& client) {
  if (!source.offline)
    return client.settings({.target = source.target, .window_seconds = std::nullopt});
  ConfigQuestion question;
  question.offline = source.offline;
  return client.config_settings(question);
}

Result<Outcome> show(const Options& options, Client& client, const Style& style) {
  auto answer = settings_of({options.target, options.offline}, client);
  if (!answer) return fail(std::move(answer.error()));
  return outcome(std::move(*answer), options,
                 [&](const MpmSettings& settings) { return render(settings, style); });
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// One value alone, for scripts; of several each with its name.
Result<Outcome> get(const Options& options, Client& client) {
  auto answer = settings_of({options.target, options.offline}, client);
  if (!answer) return fail(std::move(answer.error()));
  SettingList list;
  for (const std::string& name : options.directives) {
    const auto& all = answer->value.settings;
    const auto found = std::ranges::find_if(
        all, [&](const Setting& setting) { return same_letters(setting.directive, name); });
    if (found == all.end())
      return fail(Error::Kind::Usage,
                  fmt::format("{} is no directive that {} knows; mpmctl config show lists them.",
                              name, words(answer->value.mpm)));
    list.settings.push_back(*found);
  }
  if (options.json) return Outcome{to_json(list)};
  if (list.settings.size() == 1) return Outcome{text_of(list.settings.front().effective) + "\n"};
  std::string text;
  for (const Setting& setting : list.settings)
    text += fmt::format("{} {}\n", setting.directive, text_of(setting.effective));
  return Outcome{text};
}

Result<Outcome> change(const Options& options, Client& client, const Style& style) {
  ConfigQuestion question;
  question.target = options.target;
  question.offline = options.offline;
  question.wishes = options.wishes;
  if (options.command == Command::ConfigMpm) question.mpm = options.mpm;
  auto answer = options.write ? client.config_write(question) : client.config_plan(question);
  if (!answer) return fail(std::move(answer.error()));
  return outcome(std::move(*answer), options,
                 [&](const EditPlan& plan) { return render(plan, style); });
}

Result<Outcome> check(const Options& options, Client& client, const Style& style) {
  ConfigQuestion question;
  question.target = options.target;
  question.offline = options.offline;
  auto answer = client.config_check(question);
  if (!answer) return fail(std::move(answer.error()));
  const bool wrong = std::ranges::any_of(answer->value.findings, [](const LintFinding& finding) {
    return finding.severity >= Severity::Warning;
  });
  return outcome(
      std::move(*answer), options, [&](const LintReport& report) { return render(report, style); },
      wrong ? ExitStatus::Findings : ExitStatus::Fine);
}

Result<Outcome> explain(const Options& options, Client& client, const Style& style) {
  auto answer = client.config_directive(options.directives.front());
  if (!answer) {
    // The name is the whole question, so what is not found is what was typed.
    if (answer.error().kind == Error::Kind::NotFound) answer.error().kind = Error::Kind::Usage;
    return fail(std::move(answer.error()));
  }
  return outcome(std::move(*answer), options, [&](const DirectiveExplanation& explanation) {
    return render(explanation, style);
  });
}

Result<Outcome> diff(const Options& options, Client& client, const Style& style) {
  auto a = settings_of(options.compared[0], client);
  if (!a) return fail(std::move(a.error()));
  auto b = settings_of(options.compared[1], client);
  if (!b) return fail(std::move(b.error()));
  const SettingsComparison comparison = compared(std::move(a->value), std::move(b->value));
  return Outcome{options.json ? to_json(comparison) : render(comparison, style),
                 comparison.differences.empty() ? ExitStatus::Fine : ExitStatus::Findings};
}

}  // namespace

Result<Outcome> perform_config(const Options& options, Client& client, const Style& style) {
  switch (options.command) {
    case Command::ConfigGet:
      return get(options, client);
    case Command::ConfigSet:
    case Command::ConfigUnset:
    case Command::ConfigMpm:
      return change(options, client, style);
    case Command::ConfigCheck:
      return check(options, client, style);
    case Command::ConfigExplain:
      return explain(options, client, style);
    case Command::ConfigDiff:
      return diff(options, client, style);
    default:
      break;
  }
  return show(options, client, style);
}

}  // namespace mpm
