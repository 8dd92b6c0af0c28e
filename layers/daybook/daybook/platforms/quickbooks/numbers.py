"""What a document of ours is found by in QuickBooks: its number, and the start of its private note. Pure.

Some forms there have no number that can be searched for, and a company may number its sales forms itself: the
private note says whose document it is all the same. A document that takes several forms says in the note of
each which of how many it is, and what the whole comes to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

LONGEST = 21
_LONGEST_NOTE = 4000
_STEP = re.compile(r" \[(\d+) of (\d+), (\d+(?:\.\d+)?)\]")


class Step(NamedTuple):
    """Which form of a document this is, of how many, and the total of the whole."""

    ordinal: int
    of: int
    total: Decimal


def note(reference: str, description: str, step: Step | None = None) -> str:
    """The private note of a form."""
    which = f" [{step.ordinal} of {step.of}, {step.total:f}]" if step else ""
    return f"{reference}{which} {description}".strip()[:_LONGEST_NOTE]


def part_number(reference: str, ordinal: int) -> str:
    """The number of one of several journals that are one document; the first bears the document's own."""
    return reference if ordinal == 1 else f"{reference}.{ordinal}"


def bears(record: Mapping[str, Any], reference: str) -> bool:
    """Whether a form in QuickBooks is of the document with this reference."""
    said = str(record.get("PrivateNote") or "")
    numbers = (record.get("DocNumber"), record.get("PaymentRefNum"))
    return reference in numbers or said == reference or said.startswith(f"{reference} ")


def step_of(record: Mapping[str, Any], reference: str) -> Step | None:
    """Which form of the document this is; None for one that is all of it."""
    said = str(record.get("PrivateNote") or "")
    found = _STEP.match(said, len(reference)) if said.startswith(reference) else None
    return Step(int(found[1]), int(found[2]), Decimal(found[3])) if found else None
