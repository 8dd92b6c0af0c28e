"""What is deployed: small, compiled, and without what the Lambda runtime brings itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.settings import BUILD

LAYERS_BYTES = 40 * 1024 * 1024

pytestmark = pytest.mark.usefixtures("stack")


def modules(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*.py") if path.is_file())


def test_no_sdk_in_the_layers() -> None:
    found = {path.name for path in BUILD.glob("*Layer/python/*")}
    assert not found & {"boto3", "botocore", "s3transfer", "aws_xray_sdk"}
    assert {"daybook", "pydantic", "aws_lambda_powertools", "jinja2"} <= found


def test_every_module_is_compiled() -> None:
    sources = list(modules(BUILD))
    compiled = {path.parent.parent / f"{path.name.split('.')[0]}.py" for path in BUILD.rglob("*.pyc")}
    assert sources
    assert [path for path in sources if path not in compiled] == []


def test_the_layers_are_small() -> None:
    size = sum(path.stat().st_size for path in BUILD.glob("*Layer/**/*") if path.is_file())
    assert size < LAYERS_BYTES
