// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/config/oracle/random_tree.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "agent/config/tree.h"
#include "tests/agent/config/oracle/random_words.h"
#include "tests/agent/config/oracle/reading.h"

namespace mpm::config {
namespace {

// Files that include each other multiply what is read; a few are enough.
constexpr std::size_t kMostFiles = 7;

enum class Kind : std::uint8_t {
  Directive,
  Condition,
  Section,
  Close,
  OddClose,
  LeaveOpen,
  Define,
  UnDefine,
  NewFile,
  Include,
  LoadModule,
  Macro,
  Use,
  Comment,
  OddLine,
};

// How often each is taken.
constexpr std::array<std::pair<Kind, std::uint32_t>, 15> kWeights{{
    {Kind::Directive, 26},
    {Kind::Condition, 16},
    {Kind::Section, 8},
    {Kind::Close, 26},
    {Kind::OddClose, 1},
    {Kind::LeaveOpen, 1},
    {Kind::Define, 6},
    {Kind::UnDefine, 2},
    {Kind::NewFile, 6},
    {Kind::Include, 4},
    {Kind::LoadModule, 5},
    {Kind::Macro, 5},
    {Kind::Use, 6},
    {Kind::Comment, 4},
    {Kind::OddLine, 3},
}};

Kind sound(Kind kind) {
  const bool odd = kind == Kind::OddClose || kind == Kind::LeaveOpen || kind == Kind::OddLine;
  return odd ? Kind::Close : kind;
}

Kind kind_of(std::uint32_t number, Mood mood) {
  std::uint32_t all = 0;
  for (const auto& [kind, weight] : kWeights)
    all += weight;
  number %= all;
  for (const auto& [kind, weight] : kWeights) {
    if (number < weight) return mood == Mood::Sound ? sound(kind) : kind;
    number -= weight;
  }
  return Kind::Directive;
}

// "IfModule" of "<IfModule event.c>", as both would read the name.
std::string name_of(const std::string& opening) {
  std::size_t at = 0;
  std::string name = next_word(opening, at).value;
  if (!name.empty() && name.back() == '>') name.pop_back();
  return name.empty() ? name : name.substr(1);
}

// So that a Use has something to use.
constexpr const char* kMacros =
    "LoadModule macro_module /usr/lib/apache2/modules/mod_macro.so\n"
    "<Macro m $p>\nTimeout $p\n</Macro>\n"
    "<Macro n $p @r>\nServerName $p @r\n</Macro>\n";

class Writer {
 public:
  Writer(std::map<std::string, std::string>& files, Mood mood) : files_(files), mood_(mood) {
    begin("/R/httpd.conf", "\n");
    if (mood == Mood::Sound) texts_.back().bytes = kMacros;
  }

  void take(const Step& step);
  void finish() {
    Dice plain(0, Mood::Sound);
    for (; !texts_.empty(); end())
      while (mood_ == Mood::Sound && !texts_.back().open.empty())
        close(plain, plain, Kind::Close);
  }

 private:
  // A file being written; those that it includes lie on top of it.
  struct Text {
    std::string place;
    std::string end_of_line;
    std::string bytes;
    std::vector<std::string> open;
  };

  void begin(std::string place, std::string end_of_line) {
    texts_.push_back(Text{std::move(place), std::move(end_of_line), {}, {}});
  }
  void end() {
    files_[texts_.back().place] += texts_.back().bytes;
    texts_.pop_back();
  }
  void write(const std::string& line, Dice& style) {
    texts_.back().bytes += written(line, texts_.back().end_of_line, style);
  }
  void open(const std::string& line, Dice& style) {
    write(line, style);
    texts_.back().open.push_back(name_of(line));
  }
  void close(Dice& words, Dice& style, Kind kind);
  void new_file(Dice& words, Dice& style);
  void include(Dice& words, Dice& style);

