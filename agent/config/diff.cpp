// SPDX-License-Identifier: Apache-2.0
#include "agent/config/diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace mpm::config {
namespace {

constexpr std::ptrdiff_t kMaxDifferences = 1000;
constexpr std::size_t kContext = 3;

using Lines = std::vector<std::string_view>;

// With their line ends, so that a last line without one differs from one with it.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t lf = text.find('\n');
    const std::size_t size = lf == std::string_view::npos ? text.size() : lf + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// Lines [a, a + removed) of the one give way to lines [b, b + added) of the other.
struct Hunk {
  std::size_t a = 0, removed = 0;
  std::size_t b = 0, added = 0;
};

// The part of both texts that is neither in their common beginning nor in their common end.
struct Middle {
  std::size_t a = 0, a_end = 0;
  std::size_t b = 0, b_end = 0;
};

Middle middle_of(const Lines& before, const Lines& after) {
  Middle m{0, before.size(), 0, after.size()};
  while (m.a < m.a_end && m.b < m.b_end && before[m.a] == after[m.b]) {
    ++m.a;
    ++m.b;
  }
  while (m.a_end > m.a && m.b_end > m.b && before[m.a_end - 1] == after[m.b_end - 1]) {
    --m.a_end;
    --m.b_end;
  }
  return m;
}

// Myers' greedy algorithm: for each number of differences the furthest point of each diagonal,
// kept so that the way can be walked back.
class Myers {
 public:
  Myers(const Lines& before, const Lines& after, const Middle& middle)
      : before_(before), after_(after), m_(middle) {}

  std::vector<Hunk> hunks() {
    const std::ptrdiff_t differences = search();
    if (differences < 0) return {Hunk{m_.a, m_.a_end - m_.a, m_.b, m_.b_end - m_.b}};
    return walk_back(differences);
  }

 private:
  using Front = std::vector<std::ptrdiff_t>;  // x of diagonal k at [k + d + 1]

  std::ptrdiff_t width() const { return static_cast<std::ptrdiff_t>(m_.a_end - m_.a); }
  std::ptrdiff_t height() const { return static_cast<std::ptrdiff_t>(m_.b_end - m_.b); }

  bool same(std::ptrdiff_t x, std::ptrdiff_t y) const {
    return before_[m_.a + static_cast<std::size_t>(x)] ==
           after_[m_.b + static_cast<std::size_t>(y)];
  }

  static std::ptrdiff_t at(const Front& front, std::ptrdiff_t d, std::ptrdiff_t k) {
    return front[static_cast<std::size_t>(k + d + 1)];
  }

  // Whether the way to diagonal k comes from the one above it, by a line that is added.
  static bool comes_down(const Front& last, std::ptrdiff_t d, std::ptrdiff_t k) {
    return k == -d || (k != d && at(last, d - 1, k - 1) < at(last, d - 1, k + 1));
  }

  std::ptrdiff_t search() {
    const std::ptrdiff_t most = std::min(width() + height(), kMaxDifferences);
    Front last{0, 0, 0};
    for (std::ptrdiff_t d = 0; d <= most; ++d) {
      Front front(static_cast<std::size_t>(2 * d + 3), -1);
      for (std::ptrdiff_t k = -d; k <= d; k += 2) {
        std::ptrdiff_t x = 0;
        if (d > 0) x = comes_down(last, d, k) ? at(last, d - 1, k + 1) : at(last, d - 1, k - 1) + 1;
        while (x < width() && x - k < height() && same(x, x - k))
          ++x;
        front[static_cast<std::size_t>(k + d + 1)] = x;
        if (x >= width() && x - k >= height()) return d;
      }
      fronts_.push_back(front);
      last = std::move(front);
    }
    return -1;
  }

