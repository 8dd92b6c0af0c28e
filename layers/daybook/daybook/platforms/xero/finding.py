"""Looking up by their numbers what is in Xero already.

Only the numbers of sales invoices and sales credit notes are unique there, and several lists cannot be
searched by number: the documents of a day are read, and the numbers compared here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from daybook.domain.documents import Kind
from daybook.domain.errors import PlatformUnavailable
from daybook.domain.ledger import Written, tax_together
from daybook.domain.money import ZERO
from daybook.platforms.xero import answers
from daybook.platforms.xero.authorisation import PLATFORM_NAME
from daybook.platforms.xero.client import Client
from daybook.platforms.xero.parts import BECOMES, FREE, PartNumber, part_number
from daybook.platforms.xero.payloads import BANK_TRANSFERS, CALLS, INVOICES, Resource

Record = Mapping[str, Any]

# Numbers that are not taken apart in a list separated by commas.
_PLAIN_NUMBER = re.compile(r"[A-Za-z0-9 ._/()-]+")


class FoundPart(NamedTuple):
    """A document in Xero that is part of another one."""

    number: PartNumber
    kind: Kind
    held: Written


@dataclass
class Finder:
    """Looks documents up; each day's list is read once in its life."""

    client: Client
    _days: dict[tuple[str, date], list[Record]] = field(default_factory=dict)

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, whole, or None.

        Several documents with the reference are answered as one with all their totals, and so are parts
        that contradict each other: that is nobody's document, and a person has to look.
        """
        if kind is Kind.INVOICE and _PLAIN_NUMBER.fullmatch(reference):
            records = self.client.read_pages(INVOICES.name, {"InvoiceNumbers": reference})
            return _together(_bearing(kind, reference, records))
        parts: list[FoundPart] = []
        for resource, kinds in _where(kind).items():
            records = self._of_day(resource, dated)
            exact = [each for one in kinds for each in _bearing(one, reference, records)]
            if exact:
                return _together(exact)
            if kind in FREE:
                parts += _parts_in(records, kinds, reference)
                whole = _whole(parts)
                if whole is not None:
                    return whole
        return None

    def parts(self, reference: str, dated: date, kinds: Iterable[Kind]) -> list[FoundPart]:
        """What is there of a document that is written in several, among these kinds."""
        found: list[FoundPart] = []
        for resource in dict.fromkeys(CALLS[kind].resource for kind in kinds):
            all_of_it = [kind for kind in BECOMES if CALLS[kind].resource is resource]
            found += _parts_in(self._of_day(resource, dated), all_of_it, reference)
        return found

    def ended_parts(self, reference: str, dated: date, kinds: Iterable[Kind]) -> list[str]:
        """The ids of what was there of such a document and is void or deleted now."""
        return [
            str(each.get(resource.id_field))
            for resource in dict.fromkeys(CALLS[kind].resource for kind in kinds)
            for each in self._of_day(resource, dated)
            if each.get("Status") in resource.dead
            and any(
                part_number(reference, kind, answers.number(kind, each))
                for kind in BECOMES
                if CALLS[kind].resource is resource
            )
        ]

    def _of_day(self, resource: Resource, dated: date) -> list[Record]:
        known = self._days.get((resource.name, dated))
        if known is None:
            query = {"where": f"Date==DateTime({dated.year}, {dated.month:02}, {dated.day:02})"}
            if resource is BANK_TRANSFERS:
                known = self.client.read(resource.path, resource.name, query)
            else:
                known = self.client.read_pages(resource.name, query)
            self._days[resource.name, dated] = known
        return known


def _where(kind: Kind) -> dict[Resource, list[Kind]]:
    """Where a document of this kind may be, its own place first, and as what."""
    kinds = (kind, *(each for each in BECOMES if each is not kind)) if kind in FREE else (kind,)
    found: dict[Resource, list[Kind]] = {}
    for each in kinds:
        found.setdefault(CALLS[each].resource, []).append(each)
    return found


def _bearing(kind: Kind, reference: str, records: Iterable[Record]) -> list[Written]:
    return [
        _held(kind, each)
        for each in records
        if answers.is_live(kind, each) and answers.bears(reference, kind, answers.number(kind, each))
    ]


def _parts_in(records: Iterable[Record], kinds: Iterable[Kind], reference: str) -> list[FoundPart]:
    found = []
    for each in records:
        for kind in kinds:
            number = part_number(reference, kind, answers.number(kind, each))
            if number is not None and answers.is_live(kind, each):
                found.append(FoundPart(number, kind, _held(kind, each)))
    return found


def _held(kind: Kind, record: Record) -> Written:
    held = answers.written(kind, record)
    if held is None:
        raise PlatformUnavailable(PLATFORM_NAME, "Xero does not say what a document of ours comes to.")
    return held


def _together(found: list[Written]) -> Written | None:
    if len(found) < 2:  # noqa: PLR2004 - one, or none
        return found[0] if found else None
    total = sum((each.total for each in found), ZERO)
    return Written(found[0].platform_id, total, tax_together(found))


def _whole(parts: list[FoundPart]) -> Written | None:
    """The document these parts make up; None while some are missing."""
    if not parts or {each.number.ordinal for each in parts} < set(range(1, parts[0].number.parts + 1)):
        return None
    stated = {(each.number.parts, each.number.total) for each in parts}
    once = {each.number.ordinal: each.held for each in parts}
    total = sum((total for _, total in stated), ZERO)
    if len(parts) > len(once):
        total += sum((each.held.total for each in parts), ZERO)
    return Written(once[max(once)].platform_id, total)
