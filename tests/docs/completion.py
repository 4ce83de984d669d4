# SPDX-License-Identifier: Apache-2.0
#
# The completions of each shell, asked as the shell asks them: they offer every command, option and
# word that mpmctl takes in a place, and no other.
#   completion.py <deploy/completion> <mpmctl>
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

from command_line import (MPMS, Report, commands_in, directives_of, mpmctl_options, output_of,
                          topics_of)

COLORS = ("auto", "always", "never")
WAYS = ("graceful", "restart", "stop-start")
# A line that a person has typed so far, and what it may go on with.
BASH = r"""
source "$1"
shift
line=$1
# As readline breaks it: at spaces, and around the signs that it breaks words at.
read -ra COMP_WORDS <<<"${line//=/ = }"
[[ $line == *' ' || $line == *= && $line != *' '* ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMP_WORDS[0]=$MPMCTL
_mpmctl
printf '%s\n' "${COMPREPLY[@]}"
"""
# What zsh's _arguments is given for a command, as "--for[how long]:time" each.
ZSH = r"""
_arguments() { :; }
source "$1"
_mpmctl_of "$2"
print -rl -- $reply
"""


class Shell:
    """A shell that can be asked what a line goes on with; a command is in the place of mpmctl."""

    def __init__(self, folder, home, mpmctl):
        self.folder, self.mpmctl = pathlib.Path(folder), mpmctl
        self.environment = {"PATH": f"{home}:{os.environ['PATH']}", "HOME": str(home),
                            "MPMCTL": mpmctl, "TERM": "dumb", "LC_ALL": "C.UTF-8"}

    def run(self, arguments):
        return output_of(arguments, env=self.environment, cwd=self.environment["HOME"])


class Bash(Shell):
    file = "mpmctl.bash"

    def offered(self, line):
        script = ["bash", "--norc", "-c", BASH, "bash", self.folder / self.file, line]
        return set(self.run(script).split())


class Fish(Shell):
    file = "mpmctl.fish"

    def offered(self, line):
        script = f"source {self.folder / self.file}; complete -C '{line}'"
        answer = self.run(["fish", "--no-config", "--command", script])
        return {each.split("\t")[0] for each in answer.splitlines()}


class Zsh(Shell):
    file = "_mpmctl"

    def arguments_of(self, command):
        script = ["zsh", "-f", "-c", ZSH, "zsh", self.folder / self.file, command]
        return self.run(script).splitlines()

    def options_of(self, command):
        heads = [re.sub(r"^(\([^)]*\)|\*)", "", each) for each in self.arguments_of(command)]
        return {head.split("[")[0] for head in heads if head.startswith("-")}

    def after(self, line, awaited):
        """What the screen shows once Tab was pressed behind a line, when it has `awaited` in it."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], self.environment)
        shown = b""
        try:
            setup = f"fpath=({self.folder} $fpath); autoload -U compinit; compinit -u -D; PS1=re''ady\n"
            os.write(terminal, setup.encode())
            shown = read_until(terminal, b"ready")
            os.write(terminal, f"{line}\t".encode())
            shown = read_until(terminal, awaited.encode())
        finally:
            os.kill(pid, 9)
            os.close(terminal)
            os.waitpid(pid, 0)
        return shown.decode(errors="replace")


def read_until(terminal, awaited):
    """All that a terminal says until it said `awaited`, or for 30 seconds."""
    shown, deadline = b"", time.monotonic() + 30
    while awaited not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096)
    return shown


def long_ones(options):
    return {option for option in options if option.startswith("--")}


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
    for program in ("bash", "fish", "zsh"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: run deploy/install-packages test")
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
            shell = kind(folder, home, str(stub))
            check_options(shell, everywhere, commands, report)
            check_words(shell, directives, mpmctl, report)
        check_zsh(Zsh(folder, home, str(stub)), everywhere, commands, directives, report)
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
