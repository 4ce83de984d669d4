// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/constraints.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "agent/apache/directives.h"

namespace mpm {
namespace {

// The codes of one MPM's messages, in the order of facts that check() goes through. The
// startup variants: httpd -t prints them, a reload logs the next number.
struct Codes {
  std::string_view server_limit_high, server_limit_low, server_limit_kept;
  std::string_view thread_limit_high, thread_limit_low, thread_limit_kept;
  std::string_view threads_high, threads_low;
  std::string_view workers_below_threads, workers_not_multiple, workers_high, workers_low;
  std::string_view start_low, spare_low;
};

constexpr Codes kPrefork{"AH00175", "AH00177", "AH00179", "",        "",        "",       "", "",
                         "",        "",        "AH00180", "AH00182", "AH00184", "AH00186"};
constexpr Codes kWorker{"AH00300", "AH00302", "AH00304", "AH00305", "AH00307",
                        "AH00309", "AH00310", "AH00312", "AH00314", "AH00316",
                        "AH00318", "",        "AH00320", "AH00322"};
constexpr Codes kEvent{"AH00497", "AH00499", "AH00501", "AH00502", "AH00504", "AH00506", "AH00507",
                       "AH00509", "AH00511", "AH00513", "AH00515", "",        "AH00517", "AH00519"};

class Arithmetic {
 public:
  Arithmetic(Mpm mpm, std::span<const WrittenNumber> written) : mpm_(mpm) {
    for (const Directive& directive : directives()) {
      if (!directive.known_to(mpm) || directive.kind == ValueKind::Word ||
          directive.kind == ValueKind::Duration)
        continue;
      EffectiveNumber number{directive.name, directive.default_for(mpm), {}};
      for (const WrittenNumber& entry : written)
        if (same_name(entry.directive, directive.name)) number.value = entry.value;
      result_.numbers.push_back(std::move(number));
    }
  }

  std::int64_t value(std::string_view directive) const { return result_.value_of(directive); }

  void set(std::string_view directive, std::int64_t value, std::string_view code,
           std::string text) {
    EffectiveNumber& number = at(directive);
    number.value = value;
    number.remarks.push_back({std::string(code), std::move(text)});
  }

  // Raises what is below `least`.
  void at_least(std::string_view directive, std::int64_t least, std::string_view code) {
    if (value(directive) >= least) return;
    set(directive, least, code,
        fmt::format("{} {} is less than the least that httpd takes: it uses {}.", directive,
                    value(directive), least));
  }

  void limit(std::string_view directive, std::int64_t kept, std::string_view high,
             std::string_view low, std::string_view changed) {
    const std::int64_t most = find_directive(directive)->maximum_for(mpm_);
    if (value(directive) > most)
      set(directive, most, high,
          fmt::format("{} {} is above httpd's compiled-in maximum: it uses {}.", directive,
                      value(directive), most));
    at_least(directive, 1, low);
    if (kept > 0 && kept != value(directive))
      set(directive, kept, changed,
          fmt::format("{} is {} in the file, and the running server keeps the {} it was started "
                      "with: a new value needs a stop and a start, a reload ignores it.",
                      directive, value(directive), kept));
  }

  EffectiveNumbers take(std::int64_t worker_limit) {
    result_.worker_limit = worker_limit;
    return std::move(result_);
  }

 private:
  EffectiveNumber& at(std::string_view directive) {
    return *std::ranges::find(result_.numbers, directive, &EffectiveNumber::directive);
  }

