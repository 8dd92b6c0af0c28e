"""A company of the simulated FreeAgent: its settings, what was written to it, and its ledger."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.simulators.freeagent import chart
from tests.simulators.freeagent.values import (
    ZERO,
    Record,
    invalid,
    moment,
    not_found,
    number,
    refuse_unless,
)
from tests.simulators.ledger import SimulatedLedger

COLLECTIONS = (
    "contacts",
    "bank_accounts",
    "invoices",
    "credit_notes",
    "credit_note_reconciliations",
    "bills",
    "bank_transactions",
    "bank_transaction_explanations",
    "journal_sets",
)


@dataclass(eq=False)
class Company:
    """Settings a test may change at any time, and what is held.

    References to other resources are kept without the host, as "/v2/contacts/1", and numbers as Decimal;
    what begins with "_" is never answered. `locked_to` is the account lock. `permission_level` is the user's.
    Which groups of categories an invoice's and a bill's items may have is an assumption from the web
    application's own lists: FreeAgent documents only that they are for income and for costs.
    `tax_off` is a fault: by so much more of a taxed document's total is taken for tax than was sent.
    """

    name: str = "Corner Cafe"
    country: str = "GB"
    base_currency: str = "GBP"
    subdomain: str = "cornercafe"
    locked_to: date | None = None
    permission_level: int = 8
    vat_registered: bool = True
    takes_overpayments: bool = False
    references_unique: bool = True
    journals_take_control_accounts: bool = True
    tax_off: Decimal = ZERO
    invoice_groups: frozenset[str] = frozenset({chart.INCOME})
    bill_groups: frozenset[str] = frozenset({chart.COST_OF_SALES, chart.ADMIN_EXPENSES})
    rates: tuple[str, ...] = chart.RATES
    clock: Callable[[], float] = time.time
    numbers: Counter[str] = field(default_factory=Counter)
    ledger: SimulatedLedger = field(default_factory=SimulatedLedger)
    categories: dict[str, Record] = field(default_factory=dict)
    held: dict[str, dict[str, Record]] = field(default_factory=lambda: {name: {} for name in COLLECTIONS})

    def __post_init__(self) -> None:
        """Open the company with its categories, its bank accounts, a customer and a supplier."""
        for row in chart.CHART:
            self.add_category(row)
        for name in chart.BANK_ACCOUNTS:
            self.add_bank_account(name, self.base_currency)
        if self.base_currency != chart.FOREIGN_BANK_ACCOUNT[1]:
            self.add_bank_account(*chart.FOREIGN_BANK_ACCOUNT)
        for name in (chart.DEFAULT_CUSTOMER, chart.DEFAULT_SUPPLIER):
            self.add("contacts", {"organisation_name": name, "status": "Active", "charge_sales_tax": "Auto"})

    def today(self) -> date:
        """What day it is."""
        return datetime.fromtimestamp(self.clock(), UTC).date()

    def balances(self, currency: str) -> dict[str, Decimal]:
        """Name of a category or bank account -> balance, debit positive; nought left out."""
        return self.ledger.balances(currency)

    def add(self, collection: str, fields: Mapping[str, Any]) -> Record:
        """Keep a new resource."""
        held = self.held[collection]
        self.numbers[collection] += 1
        identifier = str(self.numbers[collection])
        stamp = moment(self.clock())
        record: Record = {
            "url": f"/v2/{collection}/{identifier}",
            **fields,
            "created_at": stamp,
            "updated_at": stamp,
        }
        held[identifier] = record
        return record

    def touch(self, record: Record) -> None:
        """Say that a resource has changed."""
        record["updated_at"] = moment(self.clock())

    def add_category(self, row: chart.Row, auto_rate: str = "Standard rate") -> Record:
        """A category in its list."""
        record: Record = {
            "url": f"/v2/categories/{row.code}",
            "description": row.name,
            "nominal_code": row.code,
            "_group": row.group,
            "_needs": row.needs,
        }
        if row.group in chart.GROUP_DESCRIPTIONS:
            record["group_description"] = chart.GROUP_DESCRIPTIONS[row.group]
            record["auto_sales_tax_rate"] = auto_rate
        if row.group in (chart.COST_OF_SALES, chart.ADMIN_EXPENSES):
            record["allowable_for_tax"] = True
        self.categories[row.code] = record
        return record

    def add_bank_account(self, name: str, currency: str) -> Record:
        """A bank account."""
        first = not self.held["bank_accounts"]
        return self.add(
            "bank_accounts",
            {
                "type": "StandardBankAccount",
                "name": name,
                "currency": currency,
                "is_personal": False,
                "is_primary": first,
                "status": "active",
                "opening_balance": ZERO,
            },
        )

    def named(self, collection: str, name: str) -> Record:
        """The contact or bank account with this name (for tests). Raises KeyError."""
        for record in self.held[collection].values():
            if name in (record.get("name"), record.get("organisation_name")):
                return record
        raise KeyError(name)

    def category_named(self, name: str) -> Record:
        """The category with this name (for tests). Raises KeyError."""
        for record in self.categories.values():
            if record["description"] == name:
                return record
        raise KeyError(name)

    def find(self, collection: str, reference: Any) -> Record:
        """The resource that a reference is to; not found when it is to none."""
        prefix = f"/v2/{collection}/"
        if not isinstance(reference, str) or not reference.startswith(prefix):
            raise not_found()
        found = self.held[collection].get(reference.removeprefix(prefix))
        if found is None:
            raise not_found()
        return found

    def category(self, reference: Any) -> Record:
        """The category that a reference is to; not found when it is to none."""
        if not isinstance(reference, str) or not reference.startswith("/v2/categories/"):
            raise not_found()
        code = reference.removeprefix("/v2/categories/")
        main = code.split("-")[0]
        found = self.categories.get(code) or (self.categories.get(main) if main == chart.BANK else None)
        if found is None:
            raise not_found()
        return found

    def contact(self, reference: Any) -> Record:
        """The contact of a document, which must not be hidden."""
        if not reference:
            raise invalid("contact can't be blank")
        found = self.find("contacts", reference)
        refuse_unless((found["status"] == "Active", "contact is hidden"))
        return found

    def currency(self, given: Any) -> str:
        """The currency of a document."""
        code = str(given or self.base_currency)
        refuse_unless((code in chart.CURRENCIES, "currency is not included in the list"))
        return code

    def rate(self, given: Mapping[str, Any], category: Record, *, never: bool = False) -> Decimal:
        """The rate of a line in percent: as given, or as its category has it. `never`: none unless given.

        Refuses what is none of the company's rates.
        """
        asked = given.get("sales_tax_rate")
        status = given.get("sales_tax_status")
        if status in ("EXEMPT", "OUT_OF_SCOPE"):
            return ZERO
        refuse_unless((status in (None, "TAXABLE"), "sales_tax_status is not included in the list"))
        if asked in (None, "") or str(asked).lower() == "auto":
            own = chart.AUTO_RATES.get(category.get("auto_sales_tax_rate", ""))
            return Decimal(own or 0) if self.vat_registered and not never else ZERO
        rate = number(given, "sales_tax_rate")
        known = {Decimal(each) for each in self.rates} if self.vat_registered else {ZERO}
        refuse_unless((rate in known, "sales_tax_rate is not one of the rates of the company"))
        return rate

    def check_lock(self, dated: date) -> None:
        """Refuse what is dated in a period that is locked."""
        refuse_unless((not self.is_locked(dated), "dated_on is in a locked period"))

    def is_locked(self, dated: date) -> bool:
        """Whether a date is in a period that is locked."""
        return self.locked_to is not None and dated <= self.locked_to

    def post(self, record: Record, dated: date, currency: str, lines: Iterable[tuple[str, Decimal]]) -> None:
        """Enter a document in the ledger: (name, amount), debit positive."""
        self.ledger.post(record["url"], dated, currency, lines)

    def reverse(self, record: Record) -> None:
        """Take a document out of the ledger."""
        self.ledger.entries[:] = [each for each in self.ledger.entries if each.document != record["url"]]

    def code_name(self, code: str) -> str:
        """What the ledger calls a category."""
        return str(self.categories[code]["description"])
