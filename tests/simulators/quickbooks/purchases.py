"""Bills, vendor credits and purchases: lines go to expense accounts."""

from __future__ import annotations

from decimal import Decimal

from tests.simulators.quickbooks import chart, faults, parties
from tests.simulators.quickbooks.company import Body, Company, Draft, Open, money, reference, scope_of, total
from tests.simulators.quickbooks.tax import PURCHASES, Taxed, TaxedLine, tax

PAID_FROM = {"Cash": (chart.BANK, chart.CURRENT_ASSET), "Check": (chart.BANK,), "CreditCard": (chart.CARD,)}


def bill(company: Company, kind: str, body: Body) -> Draft:
    """What a bill or a vendor credit does. Raises Refused."""
    dated = parties.begin(company, body)
    vendor = company.referred("Vendor", body, "VendorRef")
    body["VendorRef"] = reference(vendor)
    currency = parties.currency_of(company, body, vendor)
    payable = parties.control(company, body, "APAccountRef", chart.PAYABLE, currency)
    body["APAccountRef"] = reference(payable)
    entries, taxed, amount = _expenses(company, body, currency)
    sign = 1 if kind == "Bill" else -1
    body["Balance"] = amount
    lines = [(account, sign * part) for account, part in [*entries, *taxed.by_account]]
    opened = Open(kind, "", vendor["Id"], payable["Id"], -sign * amount)
    draft = Draft(kind, body, dated, currency, [(payable["Id"], -sign * amount), *lines], [opened])
    draft.scope = scope_of(kind, body)
    return draft


def purchase(company: Company, kind: str, body: Body) -> Draft:
    """What a purchase (money spent at once) does. Raises Refused."""
    dated = parties.begin(company, body)
    how = body.get("PaymentType")
    if how is None:
        raise faults.missing("PaymentType")
    if how not in PAID_FROM:
        raise faults.business(f"A purchase cannot have the payment type {how}.")
    if body.get("Credit") and how != "CreditCard":
        raise faults.business("Only a credit card purchase can be a credit.")
    party = _entity(company, body)
    currency = parties.currency_of(company, body, party)
    paid_from = parties.account(company, body, "AccountRef", PAID_FROM[how])
    parties.fits_currency(company, paid_from, currency)
    entries, taxed, amount = _expenses(company, body, currency)
    sign = -1 if body.get("Credit") else 1
    lines = [(account, sign * part) for account, part in [*entries, *taxed.by_account]]
    lines.append((paid_from["Id"], -sign * amount))
    return Draft(kind, body, dated, currency, lines, scope=scope_of(kind, body))


def _entity(company: Company, body: Body) -> Body | None:
    given = body.get("EntityRef")
    if given is None:
        return None
    kind = str(given.get("type", "")).capitalize()
    if kind not in ("Customer", "Vendor"):
        raise faults.business("EntityRef needs the type Customer or Vendor.")
    return company.referred(kind, body, "EntityRef")


def _expenses(
    company: Company, body: Body, currency: str
) -> tuple[list[tuple[str, Decimal]], Taxed, Decimal]:
    accounts, lines = [], []
    for line in body.get("Line", []):
        kind = line.get("DetailType")
        if kind != "AccountBasedExpenseLineDetail":
            raise faults.missing("DetailType") if kind is None else faults.unsupported(f"{kind} on purchases")
        detail = line.get(kind, {})
        found = parties.account(company, detail, "AccountRef")
        if found["AccountType"] in (chart.RECEIVABLE, chart.PAYABLE):
            raise faults.business(f"A line cannot use the {found['AccountType']} account.")
        parties.fits_currency(company, found, currency)
        accounts.append(found["Id"])
        lines.append(TaxedLine(line, detail, money(line.get("Amount"), "Line.Amount")))
    if not lines:
        raise faults.missing("Line")
    parties.number_lines(body)
    taxed = tax(company, body, lines, PURCHASES)
    amount = total(each.amount for each in lines) + taxed.total
    if amount < 0:
        raise faults.business("The total of a transaction must be nought or greater.")
    body["TxnTaxDetail"] = taxed.detail
    body["TotalAmt"] = amount
    return [(account, each.amount) for account, each in zip(accounts, lines, strict=True)], taxed, amount
