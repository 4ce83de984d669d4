// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/config/oracle/random_words.h"

#include <algorithm>
#include <cctype>

namespace mpm::config {
namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string version_argument(Dice& dice) {
  static constexpr std::array kOperators{"", "=", "==", ">", ">=", "<", "<=", "!=", "!>", "!<"};
  static constexpr std::array kOddOperators{"=>", "!", "!!<", "~", "!~"};
  static constexpr std::array kVersions{"2.4", "2", "2.4.0", "3.0.1", "2.4.99", "\"2.4\"", "1.3"};
  static constexpr std::array kOddVersions{"^2", "/^2/", "/4.[5-9]/", "2.4.1.2", "", "x"};
  if (dice.once_in(6)) return "~ " + dice.one_of(std::array{"^2", "4.[5-9]", "\\.4", "3"});
  const std::string sign = dice.one_of(kOperators, kOddOperators);
  const bool glued = dice.oddly(9);
  return sign + (sign.empty() || glued ? "" : " ") + dice.one_of(kVersions, kOddVersions) +
         (dice.once_in(6) ? " " : "");
}

std::string directive_name(Dice& dice) {
  static constexpr std::array kNames{"Timeout",
                                     "ServerName",
                                     "MaxRequestWorkers",
                                     "MaxClients",
                                     "ThreadsPerChild",
                                     "StartServers",
                                     "KeepAlive",
                                     "MaxRequestsPerChild",
                                     "Listen",
                                     "SetEnv",
                                     "Nonsense",
                                     "DocumentRoot",
                                     "ServerLimit",
                                     "Alias",
                                     "AllowOverride",
                                     "MaxConnectionsPerChild",
                                     "\"Timeout\"",
                                     "'KeepAlive'",
                                     "${A}",
                                     "$p",
                                     "Time#out",
                                     "Timeout>",
                                     "ErrorLog",
                                     "LogFormat"};
  return dice.one_of(kNames);
}

}  // namespace

std::string argument(Dice& dice) {
  static constexpr std::array kArguments{"1",          "150",         "On",       "www.example.org",
                                         "/srv/www",   "\"a b\"",     "'a b'",    "${A}",
                                         "${b}",       "${ENV}",      "${WORDS}", "${EMPTY}",
                                         "${none}",    "${}",         "${A",      "$A",
                                         "${${A}}",    "\\${A}",      "a\\\\b",   "a\\b",
                                         "\"a\\\"b\"", "\"a\\\\\"",   "\"open",   "'it''s'",
                                         "# note",     "a#b",         ">",        "<x>",
                                         "$p",         "%q",          "@r",       "\"@r\"",
                                         "$pp",        "x${A}y$p",    "\"\"",     "''",
                                         "\xc3\xa9",   "\x01",        "a\tb",     "\"a\\'b\"",
                                         "\\",         "${A}${b}",    "${a:b}",   "${MPM}",
                                         "a>b",        "\"a\"b\"c\"", "\\\\\\",   "%{HTTP_HOST}"};
  return dice.one_of(kArguments);
}

// One word in any case.
std::string plain_argument(Dice& dice) {
  static constexpr std::array kArguments{"1",          "\"a b\"", "'a b'",        "a\\\\b", "a\\b",
                                         "\"a\\\"b\"", "${ENV}",  "\"${WORDS}\"", "$p",     "@r",
                                         "\"x@ry\"",   "'a\"b'",  "\"$p\"",       "a#b",    "x>"};
  return dice.one_of(kArguments);
}

std::string directive(Dice& dice) {
  std::string line = directive_name(dice) + " " + argument(dice);
  while (dice.once_in(4))
    line += (dice.once_in(3) ? "\t " : " ") + argument(dice);
  return line;
}

