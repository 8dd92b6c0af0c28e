"""QuickBooks Online as an accounting platform: what is read, found and written through one connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

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
from daybook.domain.ledger import ACTIVE, Account, Contact, ReferenceData, Written
from daybook.platforms.access import Access
from daybook.platforms.interface import Outcome
from daybook.platforms.quickbooks import faults, reading
from daybook.platforms.quickbooks.additions import new_account, new_contact, new_customer, new_item
from daybook.platforms.quickbooks.client import MOST_IN_BATCH, Query, Record, client, quoted
from daybook.platforms.quickbooks.faults import PLATFORM_NAME
from daybook.platforms.quickbooks.finding import Finder
from daybook.platforms.quickbooks.forms import searched_by_day
from daybook.platforms.quickbooks.numbers import LONGEST
from daybook.platforms.quickbooks.writing import Writer

# Whose the debts are that a journal moves on accounts which QuickBooks keeps by customer or supplier.
OWN_CUSTOMER, OWN_SUPPLIER = "Daily sales", "Payment provider"

_ALL = "Active in (true, false)"
_PARTS = {
    "company": (Query("CompanyInfo"), Query("Preferences")),
    "accounts": (Query("Account", _ALL),),
    "taxRates": (Query("TaxCode"), Query("TaxRate"), Query("TaxAgency")),
    "customers": (Query("Customer", _ALL),),
    "suppliers": (Query("Vendor", _ALL),),
    "items": (Query("Item", "Type = 'Service' and Name like '%(Daybook %'"),),
}
_CONTACTS = ("customers", "suppliers")


class QuickBooksBooks:
    """Platform (see `platforms/interface.py`) over one company in QuickBooks Online."""

    writes_in_steps = True
    reference_parts = tuple(_PARTS)

    def __init__(self, access: Access) -> None:
        self._reference = access.reference
        self._client = client(access)
        self._items: dict[str, str] = {}
        self._stand_ins: dict[str, str] = {}

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        """Accounts, tax codes, contacts and the company: one request, another for each thousand of a list."""
        read = self._reference.renewed if fresh else self._reference.data
        return read(self._read)

    def read_part(self, part: str) -> Any:
        """One part of the reference data: its lists, as QuickBooks says them."""
        lists = self._client.query(_PARTS[part])
        return [reading.plain_contacts(each) for each in lists] if part in _CONTACTS else lists

    def join_parts(self, parts: Mapping[str, Any]) -> ReferenceData:
        """The reference data of all parts."""
        return self._reference.renewed(
            lambda: _joined([each for part in self.reference_parts for each in parts[part]])
        )

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, whole, or None."""
        if len(reference) > LONGEST:  # none so long is ever sent
            return None
        return Finder(self._client, searched_by_day(self.reference_data())).find(kind, reference, dated)

    def write(self, documents: Sequence[Document]) -> list[Outcome]:
        """Write documents none of which depends on another; one outcome for each, in order."""
        try:
            data = self.reference_data()
        except (PlatformUnavailable, AuthorisationLost, SubscriptionExpired) as error:
            return [error for _ in documents]
        outcomes = Writer(self._client, data, self._stand_in, self._item_of).write(documents)
        if any(isinstance(each, PlatformRejected) for each in outcomes):
            self._reference.forget()  # an account may have changed since it was read
        return outcomes

    def create_account(self, name: str, code: str, type: str) -> Account:  # noqa: A002 - the field's own term
        """Add an account to the chart. Raises PlatformRejected, PlatformUnclear."""
        data = self.reference_data()
        asked = new_account(name, code, type, data.accounts)
        made = self._made("Account", asked)
        self._reference.forget()
        return reading.account({**asked, **made}, data.company.base_currency)

    def create_customer(self, customer: NewCustomer) -> Contact:
        """Add a customer, or answer the one with this name.

        Raises PlatformRejected, PlatformUnclear (do it again).
        """
        return self._contact("Customer", new_customer(customer))

    def create_supplier(self, name: str) -> Contact:
        """Add a vendor, or answer the one with this name.

        Raises PlatformRejected, PlatformUnclear (do it again).
        """
        return self._contact("Vendor", new_contact(name))

    def _contact(self, entity: str, asked: dict[str, Any]) -> Contact:
        named = Query(entity, f"DisplayName = {quoted(asked['DisplayName'])}")
        for each in self._client.query([named])[0]:
            found = reading.contact(each)
            if found.status == ACTIVE:
                return found
        made = self._made(entity, asked)
        self._reference.forget()
        return reading.contact({**asked, **made})

    def _read(self) -> ReferenceData:
        """All parts at once, which is metered as one request."""
        return _joined(self._client.query([each for lists in _PARTS.values() for each in lists]))

    def _stand_in(self, role: str) -> str:
        """The id of the contact for what has none: a customer's or a supplier's, by the type of account."""
        known = self._stand_ins.get(role)
        if known is None:
            data = self.reference_data()
            is_customer = role == reading.RECEIVABLE
            name, listed = (OWN_CUSTOMER, data.customers) if is_customer else (OWN_SUPPLIER, data.suppliers)
            ids = [x.id for x in listed if x.status == ACTIVE and x.name.casefold() == name.casefold()]
            entity = "Customer" if is_customer else "Vendor"
            known = ids[0] if ids else self._contact(entity, new_contact(name)).id
            self._stand_ins[role] = known
        return known

    def _item_of(self, accounts: Sequence[str]) -> dict[str, str | PlatformRejected]:
        """The item for each account, made where there is none yet; or why there is none."""
        data = self.reference_data()
        self._items = {**data.details.get("items", {}), **self._items}
        by_id = {account.id: account for account in data.accounts}
        missing = [by_id[each] for each in accounts if each not in self._items and each in by_id]
        refused: dict[str, str | PlatformRejected] = {}
        for start in range(0, len(missing), MOST_IN_BATCH):
            some = missing[start : start + MOST_IN_BATCH]
            for account, element in zip(some, self._create_items(some), strict=True):
                became = self._item(account, element)
                if isinstance(became, str):
                    self._items[account.id] = became
                else:
                    refused[account.id] = became
        if missing:
            self._reference.forget()
        gone = PlatformRejected(PLATFORM_NAME, "An account is no longer in QuickBooks. Choose another one.")
        return {each: self._items.get(each) or refused.get(each, gone) for each in accounts}

    def _create_items(self, accounts: Sequence[Account]) -> list[Record]:
        try:
            return self._client.create([("Item", new_item(account)) for account in accounts], named=True)
        except PlatformUnclear as unclear:  # an item that is there already is found by its name
            raise PlatformUnavailable(PLATFORM_NAME, unclear.message) from None

    def _item(self, account: Account, element: Record) -> str | PlatformRejected:
        """What became of an account's item. Raises what says nothing of this one item."""
        made = element.get("Item")
        if isinstance(made, dict) and made.get("Id"):
            return str(made["Id"])
        found = faults.faults(element)
        if any(fault.code == faults.DUPLICATE_NAME for fault in found):
            named = Query("Item", f"Name = {quoted(reading.item_name(account))}")
            known = reading.items(self._client.query([named])[0])
            if account.id in known:
                return known[account.id]
        error: PlatformError = faults.error(found) if found else faults.unclear()
        if isinstance(error, PlatformRejected):
            reason = f'No product for the account "{account.name}" can be added. {error.message}'
            return PlatformRejected(PLATFORM_NAME, reason)
        if isinstance(error, PlatformUnclear):
            raise PlatformUnavailable(PLATFORM_NAME, error.message)
        raise error

    def _made(self, entity: str, asked: Record) -> Record:
        """The one thing a request added. Raises PlatformError."""
        (element,) = self._client.create([(entity, asked)], named=True)
        found = faults.faults(element)
        if found:
            raise faults.error(found)
        made = element.get(entity)
        if not isinstance(made, dict) or not made.get("Id"):
            raise faults.unclear()
        return made


def _joined(lists: Sequence[Sequence[Record]]) -> ReferenceData:
    """The reference data that all lists make, in their order."""
    company, preferences, *others = lists
    if not company or not preferences:
        raise PlatformUnavailable(PLATFORM_NAME, "QuickBooks does not say whose books these are.")
    return reading.reference_data(reading.Lists(company[0], preferences[0], *others))
