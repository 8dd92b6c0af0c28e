"""Writing documents to FreeAgent: a call for each thing; drafts are looked at before they count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from daybook.domain.documents import Document
from daybook.domain.errors import PlatformError, PlatformRejected, PlatformUnavailable, PlatformUnclear
from daybook.domain.ledger import ReferenceData, Written, difference, tax_of_whole
from daybook.domain.money import ZERO
from daybook.platforms.freeagent import answers
from daybook.platforms.freeagent.authorisation import PLATFORM_NAME
from daybook.platforms.freeagent.client import Client
from daybook.platforms.freeagent.finding import Finder, Found
from daybook.platforms.freeagent.parts import A_CUSTOMER, A_SUPPLIER, in_parts
from daybook.platforms.freeagent.payloads import CALLS, amount, is_draft, payload


@dataclass(slots=True)
class Writer:
    """Writes documents, each as a whole or, where that is known, not at all.

    `contact` gives the id of the contact that stands in where a document names none.
    """

    client: Client
    data: ReferenceData
    finder: Finder
    contact: Callable[[str], str]

    def write(self, document: Document) -> Written:
        """Write one document, going on from what is there of it. Raises PlatformError."""
        parts = [self._named(part) for part in in_parts(document, self.data)]
        bodies = [payload(part, self.data) for part in parts]
        in_steps = len(parts) > 1 or CALLS[document.kind].resource.is_sent
        there = self._there(document, parts) if in_steps else {}
        done: list[Written] = []
        for part, body in zip(parts, bodies, strict=True):
            found = there.get(part.reference)
            try:
                done.append(self._resumed(part, found) if found else self._created(part, body))
            except PlatformRejected as rejected:
                if not self._taken_back(done):
                    raise _unfinished(rejected) from rejected
                raise
            except PlatformUnavailable as unavailable:
                if done:
                    raise _unfinished(unavailable) from unavailable
                raise
        return _whole(document, parts, done)

    def _named(self, part: Document) -> Document:
        """The part with a contact where it stands in for one."""
        if part.contact in (A_CUSTOMER, A_SUPPLIER):
            return replace(part, contact=self.contact(part.contact))
        return part

    def _there(self, document: Document, parts: list[Document]) -> dict[str, Found]:
        """The parts that are there. Raises PlatformUnclear when they are not those of this plan."""
        planned = {part.reference: part for part in parts}
        there = {}
        for reference, found in self.finder.parts(document, parts).items():
            part = planned.get(reference)
            fits = part is not None and len(found) == 1 and found[0].kind is part.kind
            if part is None or not fits or not _agrees(part, found[0].held):
                raise _elsewise(document, reference, found[0].held)
            there[reference] = found[0]
        return there

    def _resumed(self, part: Document, found: Found) -> Written:
        if found.is_draft and not is_draft(part):
            self.client.mark_as_sent(found.held.platform_id)
        return found.held

    def _created(self, part: Document, body: object) -> Written:
        """Create a part, and take it back when FreeAgent made something else of it."""
        resource = CALLS[part.kind].resource
        made = self.client.create(resource.path, resource.element, body)
        held = answers.held(part.kind, made.element, made.url)
        if held is None:
            raise answers.unreadable()
        if not _agrees(part, held):
            if self._gone(made.url):
                raise _differs(part, held)
            return held
        if resource.is_sent and not is_draft(part):
            try:
                self.client.mark_as_sent(made.url)
            except PlatformRejected:
                self._gone(made.url)
                raise
        return held

    def _taken_back(self, done: list[Written]) -> bool:
        """Take the parts that are there out of the books, since the rest will never be; whether it worked."""
        return all(self._gone(held.platform_id) for held in reversed(done))

    def _gone(self, url: str) -> bool:
        try:
            return self.client.delete(url)
        except PlatformError:
            return False


def _agrees(part: Document, held: Written) -> bool:
    return not difference(part, held)


def _whole(document: Document, parts: list[Document], done: list[Written]) -> Written:
    """What FreeAgent holds of a document; of one in parts its own total, but for what theirs are off."""
    if len(parts) == 1:
        return done[0]
    off = sum((held.total - part.total for held, part in zip(done, parts, strict=True)), ZERO)
    return Written(done[-1].platform_id, document.total + off, tax_of_whole(document, parts, done))


def _differs(part: Document, held: Written) -> PlatformRejected:
    message = (
        f"FreeAgent made {amount(held.total)} with {amount(held.tax or ZERO)} tax of {part.reference}, which "
        f"is {amount(part.total)} with {amount(part.tax or ZERO)} tax. It was taken "
        "back. Look at the tax rates of the accounts in FreeAgent, and at those in Daybook's settings."
    )
    return PlatformRejected(PLATFORM_NAME, message)


def _elsewise(document: Document, reference: str, held: Written) -> PlatformUnclear:
    message = (
        f"FreeAgent has a {reference} of {amount(held.total)} that is not what {document.reference} would be "
        "written as. So that nothing is booked twice, nothing was sent. Delete it in FreeAgent, or give it "
        "another reference."
    )
    return PlatformUnclear(PLATFORM_NAME, message)


def _unfinished(error: PlatformError) -> PlatformUnclear:
    message = f"Part of it is in FreeAgent; the rest is still to be written. {error.message}"
    return PlatformUnclear(PLATFORM_NAME, message)
