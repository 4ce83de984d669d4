# SPDX-License-Identifier: Apache-2.0
#
# mpm-dashboard where no screen is, as on the server it is installed on: it tells its version and its
# options, and otherwise says in a sentence what to do.
#   without_screen.py <mpm-dashboard>
import subprocess
import sys


def run(*arguments):
    return subprocess.run(arguments, env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL,
                          text=True, capture_output=True, timeout=60)


def main(program):
    for option, word in {"--version": "mpm-dashboard ", "--help": "--connect", "-h": "--connect"}.items():
        told = run(program, option)
        assert told.returncode == 0 and word in told.stdout and not told.stderr, (option, told)
    none = run(program)
    assert none.returncode == 1 and not none.stdout, none
    assert none.stderr.count("\n") == 1 and "there is no screen here" in none.stderr, none
    # What belongs to an option asks for nothing.
    for arguments in (["--state", "-v"], ["--agent", "--version"], ["--", "--help"]):
        value = run(program, *arguments)
        assert value.returncode == 1 and "there is no screen here" in value.stderr, (arguments, value)
    state = run(program, "--state", "-v", "--version")
    assert state.returncode == 0 and "mpm-dashboard " in state.stdout, state
    # Who names a platform gets it.
    offscreen = run(program, "-platform", "offscreen", "--no-daemon", "--agent", "/nonexistent")
    assert offscreen.returncode == 1 and "leave out --agent" in offscreen.stderr, offscreen


if __name__ == "__main__":
    main(*sys.argv[1:])
