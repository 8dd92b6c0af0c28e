"""Bank transaction explanations: payments, refunds, transfers, and money in or out under a category."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tests.simulators.freeagent import chart, purchases, sales
from tests.simulators.freeagent.company import Company
from tests.simulators.freeagent.values import (
    ZERO,
    Record,
    amount,
    cents,
    day,
    forbidden,
    invalid,
    not_found,
    number,
    refuse_unless,
)

CONVERSION = "Currency conversion"
_WHAT = ("paid_invoice", "paid_bill", "transfer_bank_account", "category")
_KEPT = ("description", "cheque_number", "receipt_reference", "ec_status")
_EXPLANATIONS = "bank_transaction_explanations"


class _Money(NamedTuple):
    """What every explanation says: the bank account, the day, the amount (money in positive)."""

    bank: Record
    dated: date
    gross: Decimal
    given: Mapping[str, Any]


def create(company: Company, given: Mapping[str, Any]) -> Record:
    """A new explanation, with the bank transaction it explains."""
    assert not given.get("bank_transaction"), "explaining transactions that are there is not simulated"
    for name in ("paid_user", "stock_item", "disposed_asset", "rebill_type"):
        assert not given.get(name), f"{name} is not simulated"
    if not given.get("bank_account"):
        raise invalid("bank_account can't be blank")
    bank = company.find("bank_accounts", given["bank_account"])
    money = _Money(bank, day(given, "dated_on"), amount(given, "gross_value"), given)
    company.check_lock(money.dated)
    chosen = [name for name in _WHAT if given.get(name)]
    assert len(chosen) <= 1, f"an explanation of several kinds: {chosen}"
    refuse_unless(
        (bool(chosen), "category can't be blank"),
        (bool(money.gross), "gross_value must be other than 0"),
        (bank["status"] == "active", "bank_account is hidden"),
        (
            bool(given.get("description")) or chosen[0] in ("paid_invoice", "transfer_bank_account"),
            "description can't be blank",
        ),
    )
    return _MAKERS[chosen[0]](company, money)


def _keep(company: Company, money: _Money, fields: Mapping[str, Any]) -> Record:
    transaction = company.add(
        "bank_transactions",
        {
            "bank_account": money.bank["url"],
            "dated_on": money.dated,
            "amount": money.gross,
            "is_manual": True,
        },
    )
    return company.add(
        _EXPLANATIONS,
        {
            "bank_transaction": transaction["url"],
            "bank_account": money.bank["url"],
            "dated_on": money.dated,
            "gross_value": money.gross,
            **{name: money.given[name] for name in _KEPT if money.given.get(name)},
            "marked_for_review": bool(money.given.get("marked_for_review")),
            "is_money_in": money.gross > 0,
            "is_money_out": money.gross < 0,
            "is_deletable": True,
            "is_locked": False,
            **fields,
        },
    )


def _pay_sale(company: Company, money: _Money) -> Record:
    _no_tax(money.given)
    reference = str(money.given["paid_invoice"])
    kind = reference.split("/")[2] if reference.count("/") > 1 else ""
    if kind not in sales.ITEMS:
        raise not_found()
    document = company.find(kind, reference)
    value = _foreign(money, document)
    sales.settle(company, kind, document, value)
    name = "Invoice Receipt" if kind == "invoices" else "Credit Note Refund"
    record = _keep(company, money, {"type": name, "paid_invoice": reference, "_paid": value})
    _post(company, record, money, (company.code_name(chart.DEBTORS), -value), document["currency"])
    return record


def _pay_bill(company: Company, money: _Money) -> Record:
    _no_tax(money.given)
    document = company.find("bills", money.given["paid_bill"])
    value = -_foreign(money, document)
    purchases.settle(company, document, value)
    name = "Bill Payment" if money.gross < 0 else "Bill Refund"
    record = _keep(company, money, {"type": name, "paid_bill": document["url"], "_paid": value})
    _post(company, record, money, (company.code_name(chart.CREDITORS), value), document["currency"])
    return record


def _foreign(money: _Money, document: Record) -> Decimal:
    """What a payment is in the document's currency."""
    if document["currency"] == money.bank["currency"]:
        return money.gross
    value = amount(money.given, "foreign_currency_value")
    return abs(value) if money.gross > 0 else -abs(value)


def _post(company: Company, record: Record, money: _Money, other: tuple[str, Decimal], currency: str) -> None:
    own = str(money.bank["currency"])
    here = (str(money.bank["name"]), money.gross)
    if own == currency:
        company.post(record, money.dated, own, [here, other])
        return
    company.post(record, money.dated, own, [here, (CONVERSION, -money.gross)])
    company.post(record, money.dated, currency, [other, (CONVERSION, -other[1])])


