// SPDX-License-Identifier: Apache-2.0
#include "tests/support/terminal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

namespace mpm::test {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void VtScreen::resize(int columns, int rows) {
  columns_ = columns;
  rows_ = rows;
  cells_.resize(static_cast<std::size_t>(rows));
  for (std::string& line : cells_)
    line.resize(static_cast<std::size_t>(columns), ' ');
  x_ = std::min(x_, columns - 1);
  y_ = std::min(y_, rows - 1);
}

void VtScreen::take(std::string_view output) {
  for (const char c : output)
    take(c);
}

int VtScreen::number(std::size_t index, int otherwise) const {
  std::string_view rest = parameters_;
  for (; index > 0; --index) {
    const auto semicolon = rest.find(';');
    if (semicolon == std::string_view::npos) return otherwise;
    rest.remove_prefix(semicolon + 1);
  }
  int value = otherwise;
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return value;
}

void VtScreen::erase(int from_column, int to_column, int row) {
  for (int x = from_column; x < to_column; ++x)
    cells_[static_cast<std::size_t>(row)][static_cast<std::size_t>(x)] = ' ';
}

// What follows ESC [ and its parameters.
void VtScreen::obey(char final) {
  const int many = std::max(number(0, 1), 1);
  const int what = number(0, 0);
  switch (final) {
    case 'H':
      y_ = std::clamp(number(0, 1) - 1, 0, rows_ - 1);
      x_ = std::clamp(number(1, 1) - 1, 0, columns_ - 1);
      break;
    case 'A':
      y_ = std::max(y_ - many, 0);
      break;
    case 'B':
      y_ = std::min(y_ + many, rows_ - 1);
      break;
    case 'C':
      x_ = std::min(x_ + many, columns_ - 1);
      break;
    case 'D':
      x_ = std::max(std::min(x_, columns_ - 1) - many, 0);
      break;
    case 'K':
      erase(what == 0 ? x_ : 0, what == 1 ? std::min(x_ + 1, columns_) : columns_, y_);
      break;
    case 'J':
      erase(what == 0 ? x_ : 0, columns_, y_);
      for (int y = what == 2 ? 0 : y_ + 1; y < rows_; ++y)
        erase(0, columns_, y);
      break;
    default:
      break;
  }
}

// In the last column the cursor waits behind the character.
void VtScreen::put(char c) {
  if (x_ >= columns_) {
    x_ = 0;
    y_ = std::min(y_ + 1, rows_ - 1);
  }
  cells_[static_cast<std::size_t>(y_)][static_cast<std::size_t>(x_++)] = c;
}

void VtScreen::take(char c) {
  switch (state_) {
    case State::Charset:
      state_ = State::Text;
      return;
    case State::Escape:
      parameters_.clear();
      state_ = c == '[' ? State::Sequence : c == '(' || c == ')' ? State::Charset : State::Text;
      return;
    case State::Sequence:
      if (c < 0x40) {
        parameters_ += c;
        return;
      }
      obey(c);
      state_ = State::Text;
      return;
    case State::Text:
      break;
  }
  if (c == 27)
    state_ = State::Escape;
  else if (c == '\r')
    x_ = 0;
  else if (c == '\n')
    y_ = std::min(y_ + 1, rows_ - 1);
  else if (c == '\b')
    x_ = std::max(std::min(x_, columns_ - 1) - 1, 0);
  else if (c == '\t')
    x_ = std::min((x_ / 8 + 1) * 8, columns_ - 1);
  else if (c >= ' ')
    put(c);
}

std::string VtScreen::line(int row) const {
  std::string text = cells_[static_cast<std::size_t>(row)];
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string VtScreen::text() const {
  std::string all;
  for (int row = 0; row < rows_; ++row)
    all += line(row) + "\n";
  return all;
}

namespace {

winsize size_of(int columns, int rows) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  return size;
}

}  // namespace

InTerminal::InTerminal(const std::vector<std::string>& arguments, const Options& options)
    : screen_(options.columns, options.rows) {
  const winsize size = size_of(options.columns, options.rows);
  int master = -1;
  int slave = -1;
  if (openpty(&master, &slave, nullptr, nullptr, &size) != 0) std::abort();
  master_ = UniqueFd(master);
  slave_ = UniqueFd(slave);
  tcgetattr(slave, &before_);
  std::vector<char*> words;
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  setenv("TERM", options.term.c_str(), 1);
  setenv("LC_ALL", "C", 1);
  unsetenv("LINES");
  unsetenv("COLUMNS");
  close(master);
  if (login_tty(slave) == 0) execv(words[0], words.data());
  _exit(127);
}

InTerminal::~InTerminal() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void InTerminal::type(std::string_view keys) const {
  if (write(master_.get(), keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    std::abort();
}

void InTerminal::resize(int columns, int rows) {
  const winsize size = size_of(columns, rows);
  screen_.resize(columns, rows);
  ioctl(master_.get(), TIOCSWINSZ, &size);
}

void InTerminal::signal(int number) const {
  ::kill(pid_, number);
}

bool InTerminal::read_some(milliseconds patience) {
  pollfd waiting{master_.get(), POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
  std::array<char, 4096> bytes{};
  const ssize_t got = read(master_.get(), bytes.data(), bytes.size());
  if (got <= 0) return false;
  const std::string_view output(bytes.data(), static_cast<std::size_t>(got));
  screen_.take(output);
  output_ += output;
  return true;
}

bool InTerminal::shows(const std::function<bool(const VtScreen&)>& condition,
                       milliseconds deadline) {
  const auto end = steady_clock::now() + deadline;
  while (!condition(screen_)) {
    if (steady_clock::now() > end) return false;
    read_some(milliseconds(50));
  }
  return true;
}

bool InTerminal::shows(const std::string& words) {
  return shows(
      [&](const VtScreen& screen) { return screen.text().find(words) != std::string::npos; });
}

InTerminal::End InTerminal::end(milliseconds deadline) {
  End ended;
  const auto give_up = steady_clock::now() + deadline;
  rusage used{};
  int status = 0;
  while (wait4(pid_, &status, WNOHANG, &used) == 0) {
    if (steady_clock::now() > give_up) return ended;
    read_some(milliseconds(20));
  }
  pid_ = 0;
  while (read_some(milliseconds(0))) {
  }
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  ended.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  termios after{};
  tcgetattr(slave_.get(), &after);
  ended.left_as_it_was =
      after.c_iflag == before_.c_iflag && after.c_oflag == before_.c_oflag &&
      after.c_cflag == before_.c_cflag && after.c_lflag == before_.c_lflag &&
      std::equal(std::begin(after.c_cc), std::end(after.c_cc), std::begin(before_.c_cc));
  ended.output = output_;
  return ended;
}

}  // namespace mpm::test
