// SPDX-License-Identifier: Apache-2.0
#include "agent/service/settings_file.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <optional>
#include <type_traits>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::string_view kPolicy = "policy";
constexpr ReadLimits kLongestFile{std::size_t{1} << 20};

enum class Taken : std::uint8_t { AtAStart, AtAReload };

// What a value has to be; the bounds are those of a number.
struct Rule {
  std::string_view wanted;
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  bool is_path = false;
};

constexpr Rule kFile{.wanted = "a path that begins with /", .is_path = true};

// The keys, each with the option that it stands for.
template <class Options, class Visit>
void for_each_key(Options& options, Visit&& visit) {
  visit("socket", options.socket, kFile, Taken::AtAStart);
  visit("group", options.group, Rule{"the name of a group"}, Taken::AtAStart);
  visit("listen", options.port.endpoint, Rule{R"(an address and a port, as in "127.0.0.1:9180")"},
        Taken::AtAReload);
  visit("tokens", options.port.tokens, kFile, Taken::AtAReload);
  visit("certificate", options.port.tls.certificate, kFile, Taken::AtAReload);
  visit("key", options.port.tls.key, kFile, Taken::AtAReload);
  visit("client_ca", options.port.tls.client_ca, kFile, Taken::AtAReload);
  visit("metrics", options.metrics, Rule{R"(an address and a port, as in "127.0.0.1:9117")"},
        Taken::AtAReload);
  visit("interval_milliseconds", options.agent.interval,
        Rule{"a whole number from 100 to 60000", 100, 60000}, Taken::AtAStart);
  visit("sweep_milliseconds", options.agent.sweep_every,
        Rule{"a whole number from 500 to 600000", 500, 600000}, Taken::AtAStart);
  visit("sweep_share", options.agent.sweep_share, Rule{"a number from 0 to 1", 0, 1},
        Taken::AtAStart);
  visit("history", options.agent.history,
        Rule{.wanted = R"(a path that begins with /, or ":memory:")", .is_path = true},
        Taken::AtAStart);
  visit("keep_hours", options.agent.keep.samples, Rule{"a whole number from 1 to 8760", 1, 8760},
        Taken::AtAStart);
  visit("keep_rollups_days", options.agent.keep.rollups,
        Rule{"a whole number from 1 to 3660", 1, 3660}, Taken::AtAStart);
  visit("history_mebibytes", options.agent.keep.most,
        Rule{"a whole number from 16 to 1048576", 16, 1 << 20}, Taken::AtAStart);
  visit("state", options.agent.state, kFile, Taken::AtAStart);
}

// Those of [policy].
template <class Options, class Visit>
void for_each_policy_key(Options& options, Visit&& visit) {
  auto& policy = options.agent.policy;
  visit("memory_share", policy.memory_share, Rule{"a number from 0.1 to 1", 0.1, 1},
        Taken::AtAStart);
  visit("headroom", policy.headroom, Rule{"a number from 1 on", 1}, Taken::AtAStart);
  visit("min_samples", policy.min_samples, Rule{"a whole number from 1 on", 1}, Taken::AtAStart);
  visit("min_span_seconds", policy.min_span_seconds, Rule{"a number from 0 on"}, Taken::AtAStart);
  visit("min_requests_per_child", policy.min_requests_per_child, Rule{"a number from 0 on"},
        Taken::AtAStart);
}

bool take(const toml::node& node, std::string& into, const Rule& rule) {
  const auto value = node.value_exact<std::string>();
  if (!value) return false;
  if (rule.is_path && !value->starts_with('/') && *value != ":memory:") return false;
  into = *value;
  return true;
}
template <class Number>
bool take_number(const toml::node& node, Number& into, const Rule& rule) {
  std::optional<Number> value;
  if constexpr (std::is_integral_v<Number>)
    value = node.value_exact<std::int64_t>();
  else if (node.is_number())
    value = node.value<Number>();
  if (!value) return false;
  const auto number = static_cast<double>(*value);
  if (!(number >= rule.least && number <= rule.most)) return false;
  into = *value;
  return true;
}
bool take(const toml::node& node, double& into, const Rule& rule) {
  return take_number(node, into, rule);
}
bool take(const toml::node& node, std::int64_t& into, const Rule& rule) {
  return take_number(node, into, rule);
}
// In MiB.
bool take(const toml::node& node, Bytes& into, const Rule& rule) {
  std::int64_t count = 0;
  if (!take_number(node, count, rule)) return false;
  into = kMiB * count;
  return true;
}
template <class Rep, class Period>
bool take(const toml::node& node, std::chrono::duration<Rep, Period>& into, const Rule& rule) {
  std::int64_t count = 0;
  if (!take_number(node, count, rule)) return false;
  into = std::chrono::duration<Rep, Period>(count);
  return true;
}

