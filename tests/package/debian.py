# SPDX-License-Identifier: Apache-2.0
#
# A Debian 12 in a folder, made with debootstrap, and its systemd while it is booted. As root.
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

SUITE = "bookworm"
# What the system has besides, so that there is something to watch.
BASE = "systemd,systemd-sysv,dbus,apache2"


def run(*arguments, **more):
    done = subprocess.run([str(each) for each in arguments], text=True, capture_output=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}:\n"
                 f"{done.stdout}{done.stderr}")
    return done.stdout


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.2)
    sys.exit(f"{what}: not within {seconds} s")


def expect(what, condition, found=""):
    if not condition:
        sys.exit(f"{what}: {found}" if found else what)
    print(f"  {what}", flush=True)


def mirror_of_this_machine():
    """Where this machine has the suite from; other repositories that it knows do not matter."""
    suites = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages",
                 "Origin: Debian", f"Codename: {SUITE}").splitlines()
    if not suites:
        sys.exit(f"apt has no source of Debian's {SUITE}, or needs an apt-get update")
    return suites[0]


class Debian:
    """A Debian in a folder, and its systemd while it is booted."""

    def __init__(self, folder):
        self.root = folder / "root"
        self.nspawn = None
        self.systemd = None
        if self.root.exists():
            shutil.rmtree(self.root)
        # Debian's installation takes minutes, so what came of it is kept for the next time.
        base = folder / "base.tar"
        if not base.exists():
            run("debootstrap", "--variant=minbase", f"--include={BASE}", SUITE, self.root,
                mirror_of_this_machine())
            run("tar", "--create", "--xattrs", f"--directory={self.root}", f"--file={base}.new", ".")
            pathlib.Path(f"{base}.new").rename(base)
        else:
            self.root.mkdir(parents=True)
            run("tar", "--extract", "--xattrs", f"--directory={self.root}", f"--file={base}")
        # The sources of this machine in place of the one that debootstrap was given.
        (self.root / "etc/apt/sources.list").unlink()
        for name in ("sources.list", "sources.list.d", "apt.conf.d", "trusted.gpg.d", "auth.conf.d"):
            here = pathlib.Path("/etc/apt", name)
            if here.is_dir():
                shutil.copytree(here, self.root / "etc/apt" / name, dirs_exist_ok=True)
            elif here.exists():
                shutil.copy(here, self.root / "etc/apt" / name)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", self.root / "etc" / name)
        self.run_in_root("apt-get", "update")

    def run_in_root(self, *arguments):
        """Runs a program that has no systemd, but the network of this machine."""
        return run("chroot", self.root, *arguments,
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive",
                        **{name: value for name, value in os.environ.items() if "proxy" in name.lower()}})

    def boot(self):
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "-D", self.root, "--boot", "--register=no", "--keep-unit",
             "--private-network", "-M", "mpmctl-packages"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def first_process():
            children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children")
            for pid in children.read_text().split():
                inner = re.search(r"^NSpid:.*\t1$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)
                if inner:
                    return int(pid)
            return None

        self.systemd = wait_for("systemd begins", first_process)
        wait_for("systemd is there", lambda: self.asked("systemctl", "is-system-running")
                 in ("running", "degraded"), 120)

    def within(self, *arguments):
        """The command line that runs another one in the booted system."""
        return ["nsenter", "-t", str(self.systemd), "-a", *arguments]

    def asked(self, *arguments):
        """What a program says, whatever its status."""
        return subprocess.run(self.within(*arguments), text=True, capture_output=True).stdout.strip()

    def do(self, *arguments):
        return run(*self.within(*arguments))

    def property(self, unit, name):
        return self.asked("systemctl", "show", "--value", "-p", name, unit)

    def signal(self, name, pid):
        self.do("kill", f"-{name}", str(pid))

    def halt(self):
        if self.nspawn is None:
            return
        # SIGRTMIN+4 asks systemd to power off.
        if self.systemd is not None:
            os.kill(self.systemd, signal.SIGRTMIN + 4)
        try:
            self.nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()
        self.nspawn = None
