"""What holds for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

# One stack for all who ask for one in a session: tests/e2e and tests/browser.
from tests.deployed import aws, client, deployed, description, stack

__all__ = ["aws", "client", "deployed", "description", "stack"]

# Runs in an environment of its own: make conformance.
collect_ignore = ["conformance"]

# Those that take a minute and more on a stack come first, so that of two processes none is left with one.
_LONGEST = ("test_fuzzing", "test_tenancy", "test_deploying", "test_demo", "test_published_clients")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest."""
    items.sort(
        key=lambda item: _LONGEST.index(item.path.stem) if item.path.stem in _LONGEST else len(_LONGEST)
    )


# Examples may take their time: a machine may be busy, and a test that then fails proves nothing.
settings.register_profile("daybook", deadline=None)
settings.load_profile("daybook")
