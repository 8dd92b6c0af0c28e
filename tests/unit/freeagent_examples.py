"""A company in FreeAgent as its answers show it, and a transport that keeps what it is sent."""

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
from daybook.platforms.freeagent import connect, reading
from daybook.platforms.freeagent.books import FreeAgentBooks
from daybook.platforms.freeagent.client import Client
from daybook.platforms.freeagent.tax import tax_on_top, tax_within
from daybook.platforms.transport import Reply

DAY = date(2026, 3, 14)
API = "https://api.freeagent.com/v2"


def code(number: str) -> str:
    return f"{API}/categories/{number}"


def bank(number: int) -> str:
    return f"{API}/bank_accounts/{number}"


SALES, TIPS, FEES, DEBTORS, CREDITORS = code("001"), code("011"), code("363"), code("681"), code("796")
CLEARING, GIFTS, VAT, CONTRA, STOCK = code("671"), code("731"), code("819"), code("998"), code("609")
CURRENT, CARD, TILL, EUROS, OLD_BANK = (bank(number) for number in range(1, 6))
SHOPPER, PROVIDER, FORMER = (f"{API}/contacts/{number}" for number in range(1, 4))

COMPANY = {
    "url": f"{API}/company",
    "name": "Corner Cafe Ltd",
    "subdomain": "cornercafe",
    "type": "UkLimitedCompany",
    "currency": "GBP",
    "freeagent_start_date": "2025-04-01",
    "sales_tax_name": "VAT",
    "sales_tax_rates": ["20.0", "5.0", "0.0"],
}


def _category(number: str, name: str) -> dict[str, str]:
    return {"url": code(number), "nominal_code": number, "description": name}


CATEGORIES = {
    "income_categories": [_category("001", "Sales"), _category("011", "Tips")],
    "cost_of_sales_categories": [_category("102", "Commission Paid")],
    "admin_expenses_categories": [
        _category("285", "Accommodation"),
        _category("363", "Bank/Finance Charges"),
    ],
    "general_categories": [
        _category("051", "Interest Received"),
        _category("609", "Stock"),
        _category("671", "Card clearing"),
        _category("681", "Trade Debtors"),
        _category("731", "Gift cards"),
        _category("750", "Bank Account"),
        _category("796", "Trade Creditors"),
        _category("817", "VAT"),
        _category("819", "VAT Charged"),
        _category("908", "Dividend"),
        _category("921", "Reserves"),
        _category("998", "Contra Account"),
    ],
}
BANK_ACCOUNTS: list[dict[str, Any]] = [
    {"url": CURRENT, "name": "Current account", "currency": "GBP", "is_primary": True, "status": "active"},
    {"url": CARD, "name": "Card Clearing", "currency": "GBP", "status": "active"},
    {"url": TILL, "name": "Till", "currency": "GBP"},
    {"url": EUROS, "name": "Euros", "currency": "EUR", "status": "active"},
    {"url": OLD_BANK, "name": "Old", "currency": "GBP", "status": "hidden", "type": "CreditCardAccount"},
]
CONTACTS = [
    {"url": SHOPPER, "organisation_name": "Daily sales", "status": "Active"},
    {"url": PROVIDER, "first_name": "Payment", "last_name": "provider"},
    {"url": FORMER, "organisation_name": "Former", "status": "Hidden"},
]
VAT_RETURNS = [
    {"period_ends_on": "2025-09-30", "filing_status": "filed"},
    {"period_ends_on": "2025-12-31", "filing_status": "marked_as_filed"},
    {"period_ends_on": "2026-03-31", "filing_status": "unfiled"},
]
# An accountant's at the end of a year, and the user's own.
ACCOUNT_LOCKS = [
    {"locked_to_date": "2025-03-31", "locked_by_description": "Accounting Year End 2024/25"},
    {"locked_to_date": "2026-01-31", "user_lock": True, "locked_by_description": "Owner"},
]


