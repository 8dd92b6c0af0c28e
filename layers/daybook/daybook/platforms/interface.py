"""What Daybook asks of an accounting platform. Adding one means one module that does this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.ledger import (
    ACTIVE,
    ARCHIVED,
    Account,
    Contact,
    LedgerCompany,
    ReferenceData,
    TaxRate,
    Written,
)

__all__ = [
    "ACTIVE",
    "ARCHIVED",
    "Account",
    "Contact",
    "LedgerCompany",
    "NewCustomer",
    "Outcome",
    "Platform",
    "ReferenceData",
    "TaxRate",
    "Written",
    "not_sent",
    "one_by_one",
    "write_one",
]


# What became of a document: it is written, or why it is not, or why that is not known.
Outcome = Written | PlatformError

_OUT_OF_REACH = (PlatformUnavailable, PlatformUnclear, AuthorisationLost, SubscriptionExpired)


def one_by_one(documents: Sequence[Document], write_one: Callable[[Document], Written]) -> list[Outcome]:
    """Write documents one after another; after one whose answer did not come the rest is not sent."""
    outcomes: list[Outcome] = []
    for number, document in enumerate(documents):
        try:
            outcomes.append(write_one(document))
        except PlatformRejected as rejected:
            outcomes.append(rejected)
        except _OUT_OF_REACH as trouble:
            return [*outcomes, trouble, *not_sent(trouble, len(documents) - number - 1)]
    return outcomes


def not_sent(trouble: PlatformError, count: int) -> list[Outcome]:
    """The outcomes of so many documents that were not sent because of this trouble with one before them."""
    unsent: PlatformError = trouble
    if isinstance(trouble, PlatformUnclear):
        unsent = PlatformUnavailable(trouble.platform, trouble.message)
    return [unsent] * count


def write_one(platform: Platform, document: Document) -> Written:
    """Write one document. Raises what kept it from being written."""
    (outcome,) = platform.write([document])
    if isinstance(outcome, PlatformError):
        raise outcome
    return outcome


class Platform(Protocol):
    """An accounting platform, seen through one merchant's connection.

    Every call may raise PlatformUnavailable, AuthorisationLost or SubscriptionExpired. `writes_in_steps`
    where a document may take several calls: one that is not found may then be there in part.
    `reference_parts` are what reference data is read in, in order; none where all of it is there at once.
    """

    writes_in_steps: bool
    reference_parts: Sequence[str]

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        """Accounts, tax rates, contacts and the company, archived ones included.

        Where reads are metered, as last read unless that is too long ago or `fresh` is asked for.
        """
        ...

    def read_part(self, part: str) -> Any:
        """One part of the reference data as JSON values, for `join_parts`; nothing of it is kept."""
        ...

    def join_parts(self, parts: Mapping[str, Any]) -> ReferenceData:
        """The reference data that all of the parts make, from now on what was last read."""
        ...

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, or None when it is certainly absent."""
        ...

    def write(self, documents: Sequence[Document]) -> Sequence[Outcome]:
        """Write documents of which none depends on another; what became of each, in their order.

        In as few calls as the platform allows. Each is Written; or PlatformRejected (certainly not written),
        PlatformUnclear (look it up), or whatever else kept it from being sent. A document that takes several
        calls goes on from what is there of it.
        """
        ...

    def create_account(self, name: str, code: str, type: str) -> Account:  # noqa: A002 - the field's own term
        """Add an account to the chart. Raises PlatformRejected."""
        ...

    def create_customer(self, customer: NewCustomer) -> Contact:
        """Add a customer, or answer the one with this name where there is one, so that it may be repeated.

        Raises PlatformRejected (certainly not added) or PlatformUnclear (do it again).
        """
        ...

    def create_supplier(self, name: str) -> Contact:
        """Add a supplier, or answer the one with this name where there is one, so that it may be repeated.

        Raises PlatformRejected (certainly not added) or PlatformUnclear (do it again).
        """
        ...
