// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/proc_parse.h"

#include <array>
#include <charconv>
#include <utility>

namespace mpm {
namespace {

// PF_KTHREAD, include/linux/sched.h.
constexpr std::uint64_t kKernelThread = 0x200000;

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return text = {};
  text.remove_prefix(from);
  const auto end = text.find_first_of(" \t\n");
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(word.size());
  return word;
}

template <class Number>
Number take_number(std::string_view& text) {
  const std::string_view word = take_word(text);
  Number value{};
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

// -1 when it is none.
std::int64_t octal(std::string_view word) {
  std::int64_t value = -1;
  std::from_chars(word.data(), word.data() + word.size(), value, 8);
  return value;
}

// Calls visit(name, rest) for each "Name:   rest" line.
template <class Visit>
void each_colon_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) visit(line.substr(0, colon), line.substr(colon + 1));
  }
}

Bytes kib(std::string_view rest) {
  return Bytes{take_number<std::int64_t>(rest) * 1024};
}

}  // namespace

std::optional<ProcStat> parse_stat(std::string_view text) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return std::nullopt;
  ProcStat stat;
  stat.comm = text.substr(open + 1, close - open - 1);
  std::string_view rest = text.substr(close + 1);
  const std::string_view state = take_word(rest);
  if (state.empty()) return std::nullopt;
  stat.state = state.front();
  stat.ppid = take_number<std::int32_t>(rest);
  // proc(5) numbers the fields from 1; the next ones are of no interest here.
  for (int field = 5; field < 9; ++field)
    take_word(rest);
  stat.is_kernels = (take_number<std::uint64_t>(rest) & kKernelThread) != 0;
  for (int field = 10; field < 14; ++field)
    take_word(rest);
  stat.user_ticks = take_number<std::uint64_t>(rest);
  stat.system_ticks = take_number<std::uint64_t>(rest);
  for (int field = 16; field < 20; ++field)
    take_word(rest);
  stat.threads = take_number<std::int64_t>(rest);
  take_word(rest);
  stat.start_ticks = take_number<std::uint64_t>(rest);
  return stat;
}

std::optional<ThreadTime> parse_schedstat(std::string_view text) {
  constexpr double kNanosecond = 1e-9;
  const auto run = take_number<std::uint64_t>(text);
  const auto wait = take_number<std::uint64_t>(text);
  const auto turns = take_number<std::uint64_t>(text);
  if (turns == 0) return std::nullopt;
  return ThreadTime{static_cast<double>(run) * kNanosecond,
                    static_cast<double>(wait) * kNanosecond};
}

ProcStatus parse_status(std::string_view text) {
  ProcStatus status;
  each_colon_line(text, [&](std::string_view name, std::string_view rest) {
    if (name == "VmHWM") status.peak = kib(rest);
    if (name == "VmRSS") status.rss = kib(rest);
    if (name == "RssAnon") status.anonymous = kib(rest);
    if (name == "VmSwap") status.swap = kib(rest);
    if (name == "Threads") status.threads = take_number<std::int64_t>(rest);
    if (name == "NSpid") {
      // The same process in each namespace, from the outside in.
      while (rest.find_first_not_of(" \t") != std::string_view::npos)
        status.inner_pid = take_number<std::int32_t>(rest);
    }
    if (name == "Uid" || name == "Gid") {
      const auto real = take_number<std::int64_t>(rest);
      const auto effective = take_number<std::int64_t>(rest);
      const auto saved = take_number<std::int64_t>(rest);
      (name == "Uid" ? status.uid : status.gid) = effective;
      if (name == "Uid") status.is_one_user = real == effective && saved == effective;
    }
    if (name == "Groups")
      while (rest.find_first_not_of(" \t") != std::string_view::npos)
        status.groups.push_back(take_number<std::int64_t>(rest));
    if (name == "Umask") status.file_mask = octal(take_word(rest));
    if (name == "CapEff")
      status.capability_effective = parse_hexadecimal(take_word(rest)).value_or(0);
    if (name == "CapBnd") status.capability_bound = parse_hexadecimal(take_word(rest)).value_or(0);
  });
  return status;
}

