// SPDX-License-Identifier: Apache-2.0
#include "cli/top/draw.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/text.h"
#include "cli/top/grid.h"
#include "cli/top/heading.h"
#include "cli/top/help.h"
#include "cli/top/sheets.h"
#include "cli/words.h"

namespace mpm::top {
namespace {

Line tabs(const State& state) {
  Line line;
  for (std::size_t page = state.may_choose ? 0 : 1; page < kPages.size(); ++page) {
    const bool current = static_cast<Page>(page) == state.asked.page;
    const std::string key = page == 0 ? "t" : fmt::format("{}", page);
    line.push_back(
        {fmt::format("{}{} {}{}", current ? "[" : " ", key, kPages[page], current ? "]" : " "),
         Tone::Plain, current});
  }
  return line;
}

std::string keys(const State& state) {
  if (state.typing == Typing::Filter)
    return fmt::format("Filter: {}_   Enter keeps it, Esc takes it away", state.typed);
  if (state.typing == Typing::Search)
    return fmt::format("Search: {}_   Enter goes to the next row with it", state.typed);
  std::string text = "q quit  ? help  1-6 page  </> sort  r reverse  / search  f filter  p pause";
  if (state.asked.page == Page::Servers) text = "Enter shows the chosen server  q quit  ? help";
  return text;
}

std::string detail(const State& state, const Shown& rows) {
  if (state.asked.page == Page::Workers) return legend();
  std::string text;
  if (!state.filter.empty())
    text = fmt::format("only with \"{}\": {}.  ", state.filter,
                       plural(static_cast<std::int64_t>(rows.sheet.rows.size()), "row"));
  if (!rows.sheet.rows.empty()) text += rows.sheet.rows[rows.chosen].detail;
  return text;
}

// From where the page is shown so that the chosen row can be seen.
std::size_t first_row(std::size_t chosen, std::size_t count, std::size_t room) {
  if (room == 0 || count <= room) return 0;
  return std::min(chosen > room / 2 ? chosen - room / 2 : 0, count - room);
}

Screen body(const State& state, const Picture& picture, const Shown& rows, Size size,
            const Style& style) {
  if (state.asked.page == Page::Workers) {
    Screen lines = grid(picture.answers.board.value_or(ScoreboardView()), size.columns);
    const auto room = static_cast<std::size_t>(std::max(size.rows, 0));
    const std::size_t most = lines.size() > room ? lines.size() - room : 0;
    lines.erase(lines.begin(),
                lines.begin() + static_cast<std::ptrdiff_t>(std::min(state.view().first, most)));
    return lines;
  }
  const int note =
      rows.sheet.note.empty() ? 0 : static_cast<int>(wrapped(rows.sheet.note, size.columns).size());
  const auto room = static_cast<std::size_t>(std::max(size.rows - note - 1, 0));
  const std::size_t first = first_row(rows.chosen, rows.sheet.rows.size(), room);
  return drawn(rows.sheet, {state.view().order, first, rows.chosen}, size, style);
}

void fill(Screen& screen, int rows) {
  screen.resize(static_cast<std::size_t>(std::max(rows, 0)));
}

}  // namespace

Screen drawn(const State& state, const Picture& picture, Size size, const Style& style) {
  Screen screen;
  if (state.help) {
    for (const std::string& line : help_lines())
      screen.push_back({{line}});
    fill(screen, size.rows - 1);
    screen.push_back({{"Any key goes back.", Tone::Strong}});
  } else {
    const Shown rows = shown(state, picture.answers);
    screen = heading(state, picture, size.columns, style);
    screen.push_back(tabs(state));
    const int room = body_rows(size);
    Screen lines = body(state, picture, rows, {size.columns, room}, style);
    fill(lines, room);
    screen.insert(screen.end(), std::make_move_iterator(lines.begin()),
                  std::make_move_iterator(lines.end()));
    screen.push_back({{printable(detail(state, rows)), Tone::Faint}});
    screen.push_back({{printable(keys(state)), Tone::Strong}});
  }
  fill(screen, size.rows);
  for (Line& line : screen)
    line = clipped(line, size.columns, style);
  return screen;
}

std::string report_text(const Picture& picture, const Style& style) {
  State state = first_state({});
  Screen screen = heading(state, picture, style.width, style);
  for (const Page page : {Page::Requests, Page::Vhosts, Page::Clients, Page::Processes}) {
    Sheet sheet = arranged(sheet_of(page, picture.answers), first_order(page), "");
    // It is said once, above the requests.
    if (page != Page::Requests) sheet.note.clear();
    screen.push_back({});
    const auto rows = static_cast<int>(sheet.rows.size()) + 1'000;
    Screen lines =
        drawn(sheet, {first_order(page), 0, std::nullopt, true}, {style.width, rows}, style);
    screen.insert(screen.end(), std::make_move_iterator(lines.begin()),
                  std::make_move_iterator(lines.end()));
  }
  return plain_text(screen);
}

}  // namespace mpm::top