  std::map<std::string, std::string>& files_;
  Mood mood_;
  std::vector<Text> texts_;
  std::size_t begun_ = 1;
};

// The innermost section, or the file where none is open; then maybe without an end of line.
void Writer::close(Dice& words, Dice& style, Kind kind) {
  Text& text = texts_.back();
  if (!text.open.empty()) {
    const std::string name = text.open.back();
    if (kind == Kind::Close) write("</" + name + ">", style);
    if (kind == Kind::OddClose) write(odd_close(name, words), style);
    text.open.pop_back();
  } else if (texts_.size() > 1) {
    if (words.once_in(3) && !text.bytes.empty()) text.bytes.pop_back();
    end();
  }
}

void Writer::new_file(Dice& words, Dice& style) {
  if (begun_ >= kMostFiles) return;
  static constexpr std::array kWays{"Include {0}",
                                    "Include {1}",
                                    "IncludeOptional {0}",
                                    "IncludeOptional {1}/*.conf",
                                    "Include \"{0}\"",
                                    "Include ./{0}",
                                    "Include /R/{1}/../{0}",

                                    "Include {1}/",

                                    "IncludeOptional {1}/[0-9a-z]*.conf"};
  static constexpr std::array kOddWays{"Include {1}/*.conf",     "IncludeOptional d?/*",
                                       "IncludeOptional link/*", "Include d?/*",
                                       "Include link/*",         "Include {1}/[!a-z]*",
                                       "Include {0} # note",     "Include {1}//*.conf"};
  static constexpr std::array kNames{"a.conf",  "10.conf", "9.conf",     "Z.conf",
                                     ".h.conf", "x.conf~", "sub/y.conf", "_.conf"};
  const std::string way = words.one_of(kWays, kOddWays);
  const std::string directory =
      "d" + std::to_string(mood_ == Mood::Sound ? begun_ : words.below(3));
  const std::string file = directory + "/" + words.one_of(kNames);
  write(fmt::format(fmt::runtime(way), file, directory), style);
  begin("/R/" + file, words.once_in(5) ? "\r\n" : "\n");
  ++begun_;
}

void Writer::include(Dice& words, Dice& style) {
  static constexpr std::array kLines{
      "IncludeOptional none.conf",    "IncludeOptional none/*.conf", "IncludeOptional d0/a.conf/",
      "IncludeOptional d0/*.none",    "IncludeOptional dangling",    "IncludeOptional d2",
      "IncludeOptional d2/sub/*",     "IncludeOptional [d]1/a.conf", "IncludeOptional d1/a.conf/",
      "IncludeOptional httpd.conf/.", "IncludeOptional \"d 1\"",     "IncludeOptional d1/",
      "IncludeOptional d*/sub/"};
  static constexpr std::array kOdd{"Include none.conf",
                                   "Include d0",
                                   "Include d1/*.conf",
                                   "IncludeOptional d*/*",
                                   "Include ${A}",
                                   "Include a b",
                                   "Include \"\"",
                                   "Include d0/*.none",
                                   "Include dangling",
                                   "Include link",
                                   "Include l*/*.conf",
                                   "Include /R/d[12]/*.conf",
                                   "Include d1/a.conf",
                                   "Include */*.conf",
                                   "Include d0/../d1/a.conf",
                                   "Include d\\*",
                                   "IncludeOptional .",
                                   "IncludeOptional d[!0]",
                                   "Include $p",
                                   "IncludeOptional *",
                                   "Include d1/",
                                   "IncludeOptional d1/a.conf/*"};
  write(words.one_of(kLines, kOdd), style);
}

void Writer::take(const Step& step) {
  Dice words(step.words, mood_);
  Dice style(step.style, mood_);
  const Kind kind = kind_of(step.kind, mood_);
  switch (kind) {
    case Kind::Directive:
      return write(directive(words), style);
    case Kind::Condition:
      return open(condition(words), style);
    case Kind::Section:
      return open(section(words), style);
    case Kind::Close:
    case Kind::OddClose:
    case Kind::LeaveOpen:
      return close(words, style, kind);
    case Kind::Define:
      return write(define(words), style);
    case Kind::UnDefine:
      return write(undefine(words), style);
    case Kind::NewFile:
      return new_file(words, style);
    case Kind::Include:
      return include(words, style);
    case Kind::LoadModule:
      return write(load_module(words), style);
    case Kind::Macro:
      return open(macro_head(words), style);
    case Kind::Use:
      return write(use(words), style);
    case Kind::Comment:
      return write(comment(words), style);
    case Kind::OddLine:
      return write(odd_line(words), style);
  }
}

SiteOptions options_of(const Start& start) {
  static constexpr std::array kMpms{"event", "worker", "prefork"};
  static constexpr std::array kDefines{"", "A", "B", "AB", "a", "C:D"};
  const std::string mpm = kMpms[start.mpm % kMpms.size()];
  SiteOptions options = oracle_options(mpm);
  options.environment = {
      {"ENV", "7"}, {"EMPTY", ""}, {"WORDS", "a b"}, {"LINE", "Timeout 9"}, {"MPM", mpm}};
  Dice defines(start.defines, Mood::Odd);
  for (std::size_t left = defines.below(3); left > 0; --left)
    options.defines.push_back(defines.one_of(kDefines));
  Dice texts(start.texts, Mood::Odd);
  if (texts.once_in(6)) options.before.push_back(command_line_text(texts));
  if (texts.once_in(6)) options.after.push_back(command_line_text(texts));
  if (start.version % 8 == 7) {
    auto& sources = options.builtin_sources;
    sources.erase(std::remove(sources.begin(), sources.end(), "mod_version.c"), sources.end());
  }
  return options;
}

std::string printable(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      text += "\n  ";
    else if (byte < ' ' || byte >= 0x7f)
      text += fmt::format("\\x{:02x}", byte);
    else
      text += c;
  }
  return text;
}

}  // namespace

RandomTree tree_of(const Start& start, const std::vector<Step>& steps) {
  RandomTree tree;
  tree.options = options_of(start);
  Writer writer(tree.files, start.mood % 8 < 5 ? Mood::Sound : Mood::Odd);
  for (const Step& step : steps)
    writer.take(step);
  writer.finish();
  return tree;
}

std::string told(const RandomTree& tree) {
  std::string text;
  for (const std::string& before : tree.options.before)
    text += fmt::format("-C '{}' ", before);
  for (const std::string& after : tree.options.after)
    text += fmt::format("-c '{}' ", after);
  for (const std::string& name : tree.options.defines)
    text += fmt::format("-D '{}' ", name);
  text += fmt::format("with {} built in\n", fmt::join(tree.options.builtin_sources, " "));
  for (const auto& [place, bytes] : tree.files)
    text += fmt::format("{}:\n  {}\n", place, printable(bytes));
  return text;
}

}  // namespace mpm::config
