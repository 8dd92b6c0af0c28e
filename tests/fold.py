"""What every account must hold in the end, worked out from the records alone.

This is the second opinion against which the product is checked. It shares no code with it and knows nothing
of documents, syncs or adjustments: it takes the final state of every record, order by order, and adds up.
Where the product compares and corrects, this simply posts. Amounts are signed, debit positive.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

Body = dict[str, Any]
ZERO = Decimal(0)

FALLBACKS = {
    "sales-other": "sales",
    "serviceCharge": "sales",
    "shipping": "sales",
    "overpayment": "sales",
    "rounding": "sales",
    "prepaidDiscount": "sales",
    "refund": "sales",
    "deposits": "invoice",
    "paymentFeeTax": "paymentFee",
    "payoutFee": "paymentFee",
    "paymentFeeRefund": "paymentFee",
    "disputeLoss": "paymentFee",
    "disputeFee": "paymentFee",
}
PAYMENT_KEYS = {"Prepaid": "prepaidPayment"}
PLACES = {"JPY": 0, "KRW": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
AGAINST_CARD = (
    "loan loanPayment loanFee cashback dispute disputeFee reserve payoutFee paymentFeeTax".split()  # noqa: SIM905
)


@dataclass
class Choice:
    """The merchant's selections, by name of account key.

    `tax_accounts` is by combination of component ids (a frozenset); `percent_accounts` by percentage, for
    lines that name no component. `categories` is true when product categories are selected at line level.
    """

    accounts: dict[str, str]
    tax_accounts: dict[frozenset[str], str] = field(default_factory=dict)
    percent_accounts: dict[Decimal, str] = field(default_factory=dict)
    zone: str = "Europe/London"
    sync_hour: int = 0
    sales_date: str = "created"
    categories: bool = False


class Ledger:
    """Balances by day, currency and account."""

    def __init__(self, choice: Choice) -> None:
        """Start empty."""
        self.choice = choice
        self.days: dict[date, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))

    def balances(self) -> dict[tuple[str, str], Decimal]:
        """(currency, account) to balance; accounts that come to nothing are left out."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        for postings in self.days.values():
            for place, amount in postings.items():
                sums[place] += amount
        return {place: amount for place, amount in sums.items() if amount}

    def day(self, when: date) -> dict[tuple[str, str], Decimal]:
        """One day's net postings."""
        return {place: amount for place, amount in self.days[when].items() if amount}

    def account(self, key: str) -> str:
        """The account selected for a key, or for the one it falls back to."""
        while key not in self.choice.accounts:
            if key.startswith("sales-") and key != "sales-other":
                key = "sales-other"
            elif key.startswith("custom-"):
                key = "custom"
            elif key in FALLBACKS:
                key = FALLBACKS[key]
            else:
                message = f"no account is selected for {key}"
                raise KeyError(message)
        return self.choice.accounts[key]

    def post(self, when: date, currency: str, key: str, amount: Decimal) -> None:
        """Debit (or, negative, credit) the account of a key."""
        if amount:
            self.days[when][currency, self.account(key)] += amount

    def post_tax(self, when: date, currency: str, part: Body, amount_field: str, sign: int) -> None:
        """Debit or credit the tax of a line or charge where its treatment says."""
        total = number(part.get(amount_field))
        if not total:
            return
        components = components_of(part)
        whole = frozenset(components)
        if not components:
            place = self.choice.percent_accounts[number(part.get("taxPercentage"))]
            self.days[when][currency, place] += sign * total
        elif whole in self.choice.tax_accounts:
            self.days[when][currency, self.choice.tax_accounts[whole]] += sign * total
        else:
            for component, amount in components.items():
                place = self.choice.tax_accounts[frozenset([component])]
                self.days[when][currency, place] += sign * amount

    def day_of(self, text: str) -> date:
        """The business day of a time as a source wrote it."""
        zone = ZoneInfo(self.choice.zone)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            early = moment.replace(tzinfo=zone, fold=0)
            exists = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment
            moment = early if exists else moment.replace(tzinfo=zone, fold=1)
        local = moment.astimezone(UTC).astimezone(zone)
        return local.date() - timedelta(days=1 if local.hour < self.choice.sync_hour else 0)


def number(value: object) -> Decimal:
    """An amount as sent; nothing is nought."""
    return Decimal(str(value)) if value not in (None, "") else ZERO


