"""Journal entries."""

from __future__ import annotations

from decimal import Decimal

from tests.simulators.quickbooks import chart, faults, parties
from tests.simulators.quickbooks.company import Body, Company, Draft, Open, money, reference, scope_of, total
from tests.simulators.quickbooks.tax import NOT_APPLICABLE

_NEEDS = {chart.RECEIVABLE: "Customer", chart.PAYABLE: "Vendor"}


def journal(company: Company, kind: str, body: Body) -> Draft:
    """What a journal entry does. Raises Refused."""
    dated = parties.begin(company, body)
    currency = parties.currency_of(company, body, None)
    draft = Draft(kind, body, dated, currency, scope=scope_of(kind, body))
    if len(body.get("Line", [])) < 2:
        raise faults.business("A journal entry needs two lines at least.")
    parties.number_lines(body)
    for line in body["Line"]:
        _line(company, draft, line)
    out = total(amount for _, amount in draft.lines)
    if out:
        raise faults.business(f"Debits and credits must be equal; they differ by {out}.")
    controls = {opened.account for opened in draft.opens}
    if len(controls) > 1:
        raise faults.business(
            "A journal entry can have only one Accounts Receivable or Accounts Payable account."
        )
    body["TotalAmt"] = Decimal(0)  # always, as documented
    body.setdefault("Adjustment", False)
    return draft


def _line(company: Company, draft: Draft, line: Body) -> None:
    if line.get("DetailType") == "DescriptionOnly":
        return
    if line.get("DetailType") != "JournalEntryLineDetail":
        raise faults.missing("JournalEntryLineDetail")
    detail = line.get("JournalEntryLineDetail", {})
    if "PostingType" not in detail:
        raise faults.missing("PostingType")
    found = parties.account(company, detail, "AccountRef")
    parties.fits_currency(company, found, draft.currency)
    amount = money(line.get("Amount"), "Line.Amount")
    if amount < 0:
        raise faults.business("The amount of a journal line must be nought or greater.")
    signed = amount if detail["PostingType"] == "Debit" else -amount
    draft.lines.append((found["Id"], signed))
    party = _entity(company, detail, found["AccountType"], draft.currency)
    if found["AccountType"] in _NEEDS:
        draft.opens.append(Open("JournalEntry", "", party, found["Id"], signed))
    _tax(company, draft, detail, signed)


def _entity(company: Company, detail: Body, account_type: str, currency: str) -> str:
    entity = detail.get("Entity")
    needs = _NEEDS.get(account_type)
    if entity is None:
        if needs:
            raise faults.business(f"A line of {account_type} needs a {needs.lower()} in its Entity.")
        return ""
    kind = entity.get("Type")
    if needs and kind != needs:
        raise faults.business(f"A line of {account_type} needs a {needs.lower()} in its Entity.")
    if kind not in ("Customer", "Vendor"):
        raise faults.missing("Entity.Type")
    party = company.referred(kind, entity, "EntityRef")
    if party["CurrencyRef"]["value"] != currency and needs:
        raise faults.business(f"{party['DisplayName']} is not in {currency}.")
    entity["EntityRef"] = reference(party)
    return str(party["Id"])


def _tax(company: Company, draft: Draft, detail: Body, signed: Decimal) -> None:
    if "TaxCodeRef" not in detail or company.is_us:
        return
    if draft.body.get("GlobalTaxCalculation", NOT_APPLICABLE) == NOT_APPLICABLE:
        return
    if "TaxApplicableOn" not in detail:
        raise faults.missing("TaxApplicableOn")
    code = company.referred("TaxCode", detail, "TaxCodeRef")
    side = "SalesTaxRateList" if detail["TaxApplicableOn"] == "Sales" else "PurchaseTaxRateList"
    part = money(detail.get("TaxAmount"), "TaxAmount")
    rates = [each["TaxRateRef"]["value"] for each in code.get(side, {}).get("TaxRateDetail", [])]
    if len(rates) != 1:
        raise faults.unsupported("a journal line with a tax code of several rates")
    draft.lines.append((company.tax_accounts[rates[0]], part if signed >= 0 else -part))
