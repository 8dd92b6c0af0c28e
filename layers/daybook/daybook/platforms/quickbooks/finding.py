"""Looking up by their references what is in QuickBooks already.

Forms with a number are searched by it; payments, deposits and transfers cannot be, so those of the day are
read and compared here, as are other forms where the company numbers them itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from daybook.domain.documents import Kind
from daybook.domain.errors import PlatformUnavailable
from daybook.domain.ledger import Written, tax_together
from daybook.domain.money import ZERO
from daybook.frozen import frozen
from daybook.platforms.quickbooks import answers, forms
from daybook.platforms.quickbooks.client import Client, Query, quoted
from daybook.platforms.quickbooks.faults import PLATFORM_NAME
from daybook.platforms.quickbooks.numbers import Step, bears, part_number, step_of

Record = Mapping[str, Any]

# A journal moves one control account; there are receivables and payables.
_MOST_PARTS = 2


class Wanted(NamedTuple):
    """A document to look for."""

    kind: Kind
    reference: str
    dated: date


@frozen
class FoundForm:
    """A form in QuickBooks that is a document or part of one."""

    entity: str
    step: Step | None
    held: Written


@frozen
class Finder:
    """Looks documents up. `by_day` are the forms that are not certain to bear our numbers."""

    client: Client
    by_day: frozenset[str]

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, whole, or None."""
        wanted = Wanted(kind, reference, dated)
        return whole(kind, self.forms([wanted])[wanted])

    def forms(self, wanted: Sequence[Wanted]) -> dict[Wanted, list[FoundForm]]:
        """What is there of each document: one request for all of them."""
        queries = list(dict.fromkeys(query for each in wanted for query in self._queries(each, wanted)))
        if not queries:
            return {}
        records: dict[str, dict[str, Record]] = {}
        for query, found in zip(queries, self.client.query(queries), strict=True):
            by_id = records.setdefault(query.entity, {})
            by_id.update({str(each.get("Id")): each for each in found})
        return {each: _forms(each, records) for each in wanted}

    def _queries(self, one: Wanted, wanted: Sequence[Wanted]) -> list[Query]:
        made = []
        for entity in forms.FORMS[one.kind]:
            if entity not in forms.WITHOUT_NUMBER:
                numbers = [n for each in wanted if entity in forms.FORMS[each.kind] for n in _numbers(each)]
                listed = ", ".join(quoted(number) for number in dict.fromkeys(numbers))
                made.append(Query(entity, f"DocNumber in ({listed})"))
            if entity in self.by_day:
                made.append(Query(entity, f"TxnDate = '{one.dated.isoformat()}'"))
        return made


def whole(kind: Kind, found: Sequence[FoundForm]) -> Written | None:
    """The document that these forms make up; None while some of it is missing.

    Several that are each all of it are answered as one with all their totals: that is nobody's document, and
    a person has to look. So are steps that are there twice.
    """
    entire = [each.held for each in found if each.step is None]
    if entire:
        return _together(entire)
    steps = {each.step.ordinal: each for each in found if each.step is not None}
    first = steps.get(1)
    if first is None or first.step is None or set(steps) < set(range(1, first.step.of + 1)):
        return None
    held = [each.held for each in found]
    if len(found) > len(steps):
        return _together(held)
    total = first.step.total if kind is Kind.JOURNAL else first.held.total
    return Written(first.held.platform_id, total, tax_together(held))


def _numbers(wanted: Wanted) -> list[str]:
    """The numbers a document's forms may have."""
    parts = _MOST_PARTS if wanted.kind is Kind.JOURNAL else 1
    return [part_number(wanted.reference, ordinal) for ordinal in range(1, parts + 1)]


def _forms(wanted: Wanted, records: Mapping[str, Mapping[str, Record]]) -> list[FoundForm]:
    return [
        FoundForm(entity, step_of(record, wanted.reference), _held(entity, record))
        for entity in forms.FORMS[wanted.kind]
        for record in records.get(entity, {}).values()
        if bears(record, wanted.reference)
    ]


def _held(entity: str, record: Record) -> Written:
    held = answers.written(entity, record)
    if held is None:
        raise PlatformUnavailable(PLATFORM_NAME, "QuickBooks does not say what a document of ours comes to.")
    return held


def _together(found: Sequence[Written]) -> Written:
    total = sum((each.total for each in found), ZERO)
    return Written(found[0].platform_id, total, tax_together(found))
