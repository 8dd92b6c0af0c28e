"""Documents a platform cannot carry are split into ones it can, and do the same to every account."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.splitting import Limits, Role, split

DAY = date(2026, 3, 14)
ROLES = {"bank": Role.MONEY, "till": Role.MONEY, "debtors": Role.RECEIVABLE, "creditors": Role.PAYABLE}
PLAIN = ("sales", "fees", "deposits")


def limits(*, many_lines: bool = True) -> Limits:
    return Limits(
        lambda account: ROLES.get(account, Role.PLAIN), "passing", "shopper", "provider", many_lines
    )


def document(kind: Kind, total: str, *lines: tuple[str, str], **fields: str) -> Document:
    made = tuple(DocumentLine(f"{account} of the day", account, Decimal(net)) for account, net in lines)
    return Document(kind, "AB-260314-J1", DAY, DAY, "GBP", "Trade", Decimal(total), made, **fields)


def moved(documents: tuple[Document, ...]) -> dict[str, Decimal]:
    """What documents do to the accounts, debit positive, as any bookkeeper reads them."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    own = {
        Kind.INVOICE: ("debtors", 1), Kind.CREDIT_NOTE: ("debtors", -1),
        Kind.BILL: ("creditors", -1), Kind.BILL_CREDIT_NOTE: ("creditors", 1),
    }  # fmt: skip
    for each in documents:
        if each.kind is Kind.JOURNAL:
            account, side = "", -1
        elif each.kind is Kind.TRANSFER:
            found[each.to_account] += each.total
            found[each.account] -= each.total
            continue
        else:
            bank_side = 1 if each.kind is Kind.RECEIVE_MONEY else -1
            account, side = own.get(each.kind, (each.account, bank_side))
            found[account] += side * each.total
            assert sum(line.net + line.tax for line in each.lines) == each.total > 0
        for line in each.lines:
            found[line.account] -= side * (line.net + line.tax)
    return {account: amount for account, amount in found.items() if amount}


def carried(documents: tuple[Document, ...], *, many_lines: bool) -> None:
    """Every document is one that the platform takes."""
    for each in documents:
        inside = {ROLES.get(line.account, Role.PLAIN) for line in each.lines}
        assert inside <= {Role.PLAIN}
        if each.kind in (Kind.SPEND_MONEY, Kind.RECEIVE_MONEY):
            assert ROLES[each.account] is Role.MONEY
            assert each.contact
            assert many_lines or len(each.lines) == 1
        elif each.kind is Kind.TRANSFER:
            assert {ROLES[each.account], ROLES[each.to_account]} == {Role.MONEY}
        elif each.kind is not Kind.JOURNAL:
            assert each.contact


def test_a_journal_of_plain_accounts_stays_one() -> None:
    journal = document(Kind.JOURNAL, "5", ("fees", "5"), ("sales", "-5"))
    assert split(journal, limits()) == (journal,)


def test_an_invoice_is_left_alone() -> None:
    invoice = document(Kind.INVOICE, "5", ("sales", "5"), contact="shopper")
    assert split(invoice, limits()) == (invoice,)


def test_a_deposit_into_a_bank_account_is_money_received() -> None:
    (part,) = split(document(Kind.JOURNAL, "5", ("bank", "5"), ("deposits", "-5")), limits())
    assert (part.kind, part.account, part.total, part.reference) == (
        Kind.RECEIVE_MONEY, "bank", Decimal(5), "AB-260314-J1",
    )  # fmt: skip
    assert [(line.account, line.net) for line in part.lines] == [("deposits", Decimal(5))]


def test_a_payout_from_a_plain_clearing_account_is_money_received_in_the_bank() -> None:
    payout = document(Kind.TRANSFER, "80", account="deposits", to_account="bank")
    (part,) = split(payout, limits())
    assert (part.kind, part.account) == (Kind.RECEIVE_MONEY, "bank")
    assert moved((part,)) == {"bank": Decimal(80), "deposits": Decimal(-80)}


def test_a_payout_between_two_bank_accounts_stays_a_transfer() -> None:
    payout = document(Kind.TRANSFER, "80", account="till", to_account="bank")
    assert split(payout, limits()) == (payout,)


def test_fees_spent_into_an_account_that_holds_money_are_a_transfer() -> None:
    spent = document(Kind.SPEND_MONEY, "3", ("till", "3"), account="bank", contact="provider")
    (part,) = split(spent, limits())
    assert (part.kind, part.account, part.to_account) == (Kind.TRANSFER, "bank", "till")


def test_a_receipt_on_account_passes_through_a_plain_account() -> None:
    parts = split(document(Kind.JOURNAL, "9", ("bank", "9"), ("debtors", "-9")), limits())
    assert [part.kind for part in parts] == [Kind.RECEIVE_MONEY, Kind.CREDIT_NOTE]
    assert [part.reference for part in parts] == ["AB-260314-J1.1", "AB-260314-J1.2"]
    assert moved(parts) == {"bank": Decimal(9), "debtors": Decimal(-9)}


AMOUNTS = st.integers(-5000, 5000).map(lambda cents: Decimal(cents) / 100)


@given(
    st.dictionaries(st.sampled_from([*ROLES, *PLAIN]), AMOUNTS.filter(bool), min_size=1, max_size=6),
    st.sampled_from([*ROLES, *PLAIN]),
    st.sampled_from([{"many_lines": True}, {"many_lines": False}]),
)
def test_the_parts_do_what_the_whole_does(
    changes: dict[str, Decimal], last: str, options: dict[str, bool]
) -> None:
    changes = {account: amount for account, amount in changes.items() if account != last}
    changes[last] = -sum(changes.values(), Decimal(0))
    lines = [(account, str(amount)) for account, amount in changes.items() if amount]
    if not lines:
        return
    total = sum((amount for amount in changes.values() if amount > 0), Decimal(0))
    whole = document(Kind.JOURNAL, str(total), *lines)
    parts = split(whole, limits(**options))
    carried(parts, **options)
    assert moved(parts) == moved((whole,))
    assert len({part.reference for part in parts}) == len(parts)
