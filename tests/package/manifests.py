# SPDX-License-Identifier: Apache-2.0
#
# Every object of a manifest is one of Kubernetes: its keys are known, its values have their types,
# and nothing that is required is missing. The models are those of Kubernetes' own client for Python.
#   manifests.py <folder with manifests>
import pathlib
import re
import sys

import yaml
from kubernetes import client

NATIVE = {"str": str, "int": int, "float": (int, float), "bool": bool, "object": object}


def faults(value, kind, place):
    """What is wrong with a value that shall be of this kind, a sentence each."""
    if of := re.fullmatch(r"list\[(.+)\]", kind):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [fault for index, each in enumerate(value)
                for fault in faults(each, of.group(1), f"{place}[{index}]")]
    if of := re.fullmatch(r"dict\(str, (.+)\)", kind):
        if not isinstance(value, dict):
            return [f"{place} is no map"]
        return [fault for key, each in value.items() for fault in faults(each, of.group(1), f"{place}.{key}")]
    if kind in NATIVE:
        return [] if isinstance(value, NATIVE[kind]) else [f"{place} is no {kind}"]
    return faults_of_object(value, getattr(client, kind), place)


def faults_of_object(value, model, place):
    if not isinstance(value, dict):
        return [f"{place} is no object"]
    attributes = {key: name for name, key in model.attribute_map.items()}
    found = [f"{place}.{key} is not known" for key in value if key not in attributes]
    for key, each in value.items():
        if key in attributes:
            found += faults(each, model.openapi_types[attributes[key]], f"{place}.{key}")
    if not found:
        try:
            # The client itself says what is missing.
            model(**{attributes[key]: each for key, each in value.items()})
        except ValueError as error:
            found.append(f"{place}: {error}")
    return found


def faults_of_manifest(text):
    """Of each of its documents."""
    found = []
    for document in yaml.safe_load_all(text):
        version = document["apiVersion"].split("/")[-1]
        model = getattr(client, version.capitalize() + document["kind"], None)
        found += ([f"{document['kind']} of {version} is not known"] if model is None
                  else faults_of_object(document, model, document["kind"]))
    return found


def main(folder):
    manifests = sorted(pathlib.Path(folder).glob("*.yaml"))
    if not manifests:
        sys.exit(f"There is no manifest in {folder}")
    for manifest in manifests:
        text = manifest.read_text()
        if found := faults_of_manifest(text):
            sys.exit(f"{manifest}: " + "; ".join(found))
        # A key that is spelled otherwise would be seen, and one that is missing.
        for planted in (text.replace("containers:", "container:"), text.replace("selector:", "select:"),
                        re.sub("containerPort: (\\d+)", "containerPort: a\\1", text)):
            if planted == text or not faults_of_manifest(planted):
                sys.exit(f"{manifest}: what is planted in it is not found")
        print(f"  {manifest.name} is as Kubernetes wants it")


if __name__ == "__main__":
    main(*sys.argv[1:])
