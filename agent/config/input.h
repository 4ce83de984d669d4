// SPDX-License-Identifier: Apache-2.0
//
// Where logical lines come from while a site is read: a file, a macro's body, or the -C and -c
// arguments. A macro's lines are read in the place of the Use and then the file goes on, so a
// section that the macro opens may be closed by the file (mod_macro.c make_array_config).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mpm::config {

struct InputLine {
  std::string text;                         // trimmed
  std::shared_ptr<const std::string> file;  // in which the text stands
  std::uint32_t first_line = 0;
  std::uint32_t last_line = 0;
  std::uint32_t reported = 0;      // what httpd would name: the last line; of a macro, of its body
  std::uint32_t column = 1;        // of the text's first byte in its physical line
  std::size_t read_size = 0;       // bytes that httpd reads of it: before trimming, with its end
  bool comment_continues = false;  // a comment that spans more than one physical line
  bool too_long = false;
  bool cut = false;  // its last physical line is lost
};

// One text, and how far it is read.
struct Input {
  std::shared_ptr<const std::string> name;  // as httpd names it; a file's path
  std::vector<InputLine> lines;
  std::size_t next = 0;
  // The last line as httpd reads it directly behind a macro: it reads that line through the macro,
  // and loses what has no end of line (array_getstr). Empty where nothing is lost.
  std::optional<InputLine> last_behind_macro{};
};

// A text and, on top of it, the macros being read in its place.
class InputStack {
 public:
  explicit InputStack(Input bottom) { inputs_.push_back(std::move(bottom)); }

  void push(Input input) { inputs_.push_back(std::move(input)); }

  // The next line, or null at the end of the bottom text. It lives until the next call.
  const InputLine* next() {
    bool behind_macro = false;
    for (; inputs_.size() > 1 && inputs_.back().next >= inputs_.back().lines.size();
         inputs_.pop_back())
      behind_macro = true;
    Input& top = inputs_.back();
    if (behind_macro && top.last_behind_macro && top.next + 1 == top.lines.size()) {
      ++top.next;
      return &*top.last_behind_macro;
    }
    return top.next < top.lines.size() ? &top.lines[top.next++] : nullptr;
  }

  const Input& top() const { return inputs_.back(); }
  const std::vector<Input>& all() const { return inputs_; }

 private:
  std::vector<Input> inputs_;
};

}  // namespace mpm::config
