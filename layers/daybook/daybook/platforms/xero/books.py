"""Xero as an accounting platform: what is read, found and written through one merchant's connection."""

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
from daybook.platforms.interface import Outcome
from daybook.platforms.transport import Reply
from daybook.platforms.xero import answers, reading
from daybook.platforms.xero.additions import new_account, new_contact
from daybook.platforms.xero.client import Record, client
from daybook.platforms.xero.finding import Finder
from daybook.platforms.xero.parts import A_CUSTOMER
from daybook.platforms.xero.writing import Writer

# Whose the debts and the money are that a journal moves on accounts which Xero keeps by contact.
OWN_CUSTOMER, OWN_SUPPLIER = "Daily sales", "Payment provider"


class XeroBooks:
    """Platform (see `platforms/interface.py`) over one organisation in Xero."""

    writes_in_steps = True
    reference_parts = ("company", "accounts", "taxRates", "contacts")

    def __init__(self, access: Access) -> None:
        self._reference = access.reference
        self._client = client(access)
        self._stand_ins: dict[str, str] = {}
        self._finder: Finder | None = None

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        """Accounts, tax rates, contacts and the company, archived ones included: at least four reads."""
        read = self._reference.renewed if fresh else self._reference.data
        return read(self._read)

    def read_part(self, part: str) -> Any:
        """One part of the reference data, as Xero says it."""
        match part:
            case "company":
                organisations = self._client.read("/Organisation", "Organisations")
                if not organisations:
                    raise PlatformUnavailable("Xero", "Xero does not say whose books these are.")
                return organisations[0]
            case "accounts":
                return self._client.read("/Accounts", "Accounts")
            case "taxRates":
                return self._client.read("/TaxRates", "TaxRates")
            case _:
                contacts = {"summaryOnly": "true", "includeArchived": "true"}
                return reading.plain_contacts(self._client.read_pages("Contacts", contacts))

    def join_parts(self, parts: Mapping[str, Any]) -> ReferenceData:
        """The reference data of all parts."""
        return self._reference.renewed(lambda: self._joined(parts))

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, whole, or None."""
        if self._finder is None:  # the lists it read serve several documents, until something is written
            self._finder = Finder(self._client)
        return self._finder.find(kind, reference, dated)

    def write(self, documents: Sequence[Document]) -> list[Outcome]:
        """Write documents none of which depends on another; one outcome for each, in order."""
        try:
            data = self.reference_data()
        except (PlatformUnavailable, AuthorisationLost, SubscriptionExpired) as error:
            return [error for _ in documents]
        self._finder = None
        outcomes = Writer(self._client, data, self._stand_in).write(documents)
        if any(isinstance(each, PlatformRejected) for each in outcomes):
            self._reference.forget()  # an account may have changed since it was read
        return outcomes

    def create_account(self, name: str, code: str, type: str) -> Account:  # noqa: A002 - the field's own term
        """Add an account to the chart; asset and liability accounts made this way take payments.

        Raises PlatformRejected.
        """
        base = self.reference_data().company.base_currency
        known = [
            reading.account(each, base)
            for each in self._client.read("/Accounts", "Accounts")
            if each.get("AccountID")
        ]
        asked = new_account(name, code, type, known)
        made = self._made(self._client.create("/Accounts", asked, in_batch=False), "Accounts", "AccountID")
        self._reference.forget()
        return reading.account({**asked, **made}, base)

    def create_customer(self, customer: NewCustomer) -> Contact:
        """Add a customer, or answer the one with this name.

        Raises PlatformRejected, PlatformUnclear (do it again).
        """
        asked = new_contact(customer)
        name = asked["Name"]
        searched = {"searchTerm": name, "summaryOnly": "true"}
        for each in self._client.read_pages("Contacts", searched):
            if str(each.get("Name", "")).casefold() == name.casefold():
                found = reading.contact(each)
                if found.status == ACTIVE:
                    return found
        body = {"Contacts": [asked]}
        made = self._made(self._client.create("/Contacts", body), "Contacts", "ContactID")
        self._reference.forget()
        return reading.contact({**asked, **made})

    def create_supplier(self, name: str) -> Contact:
        """Add a contact, or answer the one with this name: customers and suppliers are one list.

        Raises PlatformRejected, PlatformUnclear (do it again).
        """
        return self.create_customer(NewCustomer(name=name))

    def _read(self) -> ReferenceData:
        return self._joined({part: self.read_part(part) for part in self.reference_parts})

    def _joined(self, parts: Mapping[str, Any]) -> ReferenceData:
        return reading.reference_data(*(parts[part] for part in self.reference_parts))

    def _stand_in(self, role: str) -> str:
        """The id of the contact for what has none: a customer's or a supplier's."""
        known = self._stand_ins.get(role)
        if known is None:
            name = OWN_CUSTOMER if role == A_CUSTOMER else OWN_SUPPLIER
            named = [each for each in self.reference_data().customers if each.status == ACTIVE]
            ids = [each.id for each in named if each.name.casefold() == name.casefold()]
            known = ids[0] if ids else self.create_customer(NewCustomer(name)).id
            self._stand_ins[role] = known
        return known

    def _made(self, reply: Reply, name: str, id_field: str) -> Record:
        """The one thing a request added. Raises PlatformError."""
        answer = reply.json()
        if not reply.ok:
            raise answers.refused_request(reply)
        elements = answer.get(name) if isinstance(answer, dict) else None
        if not elements or not isinstance(elements[0], dict):
            raise answers.unreadable()
        if answers.messages(elements[0]):
            raise answers.refused(answers.messages(elements[0]))
        if not elements[0].get(id_field):
            raise answers.unreadable()
        made: Record = elements[0]
        return made
