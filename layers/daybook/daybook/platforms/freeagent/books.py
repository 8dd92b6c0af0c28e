"""FreeAgent as an accounting platform: what is read, found and written through one merchant's connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformRejected,
    PlatformUnavailable,
    SubscriptionExpired,
)
from daybook.domain.ledger import ACTIVE, Account, Contact, ReferenceData, Written
from daybook.platforms.access import Access
from daybook.platforms.freeagent import reading
from daybook.platforms.freeagent.additions import new_category, new_contact
from daybook.platforms.freeagent.client import Record, client
from daybook.platforms.freeagent.finding import Finder
from daybook.platforms.freeagent.parts import A_CUSTOMER
from daybook.platforms.freeagent.writing import Writer
from daybook.platforms.interface import Outcome, one_by_one

# Whose the debts are that a journal moves on Trade Debtors and Trade Creditors.
OWN_CUSTOMER, OWN_SUPPLIER = "Daily sales", "Payment provider"


class FreeAgentBooks:
    """Platform (see `platforms/interface.py`) over one company in FreeAgent."""

    writes_in_steps = True
    reference_parts = ("company", "accounts", "bankAccounts", "contacts", "periods")

    def __init__(self, access: Access) -> None:
        self._reference = access.reference
        self._client = client(access)
        self._stand_ins: dict[str, str] = {}
        self._finder: Finder | None = None

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        """Accounts, tax rates, contacts and the company, hidden ones included: at least five reads."""
        read = self._reference.renewed if fresh else self._reference.data
        return read(self._read)

    def read_part(self, part: str) -> Any:
        """One part of the reference data, as FreeAgent says it."""
        match part:
            case "company":
                return self._client.element("/v2/company", "company")
            case "accounts":
                return self._client.whole("/v2/categories")
            case "bankAccounts":
                return self._client.listed("/v2/bank_accounts", "bank_accounts")
            case "contacts":
                return reading.plain_contacts(self._contacts())
            case _:
                return {
                    "returns": self._client.listed_if_there("/v2/vat_returns", "vat_returns"),
                    "locks": self._client.listed_if_there("/v2/account_locks", "account_locks"),
                }

    def join_parts(self, parts: Mapping[str, Any]) -> ReferenceData:
        """The reference data of all parts."""
        return self._reference.renewed(lambda: self._joined(parts))

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, whole and in the books, or None."""
        if self._finder is None:  # the lists it read serve several documents, until something is written
            self._finder = self._new_finder(self.reference_data())
        return self._finder.find(kind, reference, dated)

    def write(self, documents: Sequence[Document]) -> list[Outcome]:
        """Write documents none of which depends on another, one by one: FreeAgent takes no batches."""
        try:
            data = self.reference_data()
        except (PlatformUnavailable, AuthorisationLost, SubscriptionExpired) as error:
            return [error for _ in documents]
        self._finder = None
        writer = Writer(self._client, data, self._new_finder(data), self._stand_in)
        outcomes = one_by_one(documents, writer.write)
        if any(isinstance(each, PlatformRejected) for each in outcomes):
            self._reference.forget()  # a category may have changed since it was read
        return outcomes

    def create_account(self, name: str, code: str, type: str) -> Account:  # noqa: A002 - the field's own term
        """Add a category to the chart. Raises PlatformRejected, PlatformUnclear."""
        data = self.reference_data(fresh=True)
        asked = new_category(name, code, type, data.details["companyType"], data.accounts)
        groups = {"income": reading.INCOME, "admin_expenses": reading.EXPENSES}
        group = groups.get(asked["category_group"], reading.GENERAL)
        made = self._client.create("/v2/categories", group, {"category": asked})
        self._reference.forget()
        return reading.category({**asked, **made.element, "url": made.url}, group, data.company.base_currency)

    def create_customer(self, customer: NewCustomer) -> Contact:
        """Add a contact, or answer the one with this name.

        Raises PlatformRejected, PlatformUnclear (do it again).
        """
        asked = new_contact(customer)
        wanted = asked["organisation_name"].casefold()
        for record in self._contacts():
            known = reading.contact(record)
            if known.name.casefold() == wanted and known.status == ACTIVE:
                return known
        made = self._client.create("/v2/contacts", "contact", {"contact": asked})
        self._reference.forget()
        return reading.contact({**asked, **made.element, "url": made.url})

    def create_supplier(self, name: str) -> Contact:
        """Add a contact, or answer the one with this name: customers and suppliers are one list.

        Raises PlatformRejected, PlatformUnclear (do it again).
        """
        return self.create_customer(NewCustomer(name=name))

    def _read(self) -> ReferenceData:
        return self._joined({part: self.read_part(part) for part in self.reference_parts})

    def _joined(self, parts: Mapping[str, Any]) -> ReferenceData:
        company, accounts, banks, contacts, periods = (parts[part] for part in self.reference_parts)
        return reading.reference_data(
            company, accounts, banks, contacts, periods["returns"], periods["locks"]
        )

    def _contacts(self) -> list[Record]:
        return self._client.listed("/v2/contacts", "contacts", {"view": "all"})

    def _new_finder(self, data: ReferenceData) -> Finder:
        return Finder(self._client, [each.id for each in data.accounts if each.is_bank])

    def _stand_in(self, role: str) -> str:
        """The id of the contact for what has none: a customer's or a supplier's."""
        known = self._stand_ins.get(role)
        if known is None:
            name = OWN_CUSTOMER if role == A_CUSTOMER else OWN_SUPPLIER
            known = self.create_customer(NewCustomer(name)).id
            self._stand_ins[role] = known
        return known