MemoryRollup parse_smaps_rollup(std::string_view text) {
  MemoryRollup memory;
  each_colon_line(text, [&](std::string_view name, std::string_view rest) {
    if (name == "Rss") memory.rss = kib(rest);
    if (name == "Pss") memory.pss = kib(rest);
    if (name == "Private_Clean" || name == "Private_Dirty" || name == "Private_Hugetlb")
      memory.unique += kib(rest);
    if (name == "SwapPss") memory.swap = kib(rest);
  });
  return memory;
}

MemoryInfo parse_meminfo(std::string_view text) {
  MemoryInfo info;
  Bytes free_and_cached;
  bool told = false;
  each_colon_line(text, [&](std::string_view name, std::string_view rest) {
    if (name == "MemTotal") info.total = kib(rest);
    if (name == "MemFree" || name == "Cached" || name == "Buffers") free_and_cached += kib(rest);
    if (name == "SwapTotal") info.swap_total = kib(rest);
    if (name == "SwapFree") info.swap_free = kib(rest);
    if (name != "MemAvailable") return;
    info.available = kib(rest);
    told = true;
  });
  if (!told) info.available = free_and_cached;
  return info;
}

HostCpu parse_host_stat(std::string_view text, double ticks_per_second) {
  HostCpu cpu;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    const std::string_view name = take_word(line);
    if (name == "cpu") {
      // user nice system idle iowait irq softirq steal; guest times are in user and nice.
      double idle = 0;
      double total = 0;
      for (int column = 0; column < 8; ++column) {
        const auto ticks = static_cast<double>(take_number<std::uint64_t>(line));
        total += ticks;
        if (column == 3 || column == 4) idle += ticks;
      }
      cpu.total_seconds = total / ticks_per_second;
      cpu.busy_seconds = (total - idle) / ticks_per_second;
    } else if (name.substr(0, 3) == "cpu") {
      ++cpu.processors;
    } else if (name == "btime") {
      cpu.boot_seconds = take_number<std::int64_t>(line);
    }
  }
  return cpu;
}

std::optional<double> parse_pressure(std::string_view text, std::string_view line_name) {
  constexpr std::string_view kKey = "avg10=";
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (take_word(line) != line_name) continue;
    const auto at = line.find(kKey);
    if (at == std::string_view::npos) return std::nullopt;
    line.remove_prefix(at + kKey.size());
    return take_number<double>(line);
  }
  return std::nullopt;
}

std::int64_t parse_netstat(std::string_view text, std::string_view group, std::string_view name) {
  while (!text.empty()) {
    std::string_view names = take_line(text);
    std::string_view numbers = take_line(text);
    const std::string_view title = take_word(names);
    take_word(numbers);
    if (title.substr(0, title.find(':')) != group) continue;
    while (!names.empty() && !numbers.empty()) {
      const std::string_view key = take_word(names);
      const auto value = take_number<std::int64_t>(numbers);
      if (key == name) return value;
    }
  }
  return 0;
}

std::vector<std::string> split_nul(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find('\0');
    words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

std::int64_t parse_keyed(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (take_word(line) == key) return take_number<std::int64_t>(line);
  }
  return 0;
}

// "         0     100000      65536": the first inside, the first outside, how many.
std::optional<std::int64_t> inner_id(std::string_view map, std::int64_t outer) {
  while (!map.empty()) {
    std::string_view line = take_line(map);
    const auto inside = take_number<std::int64_t>(line);
    const auto outside = take_number<std::int64_t>(line);
    const auto count = take_number<std::int64_t>(line);
    if (outer >= outside && outer - outside < count) return inside + (outer - outside);
  }
  return std::nullopt;
}

std::int64_t count_list(std::string_view text) {
  std::int64_t count = 0;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const auto first = parse_number(part);
    if (!first) continue;
    const auto dash = part.find('-');
    const auto last = dash == std::string_view::npos ? first : parse_number(part.substr(dash + 1));
    if (last && *last >= *first) count += *last - *first + 1;
  }
  return count;
}

std::optional<std::uint64_t> parse_hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  const std::string_view word = take_word(text);
  std::int64_t value = 0;
  if (std::from_chars(word.data(), word.data() + word.size(), value).ec != std::errc())
    return std::nullopt;
  return value;
}

}  // namespace mpm
