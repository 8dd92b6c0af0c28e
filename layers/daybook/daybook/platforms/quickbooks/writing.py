"""Writing documents to QuickBooks: in as few requests as batches allow, each document whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.ledger import ReferenceData, Written, difference, tax_together
from daybook.domain.money import ZERO
from daybook.platforms.interface import Outcome
from daybook.platforms.quickbooks import answers
from daybook.platforms.quickbooks.client import MOST_IN_BATCH, Client
from daybook.platforms.quickbooks.faults import PLATFORM_NAME
from daybook.platforms.quickbooks.finding import Finder, FoundForm, Wanted, whole
from daybook.platforms.quickbooks.forms import form, refusal, searched_by_day
from daybook.platforms.quickbooks.payloads import Known, Piece, matching, needs, pieces, sold_on
from daybook.platforms.quickbooks.reading import AUTOMATED, PAYABLE, RECEIVABLE

_SALES = (Kind.INVOICE, Kind.CREDIT_NOTE)


@dataclass(slots=True)
class _Task:
    """A document under way: the forms written for it, and what became of each, by its place."""

    document: Document
    pieces: list[Piece] = field(default_factory=list)
    done: dict[int, Written] = field(default_factory=dict)
    failed: dict[int, PlatformError] = field(default_factory=dict)
    ended: Outcome | None = None


@dataclass(slots=True)
class Writer:
    """Writes one batch of documents, none of which depends on another.

    `stand_in` gives the id of the contact for what has none; `items` the item for each account, or why there
    is none.
    """

    client: Client
    data: ReferenceData
    stand_in: Callable[[str], str]
    items: Callable[[Sequence[str]], Mapping[str, str | PlatformRejected]]
    _stopped: PlatformError | None = None

    def write(self, documents: Sequence[Document]) -> list[Outcome]:
        """One outcome for each document, in order."""
        tasks = [_Task(document) for document in documents]
        try:
            known = self._prepare(tasks)
        except PlatformError as error:
            return [task.ended or _unsent(error) for task in tasks]
        self._send_all(
            [(task, at) for task in tasks for at in range(len(task.pieces)) if at not in task.done]
        )
        matched = []
        for task in tasks:
            if not task.failed and self._is_to_match(task):
                task.pieces.append(matching(task.document, known, task.done[0].platform_id))
                matched.append((task, 1))
        self._send_all([(task, at) for task, at in matched if at not in task.done])
        return [self._outcome(task) for task in tasks]

    def _prepare(self, tasks: Sequence[_Task]) -> Known:
        """What is to be written of each document: the forms that are not there already."""
        for task in tasks:
            reason = refusal(task.document, self.data)
            if reason:
                task.ended = PlatformRejected(PLATFORM_NAME, reason)
        known = self._known([task for task in tasks if task.ended is None])
        several = []
        for task in tasks:
            if task.ended is not None:
                continue
            try:
                task.pieces = pieces(task.document, known)
            except PlatformRejected as rejected:
                task.ended = rejected
                continue
            if task.pieces[0].step is not None:
                several.append(task)
        self._resume(several)
        return known

    def _known(self, tasks: Sequence[_Task]) -> Known:
        """What payloads need beside their documents; documents whose items cannot be had are refused."""
        accounts = list(dict.fromkeys(each for task in tasks for each in sold_on(task.document)))
        items = self.items(accounts) if accounts else {}
        for task in tasks:
            refused = [items[each] for each in sold_on(task.document)]
            task.ended = next((each for each in refused if isinstance(each, PlatformRejected)), None)
        stand_ins = self._stand_ins([task for task in tasks if task.ended is None])
        return Known(
            self.data,
            {account: item for account, item in items.items() if isinstance(item, str)},
            stand_ins.get(RECEIVABLE, ""),
            stand_ins.get(PAYABLE, ""),
        )

    def _stand_ins(self, tasks: Sequence[_Task]) -> dict[str, str]:
        """Who stands in on receivables and payables; documents for which nobody can are refused."""
        found: dict[str, str] = {}
        for role in (RECEIVABLE, PAYABLE):
            needing = [task for task in tasks if role in needs(task.document, self.data)]
            try:
                found |= {role: self.stand_in(role)} if needing else {}
            except PlatformRejected as rejected:
                for task in needing:
                    task.ended = rejected
        return found

    def _resume(self, tasks: Sequence[_Task]) -> None:
        """Take over what is there of documents that take several forms."""
        if not tasks:
            return
        wanted = {id(task): Wanted(task.document.kind, task.document.reference, task.document.dated)
                  for task in tasks}  # fmt: skip
        finder = Finder(self.client, searched_by_day(self.data))
        found = finder.forms(list(wanted.values()))
        for task in tasks:
            there = found[wanted[id(task)]]
            held = whole(task.document.kind, there)
            if held is None:
                _take_over(task, there)
            elif held.total == task.document.total:
                task.ended = held
            else:
                reason = f"QuickBooks has another document numbered {task.document.reference} already."
                task.ended = PlatformRejected(PLATFORM_NAME, reason)

    def _is_to_match(self, task: _Task) -> bool:
        return task.ended is None and bool(form(task.document, self.data).then)

    def _send_all(self, waiting: Sequence[tuple[_Task, int]]) -> None:
        sendable = [(task, at) for task, at in waiting if task.ended is None]
        for start in range(0, len(sendable), MOST_IN_BATCH):
            self._send(sendable[start : start + MOST_IN_BATCH])

    def _send(self, chunk: Sequence[tuple[_Task, int]]) -> None:
        """One batch, and what became of each form in it."""
        if self._stopped is not None:
            _fail(chunk, _unsent(self._stopped))
            return
        made = [task.pieces[at] for task, at in chunk]
        try:
            elements = self.client.create([(piece.entity, piece.content) for piece in made])
        except PlatformRejected as rejected:
            _fail(chunk, rejected)
            return
        except PlatformError as error:
            self._stopped = error
            _fail(chunk, error)
            return
        for (task, at), piece, element in zip(chunk, made, elements, strict=True):
            became = answers.outcome(piece.entity, element)
            if isinstance(became, Written) and self._is_replaced(task.document, became):
                became = self._replaced(piece, became)
            if isinstance(became, Written):
                task.done[at] = became
                continue
            task.failed[at] = became
            if not isinstance(became, PlatformRejected):
                self._stopped = became

    def _is_replaced(self, document: Document, held: Written) -> bool:
        """Whether QuickBooks put a tax of its own in place of what was charged."""
        is_automated = self.data.details.get("taxModel") == AUTOMATED
        return is_automated and document.kind in _SALES and bool(difference(document, held))

    def _replaced(self, piece: Piece, held: Written) -> PlatformError:
        """Take such a form out of the books; why. Whether apps may override tax is seen in no other way."""
        message = (
            f"QuickBooks works out sales tax itself in this company: it makes the total {held.total}, with a "
            f"tax of {held.tax or ZERO}. Let apps override sales tax in QuickBooks' settings, or use the "
            "journal format in Daybook, which keeps the tax as it was charged."
        )
        try:
            is_out = self.client.delete(piece.entity, held.platform_id)
        except PlatformError:
            is_out = False
        return (PlatformRejected if is_out else PlatformUnclear)(PLATFORM_NAME, message)

    def _outcome(self, task: _Task) -> Outcome:
        if task.ended is not None:
            return task.ended
        if not task.failed:
            return _written(task)
        error = min(task.failed.values(), key=_weight)
        if not task.done or not isinstance(error, PlatformRejected | PlatformUnavailable):
            return error
        if isinstance(error, PlatformRejected) and self._taken_back(task):
            return error
        message = f"Part of it is in QuickBooks; the rest is still to be written. {error.message}"
        return PlatformUnclear(PLATFORM_NAME, message)

    def _taken_back(self, task: _Task) -> bool:
        """Take the forms that are there out of the books, since the rest will never be; whether it worked."""
        if self._stopped is not None:
            return False
        try:
            return all(
                self.client.delete(task.pieces[at].entity, held.platform_id) for at, held in task.done.items()
            )
        except PlatformError as error:
            self._stopped = error
            return False


def _take_over(task: _Task, there: Sequence[FoundForm]) -> None:
    places = {(piece.entity, piece.step): at for at, piece in enumerate(task.pieces)}
    for each in there:
        at = places.get((each.entity, each.step))
        if at is None:
            reference = task.document.reference
            message = (
                f"QuickBooks has parts of {reference} that were written in another way. So that nothing is "
                f"booked twice, nothing was sent. Delete what has {reference} in its private note there."
            )
            task.ended = PlatformUnclear(PLATFORM_NAME, message)
            return
        task.done[at] = each.held


def _fail(chunk: Sequence[tuple[_Task, int]], error: PlatformError) -> None:
    for task, at in chunk:
        task.failed[at] = error


def _written(task: _Task) -> Written:
    """What QuickBooks holds of a document; of one in several forms its total, but for what theirs are off."""
    held = [task.done[at] for at in range(len(task.pieces))]
    if len(held) == 1:
        return held[0]
    off = ZERO
    for piece, each in zip(task.pieces, held, strict=True):
        asked = answers.written(piece.entity, {"Id": "asked", **piece.content})
        off += each.total - (asked.total if asked else each.total)
    return Written(held[0].platform_id, task.document.total + off, tax_together(held))


def _weight(error: PlatformError) -> int:
    """Which of several errors says what to do."""
    order = (PlatformUnclear, AuthorisationLost, SubscriptionExpired, PlatformRejected, PlatformUnavailable)
    return order.index(type(error))


def _unsent(stopped: PlatformError) -> PlatformError:
    """The error of a document that was not sent, because of something before."""
    if isinstance(stopped, AuthorisationLost | SubscriptionExpired | PlatformRejected):
        return stopped
    after = stopped.retry_after if isinstance(stopped, PlatformUnavailable) else None
    return PlatformUnavailable(PLATFORM_NAME, f"Not sent yet. {stopped.message}", after)
