// SPDX-License-Identifier: Apache-2.0
#include "agent/config/reader.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/config/fingerprint.h"
#include "agent/config/glob.h"
#include "agent/config/modules.h"
#include "agent/config/tree.h"
#include "agent/config/version_expression.h"

namespace mpm::config {
namespace {

// A tree that includes or uses itself twice per level doubles with each; httpd would not come
// back either. Far above any real configuration.
constexpr std::size_t kMaxBytes = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kMaxDirectives = 4'000'000;

constexpr std::string_view kCommandLine = "-c/-C directives";

// From 1, in bytes.
std::uint32_t column_of(const std::string& bytes, const Line& line) {
  const std::size_t first = line.start;
  const std::size_t end = first == 0 ? std::string::npos : bytes.rfind('\n', first - 1);
  const std::size_t begin = end == std::string::npos ? 0 : end + 1;
  return static_cast<std::uint32_t>(first - begin + 1);
}

InputLine input_line(const std::shared_ptr<const std::string>& file, const std::string& bytes,
                     Line line) {
  InputLine read;
  read.file = file;
  read.first_line = line.first_line;
  read.last_line = read.reported = line.last_line;
  read.column = column_of(bytes, line);
  read.read_size = line.read_size;
  read.start = line.start;
  read.comment_continues =
      !line.text.empty() && line.text.front() == '#' && line.last_line > line.first_line;
  read.too_long = line.too_long;
  read.text = std::move(line.text);
  return read;
}

// Without the physical line that has no end.
InputLine cut_line(const std::string& bytes, const Span& line, InputLine whole) {
  const std::size_t end = bytes.rfind('\n') + 1;  // 0 when there is none
  Tree rest = Tree::read(bytes.substr(line.begin, std::max(end, line.begin) - line.begin));
  whole.text = rest.lines().empty() ? std::string() : rest.lines().front().text;
  whole.cut = true;
  return whole;
}

Input input_of_file(const std::string& path, Tree tree) {
  Input input;
  input.name = std::make_shared<const std::string>(path);
  input.bytes = tree.bytes();
  const std::string& bytes = input.bytes;
  std::vector<Line> lines = std::move(tree).take_lines();
  const Span last = lines.empty() ? Span{} : lines.back().bytes;
  input.lines.reserve(lines.size());
  for (Line& line : lines)
    input.lines.push_back(input_line(input.name, bytes, std::move(line)));
  if (!bytes.empty() && bytes.back() != '\n')
    input.last_behind_macro = cut_line(bytes, last, input.lines.back());
  return input;
}

Input input_of_texts(const std::vector<std::string>& texts) {
  Input input;
  input.name = std::make_shared<const std::string>(kCommandLine);
  for (const std::string& text : texts) {
    InputLine line;
    line.text = std::string(trim(text));
    line.file = input.name;
    line.read_size = text.size() + 1;
    line.first_line = line.last_line = line.reported =
        static_cast<std::uint32_t>(input.lines.size() + 1);
    input.lines.push_back(std::move(line));
  }
  return input;
}

}  // namespace

Reader::Reader(const SiteOptions& options, const FileSystem& files)
    : options_(options), files_(files), variables_(options.defines, options.environment) {
  site_.server_root = options.server_root;
  for (const std::string& source : options.builtin_sources)
    site_.modules.push_back(LoadedModule{"", source});
  for (const std::string& identifier : options.builtin_identifiers) {
    const std::string source = source_of_module(identifier);
    auto known = std::find_if(site_.modules.begin(), site_.modules.end(),
                              [&](const LoadedModule& m) { return m.source == source; });
    if (known != site_.modules.end())
      known->identifier = identifier;
    else
      site_.modules.push_back(LoadedModule{identifier, source});
  }
}

Site Reader::read() {
  read_texts(options_.before);
  // -C may have set another ServerRoot.
  read_file(join_path(site_.server_root, options_.config_file), nullptr);
  read_texts(options_.after);
  finish();
  return std::move(site_);
}

void Reader::read_texts(const std::vector<std::string>& texts) {
  if (texts.empty() || stopped_) return;
  Level level{InputStack(input_of_texts(texts)), {}, 0, 0, nullptr, {}};
  read_level(level);
}

void Reader::read_file(const std::string& path, Level* from) {
  auto bytes = files_.read(path);
  if (!bytes) {
    const std::string sentence =
        fmt::format("httpd cannot open the configuration file {}: {}.", path, bytes.error().what);
    if (from)
      refuse(*from, sentence);
    else
      site_.problems.push_back(ConfigProblem{path, 0, 1, sentence, true, {}, 0});
    return;
  }
  remember(path, *bytes);
  Level level{
      InputStack(input_of_file(path, Tree::read(std::move(*bytes)))), {}, 0, 0, nullptr, {}};
  if (from) {
    level.depth = from->depth;
    level.dead = from->dead;
  }
  read_level(level);
}

void Reader::remember(const std::string& path, const std::string& bytes) {
  bytes_read_ += bytes.size() + 1;
  if (!known_files_.insert(path).second) return;
  site_.files.push_back(path);
  Fingerprint print;
  print.take(site_.fingerprint);
  print.take(path);
  print.take(bytes);
  site_.fingerprint = print.hex();
}

void Reader::read_level(Level& level) {
  while (advance(level))
    read_line(level);
  if (!stopped_) end_level(level);
}

// The next line becomes the level's. False at the end of the text.
bool Reader::advance(Level& level) {
  if (stopped_) return false;
  level.line = level.input.next();
  if (!level.line) return false;
  const InputLine& line = *level.line;
  Place& place = level.place;
  // They are counted by atomics, and nearly always the same as before.
  if (place.file != line.file) place.file = line.file;
  if (place.origin != level.input.top().name) place.origin = level.input.top().name;
  place.first_line = line.first_line;
  place.last_line = line.last_line;
  place.column = line.column;
  place.origin_line = line.reported;
  bytes_read_ += level.input.all().size() > 1 ? line.text.size() + 1 : 0;
  if (bytes_read_ > kMaxBytes || directives_ > kMaxDirectives)
    stop(level,
         "The configuration grows beyond 64 MiB while it is read; look for a file or "
         "macro that is taken twice at each level.");
  if (line.too_long) refuse(level, "The line is longer than 16 MiB; httpd refuses it.");
  if (line.cut)
    trap(level, TrapKind::LostLine,
         "The file's last line stands directly behind a Use and has no end, so httpd does not read "
         "it. End it.");
  if (line.continues)
    trap(level, TrapKind::MacroContinues,
         "The macro ends in a backslash, so the line behind its Use belongs to its last line. "
         "Remove the backslash.");
  if (line.comment_continues)
    trap(level, TrapKind::CommentContinues,
         "The comment ends in a backslash, so the next line belongs to it and does not count. "
         "Remove the backslash.");
  return !stopped_;
}

void Reader::read_line(Level& level) {
  const std::string& text = level.line->text;
  if (text.empty() || text.front() == '#') return;
  if (!level.open.empty() && level.open.back().condition && text.size() > 2 &&
      text.compare(0, 2, "</") == 0 && text.back() == '>' &&
      equal_ignoring_case(std::string_view(text).substr(2, text.size() - 3),
                          std::string_view(level.open.back().name).substr(1))) {
    level.open.pop_back();
    return;
  }
  if (text.find("${") == std::string::npos) return read_words(level, text);
  std::string expanded =
      variables_.expand(text, [&](Variables::Remark remark, std::string_view name) {
        if (remark == Variables::Remark::Missing)
          warn(level, ProblemKind::UndefinedVariable,
               fmt::format("Variable ${{{}}} is not defined, so its name stays as it is. Define "
                           "it, or set it in the server's environment.",
                           name));
        else
          trap(level, TrapKind::VariableCase,
               fmt::format("${{{}}} takes the value of a variable of another spelling; the names "
                           "of variables do not heed case.",
                           name));
      });
  if (expanded.size() > kMaxLine)
    return stop(level, "The line is longer than 16 MiB once its variables are expanded.");
  read_words(level, expanded);
}

// A line whose variables are expanded.
void Reader::read_words(Level& level, std::string_view line) {
  std::size_t at = 0;
  std::string name = next_word(line, at).value;
  if (name.empty()) return;
  std::string_view args = line.substr(at);
  if (name.size() > 1 && name[0] == '<' && name[1] == '/') return close_section(level, name);
  if (name.back() == '>') {
    name.pop_back();
    if (args.empty() && !name.empty() && name[0] == '<') args = ">";
  }
  const OnRead* on_read = find_on_read(name);
  if (on_read && known(*on_read)) {
    if (is_older(options_.version, on_read->since))
      refuse_when_executed(
          level, fmt::format("httpd {} does not know {}, which came with {}. Guard "
                             "it with <IfVersion >= {}>, or remove it.",
                             options_.version, on_read->name, on_read->since, on_read->since));
    return (this->*on_read->handler)(level, args);
  }
  add(level, std::move(name), args);
}

void Reader::close_section(Level& level, std::string_view name) {
  if (name.back() != '>') return refuse(level, fmt::format("{} is missing its closing '>'.", name));
  const std::string_view bare = name.substr(2, name.size() - 3);
  if (level.open.empty())
    return refuse(level, fmt::format("{} closes a section that was not opened.", name));
  const Frame& frame = level.open.back();
  const std::string_view open = std::string_view(frame.name).substr(1);
  const bool same = equal_ignoring_case(open, bare);
  if (frame.condition) {
    refuse(level, same ? fmt::format("Nothing may stand on the line of {} behind it.", name)
                       : fmt::format("{} closes a section that was not opened.", name));
  } else if (!same) {
    return refuse(level, fmt::format("</{}> was expected, but {} stands here.", open, name));
  }
  if (!same) return;
  if (frame.dead) --level.dead;
  if (!frame.condition) --level.depth;
  level.open.pop_back();
}

void Reader::add(Level& level, std::string name, std::string_view args) {
  const bool section = name.front() == '<';
  const bool dead = section && find_on_read(name) != nullptr;
  if (section && !dead && args.find('>') == std::string_view::npos)
    refuse_when_executed(level, fmt::format("{}> is missing its closing '>'.", name));
  keep(level, name, section ? args.substr(0, args.rfind('>')) : args, level.dead > 0 || dead);
  if (!section) return;
  if (dead) {
    ++level.dead;
    dead_names_.push_back(name);
    trap(level, TrapKind::DeadBody,
         fmt::format("{}> stands before its module is loaded, so what is in it never counts. "
                     "Load the module above it.",
                     name));
  }
  ++level.depth;
  level.open.push_back(Frame{std::move(name), false, dead, level.place});
}

void Reader::keep(const Level& level, std::string_view name, std::string_view args, bool dead) {
  ++directives_;
  if (options_.keep == Keep::Known && find_directive(name) == nullptr &&
      !same_name(name, "ErrorLog")) {
    left_out_.take(lower(name));
    left_out_.take(args);
    left_out_.take(level.depth * std::uint64_t{2} + (dead ? 1 : 0));
    site_.digest = left_out_.half();
    return;
  }
  ActiveDirective& directive = site_.directives.emplace_back();
  directive.name = name;
  directive.args = args;
  directive.file = *level.place.file;
  directive.first_line = level.place.first_line;
  directive.last_line = level.place.last_line;
  directive.depth = level.depth;
  directive.from_macro = level.input.all().size() > 1 || level.line->continues;
  directive.origin = *level.place.origin;
  directive.origin_line = level.place.origin_line;
  directive.dead = dead;
  directive.digest_above = site_.digest;
}

// httpd names the outermost section that is open. What is open inside a condition ends with it,
// as httpd looks at the end of a condition only for the end of the text.
void Reader::end_level(Level& level) {
  bool in_condition = false;
  for (const Frame& frame : level.open) {
    const std::uint32_t line = frame.place.last_line;
    in_condition = in_condition || frame.condition;
    if (in_condition)
      trap(level, TrapKind::UnclosedCondition,
           fmt::format("{}> of line {} is not closed; it ends with its file.", frame.name, line));
    else
      refuse_at(frame.place, fmt::format("{}> of line {} was not closed.", frame.name, line));
  }
  level.open.clear();
}

void Reader::enter_or_skip(Level& level, std::string_view name, bool active) {
  if (!active) return skip(level, name);
  level.open.push_back(Frame{std::string(name), true, false, level.place});
}

// Only the first word of each line counts, unexpanded and with its quotes resolved. What is
// wrong inside is reported at the opening tag, where httpd reports it.
void Reader::skip(Level& level, std::string_view name) {
  const Place opening = level.place;
  std::vector<std::string> open{std::string(name)};
  while (!open.empty()) {
    if (!advance(level)) {
      if (stopped_) return;
      return refuse_at(opening,
                       fmt::format("{}> is not closed before the end of the text.", open.back()));
    }
    std::size_t at = 0;
    const std::string& text = level.line->text;
    std::string word = next_word(text, at).value;
    if (word.empty() || word[0] != '<') continue;
    if (word.size() > 1 && word[1] == '/') {
      // httpd cuts the last byte, whatever it is, and of "</" nothing is left: it ends a "<".
      const std::string closing = word.size() > 2 ? word.substr(2, word.size() - 3) : "";
      if (!equal_ignoring_case(closing, open.back().substr(1))) {
        return refuse_at(opening,
                         fmt::format("</{}> was expected inside, but {} stands on line {}.",
                                     open.back().substr(1), word, level.place.last_line));
      }
      open.pop_back();
    } else {
      if (word.back() == '>' && at >= text.size()) word.pop_back();
      open.push_back(std::move(word));
    }
  }
}

void Reader::finish() {
  const auto mpms =
      std::count_if(site_.modules.begin(), site_.modules.end(),
                    [](const LoadedModule& module) { return is_mpm_source(module.source); });
  const std::string root = join_path(options_.server_root, options_.config_file);
  if (mpms != 1 && !stopped_)
    site_.problems.push_back(ConfigProblem{
        root,
        0,
        1,
        mpms == 0
            ? "No MPM is loaded, and httpd needs one. Load event, worker or prefork."
            : fmt::format("{} MPMs are loaded, and httpd takes one. Keep one LoadModule.", mpms),
        true,
        {},
        0,
        false,
        ProblemKind::NotOneMpm});
  std::move(later_.begin(), later_.end(), std::back_inserter(site_.problems));
  site_.defines = variables_.names();
  if (site_.fingerprint.empty()) site_.fingerprint = Fingerprint().hex();
}

Site read_site(const SiteOptions& options, const FileSystem& files) {
  return Reader(options, files).read();
}

}  // namespace mpm::config
