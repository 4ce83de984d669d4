// SPDX-License-Identifier: Apache-2.0
//
// mpm-httpd's command line: httpd's own letters, as far as they make sense here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/site.h"
#include "schema/model/result.h"

namespace mpm::builtin {

enum class Action : std::uint8_t { Serve, Signal, Test, Version, Compiled, Modules, Help };

struct Options {
  Action action = Action::Serve;
  std::string word = "start";  // of -k
  bool foreground = false;     // -D FOREGROUND or -D NO_DETACH
  config::SiteOptions site;
};

inline constexpr std::string_view kHelp =
    "Usage: mpm-httpd [-D name] [-d directory] [-f file] [-C directive] [-c directive]\n"
    "                 [-k start|restart|graceful|graceful-stop|stop] [-t] [-v] [-V] [-l] [-h]\n"
    "  -D name       define a name for <IfDefine>; FOREGROUND: do not detach from the terminal\n"
    "  -d directory  ServerRoot, where relative names start\n"
    "  -f file       the configuration\n"
    "  -C directive  read this directive before the configuration\n"
    "  -c directive  read this directive after the configuration\n"
    "  -k word       start a server, or send the word to the one that runs\n"
    "  -t            check the configuration and exit\n"
    "  -v, -V        the version; with what is compiled in\n"
    "  -l            the modules that are compiled in\n";

// The same with -d and -f made absolute where they are relative to the working directory, which a
// detached server leaves: whoever reads its command line later finds the files. A relative -f
// beside a -d stays, because it is relative to that.
std::vector<std::string> with_absolute_paths(std::vector<std::string> arguments);

// Usage: an option that is not known, or a word of -k.
Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace mpm::builtin
