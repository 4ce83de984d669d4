// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/config/oracle/reading.h"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "agent/config/tree.h"
#include "agent/files/host_files.h"
#include "tests/support/child.h"

namespace mpm::config {
namespace {

// httpd's buffer for a line of its log; a message of many levels does not fit in.
constexpr std::size_t kLongestMessage = 8000;

constexpr std::string_view kCommandLine = "-c/-C directives";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte >= 0x7f || c == '\\')
      result += fmt::format("\\x{:02x}", byte);
    else
      result += c;
  }
  return result;
}

// httpd names what it knows in the spelling of its own table.
std::string directive_line(std::string_view depth, std::string_view name,
                           std::string_view arguments, std::string_view place) {
  return fmt::format("{} {} {} | {}", depth, lower(name), arguments, place);
}

// httpd keeps a section's '>' and what follows until it executes the section.
std::string without_end(const std::string& name, const std::string& arguments) {
  return name.front() == '<' ? arguments.substr(0, arguments.rfind('>')) : arguments;
}

// "ServerRoot /srv/" is the directory /srv.
std::string without_slash(std::string path) {
  if (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t')
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

// "/R/a.conf:3" of the innermost "Syntax error on line 3 of /R/a.conf: why". The name of a macro
// in it ends with a quote.
std::string place_in(std::string_view message) {
  const std::string_view begin = "Syntax error on line ";
  const std::size_t at = message.rfind(begin);
  if (at == std::string_view::npos)
    return message.find("Syntax error in -C/-c directive") != std::string_view::npos ? "-C" : "";
  const std::string_view rest = message.substr(at + begin.size());
  const std::size_t of = rest.find(" of ");
  if (of == std::string_view::npos) return {};  // the message was cut there
  const std::string_view file = rest.substr(of + 4);
  const bool macro = file.compare(0, 7, "macro '") == 0;
  const std::size_t end = macro ? file.find("\": ") + 1 : file.find(": ");
  // httpd -t has a line's end behind the colon.
  const std::size_t last = end == std::string_view::npos ? file.find(":\n") : end;
  return fmt::format("{}:{}", file.substr(0, last), rest.substr(0, of));
}

void append_first_difference(std::string& text, const char* what,
                             const std::vector<std::string>& httpd,
                             const std::vector<std::string>& ours) {
  if (httpd == ours) return;
  const auto [theirs, mine] = std::mismatch(httpd.begin(), httpd.end(), ours.begin(), ours.end());
  text += fmt::format("{} {}: httpd has '{}', we '{}'\n", what, theirs - httpd.begin(),
                      theirs == httpd.end() ? "nothing" : *theirs,
                      mine == ours.end() ? "nothing" : *mine);
}

}  // namespace

Reading read_by_httpd(const OracleAnswer& answer) {
  Reading reading;
  if (answer.status != 0) {
    reading.refused = true;
    reading.message = answer.err;
    reading.place = place_in(answer.err);
    reading.cut = answer.err.size() >= kLongestMessage;
    return reading;
  }
  std::istringstream lines(answer.out);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields[0] == "D" && fields.size() == 6)
      reading.directives.push_back(directive_line(
          fields[1], fields[4], without_end(fields[4], fields[5]), fields[2] + ":" + fields[3]));
    else if (fields[0] == "N" && fields.size() == 2)
      reading.names.push_back(fields[1]);
    else if (fields[0] == "M" && fields.size() == 2 && fields[1] != "mod_oracle.c")
      reading.modules.push_back(fields[1]);
    else if (fields[0] == "R" && fields.size() == 2)
      reading.server_root = without_slash(fields[1]);
  }
  std::sort(reading.names.begin(), reading.names.end());
  std::sort(reading.modules.begin(), reading.modules.end());
  return reading;
}

Reading read_by_us(const Site& site, Until until) {
  Reading reading;
  for (const ActiveDirective& d : site.directives)
    reading.directives.push_back(
        directive_line(std::to_string(d.depth), escaped(d.name), escaped(d.args),
                       fmt::format("{}:{}", escaped(d.origin), d.origin_line)));
  for (const std::string& name : site.defines)
    reading.names.push_back(escaped(name));
  for (const LoadedModule& module : site.modules)
    reading.modules.push_back(module.source);
  std::sort(reading.names.begin(), reading.names.end());
  std::sort(reading.modules.begin(), reading.modules.end());
  reading.server_root = without_slash(escaped(site.server_root));
  const auto first =
      std::find_if(site.problems.begin(), site.problems.end(), [until](const ConfigProblem& p) {
        return p.fatal && (until == Until::Executed || !p.when_executed);
      });
  if (first == site.problems.end()) return reading;
  reading.refused = true;
  reading.message = first->sentence;
  if (first->origin == kCommandLine)
    reading.place = "-C";
  else if (first->origin_line > 0)
    reading.place = fmt::format("{}:{}", first->origin, first->origin_line);
  return reading;
}

std::string difference(const Reading& httpd, const Reading& ours) {
  const bool same_place = httpd.place == ours.place || httpd.cut;
  if (httpd.refused != ours.refused || !same_place) {
    const auto told = [](const Reading& reading) {
      return reading.refused ? fmt::format("refuses at '{}': {}", reading.place, reading.message)
                             : std::string("takes it");
    };
    return fmt::format("httpd {}\nours {}\n", told(httpd), told(ours));
  }
  std::string text;
  if (httpd.refused) return text;
  append_first_difference(text, "directive", httpd.directives, ours.directives);
  append_first_difference(text, "name", httpd.names, ours.names);
  append_first_difference(text, "module", httpd.modules, ours.modules);
  if (httpd.server_root != ours.server_root)
    text +=
        fmt::format("ServerRoot: httpd has '{}', we '{}'\n", httpd.server_root, ours.server_root);
  return text;
}

SiteOptions oracle_options(const std::string& mpm) {
  static const std::string kVersion = [] {
    const std::string said = run({"/usr/sbin/apache2", "-v"}).out;  // "... Apache/2.4.57 (Debian)"
    const std::size_t at = said.find('/') + 1;
    return said.substr(at, said.find(' ', at) - at);
  }();
  SiteOptions options;
  options.server_root = "/R";
  options.config_file = "httpd.conf";
  options.version = kVersion;
  options.builtin_sources = debian_builtin_sources();
  if (!mpm.empty())
    options.before = {
        fmt::format("LoadModule mpm_{0}_module /usr/lib/apache2/modules/mod_mpm_{0}.so", mpm)};
  return options;
}

Reading read_as_httpd(const HttpdJail& jail, const SiteOptions& options) {
  SiteOptions ours = options;
  for (const std::string& source : options.builtin_sources) {
    if (source == "http_core.c")
      ours.builtin_identifiers.emplace_back("http_module");
    else if (source == "core.c")
      ours.builtin_identifiers.emplace_back("core_module");
    else
      ours.builtin_identifiers.push_back(source.substr(4, source.size() - 6) + "_module");
  }
  return read_by_us(read_site(ours, HostFiles(jail.path())));
}

std::string disagreement(const HttpdJail& jail, const SiteOptions& options) {
  const Reading httpd = read_by_httpd(jail.ask_with_modules(options));
  return difference(httpd, read_as_httpd(jail, options));
}

}  // namespace mpm::config
