"""What every platform promises (`platforms/interface.py`), Sandbox books among them: the same for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import TAXED, Document, DocumentLine, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import Account, ReferenceData, Written
from daybook.platforms.interface import Platform, write_one
from daybook.store.connections import get as connection_of
from tests.platforms.benches import benches
from tests.platforms.world import Bench, PlatformWorld
from tests.simulation.world import World

DAY = date(2026, 4, 14)
SETTLING = {
    Kind.PAYMENT: Kind.INVOICE,
    Kind.REFUND: Kind.CREDIT_NOTE,
    Kind.BILL_PAYMENT: Kind.BILL,
    Kind.BILL_REFUND: Kind.BILL_CREDIT_NOTE,
}
PURCHASES = (Kind.BILL, Kind.BILL_CREDIT_NOTE, Kind.BILL_PAYMENT, Kind.BILL_REFUND)
GROSS, NET, TAX = Decimal("12.00"), Decimal("10.00"), Decimal("2.00")
SANDBOX = "sandbox"


class Books:
    """A merchant's books at a platform, open."""

    def __init__(self, bench: Bench | None) -> None:
        self.bench = bench
        self.world = World() if bench is None else PlatformWorld(bench=bench)
        company = self.world.open_company()
        self.connection = connection_of(self.world.table, company.id, self.world.ledgers[company.id])
        self.company = company

    @property
    def platform(self) -> Platform:
        """The platform, as a new process sees it."""
        return self.world.runtime.platform_for(self.connection)

    def balances(self) -> dict[tuple[str, str], Decimal]:
        """What is in the books."""
        return self.world.balances(self.company)

    @property
    def gone_account(self) -> str:
        """The id of an account that is not there, of the form that ids have here."""
        known = self.platform.reference_data().accounts[0].id
        return re.sub(r"[0-9a-f](?=[^/]*$)", "9", known) if "-" in known else "999999"

    def account(self, data: ReferenceData, name: str) -> Account:
        """An account by what the standard documents call it."""
        there = self.bench.names.get(name, name) if self.bench else name
        return next(each for each in data.accounts if each.name == there)

    def document(self, kind: Kind, reference: str, settles: str = "") -> Document:
        """A document of a kind."""
        data = self.platform.reference_data()
        there = self.bench.names.get("Tax 20%", "Tax 20%") if self.bench else "Tax 20%"
        rate = next(each.id for each in data.tax_rates if each.name == there)
        bank, card = (self.account(data, name).id for name in ("Bank current account", "Card clearing"))
        is_purchase = kind in PURCHASES
        listed, named = (
            (data.suppliers, "Payment provider") if is_purchase else (data.customers, "Daily sales")
        )
        contact = next((each.id for each in listed if each.name == named), listed[0].id)
        sold = DocumentLine("Takings", self.account(data, "Sales").id, NET, TAX, rate)
        fees = DocumentLine("Fees", self.account(data, "Payment fees").id, GROSS)
        lines: tuple[DocumentLine, ...] = {
            Kind.INVOICE: (sold,),
            Kind.CREDIT_NOTE: (sold,),
            Kind.BILL: (fees,),
            Kind.BILL_CREDIT_NOTE: (fees,),
            Kind.SPEND_MONEY: (fees,),
            Kind.RECEIVE_MONEY: (fees,),
            Kind.JOURNAL: (fees, replace(fees, account=sold.account, net=-GROSS)),
        }.get(kind, ())
        moves = kind in (*SETTLING, Kind.SPEND_MONEY, Kind.RECEIVE_MONEY, Kind.TRANSFER)
        return Document(
            kind,
            reference,
            DAY,
            DAY,
            data.company.base_currency,
            "Takings of the day",
            GROSS,
            lines,
            contact="" if kind in (Kind.TRANSFER, Kind.JOURNAL) else contact,
            account=card if moves else "",
            to_account=bank if kind is Kind.TRANSFER else "",
            status="Submitted",
            settles=settles,
            settles_reference="before" if settles else "",
        )

    def after_what_it_settles(self, kind: Kind) -> Document:
        """A document of a kind, with what it settles written."""
        if kind not in SETTLING:
            return self.document(kind, "9f3ab-260414-X1")
        before = write_one(self.platform, self.document(SETTLING[kind], "9f3ab-260414-B9"))
        return self.document(kind, "9f3ab-260414-X1", before.platform_id)


@pytest.fixture(params=[None, *benches()], ids=lambda bench: SANDBOX if bench is None else str(bench))
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    opened = Books(request.param)
    yield opened
    if isinstance(opened.world, PlatformWorld):
        violations = opened.world.simulator.violations
        opened.world.close()
        assert not violations


