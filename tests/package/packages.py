# SPDX-License-Identifier: Apache-2.0
#
# The packages in a Debian 12 of their own that is booted: they install, the service watches an
# apache2 beside it and comes back when it is killed or hangs, the hand changes it for who may not
# and takes the change back when it is killed in the middle, an upgrade keeps the history and the
# configuration, a purge leaves nothing, and the role of Ansible installs them again. As root.
#   packages.py <folder with the .deb files> <folder to work in> <deploy>
import pathlib
import re
import shutil
import subprocess
import sys

from debian import Debian, expect, run, wait_for

UNIT = "mpm-agent.service"
HAND = "mpm-hand.service"

# An apache2 whose workers are few, and what keeps them busy.
FEW_WORKERS = """StartServers 2
MinSpareThreads 4
MaxSpareThreads 8
ThreadsPerChild 4
MaxRequestWorkers 8
"""
SLOW = "#!/bin/sh\nsleep 0.5\nprintf 'Content-Type: text/plain\\n\\nslow\\n'\n"
LOAD = ("ab", "-q", "-r", "-s", "60", "-c", "24", "-t", "3600", "-n", "10000000",
        "http://127.0.0.1/cgi-bin/slow")


def agent(debian):
    """The agent's pid, once it has said that it is ready."""
    return int(debian.property(UNIT, "MainPID")) if debian.property(UNIT, "ActiveState") == "active" else 0


def new_agent(debian, old, seconds=30):
    return wait_for("the agent is back", lambda: agent(debian) not in (0, old) and agent(debian), seconds)


def files(debian):
    """All that have to do with us, but not what dpkg and the journal note, nor what we brought."""
    noted = ("var/lib/dpkg/", "var/log/", "var/cache/", "proc/", "sys/", "run/", "root/", "tmp/")
    found = (str(path.relative_to(debian.root)) for pattern in ("*mpm-*", "*mpmctl*")
             for path in debian.root.rglob(pattern))
    return sorted(path for path in found if not path.startswith(noted))


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
    return debian.run_in_root("apt-get", "install", "--yes", "--no-install-recommends", *names)


def watches(debian):
    print("As a service")
    pid = wait_for("the agent is ready", lambda: agent(debian))
    expect("runs as its own user",
           debian.asked("ps", "-o", "user=", "-p", str(pid)) == "mpm-agent" or
           debian.asked("stat", "-c", "%U", f"/proc/{pid}") == "mpm-agent")
    targets = wait_for("apache2 is found", lambda: debian.asked("mpmctl", "targets", "--json")
                       if "event" in debian.asked("mpmctl", "targets") else "")
    expect("finds apache2", '"apache2.service"' in targets, targets)
    told = debian.asked("mpmctl", "doctor")
    expect("misses nothing but the hand", "[no-hand]" in told and told.count("→") == 1, told)
    debian.do("systemctl", "reload", UNIT)
    expect("is reloaded by HUP", agent(debian) == pid)
    wait_for("the journal says so", lambda: "Reloaded." in debian.asked("journalctl", "-u", UNIT))
    debian.signal("KILL", pid)
    pid = new_agent(debian, pid)
    expect("comes back when it was killed", True)
    debian.signal("STOP", pid)
    new_agent(debian, pid, 150)
    expect("comes back when it hangs", debian.property(UNIT, "NRestarts") == "2")
    expect("because the watchdog bit", "Failed with result 'watchdog'" in
           debian.asked("journalctl", "--no-pager", "-u", UNIT))
    return agent(debian)


def loaded(debian):
    """apache2 has too few workers for what its clients ask for, until the unit load is stopped."""
    settings = debian.root / "etc/apache2/mods-available/mpm_event.conf"
    settings.write_text(FEW_WORKERS)
    script = debian.root / "usr/lib/cgi-bin/slow"
    script.write_text(SLOW)
    script.chmod(0o755)
    debian.do("a2enmod", "--quiet", "cgid")
    debian.do("systemctl", "restart", "apache2")
    debian.do("systemd-run", "--quiet", "--unit=load", *LOAD)
    return settings


