# SPDX-License-Identifier: Apache-2.0
#
# Every command line of ours that a page of Markdown shows is one that the program takes: its command
# is there, and each option is the command's or goes with every one.
#   commands.py <project> <mpmctl> <mpm-agent> <mpm-httpd>
import pathlib
import re
import sys

from command_line import Report, commands_of, mpmctl_options, output_of

# What else is called like a program: files, units, packages.
NO_COMMANDS = re.compile(r"mpm(ctl|-agent|-httpd)[./_-]")


def lines_of_code(text):
    """What stands in fences as a line, and in a sentence between backquotes."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text,
                                                flags=re.MULTILINE | re.DOTALL))


def words_of(line):
    """A command line without its remark, its brackets and what it is piped into."""
    line = re.split(r"\s#\s|\s[|<>]|&&", line)[0]
    return line.strip().removeprefix("$ ").replace("[", "").replace("]", "").split()


def command_of(words, commands):
    """The longest name of a command that the words begin with; "" where there is none."""
    names = (" ".join(words[:length]) for length in (2, 1))
    return next((name for name in names if name in commands), "")


def check(place, words, everywhere, commands, report):
    line = " ".join(words)
    name = command_of(words[1:], commands)
    if not name and words[1:] and not words[1].startswith("-"):
        report.true(f"{place}: {line}: there is no such command", False)
        return
    known = everywhere | commands.get(name, set()) | {"--help", "--version"}
    for word in words[1:]:
        option = word.split("=")[0]
        if re.match("--?[a-zA-Z]", word):
            report.true(f"{place}: {line}: {option} is no option of it", option in known)


def main(project, mpmctl, mpm_agent, mpm_httpd):
    report = Report()
    everywhere, commands = mpmctl_options(mpmctl)
    programs = {"mpmctl": (everywhere, commands),
                "mpm-agent": (commands_of(mpm_agent)[""], {}),
                "mpm-httpd": (set(re.findall(r"-\w", output_of([mpm_httpd, "-h"]))), {})}
    checked = 0
    project = pathlib.Path(project)
    pages = [page for page in project.rglob("*.md")
             if not {"build", "fixtures"} & set(page.relative_to(project).parts)]
    for page in pages:
        for line in lines_of_code(page.read_text()):
            words = words_of(line)
            if not words or words[0] not in programs or NO_COMMANDS.match(line):
                continue
            check(page.relative_to(project), words, *programs[words[0]], report)
            checked += 1
    report.true(f"only {checked} commands were found", checked > 40)
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
