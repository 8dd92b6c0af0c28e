"""A company's books: what is in its lists, its documents, what is open, and the double-entry ledger."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.simulators.ledger import SimulatedLedger
from tests.simulators.quickbooks import chart, faults

Body = dict[str, Any]
Line = tuple[str, Decimal]
CENT = Decimal("0.01")
LISTS = ("Account", "TaxCode", "TaxRate", "TaxAgency", "Customer", "Vendor", "Item")
DOCUMENTS = (
    "Invoice",
    "CreditMemo",
    "Payment",
    "Bill",
    "BillPayment",
    "VendorCredit",
    "Deposit",
    "Purchase",
    "Transfer",
    "JournalEntry",
    "RefundReceipt",
)
_BALANCES = {
    "Invoice": ("Balance",),
    "CreditMemo": ("Balance", "RemainingCredit"),
    "Bill": ("Balance",),
    "VendorCredit": ("Balance",),
}


@dataclass
class Open:
    """What is still open of a document: debit positive, with whom and in which control account."""

    kind: str
    document: str
    party: str
    account: str
    amount: Decimal


@dataclass
class Draft:
    """A document about to be entered: its accounts' lines (debit positive), what it opens, what it settles.

    `body` is what will be stored; `scope` says among which documents its number has to be its own.
    """

    kind: str
    body: Body
    dated: date
    currency: str
    lines: list[Line] = field(default_factory=list)
    opens: list[Open] = field(default_factory=list)
    settles: list[tuple[Open, Decimal]] = field(default_factory=list)
    scope: tuple[str, ...] = ()


@dataclass
class Settings:
    """The merchant's preferences, and what may be the matter with the books; tests set them.

    `closing_date`: documents up to and including it are refused. `custom_numbers` (of sales) and
    `custom_purchase_numbers` off: numbers are assigned; one that is sent is kept all the same, as documented,
    unless `ignores_numbers`. `warns_of_duplicates`: of which of sales, bills, cheques, journals a number is
    refused that is in use (the defaults are those of new books). `allows_tax_override` is the preference
    AllowPartnerTaxOverride. `default_item`: lines without an item take it. `income_items_only`: items sell to
    income accounts only, as the reference says and the user interface does not. `tax_off` is a fault: by so
    much more of a taxed form's total is taken for tax than was sent.
    """

    closing_date: date | None = None
    custom_numbers: bool = True
    custom_purchase_numbers: bool = True
    ignores_numbers: bool = False
    warns_of_duplicates: frozenset[str] = frozenset({"sales", "cheques"})
    uses_account_numbers: bool = True
    multicurrency: bool = True
    using_sales_tax: bool = True
    automated_sales_tax: bool = False
    automated_rate: Decimal = Decimal(8)
    allows_tax_override: bool = True
    default_item: bool = True
    subscription_ended: bool = False
    admin_lost: bool = False
    income_items_only: bool = False
    tax_off: Decimal = Decimal(0)


class Company:
    """The books of one company."""

    def __init__(self, realm: str, name: str, country: str, currency: str, others: Sequence[str]) -> None:
        self.realm, self.name, self.country, self.currency = realm, name, country, currency
        self.currencies = {currency, *others}
        self.settings = Settings(multicurrency=bool(set(others) - {currency}))
        self.ledger = SimulatedLedger()
        self.time_zone = {"GB": "Europe/London", "US": "America/New_York", "CA": "America/Toronto"}.get(
            country, "Etc/UTC"
        )
        self.held: dict[str, dict[str, Body]] = {kind: {} for kind in (*LISTS, *DOCUMENTS)}
        self.open: list[Open] = []
        self.tax_accounts: dict[str, str] = {}
        self._list_numbers: dict[str, itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self._document_ids = itertools.count(101)
        self._own_numbers = itertools.count(1001)

    @property
    def is_us(self) -> bool:
        """Whether the tax model of the United States applies."""
        return self.country == "US"

    def today(self) -> date:
        """The date documents bear that do not say theirs."""
        return datetime.now(UTC).date()

    def add(self, kind: str, body: Body, identifier: str = "") -> Body:
        """Put something into a list."""
        given = identifier or str(next(self._list_numbers[kind]))
        moment = faults.now()
        stored = {
            **body,
            "Id": given,
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        }
        self.held[kind][given] = stored
        return stored

    def get(self, kind: str, identifier: str) -> Body:
        """What has this id. Raises Refused."""
        if identifier not in self.held[kind]:
            raise faults.not_found(kind, identifier)
        return self.held[kind][identifier]

    def named(self, kind: str, name: str) -> Body:
        """What has this name: for tests, and to set up."""
        for body in self.held[kind].values():
            if name in (body.get("Name"), body.get("DisplayName"), body.get("FullyQualifiedName")):
                return body
        raise KeyError(name)

    def refer(self, kind: str, holder: Body, element: str, *, needed: bool = True) -> Body | None:
        """What a reference leads to. Raises Refused when it is missing, unknown or inactive."""
        reference = holder.get(element)
        identifier = reference.get("value", "") if isinstance(reference, dict) else ""
        if not identifier:
            if needed:
                raise faults.missing(element)
            return None
        found = self.held[kind].get(identifier)
        if found is None:
            raise faults.unknown_reference(kind, identifier)
        if found.get("Active") is False:
            raise faults.inactive(element)
        return found

    def referred(self, kind: str, holder: Body, element: str) -> Body:
        """As `refer`, where the reference must be there."""
        found = self.refer(kind, holder, element)
        assert found is not None
        return found

    def ledger_name(self, account: str) -> str:
        """The name an account has in `balances`."""
        return str(self.held["Account"][account]["FullyQualifiedName"]).replace(":", ": ")

    def control_account(self, kind: str, currency: str) -> Body:
        """The account of what customers owe (or suppliers are owed) in a currency."""
        for account in self.held["Account"].values():
            if account["AccountType"] == kind and account["CurrencyRef"]["value"] == currency:
                return account
        raise faults.business(f"There is no {kind} account in {currency}.")

    def open_of(self, kind: str, document: str, party: str) -> Open | None:
        """What is open of a document with somebody."""
        for each in self.open:
            if (each.kind, each.document, each.party) == (kind, document, party) and each.amount:
                return each
        return None

    def enter(self, draft: Draft, *, duplicates_allowed: bool) -> Body:
        """Enter a document, or do nothing. Raises Refused."""
        closing = self.settings.closing_date
        if closing is not None and draft.dated <= closing:
            raise faults.period_closed()
        self._number(draft, duplicates_allowed=duplicates_allowed)
        identifier = str(next(self._document_ids))
        draft.body["TxnDate"] = draft.dated.isoformat()
        draft.body["CurrencyRef"] = {"value": draft.currency, "name": draft.currency}
        stored = self.add(draft.kind, draft.body, identifier)
        named = [(self.ledger_name(account), amount) for account, amount in draft.lines]
        self.ledger.post(f"{draft.kind} {identifier}", draft.dated, draft.currency, named)
        for opened in draft.opens:
            opened.document = identifier
        self.open.extend(draft.opens)
        for opened, amount in draft.settles:
            opened.amount -= amount
            self._linked(opened, draft.kind, identifier)
        return stored

    def _linked(self, opened: Open, kind: str, identifier: str) -> None:
        body = self.held[opened.kind][opened.document]
        for name in _BALANCES.get(opened.kind, ()):
            body[name] = abs(opened.amount)
        linked_as = "BillPaymentCheck" if kind == "BillPayment" else kind
        body["LinkedTxn"] = [*body.get("LinkedTxn", ()), {"TxnId": identifier, "TxnType": linked_as}]
        self.touch(body)

    def touch(self, body: Body) -> None:
        """Record that something was changed."""
        body["SyncToken"] = str(int(body["SyncToken"]) + 1)
        body["MetaData"] = {**body["MetaData"], "LastUpdatedTime": faults.now()}

    def _number(self, draft: Draft, *, duplicates_allowed: bool) -> None:
        number = draft.body.get("DocNumber", "")
        if len(number) > 21:
            raise faults.wrong_length("DocNumber", 21, len(number))
        if "DocNumber" in draft.body and not draft.scope:
            del draft.body["DocNumber"]  # these kinds have no number; what is sent is not kept
            return
        if not draft.scope:
            return
        settings = self.settings
        custom = {"sales": settings.custom_numbers, "journals": True}.get(
            draft.scope[0], settings.custom_purchase_numbers or draft.kind == "BillPayment"
        )
        if not custom:
            if not number or settings.ignores_numbers:
                draft.body["DocNumber"] = str(next(self._own_numbers))
            return
        if number and not duplicates_allowed and self._minds_duplicates(draft):
            self._refuse_duplicate(draft, number)

    def _minds_duplicates(self, draft: Draft) -> bool:
        """Payments of bills, and purchases other than by cheque, never share a number."""
        if draft.kind == "BillPayment" or draft.body.get("PaymentType") in ("Cash", "CreditCard"):
            return True
        return draft.scope[0] in self.settings.warns_of_duplicates

    def _refuse_duplicate(self, draft: Draft, number: str) -> None:
        for kind in DOCUMENTS:
            for held in self.held[kind].values():
                if held.get("DocNumber") == number and scope_of(kind, held) == draft.scope:
                    raise faults.duplicate_number()


def scope_of(kind: str, body: Body) -> tuple[str, ...]:
    """Among which documents a number has to be its own: sales, a supplier's bills, an account's cheques."""
    if kind in ("Invoice", "CreditMemo", "RefundReceipt"):
        return ("sales",)
    if kind in ("Bill", "VendorCredit"):
        return ("bills", body["VendorRef"]["value"])
    if kind == "JournalEntry":
        return ("journals",)
    if kind == "Purchase":
        return ("cheques", body["AccountRef"]["value"])
    if kind == "BillPayment":
        paid = body.get("CheckPayment", {}).get("BankAccountRef") or body["CreditCardPayment"]["CCAccountRef"]
        return ("cheques", paid["value"])
    return ()


def money(value: Any, element: str = "Amount") -> Decimal:
    """An amount out of a request. Raises Refused when it is missing or finer than the currency."""
    if value is None:
        raise faults.missing(element)
    amount = Decimal(str(value))
    if amount != amount.quantize(CENT):
        raise faults.business(f"{element} {amount} has more than two decimals.")
    return amount


def reference(body: Body) -> Body:
    """A reference to something, as answers carry it."""
    name = body.get("FullyQualifiedName") or body.get("DisplayName") or body.get("Name") or ""
    return {"value": body["Id"], "name": name}


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Amounts added up."""
    return sum(amounts, Decimal(0))


