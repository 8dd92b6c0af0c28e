"""Where the fold posts to: balances by day, currency and account; and how it reads records."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Body = dict[str, Any]
ZERO = Decimal(0)

FALLBACKS = {
    "sales-other": "sales",
    "serviceCharge": "sales",
    "shipping": "sales",
    "overpayment": "sales",
    "rounding": "sales",
    "prepaidDiscount": "sales",
    "refund": "sales",
    "deposits": "invoice",
    "paymentFeeTax": "paymentFee",
    "payoutFee": "paymentFee",
    "paymentFeeRefund": "paymentFee",
    "disputeLoss": "paymentFee",
    "disputeFee": "paymentFee",
}
# Ways of paying that have a spelling of their own, in whatever case a type is.
LISTED_PAYMENTS = (
    *("card", "cash", "payout", "invoice", "onlineCard", "custom", "storeCredit", "prepaidPayment"),
    *("paypal", "paypalQr", "mobile", "vipps", "swish", "manual"),
)
# The keys of sales and of fees, by the sections of the configuration; and payouts, by which no shopper pays.
NOT_PAYMENTS = (
    *("sales", "refund", "gratuity", "prepaid", "prepaidDiscount", "serviceCharge", "shipping"),
    *("overpayment", "rounding", "deposits"),
    *("paymentFee", "paymentFeeTax", "paymentFeeRefund", "payoutFee", "loan", "loanPayment", "loanFee"),
    *("cashback", "dispute", "disputeFee", "disputeLoss", "reserve"),
    "payout",
)


@dataclass
class Choice:
    """The merchant's selections, by name of account key.

    `tax_accounts` is by combination of component ids (a frozenset); `percent_accounts` by percentage, for
    lines that name no component. `categories` is true when product categories are selected at line level.
    """

    accounts: dict[str, str]
    tax_accounts: dict[frozenset[str], str] = field(default_factory=dict)
    percent_accounts: dict[Decimal, str] = field(default_factory=dict)
    zone: str = "Europe/London"
    sync_hour: int = 0
    sales_date: str = "created"
    categories: bool = False


@dataclass(frozen=True)
class Span:
    """From `opens` (None: always) days begin at this hour of this zone; `first_day` is the first of them."""

    first_day: date
    opens: datetime | None
    zone: str
    sync_hour: int


class Ledger:
    """Balances by day, currency and account.

    `kept` are the selections of days that keep others than `choice`; `spans`, oldest first, say how time was
    cut into days where that changed.
    """

    def __init__(
        self, choice: Choice, kept: Mapping[date, Choice] | None = None, spans: Sequence[Span] = ()
    ) -> None:
        """Start empty."""
        self.choice = choice
        self.kept = dict(kept or {})
        self.spans = tuple(spans) or (Span(date.min, None, choice.zone, choice.sync_hour),)
        self.days: dict[date, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))

    def balances(self) -> dict[tuple[str, str], Decimal]:
        """(currency, account) to balance; accounts that come to nothing are left out."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        for postings in self.days.values():
            for place, amount in postings.items():
                sums[place] += amount
        return {place: amount for place, amount in sums.items() if amount}

    def day(self, when: date) -> dict[tuple[str, str], Decimal]:
        """One day's net postings."""
        return {place: amount for place, amount in self.days[when].items() if amount}

    def choice_of(self, when: date) -> Choice:
        """The selections that a day keeps."""
        return self.kept.get(when, self.choice)

    def account(self, when: date, key: str) -> str:
        """The account selected for a key, or for the one it falls back to."""
        accounts = self.choice_of(when).accounts
        while key not in accounts:
            if key.startswith("sales-") and key != "sales-other":
                key = "sales-other"
            elif key.startswith("custom-"):
                key = "custom"
            elif key in FALLBACKS:
                key = FALLBACKS[key]
            else:
                message = f"no account is selected for {key}"
                raise KeyError(message)
        return accounts[key]

    def post(self, when: date, currency: str, key: str, amount: Decimal) -> None:
        """Debit (or, negative, credit) the account of a key."""
        if amount:
            self.days[when][currency, self.account(when, key)] += amount

    def post_tax(self, when: date, currency: str, part: Body, amount_field: str, sign: int) -> None:
        """Debit or credit the tax of a line or charge where its treatment says."""
        total = number(part.get(amount_field))
        if not total:
            return
        components = components_of(part)
        whole, choice = frozenset(components), self.choice_of(when)
        if not components:
            place = choice.percent_accounts[number(part.get("taxPercentage"))]
            self.days[when][currency, place] += sign * total
        elif whole in choice.tax_accounts:
            self.days[when][currency, choice.tax_accounts[whole]] += sign * total
        else:
            for component, amount in components.items():
                place = choice.tax_accounts[frozenset([component])]
                self.days[when][currency, place] += sign * amount

    def day_of(self, text: str) -> date:
        """The business day of a time as a source wrote it."""
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            zone = ZoneInfo(self.spans[-1].zone)
            early = moment.replace(tzinfo=zone, fold=0)
            exists = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment
            moment = early if exists else moment.replace(tzinfo=zone, fold=1)
        span = [each for each in self.spans if each.opens is None or each.opens <= moment][-1]
        local = moment.astimezone(UTC).astimezone(ZoneInfo(span.zone))
        day = local.date() - timedelta(days=1 if local.hour < span.sync_hour else 0)
        return max(day, span.first_day)


def number(value: object) -> Decimal:
    """An amount as sent; nothing is nought."""
    return Decimal(str(value)) if value not in (None, "") else ZERO


def components_of(part: Body) -> dict[str, Decimal]:
    """Tax component ids of a line or charge, with their amounts."""
    found: dict[str, Decimal] = {}
    for tax in part.get("taxes") or []:
        component = tax["taxComponentRef"]["id"]
        amount = tax["taxAmount"] if tax.get("taxAmount") not in (None, "") else tax.get("rate")
        found[component] = found.get(component, ZERO) + number(amount)
    return found


def payment_key(payment: Body) -> str:
    """The account key of a payment's type: in camel case, and never what is no way of paying."""
    kind = payment.get("type") or "Unknown"
    method = (payment.get("paymentMethodRef") or {}).get("id", "")
    if kind.lower() == "custom" and method:
        return f"custom-{method}"
    first, *others = re.findall(r"[^\W_]+", kind)
    name = first + "".join(each[0].upper() + each[1:] for each in others)
    name = name.lower() if name == name.upper() else name[0].lower() + name[1:]
    if name == "prepaid":
        return "prepaidPayment"
    listed = {each.lower(): each for each in LISTED_PAYMENTS}
    name = listed.get(name.lower(), name)
    return f"paid-{name}" if name in NOT_PAYMENTS else name


def is_paid(payment: Body) -> bool:
    """Whether the money came in (or went out)."""
    return str(payment.get("status", "")).lower() == "paid"
