# SPDX-License-Identifier: Apache-2.0
#
# The commands of README.md's "Try it", copied as they stand, in a fresh Debian 12 and from a clean
# clone: the first one, which builds and shows what mpmctl is for; with "all" those after it as well,
# which build and run every test and take hours. As root.
#   readme.py <project> <folder to work in> [all]
import pathlib
import re
import shutil
import subprocess
import sys

from debian import Debian, expect, run

# Where the clone lies in the Debian.
HOME = "root/mpmctl"


def commands_of(readme):
    """The lines in the fences of the section, without their remarks."""
    section = re.search(r"^## Try it\n(.*?)^## ", readme, re.M | re.S).group(1)
    lines = "".join(re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S)).splitlines()
    return [re.split(r"\s#\s", line)[0].strip() for line in lines]


def tried(debian, command):
    """Runs a command with this machine's network, and tells what it says while it does."""
    process = subprocess.Popen(
        ["systemd-nspawn", "--quiet", "-D", debian.root, "--register=no", "--keep-unit",
         "--as-pid2", "--resolv-conf=off", "-M", "mpmctl-readme", "--pipe", f"--chdir=/{HOME}", "/bin/sh", "-c", command],
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        said += line
    expect(f"{command} succeeds", process.wait() == 0, f"it ended with {process.returncode}")
    return said


def main(project, folder, extent="first"):
    project, folder = pathlib.Path(project).resolve(), pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    readme = (project / "README.md").read_text()
    first, *others = commands_of(readme)
    debian = Debian(folder)
    run("git", "clone", "--quiet", "--no-local", project, debian.root / HOME)
    said = tried(debian, first)
    expect("it says what README.md promises",
           "Paste this" in said and re.search(r"raise MaxRequestWorkers\s+from 16 to \d+", said))
    for command in others if extent == "all" else ():
        tried(debian, command)
    shutil.rmtree(debian.root)


if __name__ == "__main__":
    main(*sys.argv[1:])
