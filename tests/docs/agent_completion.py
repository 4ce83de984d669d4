# SPDX-License-Identifier: Apache-2.0
#
# The completions of mpm-agent, which has two command lines: with --hand it is the hand's.
#   agent_completion.py <deploy/completion> <mpm-agent>
import grp
import pathlib
import pwd
import sys
import tempfile

from command_line import Report, options_in, output_of
from shells import Bash, Fish, Zsh, long_ones, need_shells


def check(shell, agent, hand, report):
    for line, expected in {"mpm-agent --": agent, "mpm-agent --state /var --": agent,
                           "mpm-agent --hand --": hand,
                           "mpm-agent --idle 5 --hand --": hand}.items():
        report.equal(f"{shell.file}, {line}", long_ones(shell.offered(line)), long_ones(expected))
    groups = {each.gr_name for each in grp.getgrall()}
    users = {each.pw_name for each in pwd.getpwall()}
    report.equal(f"{shell.file}, --group", shell.offered("mpm-agent --group "), groups)
    report.equal(f"{shell.file}, --service-user",
                 shell.offered("mpm-agent --hand --service-user "), users)
    report.equal(f"{shell.file}, --idle", shell.offered("mpm-agent --hand --idle "), ())


def main(folder, program):
    need_shells()
    report = Report()
    agent = options_in(output_of([program, "--help"]))
    hand = options_in(output_of([program, "--hand", "--help"]))
    report.true(f"its help was not understood: {agent}, {hand}", len(agent) > 15 and len(hand) > 5)
    with tempfile.TemporaryDirectory() as home:
        stub = pathlib.Path(home, "mpm-agent")
        stub.write_text("#!/bin/sh\n")
        stub.chmod(0o755)
        for kind in (Bash, Fish):
            check(kind(folder, home, "mpm-agent", str(stub)), agent, hand, report)
        shell = Zsh(folder, home, "mpm-agent", str(stub))
        report.equal("_mpm-agent", shell.options_of("mpm-agent"), agent)
        report.equal("_mpm-agent, --hand,", shell.options_of("mpm-agent", "--hand"), hand)
        for line, whole in {"mpm-agent --sweep-s": "--sweep-share",
                            "mpm-agent --hand --id": "--idle"}.items():
            shown = shell.after(line, whole)
            report.true(f"zsh does not go on with {whole} behind {line}: {shown!r}", whole in shown)
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
