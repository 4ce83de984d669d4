# SPDX-License-Identifier: Apache-2.0
#
# Every command of mpmctl, on an agent and an mpm-httpd of the test's: it ends with the status that
# it should, and what it prints with --json is the message that openapi.json promises, with no key
# that is not in it. A command that is not asked here is a failure too.
#   answers.py <openapi.json> <mpmctl> <mpm-agent> <mpm-httpd> <tests/docs>
import copy
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

import jsonschema

CONFIGURATION = """Listen 127.0.0.1:{port}
ServerName localhost
DocumentRoot htdocs
PidFile httpd.pid
ErrorLog error.log
LoadModule mpm_event_module modules/mod_mpm_event.so
StartServers 1
ServerLimit 4
ThreadsPerChild 4
MinSpareThreads 4
MaxSpareThreads 8
MaxRequestWorkers 8
"""

FINE, USAGE, UNREACHABLE = 0, 2, 3
SOME_TIME = 60

# What is asked, in this order, the status it ends with, and the message. {target} is the server,
# {nothing} a port where none listens.
QUESTIONS = [
    ("targets", FINE, "TargetList"),
    ("status", FINE, "StatusReport"),
    ("status {target}", FINE, "StatusReport"),
    ("status {nothing}", UNREACHABLE, None),
    ("top {target} --count 2", FINE, "TopReport"),
    ("top {nothing} --count 1", UNREACHABLE, None),
    ("doctor", FINE, "DoctorReport"),
    ("recommend {target} --for 1s", FINE, "Proposal"),
    ("recommend {nothing} --for 1s", UNREACHABLE, None),
    ("recommend {target} --for soon", USAGE, None),
    ("history {target}", FINE, "HistoryReport"),
    ("history {nothing}", UNREACHABLE, None),
    ("history {target} --from tomorrow", USAGE, None),
    ("simulate --set MaxRequestWorkers=6 {target}", FINE, "SimulationReport"),
    ("simulate --set MaxRequestWorkers=6 {nothing}", UNREACHABLE, None),
    ("simulate --set Nothing=6 {target}", USAGE, None),
    ("config show {target}", FINE, "MpmSettings"),
    ("config show {nothing}", UNREACHABLE, None),
    ("config get MaxRequestWorkers {target}", FINE, "SettingList"),
    ("config get Nothing {target}", USAGE, None),
    ("config set MaxRequestWorkers=6 {target}", FINE, "EditPlan"),
    ("config set MaxRequestWorkers=many {target}", USAGE, None),
    ("config unset MaxRequestWorkers {target}", FINE, "EditPlan"),
    ("config unset Nothing {target}", USAGE, None),
    ("config mpm worker {target}", FINE, "EditPlan"),
    ("config mpm nothing {target}", USAGE, None),
    ("config check {target}", FINE, "LintReport"),
    ("config check {nothing}", UNREACHABLE, None),
    ("config explain MaxRequestWorkers", FINE, "DirectiveExplanation"),
    ("config explain Nothing", USAGE, None),
    ("config diff {target} {target}", FINE, "SettingsComparison"),
    ("config diff {target}", USAGE, None),
    ("changes", FINE, "ChangeList"),
    ("show 1", UNREACHABLE, None),
    ("undo 1 --yes", UNREACHABLE, None),
    ("apply MaxRequestWorkers=6 {target}", FINE, "ChangePreview"),
    ("apply MaxRequestWorkers=6 {nothing}", UNREACHABLE, None),
    ("apply MaxRequestWorkers=many {target}", USAGE, None),
    ("apply MaxRequestWorkers=6 {target} --yes --watch 0", FINE, "ChangeRecord"),
    ("changes", FINE, "ChangeList"),
    ("show 1", FINE, "ChangeRecord"),
    ("undo 1 --yes --watch 0", FINE, "ChangeRecord"),
    ("show nothing", USAGE, None),
    ("demo --mpm nothing", USAGE, None),
    ("lab --for 1s --rate 50 --connections 20", FINE, "LabReport"),
    ("lab --mpm nothing", USAGE, None),
    ("help nothing", USAGE, None),
    ("nothing", USAGE, None),
]


def closed(schemas):
    """The schemas, so that an object has no other keys than those that they name."""
    schemas = copy.deepcopy(schemas)
    for schema in schemas.values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return schemas


def fault_of(answer, message, schemas):
    validator = jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{message}", "components": {"schemas": schemas}})
    return next((f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer)), "")


def asked(question, status, message, mpmctl, schemas):
    done = subprocess.run([*mpmctl, *question.split()], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=SOME_TIME)
    if done.returncode != status:
        return f"ends with {done.returncode} and not {status}: {done.stdout}{done.stderr}"
    if message is None:
        return "" if done.stderr and not done.stdout else f"prints {done.stdout} and says {done.stderr}"
    try:
        # top prints a message a line, one for each round.
        answers = [json.loads(line) for line in done.stdout.splitlines()]
    except ValueError as error:
        return f"prints no JSON: {error}: {done.stdout}"
    if not answers:
        return "prints nothing"
    return next(filter(None, (fault_of(answer, message, schemas) for answer in answers)), "")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(what, condition):
    end = time.monotonic() + SOME_TIME
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {SOME_TIME} s")
        time.sleep(0.1)


def main(openapi, mpmctl, mpm_agent, mpm_httpd, docs):
    sys.path.insert(0, docs)
    from command_line import Report, commands_of

    schemas = closed(json.loads(pathlib.Path(openapi).read_text())["components"]["schemas"])
    report = Report()
    names = {name for name in commands_of(mpmctl) if name} - {"config"}
    report.equal("Asked", {name for name in names for question, *_ in QUESTIONS
                           if question.startswith(name)}, names)
    with tempfile.TemporaryDirectory() as folder:
        folder, port = pathlib.Path(folder), free_port()
        (folder / "htdocs").mkdir()
        (folder / "httpd.conf").write_text(CONFIGURATION.format(port=port))
        places = {"target": f":{port}", "nothing": f":{free_port()}"}
        agent = subprocess.Popen([mpm_agent, "--socket", folder / "agent.sock", "--history", folder / "history.db",
                                  "--state", folder / "state"], stderr=subprocess.DEVNULL)
        httpd = subprocess.Popen([mpm_httpd, "-d", folder, "-f", folder / "httpd.conf", "-D", "FOREGROUND"],
                                 stderr=subprocess.DEVNULL)
        mpmctl = [mpmctl, "--agent", folder / "agent.sock", "--state", folder / "state", "--json"]
        try:
            until("the agent has looked a few times", lambda: subprocess.run(
                [*mpmctl, "history", places["target"]], capture_output=True).returncode == 0)
            for question, status, message in QUESTIONS:
                question = question.format(**places)
                fault = asked(question, status, message, mpmctl, schemas)
                report.true(f"mpmctl {question} {fault}", not fault)
        finally:
            for process in (httpd, agent):
                process.send_signal(signal.SIGTERM)
                process.wait(SOME_TIME)
    report.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