  std::vector<Hunk> walk_back(std::ptrdiff_t differences) {
    std::vector<Hunk> hunks;
    std::ptrdiff_t x = width();
    std::ptrdiff_t k = x - height();
    for (std::ptrdiff_t d = differences; d > 0; --d) {
      const Front& last = fronts_[static_cast<std::size_t>(d - 1)];
      const bool down = comes_down(last, d, k);
      k += down ? 1 : -1;
      x = at(last, d - 1, k);
      const auto a = m_.a + static_cast<std::size_t>(x);
      const auto b = m_.b + static_cast<std::size_t>(x - k);
      hunks.push_back(down ? Hunk{a, 0, b, 1} : Hunk{a, 1, b, 0});
    }
    std::reverse(hunks.begin(), hunks.end());
    return joined(hunks);
  }

  static std::vector<Hunk> joined(const std::vector<Hunk>& steps) {
    std::vector<Hunk> hunks;
    for (const Hunk& step : steps) {
      Hunk* last = hunks.empty() ? nullptr : &hunks.back();
      if (last != nullptr && last->a + last->removed == step.a && last->b + last->added == step.b) {
        last->removed += step.removed;
        last->added += step.added;
      } else {
        hunks.push_back(step);
      }
    }
    return hunks;
  }

  const Lines& before_;
  const Lines& after_;
  Middle m_;
  std::vector<Front> fronts_;
};

void append_line(std::string& text, char mark, std::string_view line) {
  text += mark;
  text += printable(line);
  if (line.empty() || line.back() != '\n') text += "\n\\ No newline at end of file\n";
}

std::string range(std::size_t first, std::size_t count) {
  const std::size_t shown = count == 0 ? first : first + 1;
  return count == 1 ? fmt::format("{}", shown) : fmt::format("{},{}", shown, count);
}

// Hunks [from, to), whose contexts touch, under one heading.
void append_group(std::string& text, const Lines& before, const Lines& after,
                  const std::vector<Hunk>& hunks, std::size_t from, std::size_t to) {
  const Hunk& first = hunks[from];
  const Hunk& last = hunks[to - 1];
  const std::size_t lead = std::min(kContext, first.a);
  const std::size_t a_end = std::min(last.a + last.removed + kContext, before.size());
  const std::size_t trail = a_end - (last.a + last.removed);
  const std::size_t a = first.a - lead;
  const std::size_t b = first.b - lead;
  const std::size_t b_end = last.b + last.added + trail;
  text += fmt::format("@@ -{} +{} @@\n", range(a, a_end - a), range(b, b_end - b));
  std::size_t shown = a;
  for (std::size_t i = from; i < to; ++i) {
    for (; shown < hunks[i].a; ++shown)
      append_line(text, ' ', before[shown]);
    for (; shown < hunks[i].a + hunks[i].removed; ++shown)
      append_line(text, '-', before[shown]);
    for (std::size_t added = 0; added < hunks[i].added; ++added)
      append_line(text, '+', after[hunks[i].b + added]);
  }
  for (; shown < a_end; ++shown)
    append_line(text, ' ', before[shown]);
}

// The length of the UTF-8 sequence at the beginning, or 0 where there is none (RFC 3629).
std::size_t sequence_length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  const unsigned second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    const auto first = static_cast<unsigned char>(bytes.front());
    const bool control =
        first == 0x7F || (first < 0x20 && first != '\t' && first != '\n' && first != '\r');
    if (length == 0 || control)
      text += fmt::format("\\x{:02X}", first);
    else
      text += bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

std::string unified_diff(const DiffNames& names, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  const std::vector<Hunk> hunks = Myers(a, b, middle_of(a, b)).hunks();
  std::string text =
      fmt::format("--- {}\n+++ {}\n", printable(names.before), printable(names.after));
  for (std::size_t from = 0; from < hunks.size();) {
    std::size_t to = from + 1;
    while (to < hunks.size() &&
           hunks[to].a <= hunks[to - 1].a + hunks[to - 1].removed + 2 * kContext)
      ++to;
    append_group(text, a, b, hunks, from, to);
    from = to;
  }
  return text;
}

}  // namespace mpm::config
