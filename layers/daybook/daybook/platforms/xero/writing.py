"""Writing documents to Xero: as few requests as its lists allow, each document whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from daybook.domain.documents import Document
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.ledger import ReferenceData, Written, tax_of_whole
from daybook.domain.money import ZERO
from daybook.platforms.interface import Outcome
from daybook.platforms.xero import answers
from daybook.platforms.xero.authorisation import PLATFORM_NAME
from daybook.platforms.xero.client import Client
from daybook.platforms.xero.finding import Finder
from daybook.platforms.xero.parts import A_CUSTOMER, A_SUPPLIER, in_parts
from daybook.platforms.xero.payloads import CALLS, RESOURCES, Resource, payload, refusal, request_body


@dataclass(slots=True)
class _Task:
    """A document under way: what is written for it, and what became of each part, by its number.

    `ended` are the ids of parts that were taken back before.
    """

    document: Document
    parts: tuple[Document, ...] = ()
    done: dict[str, Written] = field(default_factory=dict)
    failed: dict[str, PlatformError] = field(default_factory=dict)
    refused: PlatformError | None = None
    ended: list[str] = field(default_factory=list)

    @property
    def in_several(self) -> bool:
        """Whether its parts have numbers of their own."""
        return any(part.reference != self.document.reference for part in self.parts)


@dataclass(slots=True)
class Writer:
    """Writes one batch of documents, none of which depends on another.

    `contact` gives the id of the contact that stands in where a document names none.
    """

    client: Client
    data: ReferenceData
    contact: Callable[[str], str]
    _stopped: PlatformError | None = None

    def write(self, documents: Sequence[Document]) -> list[Outcome]:
        """One outcome for each document, in order."""
        tasks = [_Task(document) for document in documents]
        try:
            self._prepare(tasks)
        except PlatformError as error:
            self._stopped = error
            return [task.refused or _unsent(error) for task in tasks]
        for resource in RESOURCES:
            waiting = [
                (task, part)
                for task in tasks
                for part in task.parts
                if CALLS[part.kind].resource is resource and part.reference not in task.done
            ]
            for start in range(0, len(waiting), resource.at_once):
                self._send(resource, waiting[start : start + resource.at_once])
        return [self._outcome(task) for task in tasks]

    def _prepare(self, tasks: Sequence[_Task]) -> None:
        """What is to be written of each document: the parts that are not there already."""
        finder = Finder(self.client)
        for task in tasks:
            parts = in_parts(task.document, self.data)
            reason = next((said for said in (refusal(part, self.data) for part in parts) if said), "")
            if reason:
                task.refused = PlatformRejected(PLATFORM_NAME, reason)
                continue
            try:
                task.parts = tuple(self._named(part) for part in parts)
            except PlatformRejected as rejected:
                task.refused = rejected
                continue
            if task.in_several:
                self._resume(task, finder)

    def _named(self, part: Document) -> Document:
        """The part with a contact where it stands in for one."""
        if part.contact in (A_CUSTOMER, A_SUPPLIER):
            return replace(part, contact=self.contact(part.contact))
        return part

    def _resume(self, task: _Task, finder: Finder) -> None:
        """Take note of the parts that are there; those of another plan are left for a person to look at."""
        kinds = [part.kind for part in task.parts]
        task.ended = finder.ended_parts(task.document.reference, task.document.dated, kinds)
        for found in finder.parts(task.document.reference, task.document.dated, kinds):
            ordinal, parts, total = found.number
            planned = task.parts[ordinal - 1] if ordinal <= len(task.parts) else None
            fits = planned is not None and planned.kind is found.kind and planned.total == found.held.total
            same_plan = (parts, total) == (len(task.parts), task.document.total)
            if planned is None or not fits or not same_plan or planned.reference in task.done:
                task.refused, task.parts = _elsewise(task.document), ()
                return
            task.done[planned.reference] = found.held

    def _send(self, resource: Resource, chunk: Sequence[tuple[_Task, Document]]) -> None:
        """One request; a batch refused as a whole is sent one by one, so that each is answered for itself."""
        if self._stopped is not None:
            self._fail(chunk, _unsent(self._stopped))
            return
        body = request_body(resource, [payload(part, self.data) for _, part in chunk])
        ended = sorted({each for task, _ in chunk for each in task.ended})
        try:
            reply = self.client.create(resource.path, body, in_batch=resource.at_once > 1, after=ended)
        except PlatformError as error:
            self._stop(chunk, error)
            return
        if reply.status == HTTPStatus.BAD_REQUEST and len(chunk) > 1:
            for one in chunk:
                self._send(resource, [one])
        elif not reply.ok:
            refused = answers.refused_request(reply)
            if isinstance(refused, PlatformRejected):
                self._fail(chunk, refused)
            else:
                self._stop(chunk, refused)
        else:
            self._take(resource, chunk, reply.json())

    def _take(self, resource: Resource, chunk: Sequence[tuple[_Task, Document]], answer: Any) -> None:
        """What the answer says of each document."""
        elements = answer.get(resource.name) if isinstance(answer, Mapping) else None
        if not isinstance(elements, list) or len(elements) != len(chunk):
            self._stop(chunk, answers.unreadable())
            return
        for (task, part), element in zip(chunk, elements, strict=True):
            became = answers.outcome(part, element)
            if isinstance(became, Written):
                task.done[part.reference] = became
            elif isinstance(became, PlatformUnclear):
                self._stop([(task, part)], became)
            else:
                task.failed[part.reference] = became

    def _stop(self, chunk: Sequence[tuple[_Task, Document]], error: PlatformError) -> None:
        self._stopped = error
        self._fail(chunk, error)

    def _fail(self, chunk: Sequence[tuple[_Task, Document]], error: PlatformError) -> None:
        for task, part in chunk:
            task.failed[part.reference] = error

    def _outcome(self, task: _Task) -> Outcome:
        if task.refused is not None:
            return task.refused
        if not task.failed:
            return _whole(task)
        errors = sorted(task.failed.values(), key=_weight)
        if not task.done or not isinstance(errors[0], PlatformRejected | PlatformUnavailable):
            return errors[0]
        if isinstance(errors[0], PlatformRejected) and self._taken_back(task):
            return errors[0]
        message = f"Part of it is in Xero; the rest is still to be written. {errors[0].message}"
        return PlatformUnclear(PLATFORM_NAME, message)

    def _taken_back(self, task: _Task) -> bool:
        """Take the parts that are there out of the books, since the rest will never be; whether it worked."""
        if self._stopped is not None:
            return False
        for part in task.parts:
            held = task.done.get(part.reference)
            if held is not None and not self._took_back(part, held):
                return False
        return True

    def _took_back(self, part: Document, held: Written) -> bool:
        resource = CALLS[part.kind].resource
        ended = {resource.id_field: held.platform_id, "Status": resource.dead[0]}
        body = request_body(resource, [payload(part, self.data) | ended])
        try:
            reply = self.client.change(f"{resource.path}/{held.platform_id}", body)
        except PlatformError as error:
            self._stopped = error
            return False
        answer = reply.json()
        elements = answer.get(resource.name) if reply.ok and isinstance(answer, Mapping) else None
        return isinstance(elements, list) and elements != [] and not answers.messages(elements[0])


def _whole(task: _Task) -> Written:
    """What Xero holds of a document; of one written as others its own total, but for what theirs are off."""
    held = [task.done[part.reference] for part in task.parts]
    if [part.kind for part in task.parts] == [task.document.kind]:
        return held[0]
    off = sum((each.total - part.total for each, part in zip(held, task.parts, strict=True)), ZERO)
    tax = tax_of_whole(task.document, task.parts, held)
    return Written(held[-1].platform_id, task.document.total + off, tax)


def _weight(error: PlatformError) -> int:
    """Which of several errors says what to do."""
    order = (PlatformUnclear, AuthorisationLost, SubscriptionExpired, PlatformRejected, PlatformUnavailable)
    return order.index(type(error))


def _unsent(stopped: PlatformError) -> PlatformError:
    """The error of a document that was not sent, because of one before."""
    if isinstance(stopped, AuthorisationLost | SubscriptionExpired):
        return stopped
    after = stopped.retry_after if isinstance(stopped, PlatformUnavailable) else None
    return PlatformUnavailable(PLATFORM_NAME, f"Not sent yet. {stopped.message}", after)


def _elsewise(document: Document) -> PlatformUnclear:
    message = (
        f"Xero has parts of {document.reference} that were written in another way. So that nothing is booked "
        f"twice, nothing was sent. Delete what has a number beginning with {document.reference}. in Xero."
    )
    return PlatformUnclear(PLATFORM_NAME, message)
