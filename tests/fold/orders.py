"""Orders, one after the other: what was sold, what came back, and what was paid."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from tests.fold.ledger import ZERO, Body, Ledger, components_of, number, payment_key

PLACES = {"JPY": 0, "KRW": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}


def fold_order(
    ledger: Ledger, order: Body, payments: list[Body], products: dict[str, Body], given: Decimal
) -> None:
    """One order: what was sold, what came back, and every payment against what was due."""
    currency = order["currency"]
    dated = order.get("closedDate") if ledger.choice.sales_date == "closed" else order["createdDate"]
    sale_day = ledger.day_of(dated) if dated else None
    moved = [each for each in payments if not _is_promise(each)]
    timed = sorted(((ledger.day_of(each["createdDate"]), each) for each in moved), key=_in_before_out)
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


def post_payments(
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
        ledger.post(when, currency, payment_key(payment), amount)
        if amount < 0 and refundable is not None:
            released = min(-amount, max(-owed, ZERO))
            ledger.post(when, currency, "invoice", released)
            refund_money(ledger, when, currency, -amount - released, refundable, products)
            owed += released
        else:
            ledger.post(when, currency, "invoice", -amount)
            owed -= amount


def _is_promise(payment: Body) -> bool:
    """What is paid "by invoice" stays due, as if nothing had been paid."""
    return payment_key(payment) == "invoice" and number(payment["amount"]) > 0


def _in_before_out(timed: tuple[date, Body]) -> tuple[date, bool]:
    return timed[0], number(timed[1]["amount"]) < 0


def post_line(
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
    key = "refund" if event == "refund" else sales_key(ledger, when, product)
    ledger.post(when, currency, key, -(total - tax))
    ledger.post_tax(when, currency, line, "totalTaxAmount", -1)
    return total


def sales_key(ledger: Ledger, when: date, product: Body) -> str:
    """`sales`, or the first category of the product that has an account."""
    choice = ledger.choice_of(when)
    if not choice.categories:
        return "sales"
    for reference in product.get("productCategoryRefs") or []:
        category = reference["id"] if isinstance(reference, dict) else reference
        if f"sales-{category}" in choice.accounts:
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


def refund_money(
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
