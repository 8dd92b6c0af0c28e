"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# Runs in an environment of its own: make conformance.
collect_ignore = ["conformance"]

# Examples may take their time: a machine may be busy, and a test that then fails proves nothing.
settings.register_profile("daybook", deadline=None)
settings.load_profile("daybook")
