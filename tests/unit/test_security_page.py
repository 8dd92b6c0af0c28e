"""docs/security.md names tests that there are."""

from __future__ import annotations

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not name or f"def {name}(" in text


def test_every_attack_names_a_test() -> None:
    rows = [
        line for line in PAGE.partition("## Attacks")[2].partition("\n## ")[0].splitlines() if "|" in line
    ][2:]
    assert len(rows) > 25
    assert [row for row in rows if "`tests/" not in row] == []
