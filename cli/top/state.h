// SPDX-License-Identifier: Apache-2.0
//
// What whoever looks at `mpmctl top` has chosen, and what a key makes of that. Pure: the keys in
// help_lines() are the only ones.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/top/data.h"
#include "cli/top/screen.h"
#include "cli/top/sheet.h"

namespace mpm::top {

struct Key {
  enum class Kind : std::uint8_t {
    Text,  // `text` is one character
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Escape,
    Backspace,
  };
  Kind kind = Kind::Text;
  std::string text{};
};

// How one page is looked at.
struct PageView {
  Order order;
  std::size_t at = 0;     // the chosen row, where `name` is not among the rows
  std::string name;       // of the chosen row
  std::size_t first = 0;  // line of the page that is shown first
};

enum class Typing : std::uint8_t { Nothing, Filter, Search };

struct State {
  Asked asked;
  std::array<PageView, kPages.size()> views;
  std::string filter;  // of every page
  std::string search;
  Typing typing = Typing::Nothing;
  std::string typed;
  bool help = false;
  bool paused = false;
  bool over = false;        // it was left
  bool may_choose = false;  // there are several servers, and the one shown can be left for another

  PageView& view() { return views[static_cast<std::size_t>(asked.page)]; }
  const PageView& view() const { return views[static_cast<std::size_t>(asked.page)]; }
};

State first_state(Asked asked);

// The rows as the page shows them, and which of them is chosen.
struct Shown {
  Sheet sheet;
  std::size_t chosen = 0;
};
Shown shown(const State& state, const Answers& answers);

// `size` is that of the screen, which page keys go by.
State pressed(State state, const Key& key, const Answers& answers, Size size);

// What surrounds the rows of a page: its head and the row of pages above, two lines below.
inline constexpr int kHeadingLines = 5;
inline constexpr int kFooterLines = 2;
// The lines between them.
int body_rows(Size size);

}  // namespace mpm::top