def components_of(part: Body) -> dict[str, Decimal]:
    """Tax component ids of a line or charge, with their amounts."""
    found: dict[str, Decimal] = {}
    for tax in part.get("taxes") or []:
        component = tax["taxComponentRef"]["id"]
        amount = tax["taxAmount"] if tax.get("taxAmount") not in (None, "") else tax.get("rate")
        found[component] = found.get(component, ZERO) + number(amount)
    return found


def payment_key(payment: Body) -> str:
    """The account key of a payment's type."""
    kind = payment.get("type") or "Unknown"
    if kind == "Custom":
        return f"custom-{(payment.get('paymentMethodRef') or {}).get('id', '')}"
    return str(PAYMENT_KEYS.get(kind, kind[0].lower() + kind[1:]))


def is_paid(payment: Body) -> bool:
    """Whether the money came in (or went out)."""
    return str(payment.get("status", "")).lower() == "paid"


def fold(records: list[tuple[str, str, Body]], choice: Choice) -> Ledger:
    """Add up the latest records, given as (connection, data type, body)."""
    ledger = Ledger(choice)
    for connection in sorted({record[0] for record in records}):
        mine: dict[str, list[Body]] = defaultdict(list)
        for owner, data_type, body in records:
            if owner == connection:
                mine[data_type].append(body)
        fold_connection(ledger, mine)
    return ledger


def fold_connection(ledger: Ledger, mine: dict[str, list[Body]]) -> None:
    """One shop: orders with their payments, then payments of no order, then the provider's transactions."""
    products = {product["id"]: product for product in mine["products"]}
    apart = {payment["id"]: payment for payment in mine["payments"]}
    seen: set[str] = set()
    of_order, handed_out = read_links(mine["transactions"])
    for order in mine["orders"]:
        payments = {payment["id"]: payment for payment in order.get("payments") or []}
        payments |= {each: apart[each] for each in of_order[order["id"]] if each in apart}
        seen |= set(payments)
        given = sum((handed_out[identifier] for identifier in payments), ZERO)
        paid = [payment for payment in payments.values() if is_paid(payment)]
        fold_order(ledger, order, paid, products, given)
    for payment in mine["payments"]:
        if payment["id"] not in seen and is_paid(payment):
            when, amount = ledger.day_of(payment["createdDate"]), number(payment["amount"])
            ledger.post(when, payment["currency"], payment_key(payment), amount)
            ledger.post(when, payment["currency"], "invoice", -amount)
    for transaction in mine["transactions"]:
        fold_transaction(ledger, transaction)
    for dispute in mine["disputes"]:
        if str(dispute.get("status", "")).lower() in ("lost", "accepted"):
            when, amount = ledger.day_of(dispute["sourceModifiedDate"]), abs(number(dispute["totalAmount"]))
            ledger.post(when, dispute["currency"], "disputeLoss", amount)
            ledger.post(when, dispute["currency"], "dispute", -amount)


def read_links(transactions: list[Body]) -> tuple[dict[str, list[str]], dict[str, Decimal]]:
    """Order id to the payments that transactions join to it; payment id to the cash handed out with it."""
    of_order: dict[str, list[str]] = defaultdict(list)
    handed_out: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for transaction in transactions:
        source = transaction.get("transactionSourceRef") or {}
        if transaction["type"].lower() in ("payment", "refund") and source.get("type") == "Order":
            of_order[source["id"]].append(transaction["id"])
        if str(transaction.get("subType", "")).lower() == "cashbackgiven":
            handed_out[source.get("id", "")] += abs(number(transaction["totalAmount"]))
    return of_order, handed_out


def fold_order(
    ledger: Ledger, order: Body, payments: list[Body], products: dict[str, Body], given: Decimal
) -> None:
    """One order: what was sold, what came back, and every payment against what was due."""
    currency = order["currency"]
    dated = order.get("closedDate") if ledger.choice.sales_date == "closed" else order["createdDate"]
    sale_day = ledger.day_of(dated) if dated else None
    timed = sorted(((ledger.day_of(each["createdDate"]), each) for each in payments), key=_in_before_out)
    deposits = ZERO
    for when, payment in timed:
        if sale_day is None or when < sale_day:
            amount = number(payment["amount"])
            deposits += amount
            ledger.post(when, currency, payment_key(payment), amount)
            ledger.post(when, currency, "deposits", -amount)
    if sale_day is None:
        return
    sold = [line for line in order.get("orderLineItems") or [] if number(line.get("quantity")) >= 0]
    due = post_sale(ledger, sale_day, order, sold, products)
    ledger.post(sale_day, currency, "deposits", deposits)
    ledger.post(sale_day, currency, "invoice", -deposits)
    back = [line for line in order.get("orderLineItems") or [] if number(line.get("quantity")) < 0]
    if back:
        outgoing = [when for when, payment in timed if number(payment["amount"]) < 0]
        return_day = sale_day
        if sold:
            return_day = outgoing[0] if outgoing else ledger.day_of(order["sourceModifiedDate"])
        for line in back:
            value = post_line(ledger, return_day, currency, line, products, "refund")
            ledger.post(return_day, currency, "invoice", value)
    refundable = [] if back else sold + list(order.get("serviceCharges") or [])
    since = [(when, payment) for when, payment in timed if when >= sale_day]
    post_payments(ledger, currency, since, due - deposits + given, None if back else refundable, products)