std::string condition(Dice& dice) {
  static constexpr std::array kModules{
      "event.c",   "worker.c",         "prefork.c",     "mpm_event_module", "mod_alias.c",
      "core.c",    "alias_module",     "mod_version.c", "mod_mpm_event.c",  "so_module",
      "none.c",    "\"event.c\"",      "event.c other", "http_core.c",      "mod_macro.c",
      "EVENT.C",   "\"mod_so.c\"x",    "mod_status.c",  "version_module",   "macro_module",
      "'mod_so.c", "mpm_worker_module"};
  static constexpr std::array kNames{"A", "B", "a", "C:D", "\"A\"", "AB", "#", "$p", "A B", "MPM"};
  static constexpr std::array kFiles{
      "httpd.conf",  "/R/httpd.conf",  "none", "d0",       "d0/",     "d0/..",          "*.conf",
      "httpd.conf/", "\"httpd.conf\"", ".",    "dangling", "none/..", "/R//httpd.conf", "link"};
  static constexpr std::array kDirectives{
      "Timeout",     "MaxClients", "Alias",    "Nonsense",        "<Directory", "timeout",
      "Use",         "Define",     "LoadFile", "MinSpareServers", "User",       "ThreadsPerChild",
      "<Directory>", "Require",    "Include",  "ServerAlias",     "CustomLog",  "\"Timeout\""};
  static constexpr std::array kSections{"Directory", "VirtualHost", "Nonsense",   "Macro",
                                        "IfModule",  "Location",    "proxy",      "Files",
                                        "Timeout",   "If",          "<Directory", "\"Location\""};
  static constexpr std::array kOdd{"", "\"\"", "${A}", "'B", "${EMPTY}", "x>y", "\"a b\""};
  static constexpr std::array kNegations{"", "", "", "!", "! "};
  static constexpr std::array kOddNegations{"!!", " !", "\"!"};
  static constexpr std::array kBehind{"", "", "", "", "", " # a"};
  static constexpr std::array kOddBehind{" # a -> b", ">", " >", " Timeout 1"};
  const std::size_t which = dice.below(7);
  if (which == 6) return "<IfVersion " + version_argument(dice) + ">";
  const std::string not_sign = dice.one_of(kNegations, kOddNegations);
  const auto whole = [&](const char* name, const std::string& asked) {
    return "<" + std::string(name) + " " + not_sign + asked + ">" +
           dice.one_of(kBehind, kOddBehind);
  };
  if (which == 5) return whole("IfDefine", dice.one_of(kNames, kOdd));
  if (which == 4) return whole("IfFile", dice.one_of(kFiles, kOdd));
  if (which == 3) return whole("IfDirective", dice.one_of(kDirectives, kOdd));
  if (which == 2) return whole("IfSection", dice.one_of(kSections, kOdd));
  return whole("IfModule", dice.one_of(kModules, kOdd));
}

std::string section(Dice& dice) {
  static constexpr std::array kSections{
      "<Directory />",       "<VirtualHost *:80>",   "<Location /x>",
      "<Files ~ \"\\.ht\">", "<Directory \"/a b\">", "<DirectoryMatch \"^/x>y\">",
      "<Limit GET POST>",    "<If \"%{X} == 'x'\">", "<Else>",
      "<Nonsense>",          "<Nonsense a b>",       "<RequireAll>",
      "<\"Directory\" /x>",  "<Directory /x> junk",  "<VirtualHost $p>",
      "<Directory ${A}>",    "<Files x>y>",          "<Proxy *> # a > b",
      "<Directory/>",        "<Directory /x >",      "<ifmodul event.c>",
      "<Files \"a\\\"b\">"};
  static constexpr std::array kOdd{"<Directory", "\"<Directory\" /x>", "< Directory /x>",
                                   "<Directory /x> </Directory>", "<Perl>"};
  return dice.one_of(kSections, kOdd);
}

