"""Looking up by their references what is in FreeAgent already.

No list there can be searched by reference. Lists are read by day (invoices and credit notes: as changed since
the day before), and the references compared here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from daybook.domain.documents import Document, Kind
from daybook.domain.errors import PlatformUnavailable
from daybook.domain.ledger import Written, tax_together
from daybook.domain.money import ZERO
from daybook.platforms.freeagent import answers
from daybook.platforms.freeagent.authorisation import PLATFORM_NAME
from daybook.platforms.freeagent.client import Client, Record
from daybook.platforms.freeagent.parts import FREE, whole_total
from daybook.platforms.freeagent.payloads import BILLS, CALLS, EXPLANATIONS, JOURNAL_SETS, Resource

_ANY_KIND = (*FREE, Kind.INVOICE, Kind.CREDIT_NOTE, Kind.BILL, Kind.BILL_CREDIT_NOTE)


class Found(NamedTuple):
    """A part of a document that is there: as which kind, what FreeAgent holds, and whether it is a draft."""

    kind: Kind
    held: Written
    is_draft: bool


@dataclass
class Finder:
    """Looks documents up; each list is read once in its life. `bank_accounts` are where money may be."""

    client: Client
    bank_accounts: Sequence[str]
    _lists: dict[tuple[str, date], list[Record]] = field(default_factory=dict)

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, whole and in the books, or None.

        A draft is not there: `parts` finds it when it is written. Several with the reference are answered
        as one with all their totals, which is nobody's document: a person has to look.
        """
        for one in dict.fromkeys((kind, *_ANY_KIND)) if kind in FREE else (kind,):
            found = [
                _of_whole(one, each)
                for each in self._bearing(one, reference, dated)
                if not _is_draft(one, each)
            ]
            if found:
                total = sum((each.total for each in found), ZERO)
                return Written(found[0].platform_id, total, tax_together(found))
        return None

    def parts(self, document: Document, planned: Sequence[Document]) -> dict[str, list[Found]]:
        """What is there of a document, by reference: its parts as planned, journals and money as ever."""
        found: dict[str, list[Found]] = {}
        numbered = re.compile(rf"{re.escape(document.reference)}(\.\d+)?")
        for resource in dict.fromkeys(CALLS[part.kind].resource for part in planned):
            kinds = {part.reference: part.kind for part in planned if CALLS[part.kind].resource is resource}
            free = [kind for kind in FREE if CALLS[kind].resource is resource]
            for element in self._list(resource, document.dated):
                reference, _ = answers.names(next(iter(kinds.values())), element)
                if not numbered.fullmatch(reference):
                    continue
                expected = [kinds[reference]] if reference in kinds else []
                kind = next((one for one in (*expected, *free) if answers.is_one(one, element)), None)
                if kind is not None:
                    part = Found(kind, _held(kind, element), _is_draft(kind, element))
                    found.setdefault(reference, []).append(part)
        return found

    def _bearing(self, kind: Kind, reference: str, dated: date) -> list[Record]:
        return [
            each
            for each in self._list(CALLS[kind].resource, dated)
            if answers.names(kind, each)[0] == reference and answers.is_one(kind, each)
        ]

    def _list(self, resource: Resource, dated: date) -> list[Record]:
        known = self._lists.get((resource.name, dated))
        if known is None:
            known = self._lists[resource.name, dated] = self._read(resource, dated)
        return known

    def _read(self, resource: Resource, dated: date) -> list[Record]:
        day = {"from_date": dated.isoformat(), "to_date": dated.isoformat()}
        if resource is EXPLANATIONS:
            return [
                each
                for bank in self.bank_accounts
                for each in self.client.listed(resource.path, resource.name, {"bank_account": bank, **day})
            ]
        if resource in (BILLS, JOURNAL_SETS):
            return self.client.listed(resource.path, resource.name, day)
        # A document may be dated ahead of its day, but was not changed before it was made: the whole list.
        ahead = dated >= datetime.now(UTC).date()
        since = f"{dated - timedelta(days=1)}T00:00:00.000Z"
        return self.client.listed(resource.path, resource.name, None if ahead else {"updated_since": since})


def _is_draft(kind: Kind, element: Record) -> bool:
    return CALLS[kind].resource.is_sent and element.get("status") == answers.DRAFT_STATUS


def _of_whole(kind: Kind, element: Record) -> Written:
    """What is held of a document whose last part this is."""
    held = _held(kind, element)
    total = whole_total(answers.names(kind, element)[1])
    return held if total is None else Written(held.platform_id, total)


def _held(kind: Kind, element: Record) -> Written:
    held = answers.held(kind, element)
    if held is None:
        raise PlatformUnavailable(PLATFORM_NAME, "FreeAgent does not say what a document of ours comes to.")
    return held
