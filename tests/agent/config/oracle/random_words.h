// SPDX-License-Identifier: Apache-2.0
//
// The words of generated configurations: what may stand in a line, odd things among it, and in
// how many ways a line may be written. All of it is picked by a number; zero picks the plainest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace mpm::config {

// Whether a tree has only what httpd takes, mostly, or all that a person may type.
enum class Mood : std::uint8_t { Sound, Odd };

// Numbers that follow from a first one, the same on every machine. Zero gives zeros.
class Dice {
 public:
  Dice(std::uint32_t first, Mood mood) : state_(first), mood_(mood) {}

  std::size_t below(std::size_t end) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ % end;
  }
  // Once in `n` times.
  bool once_in(std::size_t n) { return below(n) == n - 1; }
  bool oddly(std::size_t n) { return mood_ == Mood::Odd && once_in(n); }
  template <std::size_t N>
  std::string one_of(const std::array<const char*, N>& list) {
    return list[below(N)];
  }
  template <std::size_t N, std::size_t M>
  std::string one_of(const std::array<const char*, N>& list,
                     const std::array<const char*, M>& odd) {
    return oddly(4) ? odd[below(M)] : list[below(N)];
  }

 private:
  std::uint32_t state_;
  Mood mood_;
};

std::string argument(Dice& dice);
std::string directive(Dice& dice);
std::string condition(Dice& dice);  // "<IfModule event.c>"
std::string section(Dice& dice);    // "<Directory /srv>"
std::string define(Dice& dice);
std::string undefine(Dice& dice);
std::string load_module(Dice& dice);
std::string macro_head(Dice& dice);  // "<Macro m $p>"
std::string use(Dice& dice);
std::string comment(Dice& dice);
std::string odd_line(Dice& dice);
std::string command_line_text(Dice& dice);
// Of the section `name`, not as it should be closed.
std::string odd_close(const std::string& name, Dice& dice);

// The line as bytes: indented, in another case, broken by backslashes, with an end. `end` is the
// file's own.
std::string written(std::string line, const std::string& end, Dice& style);

}  // namespace mpm::config
