// SPDX-License-Identifier: Apache-2.0
#include "agent/config/wish.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "agent/config/tree.h"

namespace mpm::config {
namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();

struct Range {
  std::int64_t least = 0;
  std::int64_t most = kMaxInt;
};

// What httpd takes without correcting it (the MPMs' check_config, and the handlers in
// mpm_common.c and listen.c).
Range range_of(const Directive& directive, Mpm mpm) {
  constexpr std::array kFromZero = std::to_array<std::string_view>(
      {"MaxConnectionsPerChild", "MaxKeepAliveRequests", "MaxMemFree", "GracefulShutdownTimeout",
       "ListenCoresBucketsRatio", "ThreadStackSize"});
  Range range;
  range.least = std::ranges::find(kFromZero, directive.name) == kFromZero.end() ? 1 : 0;
  if (directive.maximum_for(mpm) > 0) range.most = directive.maximum_for(mpm);
  // Kept in bytes, in 32 bits.
  if (directive.name == "MaxMemFree") range.most = kMaxInt * 2 / 1024;
  return range;
}

// Digits alone, and no zero before others.
std::optional<std::int64_t> plain_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

tl::unexpected<Error> refuse(const Directive& directive, std::string_view value,
                             std::string_view takes) {
  return fail(Error::Kind::Usage,
              fmt::format("{} cannot be \"{}\": it takes {}.", directive.name, value, takes));
}

Result<std::string> whole_number(const Directive& directive, std::string_view value, Mpm mpm) {
  const Range range = range_of(directive, mpm);
  const auto number = plain_number(value);
  if (number && *number >= range.least && *number <= range.most) return std::string(value);
  const std::string unit =
      directive.unit.empty() ? std::string() : fmt::format(" ({})", directive.unit);
  return refuse(directive, value,
                fmt::format("a whole number{} from {} to {}", unit, range.least, range.most));
}

Result<std::string> factor(const Directive& directive, std::string_view value) {
  const auto number = plain_number(value);
  if (number && *number >= 1 && *number <= kMaxInt) return std::string(value);
  return refuse(directive, value,
                "a whole number from 1 on; httpd drops what stands behind a point, whatever the "
                "manual says");
}

// Of what httpd takes, one spelling of each unit.
Result<std::string> duration(const Directive& directive, std::string_view value) {
  const std::size_t digits = std::min(value.find_first_not_of("0123456789"), value.size());
  const auto number = plain_number(value.substr(0, digits));
  const std::string_view unit = value.substr(digits);
  constexpr std::array kUnits = std::to_array<std::string_view>({"", "s", "ms", "min", "h"});
  const bool known = std::ranges::find(kUnits, unit) != kUnits.end();
  if (number && *number <= kMaxInt && known) return std::string(value);
  return refuse(directive, value,
                "a whole number of seconds such as 5, or one with a unit: 500ms, 5s, 1min, 1h");
}

Result<std::string> word(const Directive& directive, std::string_view value) {
  if (directive.name != "ScoreBoardFile") {
    if (equal_ignoring_case(value, "On")) return std::string("On");
    if (equal_ignoring_case(value, "Off")) return std::string("Off");
    return refuse(directive, value, "On or Off");
  }
  const auto odd = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == '$' || c == 0x7F;
  };
  if (!value.empty() && trim(value).size() == value.size() && std::ranges::none_of(value, odd))
    return std::string(value);
  return refuse(directive, value, "a path, without quotes, backslashes, $ or control characters");
}

Result<std::string> checked_value(const Directive& directive, std::string_view value, Mpm mpm) {
  switch (directive.kind) {
    case ValueKind::Count:
    case ValueKind::Size:
      return whole_number(directive, value, mpm);
    case ValueKind::Fraction:
      return factor(directive, value);
    case ValueKind::Duration:
      return duration(directive, value);
    case ValueKind::Word:
      return word(directive, value);
  }
  return std::string(value);
}

// What the other kind of MPM calls it, and what that counts.
std::string instead_of(std::string_view directive, Mpm mpm) {
  constexpr std::array kPairs = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"MinSpareServers", "MinSpareThreads"}, {"MaxSpareServers", "MaxSpareThreads"}});
  for (const auto& [processes, workers] : kPairs) {
    if (directive == processes && find_directive(workers)->known_to(mpm))
      return fmt::format(" Its equivalent is {}, which counts workers and not processes.", workers);
    if (directive == workers && find_directive(processes)->known_to(mpm))
      return fmt::format(" Its equivalent is {}, which counts processes.", processes);
  }
  if (mpm == Mpm::Prefork && (directive == "ThreadsPerChild" || directive == "ThreadLimit"))
    return " A process of prefork is one worker; MaxRequestWorkers bounds them.";
  if (mpm == Mpm::Winnt && (directive == "MaxRequestWorkers" || directive == "ServerLimit"))
    return " It has one process; ThreadsPerChild is the number of its workers.";
  if (directive == "AsyncRequestWorkerFactor") return " The event MPM alone has it.";
  return {};
}

std::string known_names(Mpm mpm) {
  std::string names;
  for (const Directive& directive : directives()) {
    if (!directive.known_to(mpm)) continue;
    if (!names.empty()) names += ", ";
    names += directive.name;
  }
  return names;
}

}  // namespace

Result<std::vector<CheckedWish>> check_wishes(std::span<const Wish> wishes, Mpm mpm) {
  std::vector<CheckedWish> checked;
  for (const Wish& wish : wishes) {
    const Directive* directive = find_directive(wish.directive);
    if (directive == nullptr)
      return fail(
          Error::Kind::Usage,
          fmt::format("There is no directive {} among those that can be set here. There are "
                      "{}.",
                      wish.directive, known_names(mpm)));
    if (!directive->known_to(mpm))
      return fail(Error::Kind::Usage,
                  fmt::format("The {} MPM does not know {}; httpd would refuse to start with it.{}",
                              name_of_mpm(mpm), directive->name, instead_of(directive->name, mpm)));
    if (std::ranges::find(checked, directive, &CheckedWish::directive) != checked.end())
      return fail(Error::Kind::Usage,
                  fmt::format("{} is wished for twice; name it once.", directive->name));
    CheckedWish entry{directive, std::nullopt};
    if (wish.value) {
      auto value = checked_value(*directive, *wish.value, mpm);
      if (!value) return fail(std::move(value).error());
      entry.value = std::move(*value);
    }
    checked.push_back(std::move(entry));
  }
  return checked;
}

bool same_value(const Directive& directive, std::string_view written, std::string_view value) {
  if (written == value) return true;
  if (directive.kind == ValueKind::Word)
    return directive.name != "ScoreBoardFile" && equal_ignoring_case(written, value);
  if (directive.kind == ValueKind::Duration) return false;
  while (written.size() > 1 && written.front() == '0')
    written.remove_prefix(1);
  return written == value;
}

}  // namespace mpm::config
