"""Whatever is written to Sandbox books: they balance, and what is refused leaves no trace."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import trial_balance
from daybook.domain.money import minor_unit
from daybook.platforms.sandbox.chart import account_id, tax_rate_id
from daybook.platforms.sandbox.posting import SETTLES
from tests.simulation.sandbox import COMPANY, Cafe, document

CURRENCIES = ("GBP", "JPY", "KWD")
LINE_ACCOUNTS = ("Sales", "Refunds", "Tips payable", "Payment fees", "Rounding")
MONEY_ACCOUNTS = (
    "Cash on hand",
    "Card clearing",
    "Bank current account",
    "Gift card liability",
    "Rent and rates",
)
RATES = ("", "Tax 20%", "Tax 9.975%", "Exempt")


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents of every kind, most of them acceptable."""
    kind = draw(st.sampled_from(list(Kind)))
    currency = draw(st.sampled_from(CURRENCIES))
    unit = minor_unit(currency)
    amounts = st.integers(-500, 2000).map(lambda units: units * unit)
    reference = f"{kind[:2]}-{draw(st.integers(1, 4))}"
    fields = {
        "currency": currency,
        "status": draw(st.sampled_from(["", "Draft"])) if draw(st.booleans()) else "",
        "account": draw(st.sampled_from(MONEY_ACCOUNTS)),
        "to_account": draw(st.sampled_from(MONEY_ACCOUNTS)),
    }
    if kind in SETTLES:
        target = f"{SETTLES[kind][:2]}-{draw(st.integers(1, 4))}"
        return document(kind, reference, **fields, settles_reference=target, total=draw(amounts))
    if kind is Kind.TRANSFER:
        return document(kind, reference, **fields, total=draw(amounts))
    lines = []
    for _ in range(draw(st.integers(0, 3))):
        rate = draw(st.sampled_from(RATES)) if kind is not Kind.JOURNAL else ""
        tax = draw(st.integers(0, 300)) * unit if rate else Decimal(0)
        account = account_id(COMPANY, draw(st.sampled_from(LINE_ACCOUNTS)))
        lines.append(
            DocumentLine("", account, draw(amounts), tax, tax_rate_id(COMPANY, rate) if rate else "")
        )
    if kind is Kind.JOURNAL and lines and draw(st.integers(0, 9)):
        balance = sum((each.net for each in lines), Decimal(0))
        lines.append(DocumentLine("", account_id(COMPANY, "Cash on hand"), -balance))
    return document(kind, reference, *lines, **fields)


@settings(max_examples=60, deadline=None)
@given(st.lists(documents(), max_size=25))
def test_books_balance_whatever_is_written(written: list[Document]) -> None:
    cafe = Cafe()
    accepted = 0
    for each in written:
        before = list(cafe.books.balances())
        try:
            cafe.books.write_one(each)
        except PlatformRejected:
            assert list(cafe.books.balances()) == before
        else:
            accepted += 1
    entries = list(cafe.ledger.entries())
    assert len(entries) == len(cafe.ledger.standings()) == accepted
    company = cafe.books.reference_data().company
    standings = cafe.ledger.standings().values()
    for currency, balances in trial_balance(entries).items():
        assert sum(balances.values()) == 0
        still_open = {
            kind: sum(
                (each.open for each in standings if each.kind is kind and each.currency == currency),
                Decimal(0),
            )
            for kind in SETTLES.values()
        }
        receivable = balances.get(company.receivable_account, Decimal(0))
        payable = balances.get(company.payable_account, Decimal(0))
        assert receivable == still_open[Kind.INVOICE] - still_open[Kind.CREDIT_NOTE]
        assert payable == still_open[Kind.BILL_CREDIT_NOTE] - still_open[Kind.BILL]
    assert all(each.open >= 0 for each in standings)
