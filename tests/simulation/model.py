"""What the merchant and the partner did, as they would remember it, and what the books must hold for it.

Nothing here is the product's: records by identity with the rule of which version stands, the selections of
every configuration saved, and the fold of both (`tests/fold`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from local.merchant import Choices
from tests.fold import Choice, Span, fold
from tests.simulation.trade import CATALOGUE, Body, Record

ZONES = ("Europe/London", "America/New_York", "Asia/Kathmandu")
START = date(2026, 3, 3)
Key = tuple[str, ...]

ACCOUNTS = {
    "sales": "Sales",
    "refund": "Refunds",
    "gratuity": "Tips payable",
    "prepaid": "Gift card liability",
    "prepaidDiscount": "Promotions expense",
    "serviceCharge": "Service charge income",
    "shipping": "Shipping income",
    "overpayment": "Customer overpayments",
    "rounding": "Rounding",
    "deposits": "Customer deposits",
    "cash": "Cash on hand",
    "card": "Card clearing",
    "onlineCard": "Online card clearing",
    "prepaidPayment": "Gift card liability",
    "storeCredit": "Store credit liability",
    "invoice": "Accounts receivable",
    "payout": "Bank current account",
    "paymentFee": "Payment fees",
    "paymentFeeRefund": "Payment fees",
    "payoutFee": "Payout fees",
    "loan": "Loan payable",
    "dispute": "Disputed funds",
}
# Accounts that are archived now and then, all of them replaceable by another selection.
ARCHIVABLE = ("Sales", "Cash on hand", "Refunds", "Tax 20% payable")


@dataclass(frozen=True, slots=True)
class Selection:
    """A configuration, as the choices in which one differs from another."""

    output_format: str = "Invoice"
    sales: str = "Sales"
    cash: str = "Cash on hand"
    refund: str = "Refunds"
    standard: str = "20%"
    zone: str = ZONES[0]
    sync_hour: int = 0
    by_location: bool = False
    by_category: bool = False

    @property
    def accounts(self) -> dict[str, str]:
        """Account key to account name."""
        chosen = {**ACCOUNTS, "sales": self.sales, "cash": self.cash, "refund": self.refund}
        if self.by_category:
            chosen |= {"sales-drinks": "Sales: Drinks", "sales-other": self.sales}
        return chosen

    def choices(self) -> Choices:
        """The same for whoever configures a company by name."""
        return Choices(
            self.accounts,
            {
                ("standard",): f"Tax {self.standard}",
                ("reduced",): "Tax 5%",
                ("exempt",): "Exempt",
            },
            output_format=self.output_format,
            start=f"{START}T00:00:00Z",
            zone=self.zone,
            sync_hour=self.sync_hour,
            line_groups=("ProductCategory",) if self.by_category else (),
        )

    def choice(self) -> Choice:
        """The same for the fold."""
        taxes = {
            frozenset(["standard"]): f"Tax {self.standard} payable",
            frozenset(["reduced"]): "Tax 5% payable",
            frozenset(["exempt"]): "Exempt tax payable",
        }
        return Choice(
            self.accounts,
            taxes,
            zone=self.zone,
            sync_hour=self.sync_hour,
            categories=self.by_category,
        )


@dataclass
class Model:
    """The latest records, and every configuration by its version."""

    standing: dict[Key, Record] = field(default_factory=dict)
    newest: dict[Key, str] = field(default_factory=dict)
    selections: dict[int, Selection] = field(default_factory=dict)

    def push(self, record: Record) -> None:
        """A version of a record: it stands if its source changed it later than any version seen."""
        key, when = key_of(record), record[1]["sourceModifiedDate"]
        if when > self.newest.get(key, ""):
            self.newest[key] = when
            self.standing[key] = record

    def delete(self, data_type: str, identifier: str) -> None:
        """Delete by id alone; of transactions every one with the id."""
        for key in [each for each in self.standing if each[:2] == (data_type, identifier)]:
            del self.standing[key]

    def books(
        self, current: Selection, kept: Mapping[date, int], spans: Sequence[Span]
    ) -> dict[date, dict[tuple[str, str], Decimal]]:
        """What every business day from the start date on must have moved."""
        records = [("shop", kind, body) for kind, body in (*CATALOGUE, *self.standing.values())]
        by_day = {when: self.selections[version].choice() for when, version in kept.items()}
        ledger = fold(records, current.choice(), by_day, spans)
        found = {when: ledger.day(when) for when in list(ledger.days) if when >= START}
        return {when: moved for when, moved in found.items() if moved}


def key_of(record: Record) -> Key:
    """Data type, id, and for transactions the type."""
    kind, body = record
    if kind == "transactions":
        return kind, body["id"], body["type"], body.get("subType", "")
    return kind, body["id"]


def edited(selection: Selection, **changes: Any) -> Selection:
    """A selection with some choices made otherwise."""
    return replace(selection, **changes)


def deletion(body: Body) -> Body:
    """What deletes a record."""
    return {"id": body["id"]}