def new_company(realm: str, name: str, country: str, currency: str, others: Sequence[str]) -> Company:
    """Books as they are when a company first opens them."""
    company = Company(realm, name, country, currency, others)
    for row in chart.CHART:
        _account(company, row)
    company.add("TaxAgency", {"DisplayName": "Tax authority", "TaxTrackedOnSales": True})
    for rate in chart.TAX_RATES:
        _tax_code(company, rate)
    if company.is_us:
        for code, taxable in (("TAX", True), ("NON", False)):
            body = {"Name": code, "Description": code, "Active": True, "Taxable": taxable, "TaxGroup": False}
            company.add("TaxCode", body, code)
    for kind, names in (("Customer", chart.CUSTOMERS), ("Vendor", chart.VENDORS)):
        for each in names:
            company.add(kind, contact(company, each))
    income = company.named("Account", "Sales")
    company.add(
        "Item",
        {
            "Name": chart.DEFAULT_ITEM,
            "FullyQualifiedName": chart.DEFAULT_ITEM,
            "Active": True,
            "Type": "Service",
            "IncomeAccountRef": reference(income),
        },
    )
    for other in sorted(company.currencies - {currency}):
        add_control_accounts(company, other)
    return company


def contact(company: Company, name: str, currency: str = "") -> Body:
    """A new customer or supplier."""
    return {
        "DisplayName": name,
        "FullyQualifiedName": name,
        "PrintOnCheckName": name,
        "Active": True,
        "Balance": Decimal(0),
        "CurrencyRef": {"value": currency or company.currency, "name": currency or company.currency},
    }


