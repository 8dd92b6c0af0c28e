"""What a run of these tests counted, for its last words; gathered over all processes of the run."""

from __future__ import annotations

from collections import Counter

# By platform: requests and answers held against its official description, and what was not as it says.
CHECKED: dict[str, Counter[str]] = {}
SAID: list[str] = []


def checked(platform: str, counts: Counter[str]) -> None:
    """Add to what was checked of a platform."""
    CHECKED.setdefault(platform, Counter()).update(counts)


def say(line: str) -> None:
    """Have a line printed at the end of the run."""
    SAID.append(line)
