"""Tax on the lines of a document: codes on lines, but in the United States automated, or one for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.simulators.quickbooks import faults
from tests.simulators.quickbooks.company import CENT, Body, Company, money, reference, total

SALES, PURCHASES = "SalesTaxRateList", "PurchaseTaxRateList"
EXCLUDED, INCLUSIVE, NOT_APPLICABLE = "TaxExcluded", "TaxInclusive", "NotApplicable"


@dataclass
class TaxedLine:
    """A line's amounts; `detail` is the part of it that carries the tax code, and is completed here."""

    line: Body
    detail: Body
    amount: Decimal
    rates: tuple[Body, ...] = ()

    @property
    def gross(self) -> Decimal | None:
        """The amount with tax, where the line says it."""
        given = self.detail.get("TaxInclusiveAmt")
        return None if given is None else money(given, "TaxInclusiveAmt")


@dataclass
class Taxed:
    """What the tax of a document comes to: amounts by account, and the TxnTaxDetail of the answer."""

    total: Decimal = Decimal(0)
    by_account: list[tuple[str, Decimal]] = field(default_factory=list)
    detail: Body = field(default_factory=dict)


def tax(company: Company, body: Body, lines: list[TaxedLine], side: str) -> Taxed:
    """The tax of a document. Raises Refused."""
    taxed = _tax(company, body, lines, side)
    off = company.settings.tax_off
    if off and taxed.total:
        account, amount = taxed.by_account[0]
        taxed.total += off
        taxed.by_account[0] = (account, amount + off)
        taxed.detail["TotalTax"] += off
        taxed.detail["TaxLine"][0]["Amount"] += off
        lines[0].amount -= off
        lines[0].line["Amount"] = lines[0].amount
    return taxed


def _tax(company: Company, body: Body, lines: list[TaxedLine], side: str) -> Taxed:
    if company.is_us:
        return _united_states(company, body, lines, side)
    how = body.get("GlobalTaxCalculation", EXCLUDED)
    body["GlobalTaxCalculation"] = how
    if how == NOT_APPLICABLE or not company.settings.using_sales_tax:
        for each in lines:
            each.detail.pop("TaxCodeRef", None)
        return Taxed(detail={"TotalTax": Decimal(0), "TaxLine": []})
    for each in lines:
        each.rates = _rates(company, each, side)
    return _by_rates(company, body, lines, inclusive=how == INCLUSIVE)


