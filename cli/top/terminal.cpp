// SPDX-License-Identifier: Apache-2.0
#include "cli/top/terminal.h"

#include <array>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cwchar>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <langinfo.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

// Without its macros, which are named move, clear and timeout.
#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>

namespace mpm::top {
namespace {

using Lock = std::unique_lock<std::timed_mutex>;

// How long a key that begins with Escape may take to be whole, in milliseconds.
constexpr int kEscapeDelay = 25;
constexpr std::chrono::seconds kPatience{1};

// Pairs of colours, by Tone.
short pair_of(Tone tone) {
  return static_cast<short>(static_cast<int>(tone) + 1);
}

void begin_colors() {
  start_color();
  use_default_colors();
  init_pair(pair_of(Tone::Good), COLOR_GREEN, -1);
  init_pair(pair_of(Tone::Notice), COLOR_CYAN, -1);
  init_pair(pair_of(Tone::Caution), COLOR_YELLOW, -1);
  init_pair(pair_of(Tone::Bad), COLOR_RED, -1);
}

attr_t attributes_of(Tone tone) {
  switch (tone) {
    case Tone::Strong:
    case Tone::Bad:
      return A_BOLD;
    case Tone::Faint:
      return A_DIM;
    default:
      return A_NORMAL;
  }
}

bool is_colored(Tone tone) {
  return tone == Tone::Good || tone == Tone::Notice || tone == Tone::Caution || tone == Tone::Bad;
}

std::optional<Key::Kind> kind_of(wint_t code) {
  switch (code) {
    case KEY_UP:
      return Key::Kind::Up;
    case KEY_DOWN:
      return Key::Kind::Down;
    case KEY_LEFT:
      return Key::Kind::Left;
    case KEY_RIGHT:
      return Key::Kind::Right;
    case KEY_PPAGE:
      return Key::Kind::PageUp;
    case KEY_NPAGE:
      return Key::Kind::PageDown;
    case KEY_HOME:
      return Key::Kind::Home;
    case KEY_END:
      return Key::Kind::End;
    case KEY_ENTER:
      return Key::Kind::Enter;
    case KEY_BACKSPACE:
      return Key::Kind::Backspace;
    default:
      return std::nullopt;
  }
}

// A character that was typed, or one of the keys that have a character of their own.
std::optional<Key> key_of(wint_t character) {
  if (character == L'\n' || character == L'\r') return Key{Key::Kind::Enter};
  if (character == 27) return Key{Key::Kind::Escape};
  if (character == 8 || character == 127) return Key{Key::Kind::Backspace};
  if (character < 32) return std::nullopt;
  std::array<char, MB_LEN_MAX> bytes{};
  std::mbstate_t state{};
  const std::size_t length = std::wcrtomb(bytes.data(), static_cast<wchar_t>(character), &state);
  if (length == static_cast<std::size_t>(-1)) return std::nullopt;
  return Key{Key::Kind::Text, std::string(bytes.data(), length)};
}

}  // namespace

Result<void> FullScreen::open(const Style& style) {
  const char* name = std::getenv("TERM");
  if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
    return fail(Error::Kind::Usage,
                "mpmctl top fills a terminal, and there is none; --batch prints text instead.");
  // Before ncurses has a handler of its own: the size is taken in wait(), and nowhere else.
  sigset_t resized;
  sigemptyset(&resized);
  sigaddset(&resized, SIGWINCH);
  pthread_sigmask(SIG_BLOCK, &resized, nullptr);
  sizes_ = signalfd(-1, &resized, SFD_CLOEXEC | SFD_NONBLOCK);

  std::setlocale(LC_CTYPE, "");
  style_ = style;
  style_.utf8 = style.utf8 && std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  terminal_ = newterm(nullptr, stdout, stdin);
  if (terminal_ == nullptr)
    return fail(Error::Kind::Usage,
                fmt::format("TERM is '{}', a terminal that is not known here; set it to one that "
                            "is, as xterm or vt100, or use --batch.",
                            name == nullptr ? "" : name));
  set_escdelay(kEscapeDelay);
  cbreak();
  noecho();
  curs_set(0);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  style_.color = style.color && has_colors();
  if (style_.color) begin_colors();
  return {};
}

void FullScreen::close() {
  Lock lock(mutex_, kPatience);
  if (!lock.owns_lock() || terminal_ == nullptr || closed_) return;
  closed_ = true;
  endwin();
  if (sizes_ >= 0) ::close(sizes_);
}

Size FullScreen::size() {
  int rows = 0;
  int columns = 0;
  getmaxyx(stdscr, rows, columns);
  return {columns, rows};
}

void FullScreen::paint(const Screen& screen) {
  const Lock lock(mutex_);
  if (closed_) return;
  werase(stdscr);
  for (std::size_t y = 0; y < screen.size(); ++y) {
    wmove(stdscr, static_cast<int>(y), 0);
    for (const Span& span : screen[y]) {
      const short pair = style_.color && is_colored(span.tone) ? pair_of(span.tone) : short{0};
      wattr_set(stdscr, attributes_of(span.tone) | (span.marked ? A_REVERSE : A_NORMAL), pair,
                nullptr);
      waddstr(stdscr, span.text.c_str());
    }
  }
  wrefresh(stdscr);
}

bool FullScreen::read_key(Key& key) {
  const Lock lock(mutex_);
  if (closed_) return false;
  wint_t code = 0;
  while (true) {
    const int read = wget_wch(stdscr, &code);
    if (read == ERR) return false;
    if (read == KEY_CODE_YES) {
      const auto kind = kind_of(code);
      if (!kind) continue;
      key = {*kind, ""};
      return true;
    }
    const auto typed = key_of(code);
    if (!typed) continue;
    key = *typed;
    return true;
  }
}

void FullScreen::take_size() {
  signalfd_siginfo info{};
  while (::read(sizes_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return;
  const Lock lock(mutex_);
  if (!closed_) resizeterm(size.ws_row, size.ws_col);
}

Event FullScreen::wait(int descriptor) {
  Event event;
  // Keys that came with the last one are read already.
  if (read_key(event.key)) return event;
  std::array<pollfd, 3> waiting{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{descriptor, POLLIN, 0},
                                pollfd{sizes_, POLLIN, 0}};
  // It was suspended, and goes on.
  if (poll(waiting.data(), waiting.size(), -1) < 0) return {Event::Kind::Size, {}};
  if (waiting[2].revents != 0) {
    take_size();
    return {Event::Kind::Size, {}};
  }
  if ((waiting[0].revents & POLLIN) != 0) {
    if (read_key(event.key)) return event;
    return {Event::Kind::Size, {}};
  }
  if (waiting[0].revents != 0) return {Event::Kind::Gone, {}};
  return {Event::Kind::Woken, {}};
}

}  // namespace mpm::top
