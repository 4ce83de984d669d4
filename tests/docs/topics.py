# SPDX-License-Identifier: Apache-2.0
#
# The texts of `mpmctl help`: each topic that is listed is there, fits into 80 columns, and speaks of no
# directive, command or option that is none; and the manual page names each.
#   topics.py <deploy/man/mpmctl.1> <mpmctl>
import pathlib
import re
import sys

from command_line import Report, directives_of, mpmctl_options, output_of, topics_of


def check_topic(name, text, known, report):
    lines = text.splitlines()
    report.true(f"help {name} says nothing", len(lines) > 5)
    for line in lines:
        report.true(f"help {name}: more than 80 columns: {line}", len(line) <= 80)
    # Words as MaxRequestWorkers; a directive that is one word cannot be told from any other.
    spoken = set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", text))
    report.equal(f"help {name}, of directives,", spoken | known["directives"], known["directives"])
    options = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", text))
    report.equal(f"help {name}, of options,", options | known["options"], known["options"])
    for command in re.findall(r"mpmctl ((?:config )?[a-z]+)", text):
        # "mpmctl reads": what it does is a verb that ends like this.
        report.true(f"help {name}: there is no command {command}",
                    command in known["commands"] or command.endswith("s"))


def main(page, program):
    report = Report()
    everywhere, commands = mpmctl_options(program)
    known = {"directives": directives_of(program), "commands": set(commands),
             "options": everywhere.union(*commands.values())}
    topics = topics_of(program)
    report.true(f"only these topics are listed: {topics}", len(topics) >= 8)
    manual = pathlib.Path(page).read_text().replace("\\-", "-")
    for name in topics:
        check_topic(name, output_of([program, "help", name]), known, report)
        report.true(f"mpmctl.1 does not name the topic {name}",
                    re.search(rf"^\.BR? {name}\b", manual, re.MULTILINE))
    report.true("help status is not the help of status",
                output_of([program, "help", "status"]) == output_of([program, "status", "--help"]))
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