std::string define(Dice& dice) {
  static constexpr std::array kNames{"A", "B", "a", "AB", "MPM", "b", "$p", "\"A\"", "#"};
  static constexpr std::array kOdd{"C:D", "${A}", "\"a b\"", "\"\"", "${EMPTY}"};
  std::string line = "Define " + dice.one_of(kNames, kOdd);
  if (!dice.once_in(3)) line += " " + (dice.oddly(3) ? argument(dice) : plain_argument(dice));
  if (dice.oddly(12)) line += " " + argument(dice);
  return line;
}

std::string undefine(Dice& dice) {
  static constexpr std::array kNames{"A", "B", "a", "none", "\"A\"", "MPM"};
  static constexpr std::array kOdd{"C:D", "A B", "", "${A}"};
  return "UnDefine " + dice.one_of(kNames, kOdd);
}

std::string load_module(Dice& dice) {
  static constexpr std::array kModules{"macro", "alias", "env", "status", "dir", "mime", "headers"};
  static constexpr std::array kOddModules{"mpm_event", "mpm_worker", "macro"};
  // The LoadFile with a slash: where the linker looks for a name without one depends on its
  // environment and its cache, which no configuration tells, so that only httpd could know.
  static constexpr std::array kOdd{"LoadModule alias_module modules/none.so",
                                   "LoadModule alias_module",
                                   "LoadModule so_module mod_so.so",
                                   "LoadModule core_module x.so",
                                   "LoadModule version_module /oracle/module_stubs.so",
                                   "LoadModule wsgi_module /oracle/module_stubs.so",
                                   "LoadModule a b c",
                                   "LoadFile ./none.so",
                                   "LoadModule \"\" x.so",
                                   "LoadModule"};
  if (dice.oddly(5)) return dice.one_of(kOdd);
  const std::string name = dice.one_of(kModules, kOddModules);
  const bool quoted = dice.once_in(6);
  const std::string file = "/usr/lib/apache2/modules/mod_" + name + ".so";
  return "LoadModule " + name + "_module " + (quoted ? "\"" + file + "\"" : file);
}

std::string macro_head(Dice& dice) {
  static constexpr std::array kHeads{"m $p", "n $p @r", "M $p", "N \"$p\" @r", "m %q", "n 1 @rr"};
  static constexpr std::array kOdd{"m",
                                   "\"n o\"",
                                   "m p",
                                   "",
                                   "m $p $p",
                                   "m ${A}",
                                   "n \"$p x\"",
                                   "m # note",
                                   "n $p>",
                                   "n \"\"",
                                   "m $p > x",
                                   "n @r @rr",
                                   "m /IgnoreEmptyArgs $p",
                                   "m /x $p",
                                   "m $p $pp"};
  return "<Macro " + dice.one_of(kHeads, kOdd) + ">";
}

std::string use(Dice& dice) {
  static constexpr std::array kNames{"m", "none", "\"n o\"", "${A}", "\"\"", "$p", "n"};
  if (dice.oddly(4)) {
    std::string line = "Use " + dice.one_of(kNames);
    for (std::size_t left = dice.below(4); left > 0; --left)
      line += " " + argument(dice);
    return line;
  }
  const std::string first = plain_argument(dice);
  if (dice.once_in(2)) return "Use n " + first + " " + plain_argument(dice);
  return (dice.once_in(3) ? "Use \"M\" " : "Use m ") + first;
}

std::string comment(Dice& dice) {
  static constexpr std::array kComments{"# note", "#",    "# a -> b",  "# ${A}",
                                        "#<x>",   "#\\ ", "#Timeout 1"};
  static constexpr std::array kOdd{"# note \\", "#\\", "# \\\\", "# </IfModule> \\"};
  return dice.one_of(kComments, kOdd);
}

