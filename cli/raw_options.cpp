// SPDX-License-Identifier: Apache-2.0
#include "cli/raw_options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "cli/duration.h"
#include "cli/moment.h"
#include "cli/option_checks.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

// Of a screen that is drawn anew, in seconds: ten times a second.
constexpr double kShortestPace = 0.1;

bool is_config(Command command) {
  return command >= Command::ConfigShow && command <= Command::ConfigDiff;
}

bool is_change(Command command) {
  return command >= Command::Apply && command <= Command::Show;
}

// Options whose value is one of a few words.
Result<void> take_words(Raw& raw) {
  constexpr std::array<std::string_view, 3> kColors{"auto", "always", "never"};  // as ColorChoice
  if (auto taken = take_word("--color", raw.color, kColors, raw.options.color); !taken)
    return taken;
  if (auto taken = take_word("--allow", raw.allow, kWords<RestartClass>, raw.options.most_restart);
      !taken)
    return taken;
  raw.options.switch_mpm = !raw.mpm.empty();
  return take_word("--mpm", raw.mpm, kWords<Mpm>, raw.options.mpm);
}

// --auto decides what is changed, and the policy how far; the rest belongs to it.
Result<void> judge_auto(const Raw& raw) {
  const Options& options = raw.options;
  if (options.command != Command::Apply) return {};
  if (!options.automatic && (!options.policy.empty() || options.rounds != 0 || !raw.every.empty()))
    return fail(usage("--policy, --rounds and --every belong to --auto"));
  if (options.automatic &&
      (!options.wishes.empty() || !raw.mpm.empty() || options.yes || options.json))
    return fail(
        usage("--auto makes what is recommended and says so in lines; it goes without "
              "directives, --mpm, --yes and --json"));
  if (options.automatic && options.most_restart != RestartClass::Graceful)
    return fail(
        usage("with --auto the policy allows a restart, by allow_full_restart, and not "
              "--allow"));
  return {};
}

Result<void> judge_top(const Options& options) {
  if (options.command != Command::Top || options.count == 0 || options.batch || options.json)
    return {};
  return fail(usage("--count belongs to --batch and --json: a screen is left with q"));
}

Result<void> judge_history(Raw& raw) {
  Options& options = raw.options;
  if (options.command != Command::History) return {};
  if (options.csv && options.json)
    return fail(usage("--csv and --json are two forms of one answer; give one of them"));
  for (const auto& [option, text, into] : {std::tuple{"--from", &raw.past_from, &options.past_from},
                                           std::tuple{"--to", &raw.past_to, &options.past_to}}) {
    if (text->empty()) continue;
    auto moment = parse_moment(option, *text);
    if (!moment) return fail(std::move(moment.error()));
    *into = std::move(*moment);
  }
  if (raw.past_from == "now") return fail(usage("--from now leaves no time to show"));
  return read_duration({raw.step, "--step", options.step_seconds});
}

}  // namespace

Error usage(std::string what) {
  while (!what.empty() && (what.back() == '.' || what.back() == '\n'))
    what.pop_back();
  std::replace(what.begin(), what.end(), '\n', ' ');
  return {Error::Kind::Usage, what + "; mpmctl --help lists what there is."};
}

Result<Options> judged(Raw raw) {
  if (auto taken = take_words(raw); !taken) return fail(std::move(taken.error()));
  if (!raw.target.empty()) {
    auto target = parse_target(raw.target);
    if (!target) return fail(target.error());
    raw.options.target = *target;
  }
  std::optional<double> timeout;
  for (const Duration& duration :
       {Duration{raw.watch, raw.options.command == Command::Simulate ? "--from" : "--for",
                 raw.options.watch_seconds},
        Duration{raw.timeout, "--timeout", timeout},
        Duration{raw.every, "--every", raw.options.every_seconds,
                 raw.options.command == Command::Top ? kShortestPace : 1},
        Duration{raw.change_watch, "--watch", raw.options.change_watch_seconds}})
    if (auto fine = read_duration(duration); !fine) return fail(std::move(fine.error()));
  if (timeout)
    raw.options.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::duration<double>(*timeout));
  if (raw.options.command == Command::Apply)
    for (const std::string& directive : raw.unset) {
      if (!is_directive(directive))
        return fail(
            Error::Kind::Usage,
            fmt::format("--unset: '{}' is no directive; name it without a value.", directive));
      raw.options.wishes.push_back({directive, std::nullopt});
    }
  raw.words.insert(raw.words.end(), raw.set.begin(), raw.set.end());
  if (is_config(raw.options.command) || raw.options.command == Command::Apply ||
      raw.options.command == Command::Simulate)
    if (auto fine = judge_config(raw.words, raw.site, raw.options); !fine)
      return fail(std::move(fine.error()));
  // A journal of one's own is nothing that the hand knows of.
  raw.options.may_use_hand =
      is_change(raw.options.command) && !raw.options.no_daemon && raw.options.state.empty();
  // What reads a tree and what writes has the rights of whoever asks, and no more.
  raw.options.no_daemon =
      raw.options.no_daemon || raw.options.write || raw.options.offline.has_value() ||
      std::ranges::any_of(raw.options.compared,
                          [](const ConfigSource& source) { return source.offline.has_value(); });
  // The journal is where an agent of its own writes it, and only that one may change anything.
  if (is_change(raw.options.command)) raw.options.no_daemon = true;
  if (auto fine = judge_auto(raw); !fine) return fail(std::move(fine.error()));
  if (auto fine = judge_top(raw.options); !fine) return fail(std::move(fine.error()));
  if (auto fine = judge_history(raw); !fine) return fail(std::move(fine.error()));
  // A daemon may be of another user, who may not look at our server, and takes its time.
  if (raw.options.command == Command::Demo || raw.options.command == Command::Lab)
    raw.options.no_daemon = true;
  return raw.options;
}

}  // namespace mpm
