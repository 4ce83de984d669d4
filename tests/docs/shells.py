# SPDX-License-Identifier: Apache-2.0
#
# The shells with the completions of one of our programs, asked as a person would: what a line goes
# on with.
import os
import pathlib
import pty
import re
import select
import shutil
import sys
import time

from command_line import output_of

# A line that a person has typed so far, and what it may go on with.
BASH = r"""
source "$1"
function=$2
line=$3
# As readline breaks it: at spaces, and around the signs that it breaks words at.
read -ra COMP_WORDS <<<"${line//=/ = }"
[[ $line == *' ' || $line == *= && $line != *' '* ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMP_WORDS[0]=$PROGRAM
"$function"
printf '%s\n' "${COMPREPLY[@]}"
"""
# What zsh's _arguments is given for a command, as "--for[how long]:time" each.
ZSH = r"""
_arguments() { :; }
source "$1"
function=$2
shift 2
"$function" "$@"
print -rl -- $reply
"""


class Shell:
    """A shell that can be asked what a line goes on with; a command is in the place of the program."""

    def __init__(self, folder, home, program, command):
        self.folder, self.program = pathlib.Path(folder), program
        self.function = "_" + program.replace("-", "_")
        self.environment = {"PATH": f"{home}:{os.environ['PATH']}", "HOME": str(home),
                            "PROGRAM": command, "TERM": "dumb", "LC_ALL": "C.UTF-8"}

    def run(self, arguments):
        return output_of(arguments, env=self.environment, cwd=self.environment["HOME"])


class Bash(Shell):
    @property
    def file(self):
        return self.program + ".bash"

    def offered(self, line):
        script = ["bash", "--norc", "-c", BASH, "bash", self.folder / self.file, self.function, line]
        return set(self.run(script).split())


class Fish(Shell):
    @property
    def file(self):
        return self.program + ".fish"

    def offered(self, line):
        script = f"source {self.folder / self.file}; complete -C '{line}'"
        answer = self.run(["fish", "--no-config", "--command", script])
        return {each.split("\t")[0] for each in answer.splitlines()}


class Zsh(Shell):
    @property
    def file(self):
        return "_" + self.program

    def arguments_of(self, *words):
        script = ["zsh", "-f", "-c", ZSH, "zsh", self.folder / self.file, self.function + "_of", *words]
        return self.run(script).splitlines()

    def options_of(self, *words):
        heads = [re.sub(r"^(\([^)]*\)|\*)", "", each) for each in self.arguments_of(*words)]
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


def need_shells():
    for program in ("bash", "fish", "zsh"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: run deploy/install-packages test")