def add_control_accounts(company: Company, currency: str) -> None:
    """The accounts of what is owed in a foreign currency, which come with its first use."""
    for name, kind in ((chart.RECEIVABLE_NAME, chart.RECEIVABLE), (chart.PAYABLE_NAME, chart.PAYABLE)):
        _account(company, chart.Row("", f"{name} - {currency}", kind), currency)


def _account(company: Company, row: chart.Row, currency: str = "") -> Body:
    parent, _, own = row.name.rpartition(":")
    used = currency or company.currency
    body: Body = {
        "Name": own,
        "FullyQualifiedName": row.name,
        "SubAccount": bool(parent),
        "Active": True,
        "Classification": chart.CLASSIFICATIONS[row.type],
        "AccountType": row.type,
        "AccountSubType": row.sub_type or chart.SUB_TYPES[row.type][0],
        "CurrencyRef": {"value": used, "name": used},
    }
    if row.number:
        body["AcctNum"] = row.number
    if parent:
        body["ParentRef"] = {"value": company.named("Account", parent)["Id"]}
    return company.add("Account", body)


def _tax_code(company: Company, rate: chart.Rate) -> None:
    agency = company.add("TaxAgency", {"DisplayName": rate.name, "TaxTrackedOnSales": True})
    row = chart.Row(rate.number, rate.account, chart.CURRENT_LIABILITY, "GlobalTaxPayable")
    account = _account(company, row)
    lists = {}
    for which, side in (("SalesTaxRateList", "sales"), ("PurchaseTaxRateList", "purchases")):
        made = company.add(
            "TaxRate",
            {
                "Name": f"{rate.name} ({side})",
                "Description": f"{rate.name} on {side}",
                "Active": True,
                "RateValue": rate.percent,
                "AgencyRef": {"value": agency["Id"]},
                "SpecialTaxType": "NONE",
                "DisplayType": "ReadOnly",
            },
        )
        company.tax_accounts[made["Id"]] = account["Id"]
        detail = {"TaxRateRef": reference(made), "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
        lists[which] = {"TaxRateDetail": [detail]}
    body = {"Name": rate.name, "Description": rate.name, "Active": True, "Taxable": True, "TaxGroup": True}
    company.add("TaxCode", {**body, **lists})
