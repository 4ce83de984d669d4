// SPDX-License-Identifier: Apache-2.0
//
// The directives that httpd executes while it reads (EXEC_ON_READ): they decide what is read
// next, so their order is the order of the text.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "agent/config/glob.h"
#include "agent/config/include.h"
#include "agent/config/modules.h"
#include "agent/config/reader.h"
#include "agent/config/tree.h"
#include "agent/config/version_expression.h"

namespace mpm::config {
namespace {

constexpr std::size_t kMaxIncludeDepth = 128;  // AP_MAX_INCLUDE_DEPTH

constexpr std::string_view kOneWord = "2.4.35";          // of a condition's argument
constexpr std::string_view kMissingOptional = "2.4.30";  // IncludeOptional of a plain name

// The argument of a section up to its last '>', which must be there.
bool section_argument(std::string_view args, std::string_view& argument) {
  const std::size_t end = args.rfind('>');
  if (end == std::string_view::npos) return false;
  argument = args.substr(0, end);
  return true;
}

}  // namespace

const Reader::OnRead* Reader::find_on_read(std::string_view name) {
  static constexpr std::array<OnRead, 19> kTable{{
      {"<IfModule", "", &Reader::if_module},
      {"<IfDefine", "", &Reader::if_define},
      {"<IfFile", "", &Reader::if_file, "2.4.34"},
      {"<IfDirective", "", &Reader::if_directive, "2.4.34"},
      {"<IfSection", "", &Reader::if_section, "2.4.34"},
      {"<IfVersion", "mod_version.c", &Reader::if_version},
      {"Include", "", &Reader::include},
      {"IncludeOptional", "", &Reader::include_optional, "2.3.6"},
      {"Define", "", &Reader::define},
      {"UnDefine", "", &Reader::undefine},
      {"ServerRoot", "", &Reader::server_root},
      {"DefaultRuntimeDir", "", &Reader::runtime_dir},
      {"LoadModule", "", &Reader::load_module},
      {"LoadFile", "", &Reader::load_file},
      {"<Macro", "mod_macro.c", &Reader::define_macro},
      {"Use", "mod_macro.c", &Reader::use_macro},
      {"UndefMacro", "mod_macro.c", &Reader::undefine_macro},
      {"MacroIgnoreEmptyArgs", "mod_macro.c", &Reader::pass_over},
      {"MacroIgnoreBadNesting", "mod_macro.c", &Reader::pass_over},
  }};
  const auto* found = std::find_if(kTable.begin(), kTable.end(), [name](const OnRead& entry) {
    return entry.name.size() == name.size() && equal_ignoring_case(entry.name, name);
  });
  return found == kTable.end() ? nullptr : found;
}

bool Reader::known(const OnRead& directive) const {
  return directive.source.empty() || module_known(directive.source);
}

bool Reader::module_known(std::string_view name) const {
  return std::any_of(site_.modules.begin(), site_.modules.end(), [name](const LoadedModule& m) {
    return (!m.identifier.empty() && m.identifier == name) ||
           (!m.source.empty() && m.source == name);
  });
}

bool Reader::directive_known(std::string_view name) const {
  return std::any_of(
             site_.modules.begin(), site_.modules.end(),
             [name](const LoadedModule& m) { return module_has_directive(m.source, name); }) ||
         module_has_directive("core.c", name) || module_has_directive("mod_so.c", name);
}

void Reader::run_condition(Level& level, std::string_view name, std::string_view args,
                           const std::function<bool(const std::string&)>& test) {
  std::string_view argument;
  if (!section_argument(args, argument))
    return refuse(level, fmt::format("{}> is missing its closing '>'.", name));
  const bool negated = !argument.empty() && argument.front() == '!';
  if (negated) argument.remove_prefix(1);
  std::size_t at = 0;
  std::string asked = next_word(argument, at).value;
  if (asked.empty()) return refuse(level, fmt::format("{}> needs an argument.", name));
  if (is_older(options_.version, kOneWord) && asked != argument) {
    trap(level, TrapKind::WholeArgument,
         fmt::format("httpd {} takes all of {} for the name that {}> asks for, with its quotes and "
                     "blanks; from {} on it takes one word.",
                     options_.version, argument, name, kOneWord));
    asked = argument;
  }
  const std::size_t inner = asked.find('>');
  const std::size_t comment = argument.find('#');
  if (inner != std::string::npos && inner + 1 < asked.size())
    trap(level, TrapKind::OneLineSection,
         fmt::format("{}> and its content stand on one line, so it tests '{}' and skips to the "
                     "next closing tag. Put each on a line of its own.",
                     name, asked));
  else if (inner != std::string::npos || comment != std::string_view::npos ||
           !trim(args.substr(args.rfind('>') + 1)).empty())
    trap(level, TrapKind::TextAfterSection,
         fmt::format("The argument of {}> ends at the last '>' of the line, so it tests '{}'. Put "
                     "the comment on a line of its own.",
                     name, asked));
  enter_or_skip(level, name, test(asked) != negated);
}

void Reader::if_module(Level& level, std::string_view args) {
  run_condition(level, "<IfModule", args, [&](const std::string& name) {
    if (module_known(name)) return true;
    const std::string meant = meant_mpm(name);
    if (!meant.empty())
      trap(level, TrapKind::MpmSourceName,
           fmt::format("No module is called '{}'; the source of the MPM is called {} and its "
                       "identifier mpm_{}_module.",
                       name, meant, meant.substr(0, meant.size() - 2)));
    return false;
  });
}

void Reader::if_define(Level& level, std::string_view args) {
  run_condition(level, "<IfDefine", args,
                [this](const std::string& name) { return variables_.defined(name); });
}

void Reader::if_file(Level& level, std::string_view args) {
  run_condition(level, "<IfFile", args, [this](const std::string& name) {
    const FileKind kind = files_.kind(join_path(site_.server_root, name));
    return names_directory(name) ? kind == FileKind::Directory : kind != FileKind::Missing;
  });
}

void Reader::if_directive(Level& level, std::string_view args) {
  run_condition(level, "<IfDirective", args,
                [this](const std::string& name) { return directive_known(name); });
}

void Reader::if_section(Level& level, std::string_view args) {
  run_condition(level, "<IfSection", args,
                [this](const std::string& name) { return directive_known("<" + name); });
}

void Reader::if_version(Level& level, std::string_view args) {
  const auto matched = version_matches(args, options_.version);
  if (!matched) return refuse(level, matched.error().what);
  enter_or_skip(level, "<IfVersion", *matched);
}

// As httpd's TAKE1, TAKE2 and TAKE12 (invoke_cmd): an empty word is none, where one must be and
// where one may be.
bool Reader::take(Level& level, std::string_view args, Arguments& words, std::size_t least,
                  std::size_t most, std::string_view usage) {
  for (const Word& word : split_words(args))
    words.push_back(word.value);
  const std::size_t written = words.size();
  if (written <= most) {
    while (words.size() > least && words.back().empty())
      words.pop_back();
    const auto needed = words.begin() + static_cast<std::ptrdiff_t>(std::min(least, written));
    const bool all =
        std::none_of(words.begin(), needed, [](const std::string& word) { return word.empty(); });
    if (written >= least && all) return true;
  }
  refuse(level, fmt::format("{}; here are {}.", usage, written));
  return false;
}

void Reader::include(Level& level, std::string_view args) {
  include_files(level, args, false);
}

void Reader::include_optional(Level& level, std::string_view args) {
  include_files(level, args, true);
}

void Reader::include_files(Level& level, std::string_view args, bool optional) {
  Arguments words;
  if (!take(level, args, words, 1, 1, "Include takes one argument")) return;
  if (include_depth_ >= kMaxIncludeDepth)
    return stop(level, fmt::format("Files include each other more than {} levels deep; look for a "
                                   "file that includes itself.",
                                   kMaxIncludeDepth));
  IncludeRequest request;
  request.pattern = join_path(site_.server_root, words[0]);
  request.optional =
      optional && (has_wildcard(words[0]) || !is_older(options_.version, kMissingOptional));
  request.directory = names_directory(words[0]);
  const IncludedFiles found = find_included(request, files_);
  ++include_depth_;
  for (const std::string& path : found.files)
    if (!stopped_) read_file(path, &level);
  --include_depth_;
  if (found.refusal.empty() || stopped_) return;
  const bool too_old = optional && !request.optional;
  refuse(level, too_old ? fmt::format("{} Of httpd {} that one, too, needs a wildcard for what may "
                                      "be missing.",
                                      found.refusal, options_.version)
                        : found.refusal);
}

void Reader::define(Level& level, std::string_view args) {
  Arguments words;
  if (!take(level, args, words, 1, 2, "Define takes a name and maybe a value")) return;
  if (words[0].find(':') != std::string::npos)
    return refuse(level, fmt::format("The name of variable '{}' must not contain ':'.", words[0]));
  if (words.size() == 2)
    variables_.define(words[0], words[1]);
  else
    variables_.define(words[0]);
}

void Reader::undefine(Level& level, std::string_view args) {
  Arguments words;
  if (!take(level, args, words, 1, 1, "UnDefine takes one name")) return;
  if (words[0].find(':') != std::string::npos)
    return refuse(level, fmt::format("The name of variable '{}' must not contain ':'.", words[0]));
  variables_.undefine(words[0]);
}

void Reader::server_root(Level& level, std::string_view args) {
  Arguments words;
  if (!take(level, args, words, 1, 1, "ServerRoot takes one directory")) return;
  // A relative one is below the directory in which httpd was started. Services start in /.
  const std::string path = join_path("/", words[0]);
  site_.server_root = path;
  if (files_.kind(path) != FileKind::Directory)
    refuse(level, fmt::format("ServerRoot {} is not a directory; name one that exists.", path));
}

void Reader::load_module(Level& level, std::string_view args) {
  Arguments words;
  if (!take(level, args, words, 2, 2, "LoadModule takes a module's identifier and its file"))
    return;
  const std::string source = source_of_module(words[0]);
  const auto known =
      std::find_if(site_.modules.begin(), site_.modules.end(), [&](const LoadedModule& module) {
        return module.identifier == words[0] || (!source.empty() && module.source == source);
      });
  if (known != site_.modules.end()) {
    const auto& builtin = options_.builtin_sources;
    const auto& names = options_.builtin_identifiers;
    if (std::find(builtin.begin(), builtin.end(), source) != builtin.end() ||
        std::find(names.begin(), names.end(), words[0]) != names.end())
      return refuse(level, fmt::format("Module {} is built in and cannot be loaded; remove its "
                                       "LoadModule.",
                                       words[0]));
    return warn(
        level, ProblemKind::LoadedTwice,
        fmt::format("Module {} is already loaded, so this LoadModule is skipped.", words[0]));
  }
  const std::string path = join_path(site_.server_root, words[1]);
  if (options_.require_module_files && files_.kind(path) == FileKind::Missing)
    refuse(level, fmt::format("Module file {} does not exist; install the module or remove its "
                              "LoadModule.",
                              path));
  site_.modules.push_back(LoadedModule{words[0], source});
}

// The linker looks for a name without a slash in places of its own, too.
void Reader::load_file(Level& level, std::string_view args) {
  const std::vector<Word> words = split_words(args);
  if (words.empty() || words[0].value.empty())
    return refuse(level, "LoadFile needs the name of a file.");
  for (const Word& word : words) {
    if (word.value.empty()) return;
    const std::string path = join_path(site_.server_root, word.value);
    if (!options_.require_module_files || word.value.find('/') == std::string::npos ||
        files_.kind(path) != FileKind::Missing)
      continue;
    return refuse(level,
                  fmt::format("File {} does not exist; install it or remove its LoadFile.", path));
  }
}

void Reader::runtime_dir(Level& level, std::string_view args) {
  Arguments words;
  if (!take(level, args, words, 1, 1, "DefaultRuntimeDir takes one directory")) return;
  const std::string path = join_path(site_.server_root, words[0]);
  if (options_.require_module_files && files_.kind(path) != FileKind::Directory)
    refuse(level,
           fmt::format("DefaultRuntimeDir {} is not a directory; name one that exists.", path));
}

// Nothing that is read depends on it, and httpd takes any argument.
void Reader::pass_over(Level&, std::string_view) {}

// httpd gives up at a line that is too long for it, as if the text ended there; and it names
// the line of the <Macro>.
void Reader::read_body(Level& level, Macro& macro) {
  const Place opening = level.place;
  for (std::size_t nested = 1; nested > 0;) {
    if (!advance(level) || level.line->read_size > kMaxMacroLine) {
      if (!stopped_)
        refuse_at(opening, fmt::format("Macro '{}' ({}) is not closed by </Macro> before the end "
                                       "of the text or a line of more than {} bytes.",
                                       macro.name, macro.location, kMaxMacroLine));
      return;
    }
    const std::string& text = level.line->text;
    if (!text.empty() && text.front() == '#') continue;
    std::size_t at = 0;
    const std::string first = next_word(text, at).value;
    if (equal_ignoring_case(first, "</Macro>")) --nested;
    if (equal_ignoring_case(first, "<Macro")) ++nested;
    if (nested > 0) macro.body.push_back(*level.line);
  }
}

void Reader::define_macro(Level& level, std::string_view args) {
  std::string_view head;
  if (!section_argument(args, head)) return refuse(level, "<Macro> is missing its closing '>'.");
  auto macro = parse_macro_head(head);
  if (!macro) refuse(level, macro.error().what);
  Macro made = macro ? std::move(*macro) : Macro{};
  made.location =
      fmt::format("defined on line {} of \"{}\"", level.place.origin_line, *level.place.origin);
  const std::size_t refused = site_.problems.size();
  read_body(level, made);
  if (made.name.empty() || site_.problems.size() > refused) return;
  if (macros_.contains(made.name))
    warn(level, ProblemKind::Other,
         fmt::format("Macro '{}' is defined again; the later one counts from here.", made.name));
  std::string name = made.name;
  macros_[std::move(name)] = std::make_shared<const Macro>(std::move(made));
}

void Reader::use_macro(Level& level, std::string_view args) {
  std::vector<std::string> values;
  for (Word& word : split_words(args))
    values.push_back(std::move(word.value));
  if (values.empty() || values[0].empty()) return refuse(level, "Use needs the name of a macro.");
  const std::string name = lower(values[0]);
  const auto macro = macros_.find(name);
  if (macro == macros_.end())
    return refuse(
        level, fmt::format("Macro '{}' is not defined here; define it above its Use.", values[0]));
  if (level.place.origin->find("macro '" + name + "'") != std::string::npos)
    return refuse(level, fmt::format("Macro '{}' uses itself.", name));
  values.erase(values.begin());
  auto lines = apply_macro(*macro->second, values);
  if (!lines) return refuse(level, lines.error().what);
  Input input;
  input.name = std::make_shared<const std::string>(
      fmt::format("macro '{}' ({}) used on line {} of \"{}\"", name, macro->second->location,
                  level.place.origin_line, *level.place.origin));
  input.lines = std::move(*lines);
  level.input.push(std::move(input));
}

void Reader::undefine_macro(Level& level, std::string_view args) {
  Arguments words;
  if (!take(level, args, words, 1, 1, "UndefMacro takes one name")) return;
  if (macros_.erase(lower(words[0])) == 0)
    refuse(level, fmt::format("Macro '{}' is not defined here; remove its UndefMacro.", words[0]));
}

void Reader::refuse(const Level& level, std::string sentence) {
  refuse_at(level.place, std::move(sentence));
}

void Reader::refuse_at(const Place& place, std::string sentence) {
  const Place& p = place;
  site_.problems.push_back(ConfigProblem{p.file ? *p.file : "", p.last_line, p.column,
                                         std::move(sentence), true, p.origin ? *p.origin : "",
                                         p.origin_line});
}

void Reader::refuse_when_executed(const Level& level, std::string sentence) {
  refuse(level, std::move(sentence));
  later_.push_back(std::move(site_.problems.back()));
  later_.back().when_executed = true;
  site_.problems.pop_back();
}

void Reader::warn(const Level& level, ProblemKind kind, std::string sentence) {
  refuse(level, std::move(sentence));
  site_.problems.back().fatal = false;
  site_.problems.back().kind = kind;
}

void Reader::trap(const Level& level, TrapKind kind, std::string sentence) {
  const Place& place = level.place;
  site_.traps.push_back(
      Trap{kind, place.file ? *place.file : "", place.first_line, std::move(sentence)});
}

void Reader::stop(const Level& level, std::string sentence) {
  refuse(level, std::move(sentence));
  stopped_ = true;
}

}  // namespace mpm::config
