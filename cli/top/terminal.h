// SPDX-License-Identifier: Apache-2.0
//
// The terminal as a full screen, and the only place that knows ncurses: it paints a Screen and says
// what happens. The terminal is put back as it was however the program ends, but for SIGKILL.
//
// Threads: close() may be called from any thread, also while another one waits or paints; all else
// is one thread's. What is painted after close() is lost.
#pragma once

#include <cstdint>
#include <mutex>

#include "cli/style.h"
#include "cli/top/screen.h"
#include "cli/top/state.h"
#include "schema/model/result.h"

namespace mpm::top {

struct Event {
  enum class Kind : std::uint8_t {
    Key,
    Size,   // it has another size, or was suspended: paint anew
    Woken,  // the descriptor can be read
    Gone,   // there is no terminal any more
  };
  Kind kind = Kind::Key;
  Key key{};
};

class FullScreen {
 public:
  FullScreen() = default;
  ~FullScreen() { close(); }
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  // Usage: stdin or stdout is no terminal, or TERM names none that is known. Once.
  Result<void> open(const Style& style);
  void close();

  // What the terminal really has of colours and characters.
  const Style& style() const { return style_; }
  static Size size();
  void paint(const Screen& screen);
  // Waits for one of these.
  Event wait(int descriptor);

 private:
  bool read_key(Key& key);
  void take_size();

  Style style_;
  // Held by whoever calls ncurses. close() gives up on it after a while: who holds it may wait for
  // a terminal that takes no more output.
  std::timed_mutex mutex_;
  void* terminal_ = nullptr;  // ncurses' SCREEN
  bool closed_ = false;
  int sizes_ = -1;  // a signalfd for SIGWINCH
};

}  // namespace mpm::top
