"""The stack that runs already: tests/e2e/test_published_clients.py starts it and says where it is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def stack() -> dict[str, Any]:
    """URL, keys of two clients, and where to leave the results."""
    found: dict[str, Any] = json.loads(Path(os.environ["DAYBOOK_CONFORMANCE"]).read_text(encoding="utf-8"))
    return found
