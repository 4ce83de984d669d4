# SPDX-License-Identifier: Apache-2.0
#
# The packages in a Debian 12 of their own, made with debootstrap and booted with its systemd: they
# install, the service watches an apache2 beside it and comes back when it is killed or hangs, an
# upgrade keeps the history and the configuration, a purge leaves nothing, and the role of Ansible
# installs them again. As root.
#   packages.py <folder with the .deb files> <folder to work in> <deploy>
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

# What the system has besides, so that there is something to watch.
BASE = "systemd,systemd-sysv,dbus,apache2"
UNIT = "mpm-agent.service"


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


def sources_of_this_machine():
    """Where Debian's packages come from here: the address and the suite's line."""
    lines = []
    for file in [pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt").glob("sources.list.d/*")]:
        if file.is_file():
            lines += file.read_text().splitlines()
    for line in lines:
        if found := re.match(r"(?:deb\s+(?:\[[^]]*\]\s*)?|URIs:\s*)(\S+)", line):
            return found.group(1)
    sys.exit("No source of Debian's packages in /etc/apt")


class Debian:
    """A Debian in a folder, and its systemd while it is booted."""

    def __init__(self, folder):
        self.root = folder / "root"
        self.nspawn = None
        self.systemd = None
        if self.root.exists():
            shutil.rmtree(self.root)
        base = folder / "base.tar"
        if not base.exists():
            run("debootstrap", "--variant=minbase", f"--include={BASE}", f"--make-tarball={base}",
                "bookworm", folder / "none", sources_of_this_machine())
        run("debootstrap", "--variant=minbase", f"--include={BASE}", f"--unpack-tarball={base}",
            "bookworm", self.root, sources_of_this_machine())
        for name in ("sources.list", "sources.list.d", "apt.conf.d", "trusted.gpg.d", "auth.conf.d"):
            here = pathlib.Path("/etc/apt", name)
            if here.is_dir():
                shutil.copytree(here, self.root / "etc/apt" / name, dirs_exist_ok=True)
            elif here.exists():
                shutil.copy(here, self.root / "etc/apt" / name)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", self.root / "etc" / name)
        self.install_quietly("apt-get", "update")

    def install_quietly(self, *arguments):
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

    def asked(self, *arguments):
        """What a program says, whatever its status."""
        return subprocess.run(["nsenter", "-t", str(self.systemd), "-a", *arguments], text=True,
                              capture_output=True).stdout.strip()

    def do(self, *arguments):
        return run("nsenter", "-t", self.systemd, "-a", *arguments)

    def property(self, name):
        return self.asked("systemctl", "show", "--value", "-p", name, UNIT)

    def agent(self):
        """The agent's pid, once it has said that it is ready."""
        return int(self.property("MainPID")) if self.property("ActiveState") == "active" else 0

    def new_agent(self, old):
        return wait_for("the agent is back", lambda: self.agent() not in (0, old) and self.agent(), 30)

    def signal(self, name, pid):
        self.do("kill", f"-{name}", str(pid))

    def halt(self):
        if self.nspawn is None:
            return
        # SIGRTMIN+4 asks systemd to power off.
        os.kill(self.systemd, signal.SIGRTMIN + 4)
        try:
            self.nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()
        self.nspawn = None

    def files(self):
        """All that have to do with us, but not what dpkg and the journal note about themselves."""
        noted = ("var/lib/dpkg/", "var/log/", "var/cache/", "proc/", "sys/", "run/")
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*mpm-*")
                      if not str(path.relative_to(self.root)).startswith(noted) and
                      "systemd/" not in str(path))


def newer(package, folder):
    """The same package as its next version."""
    tree = folder / "newer"
    if tree.exists():
        shutil.rmtree(tree)
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: (.*)$", r"Version: \1+1", control.read_text(), flags=re.M))
    run("dpkg-deb", "--root-owner-group", "--build", tree, folder / "newer.deb")
    return folder / "newer.deb"


def install(debian, *packages):
    for package in packages:
        shutil.copy(package, debian.root / "root")
    names = [f"/root/{package.name}" for package in packages]
    return debian.install_quietly("apt-get", "install", "--yes", "--no-install-recommends", *names)


def watches(debian):
    print("As a service")
    pid = wait_for("the agent is ready", debian.agent)
    expect("runs as its own user",
           debian.asked("ps", "-o", "user=", "-p", str(pid)) == "mpm-agent" or
           debian.asked("stat", "-c", "%U", f"/proc/{pid}") == "mpm-agent")
    targets = wait_for("apache2 is found", lambda: debian.asked("mpmctl", "targets", "--json")
                       if "event" in debian.asked("mpmctl", "targets") else "")
    expect("finds apache2", '"apache2.service"' in targets, targets)
    told = debian.asked("mpmctl", "doctor")
    expect("misses nothing", "Nothing is missing" in told, told)
    debian.do("systemctl", "reload", UNIT)
    expect("is reloaded by HUP", debian.agent() == pid)
    wait_for("the journal says so", lambda: "Reloaded." in debian.asked("journalctl", "-u", UNIT))
    debian.signal("KILL", pid)
    pid = debian.new_agent(pid)
    expect("comes back when it was killed", True)
    debian.signal("STOP", pid)
    wait_for("the watchdog bites", lambda: debian.agent() not in (0, pid), 150)
    expect("comes back when it hangs", debian.property("NRestarts") == "2")
    return debian.agent()


def upgrade(debian, package, folder, pid):
    print("Upgraded")
    settings = debian.root / "etc/mpm-agent/mpm-agent.toml"
    settings.write_text(settings.read_text() + "\n# our own\n")
    wait_for("the history is there",
             lambda: list(debian.root.glob("var/lib/mpm-agent/history/history.db")))
    before = debian.asked("mpmctl", "history", "--from", "1h", "--csv")
    later = newer(package, folder)
    shutil.copy(later, debian.root / "root")
    debian.do("dpkg", "--install", f"/root/{later.name}")
    expect("is restarted", debian.new_agent(pid) != pid)
    expect("keeps its configuration", settings.read_text().endswith("# our own\n"))
    first = before.splitlines()[1].split(",")[0]
    wait_for("the past is there", lambda: first[:16] in debian.asked("mpmctl", "history", "--from", "1h", "--csv"))
    expect("keeps its history", True)


def played(debian, package, deploy):
    """The role, by an Ansible of the same machine."""
    print("Played")
    debian.install_quietly("apt-get", "install", "--yes", "--no-install-recommends", "ansible-core")
    shutil.copytree(deploy / "ansible", debian.root / "root/ansible")
    (debian.root / "root/ansible/play.yml").write_text(f"""
- hosts: localhost
  connection: local
  roles:
    - role: mpmctl
      vars:
        mpmctl_packages: [/root/{package.name}]
        mpmctl_settings: {{metrics: "127.0.0.1:9117", keep_hours: 72}}
        mpmctl_readers: [www-data]
""")
    play = ("env", "LC_ALL=C.UTF-8", "ansible-playbook", "/root/ansible/play.yml")
    debian.do(*play)
    wait_for("the agent answers on its port", lambda: "mpm_servers 1" in debian.asked(
        "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9117; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; "
        "cat <&3"))
    expect("its settings are taken up", True)
    expect("a reader may ask", "apache2" in debian.asked(
        "setpriv", "--reuid=www-data", "--regid=www-data", "--init-groups", "mpmctl", "targets"))
    again = debian.do(*play)
    expect("the second time nothing changes", "changed=0" in again, again)


def leave(debian):
    print("Taken away")
    debian.do("dpkg", "--remove", "mpmctl")
    expect("ends the service", debian.agent() == 0)
    expect("keeps the history when removed",
           (debian.root / "var/lib/mpm-agent/history/history.db").exists())
    debian.do("dpkg", "--purge", "mpmctl", "mpmctl-dashboard")
    expect("leaves nothing when purged", not debian.files(), " ".join(debian.files()))


def main(packages, folder, deploy):
    packages, folder = pathlib.Path(packages), pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    server = next(packages.glob("mpmctl_*.deb"))
    dashboard = next(packages.glob("mpmctl-dashboard_*.deb"))
    found = subprocess.run(["lintian", "--fail-on", "error", server, dashboard], text=True,
                           capture_output=True)
    print(found.stdout, end="")
    expect("lintian finds no error", found.returncode == 0)
    debian = Debian(folder)
    print("Installed")
    install(debian, server, dashboard)
    for program in ("mpmctl", "mpm-agent", "mpm-httpd", "mpm-dashboard"):
        expect(f"{program} runs", program in debian.install_quietly(program, "--version"))
    try:
        debian.boot()
        upgrade(debian, server, folder, watches(debian))
        leave(debian)
        played(debian, server, pathlib.Path(deploy))
    finally:
        debian.halt()
    shutil.rmtree(debian.root)


if __name__ == "__main__":
    main(*sys.argv[1:])
