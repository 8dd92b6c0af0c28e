"""`make clean` leaves a checkout as a fresh clone."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_nothing_that_git_ignores_is_left(tmp_path: pathlib.Path) -> None:
    """Whatever is installed, built, stored or made by tests is ignored by git, and goes."""
    shutil.copytree(ROOT / "local", tmp_path / "local", ignore=shutil.ignore_patterns("__pycache__"))
    kept = sorted(tmp_path.rglob("*"))
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert ".artefacts/" in ignored
    for pattern in ignored:
        folder = tmp_path / (pattern if pattern.endswith("/") else "local/__pycache__")
        (folder / "inside").mkdir(parents=True)
        (folder / "inside" / pattern.strip("*./")).write_text("made by a program", encoding="utf-8")
    # Without anything of our environment, so that it is the copy in this folder that runs.
    subprocess.run(
        [sys.executable, "-m", "local.clean"], cwd=tmp_path, env={}, check=True, capture_output=True
    )
    left = [path for path in tmp_path.rglob("*") if "__pycache__" not in path.parts]
    assert sorted(left) == kept
    assert not (tmp_path / "local" / "__pycache__" / "inside").exists()
