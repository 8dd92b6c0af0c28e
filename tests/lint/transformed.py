"""The template as CloudFormation gets it.

cfn-lint itself looks at it before the SAM transform, and sees no function, mapping or method that SAM writes.
"""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any
from unittest.mock import patch

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Where `sam deploy` would have put the code.
CODE = "s3://bucket/code"


def transformed(text: str) -> dict[str, Any]:
    """What SAM makes of a template."""
    template = yaml_parse(text)
    # Anchors make one object of several places; each must be a thing of its own.
    template = json.loads(json.dumps(template))
    template["Globals"]["Function"]["CodeUri"] = CODE
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = CODE
    defaults = {name: each["Default"] for name, each in template["Parameters"].items()}
    # Our roles are spelt out: no name of a managed policy is to be looked up.
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "eu-west-1"}):
        made: dict[str, Any] = transform(template, defaults, None)
    return made


def our_template() -> dict[str, Any]:
    """Ours."""
    return transformed((ROOT / "template.yaml").read_text(encoding="utf-8"))
