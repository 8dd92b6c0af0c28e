"""Operators' commands in an account of AWS: where, and with whose credentials."""

from __future__ import annotations

import os
import pathlib

import pytest

from local import account, admin, operate


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.mark.usefixtures("_credentials")
@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """docs/deploying.md sets AWS_REGION, which boto3 alone does not read."""
    monkeypatch.setenv(name, "eu-north-1")
    assert account.session().region_name == "eu-north-1"
    assert operate.Stack("daybook").client("sqs").meta.region_name == "eu-north-1"


@pytest.mark.usefixtures("_credentials")
def test_without_a_region_a_line_says_so() -> None:
    with pytest.raises(SystemExit, match="AWS_REGION"):
        admin.target_of("daybook", None)


def test_without_credentials_a_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    with pytest.raises(SystemExit, match="credentials"):
        operate.Stack("daybook")
