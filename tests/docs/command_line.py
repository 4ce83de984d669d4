# SPDX-License-Identifier: Apache-2.0
#
# What the programs themselves say that they take: the commands and options of their help, which
# manual.py and completion.py hold the manual pages and the completions against.
import json
import pathlib
import re
import subprocess
import sys
import tempfile

MPMS = ("prefork", "worker", "event", "winnt")


def output_of(arguments, **options):
    """Standard output of a program, which has to end well."""
    done = subprocess.run([str(each) for each in arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                          check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def options_in(text):
    """The options that CLI11's help lists: they begin their lines."""
    found = set()
    for words in re.findall(r"^  (-\S+)", text, re.MULTILINE):
        found.update(word.split("=")[0] for word in words.split(","))
    return found


def commands_in(text):
    """The commands below a help's "Subcommands:", up to the empty line."""
    listed = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, re.MULTILINE)
    return re.findall(r"^  ([a-z]\S*)", listed.group(1), re.MULTILINE) if listed else []


def commands_of(program, path=()):
    """Each command, as "config set", with its options; "" is the program itself."""
    text = output_of([program, *path, "--help"])
    found = {" ".join(path): options_in(text)}
    for name in commands_in(text):
        found.update(commands_of(program, (*path, name)))
    return found


def mpmctl_options(program):
    """The options that go with every command of mpmctl, and those of each command alone."""
    commands = commands_of(program)
    everywhere = commands.pop("")
    assert len(everywhere) > 5 and len(commands) > 15, f"its help was not understood: {commands}"
    return everywhere, {name: own - {"-h", "--help"} for name, own in commands.items()}


def topics_of(program):
    """What `mpmctl help` lists, with nothing behind it."""
    return re.findall(r"^  (\S+)  ", output_of([program, "help"]), re.MULTILINE)


def directives_of(program):
    """Every directive that mpmctl knows, asked for under each MPM."""
    known = set()
    with tempfile.TemporaryDirectory() as folder:
        for mpm in MPMS:
            file = pathlib.Path(folder, f"{mpm}.conf")
            file.write_text(f"LoadModule mpm_{mpm}_module modules/mod_mpm_{mpm}.so\n")
            answer = output_of([program, "config", "show", "--file", file, "--json"])
            known.update(each["directive"] for each in json.loads(answer)["settings"])
    return known


class Report:
    """Gathers what is wrong, so that one run says all of it."""

    def __init__(self):
        self.wrong = []

    def equal(self, what, found, expected):
        found, expected = set(found), set(expected)
        if expected - found:
            self.wrong.append(f"{what} lacks {', '.join(sorted(expected - found))}")
        if found - expected:
            self.wrong.append(f"{what} has {', '.join(sorted(found - expected))}, "
                              "which the program does not take")

    def true(self, what, holds):
        if not holds:
            self.wrong.append(what)

    def end(self):
        for each in self.wrong:
            print(each, file=sys.stderr)
        sys.exit(1 if self.wrong else 0)