def _transfer(company: Company, money: _Money) -> Record:
    _no_tax(money.given)
    other = company.find("bank_accounts", money.given["transfer_bank_account"])
    refuse_unless((other is not money.bank, "transfer_bank_account must be another account"))
    assert other["currency"] == money.bank["currency"], "transfers between currencies are not simulated"
    kinds = ("Transfer to Another Account", "Transfer from Another Account")
    outward = money.gross < 0
    record = _keep(company, money, {"type": kinds[not outward], "transfer_bank_account": other["url"]})
    # The other account has an explanation of its own: the same money, the other way.
    back = _keep(
        company,
        money._replace(bank=other, gross=-money.gross),
        {"type": kinds[outward], "transfer_bank_account": money.bank["url"], "_linked": record["url"]},
    )
    record["_linked"] = back["url"]
    _post(company, record, money, (str(other["name"]), -money.gross), str(money.bank["currency"]))
    return record


def _categorise(company: Company, money: _Money) -> Record:
    category = company.category(money.given["category"])
    code = category["nominal_code"]
    refuse_unless(
        (code not in (chart.DEBTORS, chart.CREDITORS, chart.BANK), "category cannot be used"),
        (not category["_needs"], f"{category['_needs']} can't be blank"),
    )
    if category["_group"] == chart.GENERAL:
        _no_tax(money.given)
        rate = ZERO
    else:
        rate = company.rate(money.given, category)
    tax = cents(money.gross * rate / (100 + rate))
    names = {chart.INCOME: "Sales", chart.GENERAL: "Other Money In" if money.gross > 0 else "Other Money Out"}
    record = _keep(
        company,
        money,
        {
            "type": names.get(category["_group"], "Payment" if money.gross < 0 else "Refund"),
            "category": category["url"],
            "sales_tax_status": money.given.get("sales_tax_status") or "TAXABLE",
            "sales_tax_rate": rate,
            "sales_tax_value": tax,
        },
    )
    lines = [
        (str(money.bank["name"]), money.gross),
        (str(category["description"]), tax - money.gross),
        (company.code_name(chart.VAT), -tax),
    ]
    company.post(record, money.dated, str(money.bank["currency"]), lines)
    return record


def _no_tax(given: Mapping[str, Any]) -> None:
    """What has no tax of its own may be given none (FreeAgent since 2025)."""
    rate = given.get("sales_tax_rate")
    if rate not in (None, "") and str(rate).lower() != "auto":
        refuse_unless(
            (
                number(given, "sales_tax_rate") <= 0,
                "sales_tax_rate must be the AUTO rate or a rate less than or equal to 0",
            )
        )


_MAKERS = {
    "paid_invoice": _pay_sale,
    "paid_bill": _pay_bill,
    "transfer_bank_account": _transfer,
    "category": _categorise,
}


def delete(company: Company, record: Record) -> None:
    """Take an explanation away with what it did."""
    if company.is_locked(record["dated_on"]):
        raise forbidden("It is locked.")
    if "paid_invoice" in record:
        kind = record["paid_invoice"].split("/")[2]
        sales.settle(company, kind, company.find(kind, record["paid_invoice"]), record["_paid"], undo=True)
    if "paid_bill" in record:
        bill = company.find("bills", record["paid_bill"])
        purchases.settle(company, bill, record["_paid"], undo=True)
    held = company.held[_EXPLANATIONS]
    for url in (record["url"], record.get("_linked")):
        if url:
            company.reverse({"url": url})
            del held[url.rsplit("/", 1)[1]]


def reconcile(company: Company, given: Mapping[str, Any]) -> Record:
    """Set a credit note against an invoice. Debtors as a whole stay as they are."""
    invoice = company.find("invoices", given.get("invoice"))
    note = company.find("credit_notes", given.get("credit_note"))
    value = amount(given, "gross_value")
    dated = day(given, "dated_on") if given.get("dated_on") else company.today()
    company.check_lock(dated)
    refuse_unless(
        (value > 0, "gross_value must be greater than 0"),
        (invoice["_state"] == note["_state"] == "Sent", "a draft cannot be reconciled"),
        (invoice["currency"] == note["currency"], "currency must be the same"),
        (invoice["contact"] == note["contact"], "contact must be the same"),
        (value <= sales.due("invoices", invoice), "gross_value is more than what is due"),
        (value <= -sales.due("credit_notes", note), "gross_value is more than what is due"),
    )
    sales.settle(company, "invoices", invoice, value)
    sales.settle(company, "credit_notes", note, -value)
    return company.add(
        "credit_note_reconciliations",
        {
            "gross_value": value,
            "dated_on": dated,
            "currency": invoice["currency"],
            "exchange_rate": Decimal(1),
            "invoice": invoice["url"],
            "credit_note": note["url"],
        },
    )
