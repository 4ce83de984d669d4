# SPDX-License-Identifier: Apache-2.0
#
# The completions of each shell, asked as the shell asks them: they offer every command, option and
# word that mpmctl takes in a place, and no other.
#   completion.py <deploy/completion> <mpmctl>
import pathlib
import re
import sys
import tempfile

from command_line import (MPMS, Report, commands_in, directives_of, mpmctl_options, output_of,
                          topics_of)
from shells import Bash, Fish, Zsh, long_ones, need_shells

COLORS = ("auto", "always", "never")
WAYS = ("graceful", "restart", "stop-start")


def check_options(shell, everywhere, commands, report):
    for name, own in commands.items():
        line = f"mpmctl {name} "
        report.equal(f"{shell.file}, {line}--", long_ones(shell.offered(line + "--")),
                     long_ones(own | everywhere))
        short = {each for each in shell.offered(line + "-") if re.fullmatch("-[A-Za-z]", each)}
        report.equal(f"{shell.file}, {line}-", short, (own | everywhere) - long_ones(own | everywhere))


def check_words(shell, directives, mpmctl, report):
    first = commands_in(output_of([mpmctl, "--help"]))
    second = commands_in(output_of([mpmctl, "config", "--help"]))
    values = {each + "=" for each in directives}
    for line, expected in {
            "mpmctl ": first,
            "mpmctl re": ["recommend"],
            "mpmctl --json --color never ": first,
            "mpmctl config ": second,
            "mpmctl config get ": directives,
            "mpmctl config get Timeout KeepAlive :8080 ": directives,
            "mpmctl config unset ": directives,
            "mpmctl config explain ": directives,
            "mpmctl config explain MaxR": ["MaxRequestWorkers"],
            "mpmctl config set ": values,
            "mpmctl --verbose config --root /srv set --write ": values,
            "mpmctl config mpm ": MPMS,
            "mpmctl apply ": values,
            "mpmctl apply --unset ": directives,
            "mpmctl apply --mpm ": MPMS,
            "mpmctl demo --mpm w": ["worker", "winnt"],
            "mpmctl undo --allow ": WAYS,
            "mpmctl status --color ": COLORS,
            "mpmctl status --color a": ["auto", "always"],
            "mpmctl show ": ["7", "6"],
            "mpmctl undo --yes ": ["7", "6"],
            "mpmctl apply --watch ": [],
            "mpmctl targets ": [],
            "mpmctl help ": [*first, *topics_of(mpmctl)],
            "mpmctl help sat": ["saturation"],
    }.items():
        report.equal(f"{shell.file}, {line}", shell.offered(line), expected)


def check_zsh(shell, everywhere, commands, directives, report):
    for name, own in commands.items():
        report.equal(f"_mpmctl, {name},", shell.options_of(name), own | everywhere)
    for words in (COLORS, MPMS, WAYS):
        report.true(f"_mpmctl does not offer {words}", any(
            f"({' '.join(words)})" in each
            for name in ("apply", "demo") for each in shell.arguments_of(name)))
    found = re.search(r"directive:\((.*)\)", "\n".join(shell.arguments_of("config explain")))
    report.equal("_mpmctl, its directives,", found.group(1).split(), directives)
    for line, whole in {"mpmctl rec": "recommend", "mpmctl config expl": "explain",
                        "mpmctl apply --al": "--allow", "mpmctl config set MaxRequestW": "orkers=",
                        "mpmctl --json undo --allow gr": "graceful", "mpmctl show ": "6"}.items():
        shown = shell.after(line, whole)
        report.true(f"zsh does not go on with {whole} behind {line}: {shown!r}", whole in shown)


def main(folder, mpmctl):
    need_shells()
    report = Report()
    everywhere, commands = mpmctl_options(mpmctl)
    directives = directives_of(mpmctl)
    del commands["config"]
    with tempfile.TemporaryDirectory() as home:
        # It lists two changes, as mpmctl does, and takes nothing else.
        stub = pathlib.Path(home, "mpmctl")
        stub.write_text("#!/bin/sh\n[ \"$*\" = changes ] || exit 2\ncat <<'END'\n"
                        "Id  When  Server  Phase  What\n 7  2026-11-23 08:40:00Z  1  kept  a 1 to 2\n"
                        " 6  2026-11-22 21:03:10Z  1  undone  b\n\nmpmctl show ID tells.\nEND\n")
        stub.chmod(0o755)
        for kind in (Bash, Fish):
            shell = kind(folder, home, "mpmctl", str(stub))
            check_options(shell, everywhere, commands, report)
            check_words(shell, directives, mpmctl, report)
        check_zsh(Zsh(folder, home, "mpmctl", str(stub)), everywhere, commands, directives, report)
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
