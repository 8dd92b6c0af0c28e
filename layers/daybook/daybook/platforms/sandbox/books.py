"""Sandbox books as an accounting platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import TAXED, Document, Kind
from daybook.domain.errors import AuthorisationLost, PlatformRejected, PlatformUnavailable
from daybook.domain.ledger import (
    Account,
    Books,
    Contact,
    Entry,
    ReferenceData,
    Settlement,
    Standing,
    Written,
    trial_balance,
)
from daybook.platforms.interface import Outcome, one_by_one
from daybook.platforms.sandbox import faults
from daybook.platforms.sandbox.chart import identifier
from daybook.platforms.sandbox.posting import PLATFORM_NAME, SETTLES, post, reject

ACCOUNT_TYPES = ("Asset", "Expense", "Income", "Liability", "Equity")
LONGEST_NAME = 150
# How often a write is tried again when somebody else changed the books or the settled document meanwhile.
_TRIES = 8

# A number is taken once among the documents of one family, as in other accounting software.
_FAMILIES = {
    Kind.INVOICE: "sales",
    Kind.CREDIT_NOTE: "sales",
    Kind.BILL: "purchases",
    Kind.BILL_CREDIT_NOTE: "purchases",
    Kind.PAYMENT: "payments",
    Kind.REFUND: "payments",
    Kind.BILL_PAYMENT: "payments",
    Kind.BILL_REFUND: "payments",
    Kind.SPEND_MONEY: "bank",
    Kind.RECEIVE_MONEY: "bank",
    Kind.TRANSFER: "bank",
    Kind.JOURNAL: "journals",
}


class LedgerStore(Protocol):
    """Where one company's ledger is kept. Every write is all or nothing."""

    def read(self) -> Books | None:
        """The reference data, or None when the books were never opened."""
        ...

    def standing(self, document_id: str) -> Standing | None:
        """A booked document, or None."""
        ...

    def book(
        self, version: int, entry: Entry, standing: Standing, settlement: Settlement | None = None
    ) -> bool:
        """Book a document; False, and nothing is booked, when what was read before is no longer so."""
        ...

    def add(
        self,
        version: int,
        *,
        accounts: Sequence[Account] = (),
        customers: Sequence[Contact] = (),
        suppliers: Sequence[Contact] = (),
    ) -> bool:
        """Add to the reference data or replace parts of it; False when it is no longer as it was read."""
        ...

    def entries(self, first: date | None = None, last: date | None = None) -> Iterable[Entry]:
        """Every entry dated from `first` to `last`, in the order of their dates."""
        ...


def document_id(company_id: str, kind: Kind, reference: str) -> str:
    """The id of the document with this number."""
    return identifier(company_id, f"document/{_FAMILIES[kind]}", reference)