def reference(**company: Any) -> ReferenceData:
    return reading.reference_data(
        COMPANY | company, CATEGORIES, BANK_ACCOUNTS, CONTACTS, VAT_RETURNS, ACCOUNT_LOCKS
    )


def line(account: str, net: str, tax: str = "0", rate: str = "", text: str = "") -> DocumentLine:
    return DocumentLine(text or "Takings", account, Decimal(net), Decimal(tax), rate)


def document(kind: Kind, number: str, *lines: DocumentLine, total: str = "", **named: Any) -> Document:
    signed = kind is Kind.JOURNAL
    added = sum((x.net for x in lines if x.net > 0) if signed else (x.net + x.tax for x in lines), Decimal(0))
    return Document(
        kind, number, DAY, DAY, named.pop("currency", "GBP"), "Sales 2026-03-14",
        Decimal(total) if total else added, lines, **named,
    )  # fmt: skip


INVOICE = document(
    Kind.INVOICE, "AB-260314-I1", line(SALES, "100", "20", "20"), line(TIPS, "5"), contact=SHOPPER
)
CREDIT = document(Kind.CREDIT_NOTE, "AB-260314-C1", line(SALES, "10", "2", "20"), contact=SHOPPER)
WITH_GIFTS = document(
    Kind.INVOICE, "AB-260314-I2", line(SALES, "100", "20", "20"), line(GIFTS, "25"), contact=SHOPPER
)
BILL = document(Kind.BILL, "AB-260314-B1", line(FEES, "3"), contact=PROVIDER)
JOURNAL = document(Kind.JOURNAL, "AB-260314-J1", line(CLEARING, "12"), line(SALES, "-10"), line(VAT, "-2"))
# Money on two bank accounts and a debt: no journal may touch any of them.
TAKINGS = document(
    Kind.JOURNAL, "AB-260314-J2", line(CURRENT, "100"), line(TILL, "20"), line(DEBTORS, "4"),
    line(SALES, "-104"), line(VAT, "-20"),
)  # fmt: skip
# The last of its parts is a journal over 40.
SETTLED = document(
    Kind.JOURNAL, "AB-260314-J3", line(CURRENT, "100"), line(DEBTORS, "-60"), line(SALES, "-40")
)
PAYMENT = document(Kind.PAYMENT, "AB-260314-P1", total="125", account=CARD, settles=f"{API}/invoices/9")
BY_GIFT = document(Kind.PAYMENT, "AB-260314-P2", total="25", account=GIFTS, settles=f"{API}/invoices/9")
TRANSFER = document(Kind.TRANSFER, "AB-260314-T1", total="50", account=CARD, to_account=CURRENT)
SPENT = document(Kind.SPEND_MONEY, "AB-260314-S1", line(FEES, "3"), account=CARD)
ALL = (INVOICE, CREDIT, WITH_GIFTS, BILL, JOURNAL, TAKINGS, SETTLED, PAYMENT, BY_GIFT, TRANSFER, SPENT)


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: Mapping[str, str]
    body: Any


Fault = Callable[[Call], Any]


