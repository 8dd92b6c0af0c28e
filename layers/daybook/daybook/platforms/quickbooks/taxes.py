"""The tax of a document as QuickBooks takes it: a code on each line, and our own amounts beside. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, DocumentLine
from daybook.domain.ledger import ReferenceData
from daybook.domain.money import ZERO, spread
from daybook.platforms.quickbooks.forms import is_global
from daybook.platforms.quickbooks.reading import AUTOMATED, NO_TAX, TAXED, UNTAXED

SALES, PURCHASES = "salesRates", "purchaseRates"


def line_code(line: DocumentLine, data: ReferenceData, side: str) -> dict[str, Any]:
    """The tax code of a line; nothing where the company has none for such lines."""
    if is_global(data):
        code = line.tax_rate or data.details.get("noTaxCode")
        return {"TaxCodeRef": {"value": code}} if code else {}
    if side == PURCHASES or data.details.get("taxModel", NO_TAX) == NO_TAX:
        return {}
    return {"TaxCodeRef": {"value": TAXED if line.tax else UNTAXED}}


def whole(document: Document, data: ReferenceData, side: str) -> dict[str, Any]:
    """What a document says of its tax as a whole, to the last unit what was charged."""
    total = sum((line.tax for line in document.lines), ZERO)
    if is_global(data):
        lines = _tax_lines(document, data, side)
        return {
            "GlobalTaxCalculation": "TaxExcluded",
            "TxnTaxDetail": {"TotalTax": total, "TaxLine": lines} if lines else {"TotalTax": total},
        }
    if not total or side == PURCHASES:
        return {}
    detail: dict[str, Any] = {"TotalTax": total}
    rates = {line.tax_rate for line in document.lines if line.tax} - {"", TAXED, UNTAXED}
    if len(rates) == 1:  # there is one for a whole form; what QuickBooks works out itself needs none
        detail["TxnTaxCodeRef"] = {"value": rates.pop()}
        lines = _tax_lines(document, data, side)
        if lines:
            detail["TaxLine"] = lines
    if data.details.get("taxModel") == AUTOMATED:
        detail["UseAutomatedSalesTax"] = False
    return {"TxnTaxDetail": detail}


def _tax_lines(document: Document, data: ReferenceData, side: str) -> list[dict[str, Any]]:
    """One for each rate, in the order of the lines; a code's tax is shared out over its rates."""
    of_code: dict[str, tuple[Decimal, Decimal]] = {}
    for line in document.lines:
        code = line.tax_rate or str(data.details.get("noTaxCode") or "")
        net, tax = of_code.get(code, (ZERO, ZERO))
        if line.tax or is_global(data):
            of_code[code] = (net + line.net, tax + line.tax)
    of_rate: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for code, (net, tax) in of_code.items():
        rates = data.details.get(side, {}).get(code, [])
        percents = [Decimal(each["percent"]) for each in rates]
        for each, percent, part in zip(rates, percents, _shares(tax, percents, document), strict=True):
            known = of_rate.get(each["rate"], (ZERO, ZERO, percent))
            of_rate[each["rate"]] = (known[0] + net, known[1] + part, percent)
    return [_tax_line(rate, net, tax, percent) for rate, (net, tax, percent) in of_rate.items()]


def _shares(tax: Decimal, percents: list[Decimal], document: Document) -> list[Decimal]:
    if not percents:
        return []
    if sum(percents, ZERO) <= 0 or any(percent < 0 for percent in percents):
        return [tax, *(ZERO for _ in percents[1:])]
    return spread(tax, percents, document.currency)


def _tax_line(rate: str, net: Decimal, tax: Decimal, percent: Decimal) -> dict[str, Any]:
    return {
        "Amount": tax,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate},
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": net,
        },
    }
