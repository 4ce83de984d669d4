# SPDX-License-Identifier: Apache-2.0
"""Holds every example against its schema in openapi.json, with a validator of its own.

    validate_examples.py schema/api
"""
import json
import pathlib
import sys

import jsonschema

MESSAGES = {
    "admission": "Admission",
    "admission-question": "AdmissionQuestion",
    "change": "ChangeRecord",
    "change-preview": "ChangePreview",
    "change-request": "ChangeRequest",
    "changes": "ChangeList",
    "config-question": "ConfigQuestion",
    "directive": "DirectiveExplanation",
    "doctor": "DoctorReport",
    "edit-plan": "EditPlan",
    "health": "HealthReport",
    "history": "HistoryReport",
    "lint": "LintReport",
    "observation": "Observation",
    "problem": "Problem",
    "proposal": "Proposal",
    "samples": "SampleList",
    "scoreboard": "ScoreboardView",
    "settings": "MpmSettings",
    "simulation": "SimulationReport",
    "simulation-question": "SimulationQuestion",
    "status": "StatusReport",
    "targets": "TargetList",
    "top": "TopReport",
    "undo-request": "UndoRequest",
    "workers": "WorkerList",
}


def main(folder: pathlib.Path) -> int:
    openapi = json.loads((folder / "openapi.json").read_text())
    examples = sorted((folder / "examples").glob("*.json"))
    if {example.stem for example in examples} != set(MESSAGES):
        print("the examples are not those of the messages")
        return 1
    for example in examples:
        schema = {"$ref": f"#/components/schemas/{MESSAGES[example.stem]}",
                  "components": openapi["components"]}
        validator = jsonschema.Draft202012Validator(schema)
        for error in validator.iter_errors(json.loads(example.read_text())):
            print(f"{example.name}: {error.json_path}: {error.message}")
            return 1
    print(f"{len(examples)} examples fit their schemas")
    return 0


sys.exit(main(pathlib.Path(sys.argv[1])))
