"""Invoices, credit memos and refund receipts: the account of a line comes from its item."""

from __future__ import annotations

from decimal import Decimal

from tests.simulators.quickbooks import chart, faults, parties
from tests.simulators.quickbooks.company import Body, Company, Draft, Open, money, reference, scope_of, total
from tests.simulators.quickbooks.tax import SALES, TaxedLine, tax


def sale(company: Company, kind: str, body: Body) -> Draft:
    """What an invoice, a credit memo or a refund receipt does. Raises Refused."""
    dated = parties.begin(company, body)
    customer = _customer(company, kind, body)
    currency = parties.currency_of(company, body, customer)
    side = _other_side(company, kind, body, currency)
    items, lines = _lines(company, body)
    taxed = tax(company, body, lines, SALES)
    amount = total(each.amount for each in lines) + taxed.total
    if amount < 0:
        raise faults.business("The total of a transaction must be nought or greater.")
    sign = 1 if kind == "Invoice" else -1
    _complete(body, kind, lines, taxed.detail, amount)
    entries = [(side["Id"], sign * amount)]
    for item, each in zip(items, lines, strict=True):
        entries.append((item["IncomeAccountRef"]["value"], -sign * each.amount))
    entries += [(account, -sign * part) for account, part in taxed.by_account]
    draft = Draft(kind, body, dated, currency, entries, scope=scope_of(kind, body))
    if kind != "RefundReceipt":
        assert customer is not None
        draft.opens.append(Open(kind, "", customer["Id"], side["Id"], sign * amount))
    return draft


def _customer(company: Company, kind: str, body: Body) -> Body | None:
    found = company.refer("Customer", body, "CustomerRef", needed=kind != "RefundReceipt")
    if found:
        body["CustomerRef"] = reference(found)
    return found


def _other_side(company: Company, kind: str, body: Body, currency: str) -> Body:
    if kind != "RefundReceipt":
        return parties.control(company, body, "ARAccountRef", chart.RECEIVABLE, currency)
    found = parties.account(company, body, "DepositToAccountRef", (chart.BANK, chart.CURRENT_ASSET))
    parties.fits_currency(company, found, currency)
    return found


def _lines(company: Company, body: Body) -> tuple[list[Body], list[TaxedLine]]:
    body["Line"] = [line for line in body.get("Line", []) if line.get("DetailType") != "SubTotalLineDetail"]
    items, lines = [], []
    for line in body["Line"]:
        kind = line.get("DetailType")
        if kind == "DescriptionOnly":
            continue
        if kind != "SalesItemLineDetail":
            raise faults.missing("DetailType") if kind is None else faults.unsupported(f"{kind} on sales")
        detail = line.setdefault("SalesItemLineDetail", {})
        item = _item(company, detail)
        amount = money(line.get("Amount"), "Line.Amount")
        _check_product(line, detail, amount)
        detail["ItemAccountRef"] = item["IncomeAccountRef"]
        items.append(item)
        lines.append(TaxedLine(line, detail, amount))
    if not lines:
        raise faults.missing("Line")
    parties.number_lines(body)
    return items, lines


def _item(company: Company, detail: Body) -> Body:
    item = company.refer("Item", detail, "ItemRef", needed=False)
    if item is None:
        if not company.settings.default_item:
            raise faults.missing("ItemRef")
        item = company.named("Item", chart.DEFAULT_ITEM)
    income = company.held["Account"][item["IncomeAccountRef"]["value"]]
    if income["Active"] is False:
        raise faults.inactive("ItemRef")
    detail["ItemRef"] = reference(item)
    return item


def _check_product(line: Body, detail: Body, amount: Decimal) -> None:
    """Price times quantity is the amount, or where the price includes tax, the amount with tax."""
    if "UnitPrice" not in detail or "Qty" not in detail:
        return
    product = Decimal(str(detail["UnitPrice"])) * Decimal(str(detail["Qty"]))
    against = [amount]
    if "TaxInclusiveAmt" in detail:
        against.append(Decimal(str(detail["TaxInclusiveAmt"])))
    if all(abs(product - each) > Decimal("0.01") for each in against):
        raise faults.Refused(
            "6070",
            "Amount calculation incorrect in the request",
            f"Amount is not equal to UnitPrice * Qty. Supplied value:{line['Amount']}",
        )


def _complete(body: Body, kind: str, lines: list[TaxedLine], tax_detail: Body, amount: Decimal) -> None:
    subtotal = total(each.amount for each in lines)
    body["Line"].append(
        {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    )
    body["TxnTaxDetail"] = tax_detail
    body["TotalAmt"] = amount
    body["Balance"] = Decimal(0) if kind == "RefundReceipt" else amount
    if kind == "CreditMemo":
        body["RemainingCredit"] = amount
    if kind == "Invoice":
        body.setdefault("DueDate", body.get("TxnDate"))
        if body["DueDate"] is None:
            del body["DueDate"]