@dataclass
class FreeAgent:
    """Stands in for `Transport`: keeps what it is sent, in the shapes that FreeAgent answers with.

    `before` may answer a call instead, with (status, body) or an error; `after` may replace the answer of a
    call that was carried out.
    """

    before: Fault = field(default=lambda _: None)
    after: Fault = field(default=lambda _: None)
    calls: list[Call] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, path: str, query: Mapping[str, str] | None = None, **_: str) -> Reply:
        return self._answered(Call("GET", path, query or {}, None))

    def write(
        self, method: str, path: str, body: object = None, query: Mapping[str, str] | None = None
    ) -> Reply:
        return self._answered(Call(method, path, query or {}, json.loads(dump(body), parse_float=Decimal)))

    def sent(self) -> list[tuple[str, str]]:
        """The calls that change something."""
        return [(call.method, call.path.removeprefix("/v2/")) for call in self.calls if call.method != "GET"]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [each for url, each in self.kept.items() if f"/{name}/" in url]

    def _answered(self, call: Call) -> Reply:
        self.calls.append(call)
        given = self.before(call)
        if given is None:
            done = self._done(call)
            given = self.after(call) or done
        if isinstance(given, PlatformError):
            raise given
        status, body, *more = given
        return Reply("FreeAgent", status, more[0] if more else {}, dump(body).encode())

    def _done(self, call: Call) -> tuple[Any, ...]:
        name, _, rest = call.path.removeprefix("/v2/").partition("/")
        if call.method == "GET":
            return 200, self._listed(call, name)
        url = f"{API}/{name}/{rest.split('/')[0]}"
        if call.method == "DELETE":
            return (200, {}) if self.kept.pop(url, None) else (404, {})
        if call.method == "PUT":
            self.kept[url]["status"] = "Open"
            return 200, {}
        ((element, sent),) = call.body.items()
        url = f"{API}/{name}/{len(self.calls)}"
        self.kept[url] = _made(name, sent)
        made = {key: value for key, value in self.kept[url].items() if key != "url"}
        if name == "categories":
            element = {"income": "income_categories"}.get(sent["category_group"], "general_categories")
        return 201, {element: made}, {"location": url}

    def _listed(self, call: Call, name: str) -> dict[str, Any]:
        fixed: dict[str, Any] = {
            "company": COMPANY,
            "contacts": CONTACTS,
            "bank_accounts": BANK_ACCOUNTS,
            "vat_returns": VAT_RETURNS,
            "account_locks": ACCOUNT_LOCKS,
        }
        if name == "categories":
            return CATEGORIES
        if name in fixed:
            return {name: fixed[name]}
        kept = [{**each, "url": url} for url, each in self.kept.items() if f"/{name}/" in url]
        return {name: [each for each in kept if _is_asked(each, call.query)]}


def _is_asked(each: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    by_bank = query.get("bank_account", each.get("bank_account")) == each.get("bank_account")
    first, last = query.get("from_date", ""), query.get("to_date", "9")
    return by_bank and first <= each["dated_on"] <= last


def _made(name: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What FreeAgent makes of what it is sent: totals and taxes are its own."""
    made = dict(sent)
    if name in ("invoices", "credit_notes"):
        items = sent.get("invoice_items") or sent["credit_note_items"]
        nets = [Decimal(each["price"]) for each in items]
        taxes = [
            tax_on_top(net, Decimal(each.get("sales_tax_rate", "0")))
            for net, each in zip(nets, items, strict=True)
        ]
        made |= {"status": "Draft", "total_value": str(sum(nets + taxes)), "sales_tax_value": str(sum(taxes))}
    elif name == "bills":
        items = sent["bill_items"]
        tax = sum((_within(each, each["total_value"]) for each in items), Decimal(0))
        total = sum((Decimal(each["total_value"]) for each in items), Decimal(0))
        made |= {"total_value": str(total), "sales_tax_value": str(-tax)}
    elif name == "bank_transaction_explanations":
        made["sales_tax_value"] = str(sent.get("sales_tax_value", _within(sent, sent["gross_value"])))
    return made


def _within(each: Mapping[str, Any], total: str) -> Decimal:
    if "manual_sales_tax_amount" in each:
        return Decimal(each["manual_sales_tax_amount"])
    return tax_within(Decimal(total), Decimal(each.get("sales_tax_rate", "0")))


class _Key:
    def access(self) -> str:
        return "token"

    def renewed(self, refused: str) -> str:
        raise AssertionError(refused)

    def before_call(self) -> None: ...

    def blocked_for(self, seconds: int) -> None:
        raise AssertionError(seconds)


def books(freeagent: FreeAgent) -> FreeAgentBooks:
    made = connect(Access("company", "connection", tokens=_Key(), pace=_Key()))
    made._client = Client(freeagent)  # type: ignore[arg-type]
    return made
