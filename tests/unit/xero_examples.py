"""An organisation in Xero as its answers show it, and a transport that answers from a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformError
from daybook.domain.json_text import dump
from daybook.domain.ledger import ReferenceData
from daybook.platforms.access import Access
from daybook.platforms.transport import Reply
from daybook.platforms.xero import connect, reading
from daybook.platforms.xero.books import XeroBooks
from daybook.platforms.xero.client import Client

DAY = date(2026, 3, 14)

ORGANISATION = {
    "Name": "Corner Cafe Ltd",
    "BaseCurrency": "GBP",
    "CountryCode": "GB",
    "Timezone": "GMTSTANDARDTIME",
    "PeriodLockDate": "/Date(1735603200000+0000)/",
    "EndOfYearLockDate": "/Date(1711843200000)/",
}
ACCOUNTS = [
    {"AccountID": "bank", "Code": "090", "Name": "Bank", "Type": "BANK", "Class": "ASSET", "Status": "ACTIVE",
     "CurrencyCode": "GBP"},
    {"AccountID": "till", "Name": "Till", "Type": "BANK", "Class": "ASSET", "Status": "ACTIVE"},
    {"AccountID": "card", "Code": "610", "Name": "Card clearing", "Type": "CURRENT", "Class": "ASSET",
     "Status": "ACTIVE", "EnablePaymentsToAccount": True},
    {"AccountID": "sales", "Code": "200", "Name": "Sales", "Type": "REVENUE", "Class": "REVENUE",
     "Status": "ACTIVE"},
    {"AccountID": "fees", "Code": "404", "Name": "Fees", "Type": "EXPENSE", "Class": "EXPENSE",
     "Status": "ACTIVE"},
    {"AccountID": "old", "Code": "205", "Name": "Old sales", "Type": "REVENUE", "Class": "REVENUE",
     "Status": "ARCHIVED"},
    {"AccountID": "debtors", "Code": "610A", "Name": "Accounts Receivable", "Type": "CURRENT",
     "Class": "ASSET", "Status": "ACTIVE", "SystemAccount": "DEBTORS"},
    {"AccountID": "creditors", "Code": "800", "Name": "Accounts Payable", "Type": "CURRLIAB",
     "Class": "LIABILITY", "Status": "ACTIVE", "SystemAccount": "CREDITORS"},
    {"AccountID": "vat", "Code": "820", "Name": "VAT", "Type": "CURRLIAB", "Class": "LIABILITY",
     "Status": "ACTIVE", "SystemAccount": "GST"},
    {"AccountID": "rounding", "Code": "860", "Name": "Rounding", "Type": "CURRLIAB", "Class": "LIABILITY",
     "Status": "ACTIVE", "SystemAccount": "ROUNDING"},
    {"AccountID": "earnings", "Code": "960", "Name": "Retained Earnings", "Type": "EQUITY", "Class": "EQUITY",
     "Status": "ACTIVE", "SystemAccount": "RETAINEDEARNINGS"},
    {"AccountID": "gone", "Code": "999", "Name": "Gone", "Type": "EXPENSE", "Status": "DELETED"},
]  # fmt: skip
TAX_RATES = [
    {"Name": "20% (VAT on Income)", "TaxType": "OUTPUT2", "EffectiveRate": Decimal("20.0"),
     "Status": "ACTIVE", "CanApplyToRevenue": True, "CanApplyToExpenses": False},
    {"Name": "Zero Rated Income", "TaxType": "ZERORATEDOUTPUT", "EffectiveRate": Decimal("0.0"),
     "Status": "ACTIVE", "CanApplyToRevenue": True, "CanApplyToExpenses": False},
    {"Name": "20% (VAT on Expenses)", "TaxType": "INPUT2", "EffectiveRate": Decimal("20.0"),
     "Status": "ACTIVE", "CanApplyToRevenue": False},
    {"Name": "17.5% (VAT on Income)", "TaxType": "OUTPUT", "EffectiveRate": Decimal("17.5"),
     "Status": "ARCHIVED"},
    {"Name": "Never used", "TaxType": "TAX009", "EffectiveRate": 3, "Status": "DELETED"},
]  # fmt: skip
CONTACTS = [
    {"ContactID": "shopper", "Name": "Daily sales", "ContactStatus": "ACTIVE"},
    {"ContactID": "provider", "Name": "Payment provider", "ContactStatus": "ACTIVE"},
    {"ContactID": "former", "Name": "Former", "ContactStatus": "ARCHIVED"},
]


def reference() -> ReferenceData:
    return reading.reference_data(ORGANISATION, ACCOUNTS, TAX_RATES, CONTACTS)


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
    Kind.INVOICE, "AB-260314-I1", line("sales", "100", "20", "OUTPUT2"), line("card", "5"), contact="shopper"
)
BILL = document(Kind.BILL, "AB-260314-B1", line("fees", "3"), contact="provider")
JOURNAL = document(Kind.JOURNAL, "AB-260314-J1", line("card", "12"), line("sales", "-10"), line("vat", "-2"))
# Money on two bank accounts: Xero takes it as two receipts and a journal.
TAKINGS = document(
    Kind.JOURNAL, "AB-260314-J2", line("bank", "100"), line("till", "20"), line("fees", "4"),
    line("sales", "-104"), line("vat", "-20"),
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    headers: Mapping[str, str]


Answer = Callable[[Call], Any]


@dataclass
class Scripted:
    """Stands in for `Transport`: answers from `answer`, which gives a body, a (status, body) or an error."""

    answer: Answer
    calls: list[Call] = field(default_factory=list)

    def read(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> Reply:
        return self._answered(Call("GET", path, query or {}, None, headers))

    def write(
        self, method: str, path: str, body: object = None, query: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Reply:  # fmt: skip
        read_back = json.loads(dump(body), parse_float=Decimal)
        return self._answered(Call(method, path, query or {}, read_back, headers))

    def sent(self, method: str = "PUT") -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def _answered(self, call: Call) -> Reply:
        self.calls.append(call)
        given = self.answer(call)
        if isinstance(given, PlatformError):
            raise given
        status, body = given if isinstance(given, tuple) else (200, given)
        raw = body if isinstance(body, bytes) else dump(body).encode()
        return Reply("Xero", status, {}, raw)


class _Key:
    def access(self) -> str:
        return "token"

    def renewed(self, refused: str) -> str:
        raise AssertionError(refused)


class _Free:
    def before_call(self) -> None: ...

    def blocked_for(self, seconds: int) -> None:
        raise AssertionError(seconds)


def books(answer: Answer) -> tuple[XeroBooks, Scripted]:
    made = connect(Access("company", "connection", tokens=_Key(), pace=_Free(), tenant="tenant"))
    scripted = Scripted(answer)
    made._client = Client(scripted)  # type: ignore[arg-type]
    return made, scripted


def organisation(call: Call) -> Any:
    """Answers to what is read of an organisation; None to anything else."""
    return {
        "/Organisation": {"Organisations": [ORGANISATION]},
        "/Accounts": {"Accounts": ACCOUNTS},
        "/TaxRates": {"TaxRates": TAX_RATES},
        "/Contacts": {"Contacts": CONTACTS, "pagination": {"page": 1, "pageCount": 1}},
    }.get(call.path if call.method == "GET" else "")


def taken(call: Call) -> Any:
    """Xero takes everything as it is: each element with an id, its number and its total."""
    name = call.path.removeprefix("/").split("/")[0]
    id_field = name.removesuffix("s") + "ID"
    return {name: [created(each, id_field, at) for at, each in enumerate(call.body[name], 1)]}


def created(element: Mapping[str, Any], id_field: str, at: int) -> dict[str, Any]:
    lines = element.get("LineItems", [])
    totals = {
        "Total": sum((each["UnitAmount"] * each["Quantity"] for each in lines), 0),
        "TotalTax": sum((each["TaxAmount"] for each in lines), 0),
    }
    return {id_field: f"{id_field}-{at}", "ValidationErrors": [], **element, **(totals if lines else {})}