class SandboxBooks:
    """Platform (see `platforms/interface.py`) over a ledger of our own."""

    writes_in_steps = False
    reference_parts: Sequence[str] = ()

    def __init__(self, company_id: str, ledger: LedgerStore) -> None:
        self._company_id = company_id
        self._ledger = ledger
        # Every write is refused unless the books still have this version, so that reading them once will do.
        self._books: Books | None = None

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:  # noqa: ARG002 - always is
        """Accounts, tax rates, contacts and the company, archived ones included."""
        return self._read().data

    def read_part(self, part: str) -> Any:
        """Raises KeyError: these books are all there, in no parts."""
        raise KeyError(part)

    def join_parts(self, parts: Mapping[str, Any]) -> ReferenceData:  # noqa: ARG002 - there are none
        """The reference data."""
        return self.reference_data()

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:  # noqa: ARG002 - numbers are unique
        """The document with this reference, or None when it is certainly absent."""
        standing = self._ledger.standing(document_id(self._company_id, kind, reference))
        if standing is None or standing.kind is not kind:
            return None
        return _written(standing)

    def write(self, documents: Sequence[Document]) -> Sequence[Outcome]:
        """Book documents; what became of each."""
        return one_by_one(documents, self.write_one)

    def write_one(self, document: Document) -> Written:
        """Book one document. Raises PlatformRejected; PlatformUnavailable when the books keep changing."""
        identity = document_id(self._company_id, document.kind, document.reference)
        for _ in range(_TRIES):
            if self._ledger.standing(identity) is not None:
                reject(document, "another document has this number already.")
            books, (entry, standing, settlement) = self._posted(document, identity)
            if self._ledger.book(books.version, entry, standing, settlement):
                faults.fail_after_write(_fault(books))
                return _written(standing)
            self._books = None
        raise PlatformUnavailable(PLATFORM_NAME, "The books are being changed by others. Try again.")

    def create_account(self, name: str, code: str, type: str) -> Account:  # noqa: A002 - the field's own term
        """Add an account to the chart; asset and liability accounts made this way take payments.

        Raises PlatformRejected for an unknown type, and for a name or code that is taken.
        """
        name, code = name.strip(), code.strip()
        if type not in ACCOUNT_TYPES:
            raise PlatformRejected(PLATFORM_NAME, f"An account's type is one of {', '.join(ACCOUNT_TYPES)}.")
        _check_name(name, "An account")
        for _ in range(_TRIES):
            books = self._read()
            for each in books.data.accounts:
                if each.name.casefold() == name.casefold() or (code and each.code == code):
                    raise PlatformRejected(
                        PLATFORM_NAME, f'There is an account "{each.name}" with the code {each.code} already.'
                    )
            account = Account(
                id=identifier(self._company_id, "account", name),
                code=code,
                name=name,
                type=type,
                takes_payments=type in ("Asset", "Liability"),
                currency=books.data.company.base_currency,
            )
            if self._ledger.add(books.version, accounts=(account,)):
                return account
        raise PlatformUnavailable(PLATFORM_NAME, "The books are being changed by others. Try again.")

    def create_customer(self, customer: NewCustomer) -> Contact:
        """Add a customer, or answer the one with this name. Only the name is kept.

        Raises PlatformRejected.
        """
        return self._create_contact("customer", customer.name.strip())

    def create_supplier(self, name: str) -> Contact:
        """Add a supplier, or answer the one with this name. Raises PlatformRejected."""
        return self._create_contact("supplier", name.strip())

    def balances(self) -> Sequence[tuple[str, str, Decimal]]:
        """(account id, currency, signed balance, debit positive) of every account that has moved."""
        return [
            (account, currency, balance)
            for currency, by_account in sorted(trial_balance(self._ledger.entries()).items())
            for account, balance in sorted(by_account.items())
        ]

    def _create_contact(self, role: str, name: str) -> Contact:
        _check_name(name, f"A {role}")
        for _ in range(_TRIES):
            books = self._read()
            customer = role == "customer"
            known = books.data.customers if customer else books.data.suppliers
            contact = next((each for each in known if each.name.casefold() == name.casefold()), None)
            if contact is not None:
                return contact
            contact = Contact(identifier(self._company_id, role, name), name)
            added = (
                self._ledger.add(books.version, customers=(contact,))
                if customer
                else self._ledger.add(books.version, suppliers=(contact,))
            )
            if added:
                return contact
        raise PlatformUnavailable(PLATFORM_NAME, "The books are being changed by others. Try again.")

    def _settled(self, document: Document) -> Standing | None:
        target = SETTLES.get(document.kind)
        if target is None:
            return None
        identity = document.settles
        if not identity:
            identity = document_id(self._company_id, target, document.settles_reference)
        return self._ledger.standing(identity)

    def _posted(
        self, document: Document, identity: str
    ) -> tuple[Books, tuple[Entry, Standing, Settlement | None]]:
        """The entry of a document; a refusal counts only from books just read."""
        settled = self._settled(document)
        if self._books is not None:
            try:
                return self._books, _post(document, self._books, identity, settled)
            except PlatformRejected:
                self._books = None
        self._books = self._read()
        return self._books, _post(document, self._books, identity, settled)

    def _read(self) -> Books:
        books = self._ledger.read()
        if books is None:
            raise AuthorisationLost(PLATFORM_NAME, "These books were never opened: link the connection.")
        faults.fail_read(_fault(books))
        return books


def _post(
    document: Document, books: Books, identity: str, settled: Standing | None
) -> tuple[Entry, Standing, Settlement | None]:
    faults.fail_before_write(_fault(books))
    return post(document, books.data, identity, settled)


def _written(standing: Standing) -> Written:
    return Written(standing.id, standing.total, standing.tax if standing.kind in TAXED else None)


def _fault(books: Books) -> str:
    """What the books are switched to fail at, "" for nothing."""
    fault: str = books.data.details.get("fault", "")
    return fault


def _check_name(name: str, what: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PlatformRejected(PLATFORM_NAME, f"{what} needs a name of at most {LONGEST_NAME} characters.")