def post_sale(
    ledger: Ledger, when: date, order: Body, sold: list[Body], products: dict[str, Body]
) -> Decimal:
    """Post what was sold with charges, tip and rounding, against who owes it; answers what is due."""
    currency = order["currency"]
    due = ZERO
    for line in sold:
        due += post_line(ledger, when, currency, line, products, "sale")
    for charge in order.get("serviceCharges") or []:
        due += post_charge(ledger, when, currency, charge)
    tip = number(order.get("totalGratuity"))
    rounding = rounding_of(order)
    ledger.post(when, currency, "gratuity", -tip)
    ledger.post(when, currency, "rounding", -rounding)
    ledger.post(when, currency, "invoice", due + tip + rounding)
    return due + tip + rounding


def post_payments(  # noqa: PLR0913 - a small world, passed along
    ledger: Ledger,
    currency: str,
    timed: list[tuple[date, Body]],
    owed: Decimal,
    refundable: list[Body] | None,
    products: dict[str, Body],
) -> None:
    """Post payments since the sale. `refundable` is None where goods came back: money then settles those."""
    for when, payment in timed:
        amount = number(payment["amount"])
        if amount > 0 and payment_key(payment) == "invoice":
            continue  # what is paid "by invoice" stays due, as if nothing had been paid
        ledger.post(when, currency, payment_key(payment), amount)
        if amount < 0 and refundable is not None:
            released = min(-amount, max(-owed, ZERO))
            ledger.post(when, currency, "invoice", released)
            refund_money(ledger, when, currency, -amount - released, refundable, products)
            owed += released
        else:
            ledger.post(when, currency, "invoice", -amount)
            owed -= amount


def _in_before_out(timed: tuple[date, Body]) -> tuple[date, bool]:
    return timed[0], number(timed[1]["amount"]) < 0


def post_line(  # noqa: PLR0913 - a small world, passed along
    ledger: Ledger, when: date, currency: str, line: Body, products: dict[str, Body], event: str
) -> Decimal:
    """Post a line sold or brought back, but not who owes it; answers its signed value with tax."""
    total, tax = number(line.get("totalAmount")), number(line.get("totalTaxAmount"))
    product = products.get((line.get("productRef") or {}).get("id", ""), {})
    if product.get("isGiftCard"):
        off = sum((number(each["totalAmount"]) for each in line.get("discountAllocations") or []), ZERO)
        ledger.post(when, currency, "prepaid", -(total + off))
        ledger.post(when, currency, "prepaidDiscount", off)
        return total
    key = "refund" if event == "refund" else sales_key(ledger, product)
    ledger.post(when, currency, key, -(total - tax))
    ledger.post_tax(when, currency, line, "totalTaxAmount", -1)
    return total


def sales_key(ledger: Ledger, product: Body) -> str:
    """`sales`, or the first category of the product that has an account."""
    if not ledger.choice.categories:
        return "sales"
    for reference in product.get("productCategoryRefs") or []:
        category = reference["id"] if isinstance(reference, dict) else reference
        if f"sales-{category}" in ledger.choice.accounts:
            return f"sales-{category}"
    return "sales-other"


def post_charge(ledger: Ledger, when: date, currency: str, charge: Body) -> Decimal:
    """Post a service charge; answers its value with tax."""
    total, tax = number(charge.get("totalAmount")), number(charge.get("taxAmount"))
    keys = {"shipping": "shipping", "overpayment": "overpayment"}
    ledger.post(when, currency, keys.get(str(charge.get("type")).lower(), "serviceCharge"), -(total - tax))
    ledger.post_tax(when, currency, charge, "taxAmount", -1)
    return total


