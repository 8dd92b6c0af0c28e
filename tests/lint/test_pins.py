"""What is installed is what was looked at: each package in one version, by the hash of its file."""

from __future__ import annotations

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PINNED = sorted(
    [*(ROOT / "requirements").glob("*.txt"), ROOT / "layers" / "dependencies" / "requirements.txt"]
)
INSTALLERS = ("local/setup.py", "local/build.py")


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_every_package_is_pinned_by_hash(path: pathlib.Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert packages
    loose = [
        line[:80] for line in packages if not re.match(r"[\w.\[\]-]+==\S+.*--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert loose == []
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host|https?://", text)


@pytest.mark.parametrize("installer", INSTALLERS)
def test_nothing_is_installed_without_its_hash(installer: str) -> None:
    text = (ROOT / installer).read_text(encoding="utf-8")
    assert text.count('"install"') == text.count('"--require-hashes"') > 0
