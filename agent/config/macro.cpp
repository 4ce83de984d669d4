// SPDX-License-Identifier: Apache-2.0
#include "agent/config/macro.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "agent/config/tree.h"

namespace mpm::config {
namespace {

std::string quoted(std::string_view value) {
  std::string result = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

struct Found {
  std::size_t at = std::string::npos;
  std::size_t which = 0;
};

// The first parameter from `from` on, and of two at one place the longer.
Found next_parameter(const Macro& macro, std::string_view line, std::size_t from) {
  Found best;
  std::size_t length = 0;
  for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
    const std::string& name = macro.parameters[i];
    const std::size_t at = line.find(name, from);
    if (at > best.at || (at == best.at && name.size() <= length)) continue;
    if (at == std::string_view::npos) continue;
    best = Found{at, i};
    length = name.size();
  }
  return best;
}

// False when the line grows beyond what httpd reads into. httpd looks for the next parameter
// behind as many bytes as the value had before it was quoted, so in the last bytes of a quoted
// value it finds one again (mod_macro.c substitute_macro_args); so do we.
bool substitute(const Macro& macro, const std::vector<std::string>& values, std::string& line) {
  std::size_t from = 0;
  for (;;) {
    const Found found = next_parameter(macro, line, from);
    if (found.at == std::string::npos) return true;
    const std::string& name = macro.parameters[found.which];
    const std::string& value = values[found.which];
    // A value that is the parameter's own name stays as it is, without quotes.
    if (value != name)
      line.replace(found.at, name.size(), name.front() == '@' ? quoted(value) : value);
    if (line.size() + 1 > kMaxMacroLine) return false;
    from = found.at + value.size();
  }
}

// The blanks between the text of the last line and the backslash that ends it.
std::string_view blanks_at_end(std::string_view bytes) {
  const std::size_t end = bytes.rfind('\\');
  std::size_t begin = end;
  while (begin > 0 && is_space(bytes[begin - 1]) && bytes[begin - 1] != '\n')
    --begin;
  return bytes.substr(begin, end - begin);
}

// httpd reads the body with its values as it reads a file: a value may end in a backslash and
// join the next line. Lines of the text are lines of the body.
std::vector<InputLine> lines_of(const Macro& macro, std::string text) {
  std::vector<InputLine> result;
  Tree tree = Tree::read(std::move(text));
  for (const Line& line : tree.lines()) {
    const bool continues = line.last_line > macro.body.size();
    InputLine read = macro.body[line.first_line - 1];
    read.last_line =
        continues ? macro.body.back().last_line : macro.body[line.last_line - 1].last_line;
    read.reported = line.last_line;
    read.read_size = line.read_size;
    read.text = line.text;
    read.continues = continues;
    if (continues) read.text += blanks_at_end(tree.bytes());
    result.push_back(std::move(read));
  }
  return result;
}

bool take_flag(std::string_view& args, std::string_view flag) {
  if (!equal_ignoring_case(args.substr(0, flag.size()), flag)) return false;
  args.remove_prefix(flag.size());
  return true;
}

// "/IgnoreEmptyArgs" and "/IgnoreBadNesting" behind the name are no parameters, nor is another word
// with a slash that a blank follows; httpd passes one blank behind each (macro_section).
void drop_flags(std::string_view& args) {
  while (!args.empty() && args.front() == '/') {
    for (const char* flag : {"/IgnoreEmptyArgs", "/IgnoreBadNesting"})
      if (take_flag(args, flag) && args.empty()) return;
    const std::size_t blank = args.find(' ');
    args.remove_prefix(blank == std::string_view::npos ? 1 : blank + 1);
  }
}

}  // namespace

Result<Macro> parse_macro_head(std::string_view args) {
  std::size_t at = 0;
  Macro macro;
  macro.name = lower(next_word(args, at).value);
  if (macro.name.empty())
    return fail(Error::Kind::Malformed, "<Macro> macro definition: its name is empty.");
  args.remove_prefix(at);
  at = 0;
  drop_flags(args);
  while (at < args.size()) {
    Word word = next_word(args, at);
    if (word.value.empty())
      return fail(Error::Kind::Malformed,
                  fmt::format("macro '{}': a parameter has an empty name.", macro.name));
    const auto& known = macro.parameters;
    if (std::find(known.begin(), known.end(), word.value) != known.end())
      return fail(Error::Kind::Malformed, fmt::format("macro '{}': parameter '{}' is named twice.",
                                                      macro.name, word.value));
    macro.parameters.push_back(std::move(word.value));
  }
  return macro;
}

Result<std::vector<InputLine>> apply_macro(const Macro& macro,
                                           const std::vector<std::string>& values) {
  if (values.size() != macro.parameters.size())
    return fail(Error::Kind::Malformed,
                fmt::format("macro '{}' ({}) is used with {} arguments instead of {}.", macro.name,
                            macro.location, values.size(), macro.parameters.size()));
  std::string text;
  for (const InputLine& line : macro.body) {
    std::string one = line.text;
    if (!substitute(macro, values, one))
      return fail(Error::Kind::Malformed,
                  fmt::format("macro '{}' ({}) has a line that grows beyond {} bytes when its "
                              "values are put in.",
                              macro.name, macro.location, kMaxMacroLine));
    text.append(one).append("\n");
  }
  return lines_of(macro, std::move(text));
}

}  // namespace mpm::config