  Mpm mpm_;
  EffectiveNumbers result_;
};

void check_start(Arithmetic& numbers, const Codes& codes, std::int64_t most_processes) {
  numbers.at_least("StartServers", 1, codes.start_low);
  if (numbers.value("StartServers") > most_processes)
    numbers.set("StartServers", most_processes, "",
                fmt::format("StartServers {} is more than the {} processes there can be: httpd "
                            "starts {} and says nothing.",
                            numbers.value("StartServers"), most_processes, most_processes));
}

// The silent floor under the upper spare bound, in *_run().
void check_spare(Arithmetic& numbers, std::string_view least_name, std::string_view most_name,
                 std::int64_t gap, std::string_view low) {
  numbers.at_least(least_name, 1, low);
  const std::int64_t floor = numbers.value(least_name) + gap;
  if (numbers.value(most_name) >= floor) return;
  numbers.set(most_name, floor, "",
              fmt::format("{} {} is too near {} {}: httpd uses {} and says nothing.", most_name,
                          numbers.value(most_name), least_name, numbers.value(least_name), floor));
}

EffectiveNumbers prefork(Arithmetic numbers, const RunningLimits& running) {
  const Codes& codes = kPrefork;
  numbers.limit("ServerLimit", running.server_limit, codes.server_limit_high,
                codes.server_limit_low, codes.server_limit_kept);
  const std::int64_t processes = numbers.value("ServerLimit");
  if (numbers.value("MaxRequestWorkers") > processes)
    numbers.set("MaxRequestWorkers", processes, codes.workers_high,
                fmt::format("MaxRequestWorkers {} is above ServerLimit {}: httpd uses {}.",
                            numbers.value("MaxRequestWorkers"), processes, processes));
  numbers.at_least("MaxRequestWorkers", 1, codes.workers_low);
  check_start(numbers, codes, numbers.value("MaxRequestWorkers"));
  check_spare(numbers, "MinSpareServers", "MaxSpareServers", 1, codes.spare_low);
  const std::int64_t workers = numbers.value("MaxRequestWorkers");
  return numbers.take(workers);
}

void check_threads(Arithmetic& numbers, const Codes& codes, const RunningLimits& running) {
  numbers.limit("ThreadLimit", running.thread_limit, codes.thread_limit_high,
                codes.thread_limit_low, codes.thread_limit_kept);
  const std::int64_t most = numbers.value("ThreadLimit");
  if (numbers.value("ThreadsPerChild") > most)
    numbers.set("ThreadsPerChild", most, codes.threads_high,
                fmt::format("ThreadsPerChild {} is above ThreadLimit {}: httpd uses {}.",
                            numbers.value("ThreadsPerChild"), most, most));
  numbers.at_least("ThreadsPerChild", 1, codes.threads_low);
}

EffectiveNumbers threaded(Arithmetic numbers, const Codes& codes, const RunningLimits& running) {
  numbers.limit("ServerLimit", running.server_limit, codes.server_limit_high,
                codes.server_limit_low, codes.server_limit_kept);
  check_threads(numbers, codes, running);

  const std::int64_t threads = numbers.value("ThreadsPerChild");
  const std::int64_t asked = numbers.value("MaxRequestWorkers");
  if (asked < threads)
    numbers.set("MaxRequestWorkers", threads, codes.workers_below_threads,
                fmt::format("MaxRequestWorkers {} is less than one process of ThreadsPerChild {} "
                            "has: httpd uses {}.",
                            asked, threads, threads));
  else if (asked % threads != 0)
    numbers.set("MaxRequestWorkers", asked / threads * threads, codes.workers_not_multiple,
                fmt::format("MaxRequestWorkers {} is no multiple of ThreadsPerChild {}: httpd "
                            "uses {}.",
                            asked, threads, asked / threads * threads));
  const std::int64_t processes = numbers.value("ServerLimit");
  const std::int64_t workers = numbers.value("MaxRequestWorkers");
  if (workers / threads > processes)
    numbers.set("MaxRequestWorkers", processes * threads, codes.workers_high,
                fmt::format("MaxRequestWorkers {} needs {} processes of {} threads, and "
                            "ServerLimit allows {}: at most {} workers can run.",
                            workers, workers / threads, threads, processes, processes * threads));
  const std::int64_t usable = numbers.value("MaxRequestWorkers");
  check_start(numbers, codes, usable / threads);
  check_spare(numbers, "MinSpareThreads", "MaxSpareThreads", threads + 1, codes.spare_low);
  return numbers.take(usable);
}

// One child with a fixed pool; mpm_winnt.c clamps ThreadsPerChild as the others do.
EffectiveNumbers winnt(Arithmetic numbers, const RunningLimits& running) {
  check_threads(numbers, Codes{}, running);
  const std::int64_t workers = numbers.value("ThreadsPerChild");
  return numbers.take(workers);
}

}  // namespace

std::int64_t leading_integer(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r')))
    ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  std::int64_t value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    value = std::min<std::int64_t>(value * 10 + (text[at] - '0'),
                                   std::numeric_limits<std::int32_t>::max());
  return negative ? -value : value;
}

std::int64_t EffectiveNumbers::value_of(std::string_view directive) const {
  const auto found = std::ranges::find(numbers, directive, &EffectiveNumber::directive);
  return found == numbers.end() ? 0 : found->value;
}

EffectiveNumbers effective_numbers(Mpm mpm, std::span<const WrittenNumber> written,
                                   const RunningLimits& running) {
  Arithmetic numbers(mpm, written);
  switch (mpm) {
    case Mpm::Prefork:
      return prefork(std::move(numbers), running);
    case Mpm::Worker:
      return threaded(std::move(numbers), kWorker, running);
    case Mpm::Event:
      return threaded(std::move(numbers), kEvent, running);
    case Mpm::Winnt:
      return winnt(std::move(numbers), running);
  }
  return {};
}

}  // namespace mpm