each_kind = pytest.mark.parametrize("kind", list(Kind), ids=str)


@each_kind
def test_a_document_is_found_once_it_is_written(books: Books, kind: Kind) -> None:
    document = books.after_what_it_settles(kind)
    before = books.balances()
    assert books.platform.find(kind, document.reference, DAY) is None
    written = write_one(books.platform, document)
    assert written.total == GROSS
    if kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
        assert written.tax == TAX
    else:
        assert written.tax in ((0, None) if kind in TAXED else (None,))
    assert books.balances() != before
    found = books.platform.find(kind, document.reference, DAY)
    assert found is not None
    assert found.total == GROSS
    assert sum(books.balances().values(), Decimal(0)) == 0


@each_kind
def test_a_document_that_is_there_twice_is_never_taken_for_one(books: Books, kind: Kind) -> None:
    document = books.after_what_it_settles(kind)
    write_one(books.platform, document)
    once = books.balances()
    (outcome,) = books.platform.write([document])
    found = books.platform.find(kind, document.reference, DAY)
    assert found is not None
    if books.balances() == once:
        assert isinstance(outcome, Written | PlatformRejected)
        assert found.total == GROSS
    else:
        assert found.total == 2 * GROSS


@each_kind
def test_a_document_that_is_refused_leaves_nothing(books: Books, kind: Kind) -> None:
    document = books.after_what_it_settles(kind)
    before = books.balances()
    gone = books.gone_account
    lines = tuple(replace(line, account=gone) for line in document.lines)
    wrong = replace(document, lines=lines, account=gone if document.account else "", to_account=gone)
    (outcome,) = books.platform.write([wrong])
    assert isinstance(outcome, PlatformRejected), outcome
    assert outcome.message
    assert books.balances() == before
    assert books.platform.find(kind, document.reference, DAY) is None


def test_one_that_is_refused_takes_no_other_with_it(books: Books) -> None:
    good, other = (books.document(Kind.INVOICE, f"9f3ab-260414-I{number}") for number in (1, 3))
    wrong = books.document(Kind.INVOICE, "9f3ab-260414-I2")
    wrong = replace(wrong, lines=(replace(wrong.lines[0], account=books.gone_account),))
    outcomes = books.platform.write([good, wrong, other])
    assert [isinstance(each, Written) for each in outcomes] == [True, False, True]
    assert isinstance(outcomes[1], PlatformRejected)


def test_reference_data(books: Books) -> None:
    data = books.platform.reference_data(fresh=True)
    ids = [account.id for account in data.accounts]
    assert len(ids) == len(set(ids)) > 30
    assert data.company.base_currency == "GBP"
    assert data.company.time_zone in ("Europe/London", "Etc/UTC")
    assert {data.company.receivable_account, data.company.payable_account} <= set(ids)
    assert {rate.account for rate in data.tax_rates if rate.rate} <= set(ids)
    assert Decimal(20) in {rate.rate for rate in data.tax_rates}
    assert data.customers
    assert data.suppliers


@pytest.mark.parametrize("kind", ["Income", "Expense", "Asset", "Liability"])
def test_a_new_account_can_be_chosen_at_once(books: Books, kind: str) -> None:
    code = {"Income": "040", "Expense": "390", "Asset": "715", "Liability": "770"}[kind]
    made = books.platform.create_account("Parking", code, kind)
    listed = {each.id: each for each in books.platform.reference_data().accounts}
    assert (listed[made.id].name, listed[made.id].type) == ("Parking", kind)
    with pytest.raises(PlatformRejected):
        books.platform.create_account("Parking", code, kind)


def test_a_customer_is_added_once(books: Books) -> None:
    customer = NewCustomer("Somebody new")
    made = books.platform.create_customer(customer)
    assert books.platform.create_customer(customer).id == made.id
    assert [each.name for each in books.platform.reference_data().customers].count("Somebody new") == 1


def test_a_supplier_is_added_once(books: Books) -> None:
    made = books.platform.create_supplier("Someone selling")
    assert books.platform.create_supplier("Someone selling").id == made.id
    assert [each.name for each in books.platform.reference_data().suppliers].count("Someone selling") == 1
    with pytest.raises(PlatformRejected):
        books.platform.create_supplier("")


def test_what_the_platform_says_now(books: Books) -> None:
    """Reads are kept for a while; `fresh` asks again."""
    if not isinstance(books.world, PlatformWorld):
        return
    simulator: Any = books.world.simulator
    asked = len(simulator.requests)
    books.platform.reference_data()
    assert len(simulator.requests) == asked
    books.platform.reference_data(fresh=True)
    assert len(simulator.requests) > asked
