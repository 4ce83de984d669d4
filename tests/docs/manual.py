# SPDX-License-Identifier: Apache-2.0
#
# The manual pages name every command and option that the programs take, each where it belongs, and
# no other; and mandoc finds nothing to say about them.
#   manual.py <deploy/man> <mpmctl> <mpm-agent> <mpm-httpd> [<mpm-dashboard>]
import os
import pathlib
import re
import shutil
import subprocess
import sys

from command_line import Report, commands_of, mpmctl_options, options_in, output_of

OF_A_TREE = "Options of a tree"
TITLES_OF_A_PROGRAM = ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT",
                       "FILES", "RIGHTS", "EXAMPLES", "SEE ALSO")
TITLES_OF_A_FILE = ("NAME", "DESCRIPTION", "KEYS", "FILES", "EXAMPLES", "SEE ALSO")


def plain(line):
    """A line of troff without its fonts and escapes: "config get DIRECTIVE... [TARGET]"."""
    line = re.sub(r"\\f.", "", line).replace(r"\-", "-").replace(r"\&", "")
    return re.sub(r"^\.[A-Z]+ ", "", line).replace('"', "")


def parts_of(page):
    """The text below each .SH and .SS, by the words of it that are in lower case or first."""
    parts, name = {}, ""
    for line in page.splitlines():
        if re.match(r"\.S[HS] ", line):
            name = line[4:].split(r" \fI")[0].split(" [")[0]
        parts.setdefault(name, []).append(line)
    return parts


def options_of(lines):
    """The options that are the tags of paragraphs."""
    tags = [after for before, after in zip(lines, lines[1:]) if before == ".TP"]
    return {option for tag in tags for option in re.findall(r"(?<![\w-])--?[\w-]+", plain(tag))}


def check_mpmctl(page, program, report):
    everywhere, commands = mpmctl_options(program)
    parts = parts_of(page)
    report.equal("mpmctl.1, OPTIONS,", options_of(parts["OPTIONS"]), everywhere)
    titles = {name for name in parts if re.fullmatch(r"[a-z]+( [a-z]+)?", name)}
    # "config" alone takes nothing, and has its commands in its place.
    report.equal("mpmctl.1", titles, set(commands) - {"config"})
    for name in titles & set(commands):
        own = options_of(parts[name])
        if any("options of a tree" in line for line in parts[name]):
            own |= options_of(parts[OF_A_TREE])
        report.equal(f"mpmctl.1, {name},", own, commands[name])
    check_mentions("mpmctl.1", page, everywhere.union(*commands.values()) | {"-d"}, report)


def check_mentions(name, page, known, report):
    """No option is spoken of anywhere that is none."""
    spoken = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", plain(page)))
    report.equal(name + ", in its text,", spoken | known, known)


def check_whole(name, page, known, report):
    found = set()
    for part, lines in parts_of(page).items():
        found |= options_of(lines) if part == "OPTIONS" else set()
    report.equal(name, found, known)


def check_form(path, version, report):
    linted = subprocess.run(["mandoc", "-T", "lint", path], stdout=subprocess.PIPE, text=True,
                            timeout=60, check=False)
    report.true(f"mandoc says of {path.name}:\n{linted.stdout}",
                linted.returncode == 0 and not linted.stdout)
    page = path.read_text()
    report.true(f'{path.name} is not of "{version}"', f'"{version}"' in page.splitlines()[3])
    titles = re.findall(r"^\.SH (.*)$", page, re.MULTILINE)
    for title in TITLES_OF_A_FILE if path.suffix == ".5" else TITLES_OF_A_PROGRAM:
        report.true(f"{path.name} has no {title}", title in titles)


def main(folder, mpmctl, agent, server, dashboard=None):
    if not shutil.which("mandoc"):
        sys.exit("mandoc is missing: run deploy/install-packages test")
    report = Report()
    pages = {path.name: path for path in pathlib.Path(folder).iterdir()}
    report.equal("deploy/man", pages, {"mpmctl.1", "mpm-agent.8", "mpm-agent.toml.5",
                                       "mpm-dashboard.1", "mpm-hand.8", "mpm-httpd.8"})
    version = output_of([mpmctl, "--version"]).strip()
    for path in pages.values():
        check_form(path, version, report)
    check_mpmctl(pages["mpmctl.1"].read_text(), mpmctl, report)
    check_whole("mpm-agent.8", pages["mpm-agent.8"].read_text(), commands_of(agent)[""], report)
    hand = options_in(output_of([agent, "--hand", "--help"]))
    check_whole("mpm-hand.8", pages["mpm-hand.8"].read_text(), hand, report)
    usage = set(re.findall(r"\[(-\w)", output_of([server, "-h"])))
    check_whole("mpm-httpd.8", pages["mpm-httpd.8"].read_text(), usage, report)
    if dashboard:
        # Without a screen, and in Qt's own form: "  -h, --help  ..."
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        listed = re.findall(r"^  (-[^ ].*?)(?:  |$)", output_of([dashboard, "--help"]), re.MULTILINE)
        known = {option for each in listed for option in re.findall(r"--?[\w-]+", each)}
        check_whole("mpm-dashboard.1", pages["mpm-dashboard.1"].read_text(), known, report)
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
