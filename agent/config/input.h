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
  bool cut = false;        // its last physical line is lost
  std::size_t start = 0;   // where the text begins in the file's bytes
  bool continues = false;  // a macro's last line that ends in a backslash
};

// One text, and how far it is read.
struct Input {
  std::shared_ptr<const std::string> name;  // as httpd names it; a file's path
  std::vector<InputLine> lines;
  std::size_t next = 0;
  std::string bytes{};  // of a file
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
    const InputLine* line = behind_macro                  ? take_behind_macro(top)
                            : top.next < top.lines.size() ? &top.lines[top.next++]
                                                          : nullptr;
    return line && line->continues ? joined(*line) : line;
  }

  const Input& top() const { return inputs_.back(); }
  const std::vector<Input>& all() const { return inputs_; }

 private:
  static const InputLine* take_behind_macro(Input& input) {
    if (input.next >= input.lines.size()) return nullptr;
    const InputLine& line = input.lines[input.next++];
    const bool last = input.next == input.lines.size();
    return last && input.last_behind_macro ? &*input.last_behind_macro : &line;
  }

  // With the line that stands behind the Use, from its first byte on: httpd looks there for the
  // end of the macro's last line, and has left the macro when it names the place.
  const InputLine* joined(const InputLine& line) {
    joined_ = line;
    bool open = true;
    while (open && inputs_.size() > 1) {
      inputs_.pop_back();
      Input& below = inputs_.back();
      joined_.reported = below.lines.back().reported + 1;
      const InputLine* next = take_behind_macro(below);
      if (!next) continue;
      const std::size_t indent = next->column - 1;
      if (!below.bytes.empty()) joined_.text.append(below.bytes, next->start - indent, indent);
      joined_.text += next->text;
      joined_.reported = next->reported;
      joined_.read_size += next->read_size - 1;
      joined_.cut = next->cut;
      open = next->continues;
    }
    joined_.text.erase(0, joined_.text.find_first_not_of(kSpace));
    joined_.text.erase(joined_.text.find_last_not_of(kSpace) + 1);
    joined_.comment_continues = !joined_.text.empty() && joined_.text.front() == '#';
    return &joined_;
  }

  static constexpr const char* kSpace = " \t\n\v\f\r";
  std::vector<Input> inputs_;
  InputLine joined_;
};

}  // namespace mpm::config