def rounding_of(order: Body) -> Decimal:
    """What the order's own total adds to its parts: a till rounding cash, or a source rounding lines."""
    if order.get("totalAmount") in (None, ""):
        return ZERO
    parts = sum((number(part.get("totalAmount")) for part in order.get("orderLineItems") or []), ZERO)
    parts += sum((number(part.get("totalAmount")) for part in order.get("serviceCharges") or []), ZERO)
    total, refund = number(order["totalAmount"]), number(order.get("totalRefund"))
    return min(total - parts, total - refund - parts, key=abs)


def refund_money(  # noqa: PLR0913 - a small world, passed along
    ledger: Ledger, when: date, currency: str, amount: Decimal, parts: list[Body], products: dict[str, Body]
) -> None:
    """Give back money without goods: over the order by tax treatment; the excess without tax."""
    treatments: dict[tuple[object, ...], list[tuple[Body, Decimal, Decimal]]] = {}
    for part in parts:
        if products.get((part.get("productRef") or {}).get("id", ""), {}).get("isGiftCard"):
            continue
        tax = number(part.get("totalTaxAmount", part.get("taxAmount")))
        mark = tuple(sorted(components_of(part))) or (number(part.get("taxPercentage")),)
        treatments.setdefault(mark, []).append((part, number(part.get("totalAmount")), tax))
    gross = [sum((each[1] for each in group), ZERO) for group in treatments.values()]
    spread = min(amount, sum(gross, ZERO))
    unit = Decimal(1).scaleb(-PLACES.get(currency, 2))
    for group, whole, share in zip(
        treatments.values(), gross, largest_remainder(spread, gross, unit), strict=True
    ):
        charged = sum((each[2] for each in group), ZERO)
        tax = (share * charged / whole).quantize(unit, ROUND_HALF_UP) if whole else ZERO
        ledger.post(when, currency, "refund", share - tax)
        part = {**group[0][0], "taxes": _scaled(group, tax, charged, unit), "reversed": tax}
        ledger.post_tax(when, currency, part, "reversed", 1)
    ledger.post(when, currency, "refund", amount - spread)


def _scaled(
    group: list[tuple[Body, Decimal, Decimal]], tax: Decimal, charged: Decimal, unit: Decimal
) -> list[Body]:
    """The components of a treatment with their parts of the tax reversed."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for part, _, _ in group:
        for component, amount in components_of(part).items():
            sums[component] += amount
    shares = largest_remainder(tax, list(sums.values()), unit) if charged else [ZERO] * len(sums)
    return [
        {"taxComponentRef": {"id": component}, "taxAmount": share}
        for component, share in zip(sums, shares, strict=True)
    ]


def largest_remainder(amount: Decimal, weights: list[Decimal], unit: Decimal) -> list[Decimal]:
    """Spread an amount over weights to the smallest unit; the largest remainders get what is left over."""
    whole = sum(weights, ZERO)
    if not whole:
        return [ZERO for _ in weights]
    exact = [amount * weight / whole for weight in weights]
    shares = [(each / unit).to_integral_value(ROUND_FLOOR) * unit for each in exact]
    left = int((amount - sum(shares, ZERO)) / unit)
    for place in sorted(range(len(weights)), key=lambda place: shares[place] - exact[place])[:left]:
        shares[place] += unit
    return shares


def fold_transaction(ledger: Ledger, transaction: Body) -> None:
    """What the provider did to the merchant's balance; payments and refunds are counted as such already."""
    when, currency = ledger.day_of(transaction["createdDate"]), transaction["currency"]
    kind, amount = transaction["type"].lower(), number(transaction["totalAmount"])
    sub_type = str(transaction.get("subType", "")).lower()
    if kind in ("payment", "refund"):
        return
    if sub_type == "cashbackgiven":
        ledger.post(when, currency, "cash", -abs(amount))
        ledger.post(when, currency, "invoice", abs(amount))
        return
    if kind == "paymentfee":
        key, effect = "paymentFee", -abs(amount)
    elif kind == "paymentfeerefund":
        key, effect = "paymentFeeRefund", abs(amount)
    elif kind == "failedpayout":
        key, effect = "payout", abs(amount)
    elif kind in ("payout", "transfer"):
        key, effect = "payout", amount
    else:
        key = {name.lower(): name for name in AGAINST_CARD}[sub_type]
        effect = amount
    ledger.post(when, currency, "card", effect)
    ledger.post(when, currency, key, -effect)