def by_the_hand(debian):
    print("Changed by the hand")
    debian.do("systemctl", "enable", "--now", "mpm-hand")
    told = debian.asked("mpmctl", "doctor")
    expect("nothing is missing then", "Nothing is missing" in told, told)
    settings = loaded(debian)
    debian.do("useradd", "--groups=mpm-operator,mpm-agent", "alice")
    operator = ("setpriv", "--reuid=alice", "--regid=alice", "--init-groups", "mpmctl")
    proposed = lambda: "+MaxRequestWorkers" in debian.asked(*operator, "apply")
    wait_for("a proposal", proposed, 180)
    expect("proposes to who may not change it himself", settings.read_text() == FEW_WORKERS)
    killed_in_the_middle(debian, operator, settings)
    wait_for("a proposal again", proposed, 180)
    # As long as the hand watches at least.
    told = debian.do(*operator, "apply", "--yes", "--watch", "60s")
    expect("makes the change", "kept" in debian.asked(*operator, "changes"), told)
    told = debian.asked(*operator, "status")
    workers = re.search(r"^MaxRequestWorkers\s+(\d+)", settings.read_text(), re.M).group(1)
    expect("and the scoreboard has it", f"{workers} is the limit" in told and workers != "8", told)
    refused = subprocess.run(debian.within("setpriv", "--reuid=www-data", "--regid=www-data",
                                           "--init-groups", "mpmctl", "apply", "--yes"),
                             text=True, capture_output=True)
    expect("makes none for others", refused.returncode == 4, f"{refused.returncode} {refused.stderr}")
    debian.do("systemctl", "stop", "load")


def killed_in_the_middle(debian, operator, settings):
    change = subprocess.Popen(debian.within(*operator, "apply", "--yes"), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    for line in change.stdout:
        if "verified:" in line:
            break
    expect("has changed it", settings.read_text() != FEW_WORKERS)
    debian.signal("KILL", debian.property(HAND, "MainPID"))
    told = change.communicate(timeout=120)[0]
    expect("is started again when it was killed in the middle",
           debian.property(HAND, "NRestarts") == "1", told)
    expect("and takes the change back", "undone:" in told and settings.read_text() == FEW_WORKERS, told)


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
    expect("is restarted", new_agent(debian, pid) != pid)
    expect("keeps its configuration", settings.read_text().endswith("# our own\n"))
    first = before.splitlines()[1].split(",")[0]
    wait_for("the past is there", lambda: first[:16] in debian.asked("mpmctl", "history", "--from", "1h", "--csv"))
    expect("keeps its history", True)


def played(debian, package, deploy):
    """The role, by an Ansible of the same machine."""
    print("Played")
    # python3-apt because Ansible would install it by itself, which takes a network.
    debian.run_in_root("apt-get", "install", "--yes", "--no-install-recommends", "ansible-core",
                       "python3-apt")
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


def leave(debian, package):
    print("Taken away")
    debian.do("dpkg", "--remove", "mpmctl")
    expect("ends the service", agent(debian) == 0)
    expect("keeps the history when removed",
           (debian.root / "var/lib/mpm-agent/history/history.db").exists())
    debian.do("dpkg", "--install", f"/root/{package.name}")
    expect("comes back with its hand", debian.property(HAND, "LoadState") == "loaded" and
           debian.property(HAND, "UnitFileState") == "enabled")
    debian.do("dpkg", "--purge", "mpmctl", "mpmctl-dashboard")
    expect("leaves nothing when purged", not files(debian), " ".join(files(debian)))


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
    # mpm-httpd has httpd's options.
    for program, option in {"mpmctl": "--version", "mpm-agent": "--version", "mpm-httpd": "-v",
                            "mpm-dashboard": "--version"}.items():
        expect(f"{program} runs", program in debian.run_in_root(program, option))
    try:
        debian.boot()
        pid = watches(debian)
        by_the_hand(debian)
        upgrade(debian, server, folder, pid)
        leave(debian, server)
        played(debian, server, pathlib.Path(deploy))
    finally:
        debian.halt()
    shutil.rmtree(debian.root)


if __name__ == "__main__":
    main(*sys.argv[1:])
