// SPDX-License-Identifier: Apache-2.0
#include "cli/top/help.h"

namespace mpm::top {

std::vector<std::string> help_lines() {
  return {
      "mpmctl top: one server, live, from its shared memory",
      "",
      "  1 Workers     one letter a worker, grouped by process",
      "  2 Requests    what each busy worker serves, for whom and how long",
      "  3 Processes   their memory and processor time, of the last sweep",
      "  4 Vhosts      who holds the workers; requests and bytes a second are estimates",
      "  5 Clients     likewise",
      "  6 Sockets     connections that wait to be accepted, and those that are open",
      "",
      "  up, down, page keys, Home, End   go through the rows",
      "  < and >, or left and right       sort by another column; r the other way round",
      "  / and words, then n and N        go to the next row with them, or to the last",
      "  f and words                      show only rows with them; Esc shows all again",
      "  i   idle workers too, on 2       p   pause, and go on",
      "  t   another server, of several   q   quit",
      "",
      "  _ ready for a request     R reads a request       W answers one",
      "  K keeps a connection      L writes the log        C closes a connection",
      "  D looks a name up         G finishes, then ends   I ends, being idle",
      "  S starts                  . no worker",
      "",
      "The words of requests are as httpd noted them: cut short, and made by clients.",
  };
}

}  // namespace mpm::top
