# SPDX-License-Identifier: Apache-2.0
#
# cmake --install puts the manual pages and the completions where man and the shells look for them,
# and nothing else is shared.
#   install.py <cmake> <build directory> <deploy> <whether the dashboard is built: ON, OFF>
import pathlib
import sys
import tempfile

from command_line import Report, output_of

INSTALLED = {
    "share/man/man1/mpmctl.1": "man/mpmctl.1",
    "share/man/man5/mpm-agent.toml.5": "man/mpm-agent.toml.5",
    "share/man/man1/mpm-dashboard.1": "man/mpm-dashboard.1",
    "share/applications/mpm-dashboard.desktop": "desktop/mpm-dashboard.desktop",
    "share/icons/hicolor/scalable/apps/mpm-dashboard.svg": "desktop/mpm-dashboard.svg",
    "share/metainfo/mpm-dashboard.metainfo.xml": "desktop/mpm-dashboard.metainfo.xml",
    "share/man/man8/mpm-agent.8": "man/mpm-agent.8",
    "share/man/man8/mpm-hand.8": "man/mpm-hand.8",
    "share/man/man8/mpm-httpd.8": "man/mpm-httpd.8",
    "share/bash-completion/completions/mpmctl": "completion/mpmctl.bash",
    "share/bash-completion/completions/mpm-agent": "completion/mpm-agent.bash",
    "share/zsh/site-functions/_mpmctl": "completion/_mpmctl",
    "share/zsh/site-functions/_mpm-agent": "completion/_mpm-agent",
    "share/fish/vendor_completions.d/mpmctl.fish": "completion/mpmctl.fish",
    "share/fish/vendor_completions.d/mpm-agent.fish": "completion/mpm-agent.fish",
}


def main(cmake, build, deploy, gui):
    report = Report()
    expected = {path: source for path, source in INSTALLED.items()
                if gui == "ON" or "dashboard" not in path}
    with tempfile.TemporaryDirectory() as folder:
        output_of([cmake, "--install", build, "--prefix", folder])
        root = pathlib.Path(folder)
        found = {str(path.relative_to(root)) for path in root.glob("share/**/*") if path.is_file()}
        report.equal("What is installed", found, expected)
        for path in found & set(expected):
            report.true(f"{path} is not the one of deploy", (root / path).read_bytes() ==
                        pathlib.Path(deploy, INSTALLED[path]).read_bytes())
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
