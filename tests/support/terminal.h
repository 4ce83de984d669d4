// SPDX-License-Identifier: Apache-2.0
//
// A program in a terminal of the test's own: what its screen shows, keys, another size, its end,
// and how it leaves the terminal. The screen understands what terminfo has of vt100 for ncurses, in
// ASCII, and passes over what only changes how text looks.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>
#include <termios.h>

#include "agent/base/fd.h"

namespace mpm::test {

class VtScreen {
 public:
  VtScreen(int columns, int rows) { resize(columns, rows); }
  void resize(int columns, int rows);
  void take(std::string_view output);
  // Its lines without the spaces at their ends.
  std::string text() const;
  std::string line(int row) const;

 private:
  void take(char c);
  void obey(char final);
  void put(char c);
  int number(std::size_t index, int otherwise) const;
  void erase(int from_column, int to_column, int row);

  int columns_ = 0;
  int rows_ = 0;
  int x_ = 0;
  int y_ = 0;
  std::vector<std::string> cells_;
  enum class State { Text, Escape, Sequence, Charset } state_ = State::Text;
  std::string parameters_;
};

class InTerminal {
 public:
  struct Options {
    std::string term = "vt100";
    int columns = 80;
    int rows = 24;
  };
  InTerminal(const std::vector<std::string>& arguments, const Options& options);
  ~InTerminal();  // kills it by its pid, when it has not ended
  InTerminal(const InTerminal&) = delete;
  InTerminal& operator=(const InTerminal&) = delete;

  void type(std::string_view keys) const;
  void resize(int columns, int rows);
  void signal(int number) const;
  // Reads until the screen is so; false when it is not in time.
  bool shows(const std::function<bool(const VtScreen&)>& condition,
             std::chrono::milliseconds deadline = std::chrono::seconds(20));
  bool shows(const std::string& words);
  const VtScreen& screen() const { return screen_; }

  struct End {
    int status = -1;  // as a shell says it; -1: it did not end in time
    double cpu_seconds = 0;
    bool left_as_it_was = false;  // the terminal's modes
    std::string output;           // all of it, as it came
  };
  End end(std::chrono::milliseconds deadline = std::chrono::seconds(20));

 private:
  bool read_some(std::chrono::milliseconds patience);

  VtScreen screen_;
  UniqueFd master_;
  UniqueFd slave_;  // kept open, so that the modes can be looked at after the program's end
  termios before_{};
  std::string output_;
  pid_t pid_ = 0;
};

}  // namespace mpm::test