def round_tax(amount: Decimal) -> Decimal:
    """Tax as it is rounded: to two decimals, halves away from nought."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _rates(company: Company, line: TaxedLine, side: str) -> tuple[Body, ...]:
    if "TaxCodeRef" not in line.detail:
        raise faults.business("Make sure all your transactions have a VAT rate before you save.")
    code = company.referred("TaxCode", line.detail, "TaxCodeRef")
    line.detail["TaxCodeRef"] = reference(code)
    details = code.get(side, {}).get("TaxRateDetail", [])
    return tuple(company.held["TaxRate"][detail["TaxRateRef"]["value"]] for detail in details)


def _by_rates(company: Company, body: Body, lines: list[TaxedLine], *, inclusive: bool) -> Taxed:
    given = _overrides(company, body)
    used = {rate["Id"]: rate for each in lines for rate in each.rates}
    for unused in given:
        if unused not in used:
            raise faults.business(f"The tax rate {unused} is not that of any line.")
    taxed = Taxed()
    tax_lines = []
    for identifier, rate in used.items():
        having = [each for each in lines if rate in each.rates]
        net = total(each.amount for each in having)
        amount, delta = _of_rate(rate, having, given.get(identifier), inclusive=inclusive)
        _check_override(rate, net, given.get(identifier))
        taxed.total += amount
        taxed.by_account.append((company.tax_accounts[identifier], amount))
        tax_lines.append(_tax_line(rate, amount, net, delta))
    taxed.detail = {"TotalTax": taxed.total, "TaxLine": tax_lines}
    for each in lines:
        if each.gross is None:
            each.detail["TaxInclusiveAmt"] = each.amount + total(
                round_tax(each.amount * rate["RateValue"] / 100) for rate in each.rates
            )
    return taxed


def _of_rate(
    rate: Body, lines: list[TaxedLine], given: Body | None, *, inclusive: bool
) -> tuple[Decimal, Decimal | None]:
    """The tax of one rate, and by how much it differs from what was computed where it was overridden."""
    computed = round_tax(total(each.amount for each in lines) * rate["RateValue"] / 100)
    inside = None
    if inclusive and all(each.gross is not None and len(each.rates) == 1 for each in lines):
        inside = total((each.gross or Decimal(0)) - each.amount for each in lines)
    if given is not None:
        amount = money(given.get("Amount"), "TaxLine.Amount")
        if inside is not None and inside != amount:
            raise faults.business(f"The lines include {inside} of tax, the tax lines say {amount}.")
        return amount, amount - computed
    if inside is not None and inside != computed:
        # Recomputed from what the lines come to with tax; the lines' own amounts give way.
        gross = total(each.gross or Decimal(0) for each in lines)
        amount = round_tax(gross * rate["RateValue"] / (100 + rate["RateValue"]))
        lines[-1].amount += inside - amount
        lines[-1].line["Amount"] = lines[-1].amount
        return amount, None
    return computed, None


def _overrides(company: Company, body: Body) -> dict[str, Body]:
    """Tax rate -> the tax line the request gives for it."""
    detail = body.get("TxnTaxDetail", {})
    found: dict[str, Body] = {}
    for line in detail.get("TaxLine", []):
        if line.get("DetailType") != "TaxLineDetail":
            raise faults.missing("TaxLineDetail")
        rate = company.referred("TaxRate", line.get("TaxLineDetail", {}), "TaxRateRef")
        if rate["Id"] in found:
            raise faults.business(f"There are two tax lines of the tax rate {rate['Id']}.")
        found[rate["Id"]] = line
    if found and "TotalTax" in detail:
        added = total(money(line.get("Amount"), "TaxLine.Amount") for line in found.values())
        if added != money(detail["TotalTax"], "TotalTax"):
            raise faults.business(f"The tax lines come to {added}, not to TotalTax {detail['TotalTax']}.")
    return found


def _check_override(rate: Body, net: Decimal, given: Body | None) -> None:
    if given is None:
        return
    detail = given["TaxLineDetail"]
    taxable = detail.get("NetAmountTaxable")
    if taxable is not None and money(taxable, "NetAmountTaxable") != net:
        raise faults.business(f"NetAmountTaxable {taxable} is not what the lines come to: {net}.")
    percent = detail.get("TaxPercent")
    if percent is not None and Decimal(str(percent)) != rate["RateValue"]:
        raise faults.business(f"TaxPercent {percent} is not that of the tax rate: {rate['RateValue']}.")


def _tax_line(rate: Body, amount: Decimal, net: Decimal, delta: Decimal | None) -> Body:
    detail: Body = {
        "TaxRateRef": {"value": rate["Id"]},
        "PercentBased": True,
        "TaxPercent": rate["RateValue"],
        "NetAmountTaxable": net,
    }
    if delta:
        detail["OverrideDeltaAmount"] = delta
    return {"Amount": amount, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}


def _united_states(company: Company, body: Body, lines: list[TaxedLine], side: str) -> Taxed:
    body.pop("GlobalTaxCalculation", None)  # of other countries only
    settings = company.settings
    if side == PURCHASES or not settings.using_sales_tax:
        return Taxed(detail={"TotalTax": Decimal(0)})
    taxable = total(each.amount for each in lines if _is_taxable(each))
    asked: dict[str, Any] = body.get("TxnTaxDetail", {})
    automated = settings.automated_sales_tax
    if automated and asked.get("UseAutomatedSalesTax") is False and settings.allows_tax_override:
        automated = False
    code = company.refer("TaxCode", asked, "TxnTaxCodeRef", needed=False)
    if code is None:
        code = _automated_code(company)
    elif "SalesTaxRateList" not in code:
        raise faults.business("The transaction's tax code has no rates.")
    rate = company.held["TaxRate"][code["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"]]
    if automated:
        amount = round_tax(taxable * settings.automated_rate / 100)
    elif "TotalTax" in asked:
        amount = money(asked["TotalTax"], "TotalTax")
        _overrides(company, body)
    else:
        amount = round_tax(taxable * rate["RateValue"] / 100) if "TxnTaxCodeRef" in asked else Decimal(0)
    made = _tax_line(rate, amount, taxable, None)
    detail = {"TxnTaxCodeRef": reference(code), "TotalTax": amount, "TaxLine": [made] if taxable else []}
    return Taxed(amount, [(company.tax_accounts[rate["Id"]], amount)], detail)


def _is_taxable(line: TaxedLine) -> bool:
    code = line.detail.setdefault("TaxCodeRef", {"value": "NON"})["value"]
    if code not in ("TAX", "NON"):
        raise faults.Refused(
            "6100",
            "Invalid Line TaxCode in the request",
            f"Valid Line TaxCodes for US should be TAX or NON. Supplied value:{code}",
            "TaxCodeRef",
        )
    return bool(code == "TAX")


def _automated_code(company: Company) -> Body:
    for code in company.held["TaxCode"].values():
        details = code.get("SalesTaxRateList", {}).get("TaxRateDetail", [])
        for detail in details:
            rate = company.held["TaxRate"][detail["TaxRateRef"]["value"]]
            if rate["RateValue"] == company.settings.automated_rate:
                return code
    raise faults.business("No tax code has the automated rate.")
