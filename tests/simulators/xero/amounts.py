"""The lines of a document and what they come to: tax is rounded to the cent for each line, then added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from tests.simulators.xero.organisation import Organisation, Record
from tests.simulators.xero.refusals import Refused, number, refuse_unless

CENT = Decimal("0.01")
ZERO = Decimal(0)
# Accounts that no line of a document may name.
CONTROL = ("DEBTORS", "CREDITORS")


class Lines(NamedTuple):
    """Lines as they are held, their totals, and (account name, net) of each."""

    records: list[Record]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    nets: list[tuple[str, Decimal]]


def rounded(amount: Decimal, places: Decimal = CENT) -> Decimal:
    """To the nearest cent, halves away from zero."""
    return amount.quantize(places, ROUND_HALF_UP)


def computed_tax(amount: Decimal, percent: Decimal, amounts: str) -> Decimal:
    """The tax on a line's amount."""
    if amounts == "Inclusive":
        return rounded(amount * percent / (100 + percent))
    return rounded(amount * percent / 100) if amounts == "Exclusive" else ZERO


def read_lines(
    organisation: Organisation,
    given: Sequence[Mapping[str, Any]],
    amounts: str,
    unit_places: int,
    *,
    draft: bool,
) -> Lines:
    """The lines of a document. Raises Refused; a draft may leave out accounts."""
    records, nets = [], []
    off = organisation.tax_off if amounts == "Inclusive" else ZERO
    for line in given:
        record, account = _line(organisation, line, amounts, unit_places, draft=draft)
        if record["TaxAmount"]:
            record["TaxAmount"] += off
            off = ZERO
        records.append(record)
        if account:
            net = record["LineAmount"] - (record["TaxAmount"] if amounts == "Inclusive" else 0)
            nets.append((account["Name"], net))
    gross: Decimal = sum((record["LineAmount"] for record in records), ZERO)
    tax: Decimal = sum((record["TaxAmount"] for record in records), ZERO)
    subtotal = gross - tax if amounts == "Inclusive" else gross
    return Lines(records, subtotal, tax, subtotal + tax, nets)


def _line(
    organisation: Organisation, line: Mapping[str, Any], amounts: str, unit_places: int, *, draft: bool
) -> tuple[Record, Record | None]:
    if line.get("UnitAmount") is None and line.get("LineAmount") is None:
        refuse_unless((bool(line.get("Description")), "Description is required"))
        words = {"Description": line["Description"], "LineAmount": ZERO, "TaxAmount": ZERO}
        return {"LineItemID": organisation.new_id("line"), **words}, None
    if not draft:
        refuse_unless((bool(line.get("Description")), "A line item must have a description"))
    quantity, unit, amount = _amount(line, unit_places)
    account = line_account(organisation, line, draft=draft)
    tax_type, tax = read_tax(organisation, line, account, amount, amounts)
    record = {
        "LineItemID": organisation.new_id("line"),
        "Description": line.get("Description"),
        "Quantity": quantity,
        "UnitAmount": unit,
        "LineAmount": amount,
        "TaxType": tax_type,
        "TaxAmount": tax,
        "AccountCode": account.get("Code") if account else None,
        "AccountID": account["AccountID"] if account else None,
        "Tracking": line.get("Tracking", []),
    }
    return record, account


def _amount(line: Mapping[str, Any], unit_places: int) -> tuple[Decimal, Decimal, Decimal]:
    quantity = number(line.get("Quantity", 1), "Quantity")
    stated = line.get("LineAmount")
    places = Decimal(1).scaleb(-unit_places)
    if line.get("UnitAmount") is None:
        stated = rounded(number(stated, "LineAmount"))
        return quantity, rounded(stated / quantity, places) if quantity else stated, stated
    unit = rounded(number(line["UnitAmount"], "UnitAmount"), places)
    expected = rounded(quantity * unit * (100 - number(line.get("DiscountRate", 0), "DiscountRate")) / 100)
    if stated is not None and number(stated, "LineAmount") != expected:
        raise Refused(f"The line total {stated} does not match the expected line total {expected}")
    return quantity, unit, expected


def line_account(
    organisation: Organisation, line: Mapping[str, Any], *, draft: bool = False
) -> Record | None:
    """The account of a line. Raises Refused when it may not be used there."""
    code, account_id = line.get("AccountCode"), line.get("AccountID")
    if not code and not account_id:
        if draft:
            return None
        raise Refused("Account code must be specified")
    account = organisation.account(account_id, code)
    shown = (account or {}).get("Code") or code or account_id
    if account is None:
        raise Refused(f"Account code '{shown}' is not a valid code for this document.")
    if account["Status"] != "ACTIVE":
        raise Refused(f"Account code '{shown}' has been archived or has been deleted.")
    if account["Type"] == "BANK" or account.get("SystemAccount") in CONTROL:
        raise Refused(f"Account code '{shown}' is not a valid code for this document.")
    return account


def read_tax(
    organisation: Organisation, line: Mapping[str, Any], account: Record | None, amount: Decimal, amounts: str
) -> tuple[str, Decimal]:
    """The tax type of a line, and its tax: as computed, or as stated where that is not far from it."""
    stated = line.get("TaxAmount")
    default = account["TaxType"] if account else "NONE"
    tax_type = "NONE" if amounts == "NoTax" else line.get("TaxType") or default
    rate = organisation.rates.get(tax_type)
    if rate is None or rate.status != "ACTIVE":
        raise Refused(
            f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
        )
    if account and account["Class"] not in rate.classes:
        shown = account.get("Code") or account["AccountID"]
        raise Refused(f"The TaxType code '{tax_type}' cannot be used with account code '{shown}'.")
    computed = computed_tax(amount, rate.percent, amounts)
    if stated is None:
        return tax_type, computed
    tax = rounded(number(stated, "TaxAmount"))
    allowed = max(abs(computed) * organisation.tax_tolerance, organisation.least_tolerance)
    if abs(tax - computed) > (allowed if rate.percent and amounts != "NoTax" else ZERO):
        raise Refused(f"The tax amount {tax} does not match the expected tax amount {computed}")
    return tax_type, tax
