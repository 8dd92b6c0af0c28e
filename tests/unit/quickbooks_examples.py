"""A company in QuickBooks as its answers show it, and a transport that answers from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformError
from daybook.domain.json_text import dump
from daybook.domain.ledger import ReferenceData
from daybook.platforms.access import Access
from daybook.platforms.quickbooks import connect, reading
from daybook.platforms.quickbooks.books import QuickBooksBooks
from daybook.platforms.quickbooks.client import Client
from daybook.platforms.transport import Reply

DAY = date(2026, 3, 14)

COMPANY = {
    "Id": "1", "CompanyName": "Corner Cafe Ltd", "Country": "GB", "DefaultTimeZone": "Europe/London",
}  # fmt: skip
PREFERENCES: dict[str, Any] = {
    "Id": "1",
    "AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "GBP"}},
    "SalesFormsPrefs": {"CustomTxnNumbers": True},
    "TaxPrefs": {"UsingSalesTax": True},
    "OtherPrefs": {"NameValue": [{"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "true"}]},
}
ACCOUNTS: list[dict[str, Any]] = [
    {"Id": identity, "Name": name, "FullyQualifiedName": name, "AccountType": kind, "AccountSubType": detail,
     "Active": identity != "old", "CurrencyRef": {"value": "GBP"}}
    for identity, name, kind, detail in (
        ("bank", "Bank", "Bank", "Checking"),
        ("till", "Till", "Bank", "CashOnHand"),
        ("card", "Card clearing", "Other Current Asset", "OtherCurrentAssets"),
        ("visa", "Company card", "Credit Card", "CreditCard"),
        ("gifts", "Gift cards", "Other Current Liability", "OtherCurrentLiabilities"),
        ("sales", "Sales", "Income", "SalesOfProductIncome"),
        ("fees", "Fees", "Expense", "BankCharges"),
        ("old", "Old sales", "Income", "SalesOfProductIncome"),
        ("debtors", "Debtors", "Accounts Receivable", "AccountsReceivable"),
        ("creditors", "Creditors", "Accounts Payable", "AccountsPayable"),
        ("vat", "VAT Control", "Other Current Liability", "GlobalTaxPayable"),
        ("pst", "Province payable", "Other Current Liability", "GlobalTaxPayable"),
        ("memo", "Memo", "Non-Posting", ""),
    )
]  # fmt: skip
TAX_RATES: list[dict[str, Any]] = [
    {"Id": "r20", "Name": "20% sales", "RateValue": 20, "AgencyRef": {"value": "a"}},
    {"Id": "p20", "Name": "20% purchases", "RateValue": 20},
    {"Id": "r0", "Name": "0% sales", "RateValue": 0, "AgencyRef": {"value": "b"}},
    {"Id": "state", "Name": "State", "RateValue": Decimal("9.975")},
    {"Id": "federal", "Name": "Federal", "EffectiveTaxRate": [
        {"RateValue": 7, "EndDate": "2008-01-01"}, {"RateValue": 5}]},
]  # fmt: skip


def _code(identity: str, name: str, sales: Sequence[str], purchases: Sequence[str] = ()) -> dict[str, Any]:
    listed = {
        side: {"TaxRateDetail": [{"TaxRateRef": {"value": rate}} for rate in rates]}
        for side, rates in (("SalesTaxRateList", sales), ("PurchaseTaxRateList", purchases))
        if rates
    }
    return {"Id": identity, "Name": name, "Active": True, "Taxable": True, **listed}


TAX_CODES = [
    _code("2", "20.0% S", ["r20"], ["p20"]),
    _code("3", "0.0% Z", ["r0"]),
    _code("4", "Both", ["federal", "state"]),
    _code("5", "Purchases only", [], ["p20"]),
    {**_code("6", "No VAT", []), "Taxable": False},
    {**_code("7", "Hidden", ["r20"]), "Hidden": True},
]
CUSTOMERS: list[dict[str, Any]] = [
    {"Id": "shopper", "DisplayName": "Daily sales"},
    {"Id": "gone", "DisplayName": "X", "Active": False},
]
SUPPLIERS: list[dict[str, Any]] = [{"Id": "provider", "DisplayName": "Payment provider"}]
ITEMS: list[dict[str, Any]] = [
    {"Id": f"item-{account}", "Name": f"Something (Daybook {account})", "Type": "Service",
     "IncomeAccountRef": {"value": account}}
    for account in ("sales", "gifts")
]  # fmt: skip

LISTS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "CompanyInfo": [COMPANY],
    "Preferences": [PREFERENCES],
    "Account": ACCOUNTS,
    "TaxCode": TAX_CODES,
    "TaxRate": TAX_RATES,
    "TaxAgency": [{"Id": "a", "DisplayName": "Revenue"}, {"Id": "b", "DisplayName": "Province"}],
    "Customer": CUSTOMERS,
    "Vendor": SUPPLIERS,
    "Item": ITEMS,
}


def reference(
    country: str = "GB", taxes: Mapping[str, Any] | None = None, **preferences: Any
) -> ReferenceData:
    changed = PREFERENCES | ({"TaxPrefs": taxes} if taxes is not None else {}) | preferences
    lists = {**LISTS, "CompanyInfo": [COMPANY | {"Country": country}], "Preferences": [changed]}
    company, preference, *rest = lists.values()
    return reading.reference_data(reading.Lists(company[0], preference[0], *rest))


def line(account: str, net: str, tax: str = "0", rate: str = "", text: str = "") -> DocumentLine:
    return DocumentLine(text or f"{account} of the day", account, Decimal(net), Decimal(tax), rate)


def document(kind: Kind, number: str, *lines: DocumentLine, total: str = "", **named: Any) -> Document:
    signed = kind is Kind.JOURNAL
    added = sum((x.net for x in lines if x.net > 0) if signed else (x.net + x.tax for x in lines), Decimal(0))
    return Document(
        kind, number, DAY, DAY, named.pop("currency", "GBP"), "Daily takings 2026-03-14",
        Decimal(total) if total else added, lines, **named,
    )  # fmt: skip


INVOICE = document(
    Kind.INVOICE, "AB-260314-I1", line("sales", "100", "20", "2"), line("gifts", "5"), contact="shopper"
)
CREDIT = document(Kind.CREDIT_NOTE, "AB-260314-C1", line("sales", "10", "2", "2"), contact="shopper")
BILL = document(Kind.BILL, "AB-260314-B1", line("fees", "3"), contact="provider")
FEE_CREDIT = document(Kind.BILL_CREDIT_NOTE, "AB-260314-D1", line("fees", "1"), contact="provider")
JOURNAL = document(Kind.JOURNAL, "AB-260314-J1", line("card", "12"), line("sales", "-10"), line("vat", "-2"))


def settling(kind: Kind, number: str, account: str, total: str, settles: str = "900") -> Document:
    contact = "shopper" if kind in (Kind.PAYMENT, Kind.REFUND) else "provider"
    return document(kind, number, total=total, account=account, settles=settles, contact=contact)


PAYMENT = settling(Kind.PAYMENT, "AB-260314-P1", "card", "125")
BY_GIFT_CARD = settling(Kind.PAYMENT, "AB-260314-P2", "gifts", "8")
REFUND = settling(Kind.REFUND, "AB-260314-R1", "till", "12", "901")
BILL_PAYMENT = settling(Kind.BILL_PAYMENT, "AB-260314-Q1", "bank", "3")
FROM_CLEARING = settling(Kind.BILL_PAYMENT, "AB-260314-Q2", "card", "3")
FEE_REFUND = settling(Kind.BILL_REFUND, "AB-260314-E1", "bank", "1")
SPENT = document(Kind.SPEND_MONEY, "AB-260314-S1", line("fees", "3"), account="bank", contact="provider")
RECEIVED = document(Kind.RECEIVE_MONEY, "AB-260314-V1", line("fees", "2"), account="bank", contact="provider")
TRANSFER = document(Kind.TRANSFER, "AB-260314-T1", total="50", account="card", to_account="bank")
TWO_CONTROLS = document(
    Kind.JOURNAL, "AB-260314-J2", line("debtors", "30"), line("creditors", "-4"), line("sales", "-26")
)
ALL = [
    INVOICE, CREDIT, BILL, FEE_CREDIT, JOURNAL, PAYMENT, BY_GIFT_CARD, REFUND, BILL_PAYMENT, FROM_CLEARING,
    FEE_REFUND, SPENT, RECEIVED, TRANSFER, TWO_CONTROLS,
]  # fmt: skip

# What stands in for an answer: (status, body), a body, an error to raise; None for the company's own.
Fault = Callable[[str, Any], Any]


def fault(code: str, kind: str = "ValidationFault", detail: str = "It is wrong") -> dict[str, Any]:
    return {"Fault": {"Error": [{"Message": "Wrong", "Detail": detail, "code": code}], "type": kind}}


def refusing(name: str, answer: Any) -> Fault:
    return lambda asked, _content: answer if asked == name else None


@dataclass
class Company:
    """Stands in for `Transport`: takes everything, keeps it, finds it again.

    `refuse` is asked first, of each creation (its name, its content) and each request ("request", its body).
    """

    refuse: Fault = lambda _name, _content: None
    lists: dict[str, list[Any]] = field(
        default_factory=lambda: {name: [*each] for name, each in LISTS.items()}
    )
    requests: list[tuple[str, Mapping[str, str], Any]] = field(default_factory=list)
    after: PlatformError | None = None

    def read(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        self.requests.append((path, query or {}, None))
        return self._reply({"QueryResponse": self._found((query or {})["query"])})

    def write(self, _method: str, path: str, body: object, query: Mapping[str, str] | None = None) -> Reply:
        sent = json.loads(dump(body), parse_float=Decimal)
        self.requests.append((path, query or {}, sent))
        items = sent["BatchItemRequest"]
        given = self.refuse("request", sent) if "Query" not in items[0] else None
        if isinstance(given, PlatformError):
            raise given
        if given is not None:
            return self._reply(given[1], given[0])
        answered = [self._item(item) for item in items]
        if self.after is not None and "Query" not in items[0]:
            raise self.after
        return self._reply({"BatchItemResponse": [each for each in answered if each]})

    def made(self, name: str) -> list[Any]:
        """What was created of this name."""
        return [each for each in self.lists.get(name, []) if str(each["Id"]).startswith("new-")]

    def writes(self) -> list[Any]:
        return [body for _, query, body in self.requests if "requestid" in query]

    def reads(self) -> int:
        return len(self.requests) - len(self.writes())

    def _item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        number = {"bId": item["bId"]}
        if "Query" in item:
            return {**number, "QueryResponse": self._found(item["Query"])}
        name = next(each for each in item if each not in ("bId", "operation"))
        content = item[name]
        if item["operation"] == "delete":
            kept = [each for each in self.lists[name] if each["Id"] != content["Id"]]
            is_there = len(kept) < len(self.lists[name])
            self.lists[name] = kept
            return {**number, **({name: {"status": "Deleted"}} if is_there else fault("610"))}
        given = self.refuse(name, content)
        if given is not None:
            return {**number, **given} if given else {}
        made = {"Id": f"new-{len(self.requests)}-{item['bId']}", "SyncToken": "0", **content}
        made |= totals(name, content)
        self.lists.setdefault(name, []).append(made)
        return {**number, name: made}

    def _found(self, text: str) -> dict[str, Any]:
        asked = re.fullmatch(
            r"select \* from (\w+)(?: where (.*))? startposition (\d+) maxresults 1000", text
        )
        assert asked is not None, text
        name, condition, start = asked[1], asked[2] or "", int(asked[3])
        found = [each for each in self.lists.get(name, []) if _fits(each, condition)]
        return {name: found[start - 1 : start + 999]} if found else {}

    def _reply(self, body: Any, status: int = 200) -> Reply:
        return Reply("QuickBooks", status, {}, body if isinstance(body, bytes) else dump(body).encode())


def _fits(record: Mapping[str, Any], condition: str) -> bool:
    compared = re.fullmatch(r"(DocNumber|TxnDate|DisplayName|Name) (?:= |in )\(?(.*?)\)?", condition)
    if compared is None:
        return True
    return str(record.get(compared[1])) in re.findall(r"'([^']*)'", compared[2])


def totals(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """What QuickBooks adds to a form: its total, with tax."""
    if name in ("JournalEntry", "Transfer", "Item", "Customer", "Vendor", "Account") or "TotalAmt" in content:
        return {}
    tax = content.get("TxnTaxDetail", {}).get("TotalTax", 0)
    return {"TotalAmt": sum(each["Amount"] for each in content["Line"]) + tax}


class _Key:
    def access(self) -> str:
        return "token"

    def renewed(self, refused: str) -> str:
        raise AssertionError(refused)


class _Free:
    def before_call(self) -> None: ...

    def blocked_for(self, seconds: int) -> None:
        raise AssertionError(seconds)


def books(company: Company | None = None) -> tuple[QuickBooksBooks, Company]:
    made = connect(Access("company", "connection", tokens=_Key(), pace=_Free(), tenant="realm"))
    answering = company or Company()
    made._client = Client(answering)  # type: ignore[arg-type]
    return made, answering
