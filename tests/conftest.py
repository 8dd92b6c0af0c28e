"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# One stack for all who ask for one in a session: tests/e2e and tests/browser.
from tests.deployed import aws, client, deployed, description, stack

__all__ = ["aws", "client", "deployed", "description", "stack"]

# Runs in an environment of its own: make conformance.
collect_ignore = ["conformance"]

# Examples may take their time: a machine may be busy, and a test that then fails proves nothing.
settings.register_profile("daybook", deadline=None)
settings.load_profile("daybook")
