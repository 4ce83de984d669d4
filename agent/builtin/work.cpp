// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/work.h"

#include <charconv>
#include <cstring>
#include <ctime>

#include <fmt/format.h>
#include <sys/mman.h>

namespace mpm::builtin {
namespace {

using Kind = Error::Kind;
using std::chrono::microseconds;

struct Unit {
  std::string_view name;
  std::size_t factor;
};
constexpr Unit kTimes[] = {{"", 1000}, {"us", 1}, {"ms", 1000}, {"s", 1'000'000}};
constexpr Unit kSizes[] = {
    {"", 1}, {"B", 1}, {"KB", 1024}, {"kB", 1024}, {"MB", std::size_t{1024} * 1024}};

constexpr std::size_t kMostCpu = 10'000'000, kMostSleep = 60'000'000;  // microseconds
constexpr std::size_t kMostAlloc = std::size_t{1} << 30U, kMostLeak = std::size_t{64} << 20U;

template <std::size_t N>
Result<std::size_t> quantity(std::string_view word, std::string_view text, const Unit (&units)[N],
                             std::size_t most) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units)
    if (error == std::errc() && rest == unit.name && count <= most / unit.factor)
      return count * unit.factor;
  return fail(Kind::Usage, fmt::format("{}={} is no amount of work; write it like "
                                       "/work?cpu=5ms&sleep=100ms&alloc=8MB&leak=64KB",
                                       word, text));
}

// Memory of its own mapping, so that the allocator neither keeps it nor has it already.
void* touched(std::size_t bytes) {
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  std::memset(memory, 1, bytes);
  return memory;
}

microseconds thread_cpu() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return microseconds(static_cast<std::int64_t>(used.tv_sec) * 1'000'000 + used.tv_nsec / 1000);
}

}  // namespace

Result<Work> parse_work(std::string_view query) {
  Work work;
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view word = query.substr(0, end);
    query = end == std::string_view::npos ? "" : query.substr(end + 1);
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? "" : word.substr(equals + 1);
    Result<std::size_t> amount;
    if (name == "cpu" && (amount = quantity(name, value, kTimes, kMostCpu)))
      work.cpu = microseconds(*amount);
    else if (name == "sleep" && (amount = quantity(name, value, kTimes, kMostSleep)))
      work.sleep = microseconds(*amount);
    else if (name == "alloc" && (amount = quantity(name, value, kSizes, kMostAlloc)))
      work.alloc = *amount;
    else if (name == "leak" && (amount = quantity(name, value, kSizes, kMostLeak)))
      work.leak = *amount;
    else
      return fail(!amount ? amount.error()
                          : Error{Kind::Usage,
                                  fmt::format("{} is no kind of work: cpu, sleep, alloc and leak "
                                              "are",
                                              name)});
  }
  return work;
}

void perform(const Work& work) {
  void* const memory = work.alloc > 0 ? touched(work.alloc) : nullptr;
  if (work.leak > 0) touched(work.leak);
  const microseconds until = thread_cpu() + work.cpu;
  while (work.cpu.count() > 0 && thread_cpu() < until) {
  }
  if (work.sleep.count() > 0) {
    const timespec pause{work.sleep.count() / 1'000'000, work.sleep.count() % 1'000'000 * 1000};
    ::nanosleep(&pause, nullptr);
  }
  if (memory != nullptr) ::munmap(memory, work.alloc);
}

}  // namespace mpm::builtin
