"""The files that pages load, found by their name and a digest of what they hold."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOR_EVER = "public, max-age=31536000, immutable"
_FOLDER = Path(__file__).parent / "static"


def static_file(digest: str, name: str) -> str | None:
    """A file's text; None when there is none of this name or it holds something else."""
    known = {path.name for path in _FOLDER.iterdir()}
    if name not in known or digest != asset_digest(name):
        return None
    return _text(name)


@cache
def asset_digest(name: str) -> str:
    """Part of the address of a file, so that browsers may keep it for ever. Raises OSError."""
    return hashlib.sha256(_text(name).encode()).hexdigest()[:16]


@cache
def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
