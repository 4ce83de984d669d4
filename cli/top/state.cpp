// SPDX-License-Identifier: Apache-2.0
#include "cli/top/state.h"

#include <algorithm>
#include <utility>

#include "cli/top/grid.h"
#include "cli/top/sheets.h"

namespace mpm::top {
namespace {

void choose(State& state, const Shown& rows, std::size_t at) {
  PageView& view = state.view();
  view.at = rows.sheet.rows.empty() ? 0 : std::min(at, rows.sheet.rows.size() - 1);
  view.name = rows.sheet.rows.empty() ? "" : rows.sheet.rows[view.at].name;
}

// From the row after the chosen one on, and around; or backwards.
void search_on(State& state, const Shown& rows, bool backwards) {
  const std::size_t count = rows.sheet.rows.size();
  if (state.search.empty() || count == 0) return;
  for (std::size_t step = 1; step <= count; ++step) {
    const std::size_t at = (rows.chosen + (backwards ? count - step : step)) % count;
    if (!has(rows.sheet.rows[at], state.search)) continue;
    choose(state, rows, at);
    return;
  }
}

void drop_character(std::string& text) {
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.back());
    text.pop_back();
    if ((byte & 0xC0U) != 0x80U) return;  // not a following byte of UTF-8
  }
}

// While a filter or a search is typed, keys are letters of it.
State typed(State state, const Key& key, const Answers& answers) {
  switch (key.kind) {
    case Key::Kind::Text:
      state.typed += key.text;
      break;
    case Key::Kind::Backspace:
      drop_character(state.typed);
      break;
    case Key::Kind::Escape:
      if (state.typing == Typing::Filter) state.filter.clear();
      state.typing = Typing::Nothing;
      return state;
    case Key::Kind::Enter: {
      const bool searches = state.typing == Typing::Search;
      state.typing = Typing::Nothing;
      if (!searches) return state;
      state.search = state.typed;
      search_on(state, shown(state, answers), false);
      return state;
    }
    default:
      break;
  }
  // A filter is seen while it is typed.
  if (state.typing == Typing::Filter) state.filter = state.typed;
  return state;
}

// Of `at`, the last of which is `last`.
std::size_t moved(std::size_t at, std::size_t last, std::size_t page_lines, Key::Kind key) {
  switch (key) {
    case Key::Kind::Up:
      return at > 0 ? at - 1 : 0;
    case Key::Kind::Down:
      return std::min(at + 1, last);
    case Key::Kind::PageUp:
      return at > page_lines ? at - page_lines : 0;
    case Key::Kind::PageDown:
      return std::min(at + page_lines, last);
    case Key::Kind::Home:
      return 0;
    case Key::Kind::End:
      return last;
    default:
      return at;
  }
}

void move(State& state, Key::Kind key, const Shown& rows, const Answers& answers, Size size) {
  const auto room = static_cast<std::size_t>(std::max(body_rows(size), 1));
  if (state.asked.page != Page::Workers) {
    const std::size_t count = rows.sheet.rows.size();
    // One line of the room is the heading's.
    choose(state, rows,
           moved(rows.chosen, count > 0 ? count - 1 : 0, room - std::min<std::size_t>(room - 1, 1),
                 key));
    return;
  }
  const std::size_t lines = answers.board ? grid(*answers.board, size.columns).size() : 0;
  state.view().first = moved(state.view().first, lines > room ? lines - room : 0, room, key);
}

void turn_to(State& state, std::size_t page) {
  if (page == 0 ? !state.may_choose : state.asked.page == Page::Servers) return;
  state.asked.page = static_cast<Page>(page);
}

void order_by(State& state, int step, std::size_t columns) {
  if (columns == 0) return;
  Order& order = state.view().order;
  const auto count = static_cast<int>(columns);
  order.column = static_cast<std::size_t>((static_cast<int>(order.column) + step + count) % count);
}

// The server of the chosen row, and its workers.
void enter(State& state, const Shown& rows) {
  if (state.asked.page != Page::Servers || rows.sheet.rows.empty()) return;
  state.asked.target = rows.sheet.rows[rows.chosen].name;
  state.asked.page = Page::Workers;
}

void command(State& state, char letter, const Shown& rows) {
  switch (letter) {
    case 'q':
      state.over = true;
      break;
    case '?':
    case 'h':
      state.help = true;
      break;
    case 'p':
    case ' ':
      state.paused = !state.paused;
      break;
    case 'r':
      state.view().order.descending = !state.view().order.descending;
      break;
    case '<':
      order_by(state, -1, rows.sheet.columns.size());
      break;
    case '>':
      order_by(state, 1, rows.sheet.columns.size());
      break;
    case 'f':
      state.typing = Typing::Filter;
      state.typed = state.filter;
      break;
    case '/':
      state.typing = Typing::Search;
      state.typed.clear();
      break;
    case 'n':
      search_on(state, rows, false);
      break;
    case 'N':
      search_on(state, rows, true);
      break;
    case 'i':
      state.asked.idle_too = !state.asked.idle_too;
      break;
    case 't':
      turn_to(state, 0);
      break;
    default:
      if (letter >= '1' && letter <= '6') turn_to(state, static_cast<std::size_t>(letter - '0'));
      break;
  }
}

}  // namespace

int body_rows(Size size) {
  return std::max(size.rows - kHeadingLines - 1 - kFooterLines, 0);
}

State first_state(Asked asked) {
  State state;
  state.asked = std::move(asked);
  for (std::size_t page = 0; page < kPages.size(); ++page)
    state.views[page].order = first_order(static_cast<Page>(page));
  return state;
}

Shown shown(const State& state, const Answers& answers) {
  const PageView& view = state.view();
  Shown rows{arranged(sheet_of(state.asked.page, answers), view.order, state.filter), view.at};
  const auto named = std::ranges::find(rows.sheet.rows, view.name, &SheetRow::name);
  if (named != rows.sheet.rows.end())
    rows.chosen = static_cast<std::size_t>(named - rows.sheet.rows.begin());
  else if (!rows.sheet.rows.empty())
    rows.chosen = std::min(rows.chosen, rows.sheet.rows.size() - 1);
  if (rows.sheet.rows.empty() && !state.filter.empty())
    rows.sheet.none = "No row has the words of the filter; Esc takes it away.";
  return rows;
}

State pressed(State state, const Key& key, const Answers& answers, Size size) {
  if (state.help) {
    state.help = false;
    state.over = key.text == "q";
    return state;
  }
  if (state.typing != Typing::Nothing) return typed(std::move(state), key, answers);
  const Shown rows = shown(state, answers);
  switch (key.kind) {
    case Key::Kind::Text:
      if (key.text.size() == 1) command(state, key.text[0], rows);
      break;
    case Key::Kind::Left:
      order_by(state, -1, rows.sheet.columns.size());
      break;
    case Key::Kind::Right:
      order_by(state, 1, rows.sheet.columns.size());
      break;
    case Key::Kind::Enter:
      enter(state, rows);
      break;
    case Key::Kind::Escape:
      state.filter.clear();
      break;
    default:
      move(state, key.kind, rows, answers, size);
      break;
  }
  return state;
}

}  // namespace mpm::top