std::string odd_line(Dice& dice) {
  static constexpr std::array kLines{"Timeout",
                                     "",
                                     "   ",
                                     "\t",
                                     "<",
                                     "<>",
                                     "</",
                                     "</>",
                                     ">",
                                     "\"",
                                     "\"\"",
                                     "''",
                                     "\\",
                                     "\\\\",
                                     "<\"x\">",
                                     "\"<x\"",
                                     "<IfModule>",
                                     "<IfModule event.c",
                                     "</IfModule",
                                     "<IfVersion",
                                     "<IfDefine",
                                     "Include",
                                     "Define",
                                     "UnDefine",
                                     "Use",
                                     "UndefMacro",
                                     "UndefMacro m",
                                     "UndefMacro none",
                                     "UndefMacro M",
                                     "${LINE}",
                                     "${EMPTY}",
                                     "${EMPTY}Timeout 1",
                                     "\xef\xbb\xbfTimeout 1",
                                     "\xc2\xa0Timeout 1",
                                     "\v\fTimeout 1\v",
                                     "<IfModule event.c>Timeout 1</IfModule>",
                                     "<Directory /x>Options None</Directory>",
                                     "</IfModule></IfModule>",
                                     "<IfModule none.c>Timeout 1</IfModule>",
                                     "</${A}>",
                                     "<${A}>",
                                     "<IfDefine A> # a -> b",
                                     "ServerRoot /R",
                                     "ServerRoot /R/d0",
                                     "ServerRoot none",
                                     "ServerRoot d0/",
                                     "ServerRoot \"\"",
                                     "ServerRoot",
                                     "DefaultRuntimeDir /tmp",
                                     "DefaultRuntimeDir none",
                                     "MacroIgnoreEmptyArgs on",
                                     "MacroIgnoreBadNesting",
                                     "<Macro",
                                     "</Macro>",
                                     "</Macro",
                                     "\"</Macro>\"",
                                     "<Macro>",
                                     "<IfFile>",
                                     "<IfDirective>",
                                     "<IfSection>",
                                     "<IfFile",
                                     "Options None\rTimeout 2"};
  // A NUL cannot stand in a list of literals.
  if (dice.once_in(40)) return std::string("Time\0out 1", 10) + (dice.once_in(2) ? "\\" : "");
  return dice.one_of(kLines);
}

std::string command_line_text(Dice& dice) {
  static constexpr std::array kTexts{"Timeout 3",        "Define A",     "Define A \"x y\"",
                                     "Timeout 4",        "Define B",     "Timeout ${A}",
                                     "ServerRoot /R/d0", "UnDefine B",   "# note",
                                     "Include d0",       "Timeout 3 \\", "ServerRoot /R"};
  return dice.one_of(kTexts);
}

std::string odd_close(const std::string& name, Dice& dice) {
  switch (dice.below(9)) {
    case 0:
      return "</" + name + "> # end";
    case 1:
      return "</" + upper(name) + ">";
    case 2:
      return "</" + name + " >";
    case 3:
      return "</" + name;
    case 4:
      return "</" + name + ">>";
    case 5:
      return "</Other>";
    case 6:
      return "</" + name + "></" + name + ">";
    case 7:
      return "\"</" + name + ">\"";
    default:
      return "</" + name + ">x";
  }
}

std::string written(std::string line, const std::string& end, Dice& style) {
  static constexpr std::array kIndents{"", "", "", "  ", "\t", " \t ", "\v"};
  const std::string indent = style.one_of(kIndents);
  if (style.once_in(5)) {
    const std::size_t name = line.find_first_of(" \t");
    line = upper(line.substr(0, name)) + (name == std::string::npos ? "" : line.substr(name));
  }
  while (style.once_in(7))
    line.insert(style.below(line.size() + 1), "\\" + end);
  static constexpr std::array kTails{"", "", "", "", "", "", " ", "\t"};
  static constexpr std::array kOddTails{"\\", " \\", "\\ ", "\\\\"};
  line = indent + line + (style.oddly(12) ? style.one_of(kOddTails) : style.one_of(kTails));
  if (style.once_in(15)) return line + (end == "\n" ? "\r\n" : "\n");
  return line + end;
}

}  // namespace mpm::config
