"""Every function has a sample event, and every sample event a function."""

from __future__ import annotations

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_each_function_has_one_sample_event() -> None:
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    events = {path.stem for path in (ROOT / "events").glob("*.json")}
    assert events == functions


def test_sample_events_are_json() -> None:
    for path in (ROOT / "events").glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))
