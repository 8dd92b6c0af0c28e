"""An organisation of the simulated Xero: its settings, what was written to it, and its ledger."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.simulators.ledger import SimulatedLedger
from tests.simulators.xero import chart
from tests.simulators.xero.refusals import Refused

Record = dict[str, Any]


@dataclass
class Held:
    """Everything that requests add or change, by id."""

    accounts: dict[str, Record] = field(default_factory=dict)
    contacts: dict[str, Record] = field(default_factory=dict)
    invoices: dict[str, Record] = field(default_factory=dict)
    credit_notes: dict[str, Record] = field(default_factory=dict)
    payments: dict[str, Record] = field(default_factory=dict)
    allocations: dict[str, Record] = field(default_factory=dict)
    bank_transactions: dict[str, Record] = field(default_factory=dict)
    bank_transfers: dict[str, Record] = field(default_factory=dict)
    journals: dict[str, Record] = field(default_factory=dict)


@dataclass
class Organisation:
    """Settings a test may change at any time, and what is held.

    `clearing` is what clearing accounts are: BANK, or CURRENT (then payments are enabled to them).
    `tax_tolerance`: how far, as a part of the computed tax, a TaxAmount may be from it; `least_tolerance`, in
    the currency, is always allowed where the rate is above zero. Xero says no figure; these are assumptions.
    `tax_off` is a fault: by so much more of a taxed document's total is taken for tax than was sent.
    """

    name: str = "Corner Cafe"
    country: str = "GB"
    base_currency: str = "GBP"
    time_zone: str = "GMTSTANDARDTIME"
    clearing: str = "BANK"
    currencies: tuple[str, ...] = ()
    period_lock: date | None = None
    year_lock: date | None = None
    reachable: bool = True
    tax_tolerance: Decimal = Decimal("0.10")
    least_tolerance: Decimal = Decimal("0.50")
    tax_off: Decimal = Decimal(0)
    clock: Callable[[], int] = lambda: 1_800_000_000
    ledger: SimulatedLedger = field(default_factory=SimulatedLedger)
    held: Held = field(default_factory=Held)

    def __post_init__(self) -> None:
        """Open the organisation with its chart, its rates, a customer and a supplier."""
        self._ids, self._numbers = uuid.uuid4(), 0
        self.id = self.new_id("organisation")
        self.currencies = tuple(dict.fromkeys((self.base_currency, *self.currencies)))
        self.tax_account = chart.TAX_ACCOUNTS.get(self.country, chart.OTHER_TAX_ACCOUNT)
        self.rates = {rate.tax_type: rate for rate in chart.tax_rates(self.country)}
        for row in chart.CHART:
            self._open(row)
        for name in (chart.DEFAULT_CUSTOMER, chart.DEFAULT_SUPPLIER):
            self.add_contact({"Name": name})

    @property
    def multicurrency(self) -> bool:
        """Whether documents may be in other currencies."""
        return len(self.currencies) > 1

    def now(self) -> datetime:
        """What the clock of the simulator says."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def new_id(self, what: str) -> str:
        """An id that nothing has yet."""
        self._numbers += 1
        return str(uuid.uuid5(self._ids, f"{what}/{self._numbers}"))

    def _open(self, row: chart.Row) -> None:
        kind = self.clearing if row.type == "CLEARING" else row.type
        name = self.tax_account if row.system == "GST" else row.name
        record = self.add_account(
            {
                "Code": row.code,
                "Name": name,
                "Type": kind,
                "EnablePaymentsToAccount": row.takes_payments or (row.type, kind) == ("CLEARING", "CURRENT"),
            }
        )
        if row.system:
            record["SystemAccount"] = row.system

    def add_account(self, given: Mapping[str, Any]) -> Record:
        """An account with what was given of it and the rest as Xero fills it in."""
        kind = given["Type"]
        usual = {"REVENUE": "Tax 20%", "EXPENSE": "Tax 20% on purchases"}.get(chart.CLASSES[kind])
        tax_type = next((rate.tax_type for rate in self.rates.values() if rate.name == usual), "NONE")
        record: Record = {
            "AccountID": self.new_id("account"),
            "Status": "ACTIVE",
            "TaxType": tax_type,
            "EnablePaymentsToAccount": False,
            "ShowInExpenseClaims": False,
            "HasAttachments": False,
            "AddToWatchlist": False,
            **({"BankAccountType": "BANK", "CurrencyCode": self.base_currency} if kind == "BANK" else {}),
            **given,
            "Class": chart.CLASSES[kind],
            "UpdatedDateUTC": self.now(),
        }
        if not record.get("Code"):
            record.pop("Code", None)
        self.held.accounts[record["AccountID"]] = record
        return record

    def add_contact(self, given: Mapping[str, Any]) -> Record:
        """A contact with what was given of it and the rest as Xero fills it in."""
        record: Record = {
            "ContactID": self.new_id("contact"),
            "ContactStatus": "ACTIVE",
            "IsSupplier": False,
            "IsCustomer": False,
            "HasAttachments": False,
            "HasValidationErrors": False,
            "Addresses": [],
            "Phones": [],
            "ContactGroups": [],
            "ContactPersons": [],
            **given,
            "UpdatedDateUTC": self.now(),
        }
        self.held.contacts[record["ContactID"]] = record
        return record

    def account_named(self, name: str) -> Record:
        """The account with this name (for tests). Raises KeyError."""
        for record in self.held.accounts.values():
            if record["Name"] == name:
                return record
        raise KeyError(name)

    def contact_named(self, name: str) -> Record:
        """The contact with this name (for tests). Raises KeyError."""
        for record in self.held.contacts.values():
            if record["Name"] == name:
                return record
        raise KeyError(name)

    def system(self, system: str) -> str:
        """The name of a system account."""
        found = [each for each in self.held.accounts.values() if each.get("SystemAccount") == system]
        return str(found[0]["Name"])

    def account(self, account_id: str | None, code: str | None) -> Record | None:
        """The account with this id, or else this code."""
        if account_id:
            return self.held.accounts.get(account_id.lower())
        for record in self.held.accounts.values():
            if code and record.get("Code") == code and record["Status"] != "DELETED":
                return record
        return None

    def check_lock(self, dated: date) -> None:
        """Refuse what is dated in a period that is locked."""
        locks = (("period", self.period_lock), ("end of year", self.year_lock))
        messages = [
            f"The document date cannot be before the {name} lock date, currently set at {lock:%d-%b-%Y}"
            for name, lock in locks
            if lock is not None and dated <= lock
        ]
        if messages:
            raise Refused(*messages)

    def currency(self, given: str | None) -> str:
        """The currency of a document."""
        code = given or self.base_currency
        if code not in self.currencies:
            raise Refused(f"Organisation is not subscribed to currency {code}")
        return code

    def post(self, label: str, dated: date, currency: str, lines: Iterable[tuple[str, Decimal]]) -> None:
        """Enter something in the ledger: (account name, amount), debit positive."""
        self.ledger.post(label, dated, currency, lines)

    def reverse(self, label: str) -> None:
        """Enter the opposite of what has this label, which nothing else has."""
        for entry in [each for each in self.ledger.entries if each.document == label]:
            self.ledger.post(
                f"{label} reversed",
                entry.dated,
                entry.currency,
                [(account, -amount) for account, amount in entry.lines],
            )

    def kept(self) -> tuple[Held, int]:
        """What to go back to when a request is refused as a whole."""
        return copy.deepcopy(self.held), len(self.ledger.entries)

    def back_to(self, kept: tuple[Held, int]) -> None:
        """Undo everything since."""
        self.held = kept[0]
        del self.ledger.entries[kept[1] :]


def as_date(given: Any, default: date, what: str = "Date") -> date:
    """A date of a request, in one of the forms that Xero takes."""
    if given is None:
        return default
    text = str(given)
    try:
        if text.startswith("/Date("):
            digits = text[6:].rstrip(")/").split("+")[0]
            return datetime.fromtimestamp(int(digits) // 1000, UTC).date()
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Refused(f"{what} is not a valid date: {text}") from None
