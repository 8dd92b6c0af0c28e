"""What a scenario is made of, and short ways to write the records a partner would send for it.

Bodies are in the partner's own shapes, amounts as `Decimal`, exactly as the product parses them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Body = dict[str, Any]
Record = tuple[str, Body]
JOURNAL, INVOICE = "JournalEntry", "Invoice"
WRITTEN, NOTHING_TO_WRITE, CONFIGURATION, MAPPING = 2000, 2040, 4000, 4200


@dataclass(frozen=True, slots=True)
class Entry:
    """What one business day gains in the ledger: account name to amount, debit positive.

    A name may carry the tax treatment of its part in brackets, as "Sales [20%]"; `by_account` merges these.
    """

    day: date
    lines: Mapping[str, Decimal]

    def by_account(self) -> dict[str, Decimal]:
        """The lines with the treatments of one account added up."""
        merged: dict[str, Decimal] = {}
        for name, amount in self.lines.items():
            plain = name.split(" [")[0]
            merged[plain] = merged.get(plain, Decimal(0)) + amount
        return {name: amount for name, amount in merged.items() if amount}


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """A tax mapping: a combination of the source's components, and the ledger's rate they take.

    `components` is empty for lines without any tax. `percent` and `exempt` identify the ledger's rate;
    `account` is the name, in the expected entries, of the account its tax goes to ("" when there is none).
    """

    components: tuple[str, ...]
    percent: Decimal
    account: str = ""
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. `phases`, `expected`, `statuses` and `withheld` have an item per phase.

    Each phase is pushed, then a sync covers all days; `expected` is what that sync adds. `withheld` names
    accounts not mapped yet in that phase. `settings` are company settings by dotted name. `accounts` maps
    an account name of the expected entries to the account keys it is selected for.
    """

    id: int
    title: str
    phases: list[list[Record]]
    expected: list[list[Entry]]
    accounts: Mapping[str, tuple[str, ...]]
    taxes: tuple[TaxTreatment, ...] = ()
    currency: str = "GBP"
    base_currency: str = ""
    zone: str = "Europe/London"
    statuses: list[int] = field(default_factory=list)
    settings: Mapping[str, str] = field(default_factory=dict)
    withheld: Sequence[frozenset[str]] = ()
    invoice_statuses: list[int] = field(default_factory=list)
    first_day: date = date(2026, 3, 1)

    @property
    def expected_status(self) -> int:
        """The status code of the first phase's sync."""
        return self.status(0)

    @property
    def account_keys(self) -> Mapping[str, tuple[str, ...]]:
        """Account name to the account keys it is selected for."""
        return self.accounts

    @property
    def ledger_currency(self) -> str:
        """The base currency of the merchant's ledger."""
        return self.base_currency or self.currency

    def status(self, phase: int, output_format: str = JOURNAL) -> int:
        """The status code with which the sync of a phase ends."""
        if output_format == INVOICE and self.invoice_statuses:
            return self.invoice_statuses[phase]
        if self.statuses:
            return self.statuses[phase]
        return WRITTEN if self.expected[phase] else NOTHING_TO_WRITE

    def entries(self, phase: int, output_format: str = JOURNAL) -> list[Entry]:
        """What the sync of a phase adds to the ledger."""
        if (
            output_format == INVOICE
            and self.invoice_statuses
            and self.status(phase, INVOICE) >= CONFIGURATION
        ):
            return []
        return self.expected[phase]

    def unmapped(self, phase: int) -> frozenset[str]:
        """Names of accounts (or of tax accounts) left out of the configuration in this phase."""
        return self.withheld[phase] if self.withheld else frozenset()


def day(number: int) -> date:
    """D1 is Monday 2 March 2026; D40 is 10 April, after the clocks have changed."""
    return date.fromordinal(date(2026, 3, 2).toordinal() + number - 1)


def at(number: int, clock: str = "12:00:00") -> str:
    """An instant on day `number`."""
    return f"{day(number).isoformat()}T{clock}Z"


def money(text: str) -> Decimal:
    """An amount."""
    return Decimal(text)


def lines(on: date | int, amounts: Mapping[str, str]) -> Entry:
    """An entry: signed amounts by account name, debit positive."""
    when = day(on) if isinstance(on, int) else on
    return Entry(when, {name: Decimal(amount) for name, amount in amounts.items()})


def line(  # noqa: PLR0913 - the shape of an order line
    total: str,
    tax: str = "0",
    components: Mapping[str, str] | None = None,
    *,
    quantity: int = 1,
    percent: str = "0",
    product: str = "",
    unit_price: str = "",
    discount: str = "",
    number: int = 1,
) -> Body:
    """An order line; `components` is component id to tax amount, `total` includes `tax`."""
    body: Body = {
        "id": f"line-{number}",
        "quantity": quantity,
        "taxPercentage": money(percent),
        "totalAmount": money(total),
        "totalTaxAmount": money(tax),
        "unitPrice": money(unit_price) if unit_price else abs((money(total) - money(tax)) / quantity),
        "taxes": [
            {"taxComponentRef": {"id": component, "name": component.title()}, "taxAmount": money(amount)}
            for component, amount in (components or {}).items()
        ],
        "discountAllocations": [{"name": "Discount", "totalAmount": money(discount)}] if discount else [],
    }
    if product:
        body["productRef"] = {"id": product, "name": product.title()}
    return body


