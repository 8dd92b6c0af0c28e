"""Run in a process of its own: what some modules import beyond boto3 and Powertools, by a line each."""

from __future__ import annotations

import importlib
import sys

import aws_lambda_powertools
import boto3

assert aws_lambda_powertools.__name__
assert boto3.__name__
known = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
new = set(sys.modules) - known
# The standard library's own differ from one Python to the next.
print("\n".join(sorted(each for each in new if each.split(".")[0] not in sys.stdlib_module_names)))  # noqa: T201
