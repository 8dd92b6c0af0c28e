"""`aws SERVICE OPERATION --option value`, as the AWS CLI understands it, for as much as our documents use.

The AWS CLI is not among our tools. Operations and options are those of the services' own models, as in the
CLI, so a misspelt one fails here too.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
import jmespath
from botocore import xform_name

from local.steps import say

# What the CLI calls otherwise, for its own option of that name.
RENAMED = {("sns", "notification-endpoint"): "endpoint"}


def value_of(shape: Any, words: list[str]) -> Any:
    """What an option's words mean to a parameter of the service."""
    if shape.type_name == "boolean":
        return True
    if shape.type_name == "list":
        return words
    word = words[0]
    if shape.type_name in ("structure", "map"):
        return json.loads(word)
    return int(word) if shape.type_name in ("integer", "long") else word


def options_of(arguments: list[str]) -> dict[str, list[str]]:
    """Options with their words."""
    found: dict[str, list[str]] = {}
    name = ""
    for word in arguments:
        if word.startswith("--"):
            name = word[2:]
            found[name] = []
        else:
            found[name].append(word)
    return found


def parameters_of(model: Any, options: dict[str, list[str]]) -> dict[str, Any]:
    """The service's parameters. Stops at an option that the operation does not have."""
    known = {xform_name(name, "-"): (name, shape) for name, shape in model.input_shape.members.items()}
    unknown = set(options) - set(known)
    if unknown:
        sys.exit(f"aws: {model.name} has no option {', '.join(sorted(unknown))}")
    return {known[name][0]: value_of(known[name][1], words) for name, words in options.items()}


def text_of(found: Any) -> str:
    """What `--output text` prints."""
    if isinstance(found, list):
        between = "\n" if any(isinstance(each, list) for each in found) else "\t"
        return between.join(text_of(each) for each in found)
    return "None" if found is None else str(found)


def main() -> None:
    """Do what the command line says."""
    service, operation, *rest = sys.argv[1:]
    client: Any = boto3.client(service)  # type: ignore[call-overload]
    if operation == "wait":
        waiter = client.get_waiter(rest[0].replace("-", "_"))
        described = client.meta.service_model.operation_model(waiter.config.operation)
        waiter.wait(**parameters_of(described, options_of(rest[1:])), WaiterConfig={"Delay": 1})
        return
    options = {RENAMED.get((service, name), name): words for name, words in options_of(rest).items()}
    query, output = options.pop("query", None), options.pop("output", ["json"])
    names = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    if operation not in names:
        sys.exit(f"aws: {service} has no operation {operation}")
    model = client.meta.service_model.operation_model(names[operation])
    found = getattr(client, operation.replace("-", "_"))(**parameters_of(model, options))
    found.pop("ResponseMetadata", None)
    if query:
        found = jmespath.search(query[0], found)
    say(text_of(found) if output == ["text"] else json.dumps(found, default=str, indent=2))


if __name__ == "__main__":
    main()