// Levenshtein's: how many letters have to be put in, taken out or exchanged.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t above = row[0]++;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t exchanged = above + (from[i - 1] == to[j - 1] ? 0 : 1);
      above = row[j];
      row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// The key that was probably meant: one that goes on as it begins, or has a slip of the pen.
std::string advice(std::string_view key, const std::vector<std::string_view>& known) {
  for (const std::string_view name : known)
    if (key.size() > 2 && name.starts_with(key)) return fmt::format("{} is meant?", name);
  const auto nearest = std::ranges::min_element(
      known, {}, [key](std::string_view name) { return distance(key, name); });
  if (distance(key, *nearest) * 3 <= nearest->size()) return fmt::format("{} is meant?", *nearest);
  return fmt::format("there are {}", fmt::join(known, ", "));
}

std::string place(const std::string& path, const toml::source_region& region) {
  return fmt::format("{}:{}:{}", path, region.begin.line, region.begin.column);
}

// Takes every key of a table that `keys` visits.
template <class Keys>
void take_table(const toml::table& table, const std::string& path, std::string_view prefix,
                ProgramOptions& options, Keys&& keys, std::vector<std::string>& wrong) {
  std::vector<std::string_view> known;
  keys(options, [&](std::string_view name, auto&, const Rule&, Taken) { known.push_back(name); });
  if (prefix.empty()) known.push_back(kPolicy);
  for (const auto& [key, node] : table) {
    if (prefix.empty() && key.str() == kPolicy && node.is_table()) continue;
    if (std::ranges::find(known, key.str()) == known.end()) {
      wrong.push_back(fmt::format("{}: there is no key {}{}; {}", place(path, key.source()), prefix,
                                  key.str(), advice(key.str(), known)));
      continue;
    }
    std::string_view wanted = "a table, as [policy]";
    keys(options, [&, &value = node, &named = key](std::string_view name, auto& into,
                                                   const Rule& rule, Taken) {
      if (named.str() == name) wanted = take(value, into, rule) ? "" : rule.wanted;
    });
    if (!wanted.empty())
      wrong.push_back(fmt::format("{}: {}{} has to be {}", place(path, node.source()), prefix,
                                  key.str(), wanted));
  }
}

}  // namespace

std::vector<std::string> take_settings(std::string_view text, const std::string& path,
                                       ProgramOptions& options) {
  const toml::parse_result parsed = toml::parse(text, path);
  if (!parsed)
    return {
        fmt::format("{}: {}", place(path, parsed.error().source()), parsed.error().description())};
  std::vector<std::string> wrong;
  take_table(
      parsed.table(), path, "", options, [](auto& of, auto&& visit) { for_each_key(of, visit); },
      wrong);
  if (const toml::table* policy = parsed.table()[kPolicy].as_table())
    take_table(
        *policy, path, "policy.", options,
        [](auto& of, auto&& visit) { for_each_policy_key(of, visit); }, wrong);
  return wrong;
}

std::vector<std::string> read_settings_file(const std::string& path, ProgramOptions& options) {
  const auto text = read_file(path, kLongestFile);
  if (!text) return {fmt::format("{}; give --config a file that can be read", text.error().what)};
  return take_settings(*text, path, options);
}

std::vector<std::string> keys_for_a_start(const ProgramOptions& was, const ProgramOptions& is) {
  std::vector<std::string> changed;
  const auto compare = [&](std::string_view prefix, auto&& keys) {
    keys(was, [&](std::string_view name, const auto& before, const Rule&, Taken when) {
      keys(is, [&](std::string_view other, const auto& after, const Rule&, Taken) {
        if constexpr (std::is_same_v<decltype(before), decltype(after)>)
          if (when == Taken::AtAStart && name == other && before != after)
            changed.push_back(std::string(prefix) + std::string(name));
      });
    });
  };
  compare("", [](auto& of, auto&& visit) { for_each_key(of, visit); });
  compare("policy.", [](auto& of, auto&& visit) { for_each_policy_key(of, visit); });
  return changed;
}

}  // namespace mpm