def standard(total: str, tax: str, **extra: Any) -> Body:
    """A line at 20 per cent, the component called "standard"."""
    return line(total, tax, {"standard": tax}, percent="20", **extra)


def payment(
    identifier: str,
    amount: str,
    kind: str = "Card",
    *,
    on: int = 1,
    status: str = "Paid",
    currency: str = "GBP",
    method: str = "",
    created: str = "",
) -> Body:
    """A payment, as embedded in an order or pushed on its own."""
    when = created or at(on)
    body: Body = {
        "id": identifier,
        "amount": money(amount),
        "currency": currency,
        "type": kind,
        "status": status,
        "createdDate": when,
        "modifiedDate": when,
    }
    if method:
        body["paymentMethodRef"] = {"id": method, "name": method.title()}
    return body


def charge(kind: str, total: str, tax: str = "0", description: str = "") -> Body:
    """A service charge; `total` includes `tax`, which is at 20 per cent if there is any."""
    taxed = money(tax) != 0
    taxes = [{"taxComponentRef": {"id": "standard", "name": "Standard"}, "taxAmount": money(tax)}]
    return {
        "description": description or kind,
        "totalAmount": money(total),
        "taxPercentage": 20 if taxed else 0,
        "taxAmount": money(tax),
        "taxes": taxes if taxed else [],
        "quantity": 1,
        "type": kind,
    }


def order(  # noqa: PLR0913 - the shape of an order
    identifier: str,
    order_lines: Sequence[Body],
    payments: Sequence[Body] = (),
    *,
    on: int = 1,
    created: str = "",
    closed: str = "",
    charges: Sequence[Body] = (),
    gratuity: str = "0",
    refund: str = "0",
    total: str = "",
    discount: str = "0",
    modified: str = "",
    currency: str = "GBP",
) -> Record:
    """An order; its totals are added up from the parts unless `total` says otherwise."""
    when = created or at(on)
    parts = sum((part["totalAmount"] for part in (*order_lines, *charges)), Decimal(0))
    taxes = [part["totalTaxAmount"] for part in order_lines] + [part["taxAmount"] for part in charges]
    body: Body = {
        "id": identifier,
        "orderNumber": f"N-{identifier}",
        "country": "GBR",
        "currency": currency,
        "createdDate": when,
        "totalAmount": money(total) if total else parts,
        "totalRefund": money(refund),
        "totalTaxAmount": sum(taxes, Decimal(0)),
        "totalDiscount": money(discount),
        "totalGratuity": money(gratuity),
        "orderLineItems": [{**part, "id": f"line-{number}"} for number, part in enumerate(order_lines, 1)],
        "payments": list(payments),
        "serviceCharges": list(charges),
        "locationRef": {"id": "shop"},
        "modifiedDate": modified or when,
        "sourceModifiedDate": modified or when,
    }
    if closed:
        body["closedDate"] = closed
    return ("orders", body)


def transaction(
    identifier: str,
    kind: str,
    amount: str,
    *,
    on: int = 1,
    sub_type: str = "",
    source: tuple[str, str] | None = None,
) -> Record:
    """A transaction; `source` is (type, id). A `sub_type` goes with kind "Unknown"."""
    body: Body = {
        "id": identifier,
        "totalAmount": money(amount),
        "currency": "GBP",
        "type": kind,
        "createdDate": at(on),
        "modifiedDate": at(on),
        "sourceModifiedDate": at(on),
    }
    if sub_type:
        body["subType"] = sub_type
    if source:
        body["transactionSourceRef"] = {"type": source[0], "id": source[1]}
    return ("transactions", body)


def product(identifier: str, *, gift_card: bool = False, categories: Sequence[str] = ()) -> Record:
    """A product."""
    body: Body = {
        "id": identifier,
        "name": identifier.title(),
        "categorization": "",
        "description": "",
        "isGiftCard": gift_card,
        "productCategoryRefs": list(categories),
        "variants": [],
        "status": "Published",
        "createdDate": at(1, "00:00:00"),
        "modifiedDate": at(1, "00:00:00"),
        "sourceModifiedDate": at(1, "00:00:00"),
    }
    return ("products", body)


def category(identifier: str) -> Record:
    """A product category."""
    when = at(1, "00:00:00")
    body: Body = {
        "id": identifier,
        "name": identifier.title(),
        "modifiedDate": when,
        "sourceModifiedDate": when,
    }
    return ("productCategories", body)


def component(identifier: str, rate: str) -> Record:
    """A tax component; `rate` is a fraction of one."""
    when = at(1, "00:00:00")
    body: Body = {
        "id": identifier,
        "name": identifier.title(),
        "rate": money(rate),
        "isCompound": False,
        "modifiedDate": when,
        "sourceModifiedDate": when,
    }
    return ("taxComponents", body)


def method(identifier: str) -> Record:
    """A payment method of the partner's own."""
    when = at(1, "00:00:00")
    body: Body = {"id": identifier, "name": identifier.title(), "status": "Active", "modifiedDate": when}
    return ("paymentMethods", {**body, "sourceModifiedDate": when})


STANDARD = TaxTreatment(("standard",), Decimal(20), "Tax 20%")
NO_TAX = TaxTreatment((), Decimal(0))
STANDARD_COMPONENT = component("standard", "0.2")
