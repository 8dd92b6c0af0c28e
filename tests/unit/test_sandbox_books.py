"""Sandbox books: what each kind of document does to the accounts, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import AuthorisationLost, PlatformRejected, PlatformUnavailable
from daybook.domain.ledger import ARCHIVED
from daybook.platforms import SANDBOX, Access, connect
from daybook.platforms.sandbox.books import SandboxBooks
from daybook.platforms.sandbox.chart import account_id, tax_rate_id
from daybook.store.ledger import Ledger
from tests.simulation.memory import MemoryTable
from tests.simulation.sandbox import COMPANY, DAY, Cafe, document, line

SALES = (line("Sales", "20.00", "4.00", "Tax 20%"), line("Other sales", "3.00", "0", "Zero-rated"))


@contextmanager
def refused(reason: str) -> Iterator[None]:
    with pytest.raises(PlatformRejected, match=reason):
        yield


def pounds(**balances: str) -> dict[str, Decimal]:
    return {name.replace("_", " "): Decimal(amount) for name, amount in balances.items()}


@pytest.fixture
def cafe() -> Cafe:
    return Cafe()


def test_an_invoice_is_owed_and_a_payment_settles_it(cafe: Cafe) -> None:
    written = cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES))
    assert (written.total, written.tax) == (Decimal("27.00"), Decimal("4.00"))
    assert cafe.balances() == {
        "Accounts receivable": Decimal("27.00"),
        "Sales": Decimal("-20.00"),
        "Other sales": Decimal("-3.00"),
        "Tax 20% payable": Decimal("-4.00"),
    }
    cafe.books.write_one(
        document(Kind.PAYMENT, "PAY-1", settles=written.platform_id, account="Cash on hand", total="7.00")
    )
    assert cafe.standing(Kind.INVOICE, "INV-1").status == "PartiallyPaid"
    cafe.books.write_one(
        document(Kind.PAYMENT, "PAY-2", settles=written.platform_id, account="Card clearing", total="20.00")
    )
    assert cafe.standing(Kind.INVOICE, "INV-1").status == "Paid"
    balances = cafe.balances()
    assert "Accounts receivable" not in balances
    assert balances["Cash on hand"] == Decimal("7.00")
    assert balances["Card clearing"] == Decimal("20.00")


def test_a_credit_note_and_its_refund(cafe: Cafe) -> None:
    cafe.books.write_one(document(Kind.CREDIT_NOTE, "CN-1", line("Refunds", "10.00", "2.00", "Tax 20%")))
    assert cafe.balances() == {
        "Accounts receivable": Decimal("-12.00"),
        "Refunds": Decimal("10.00"),
        "Tax 20% payable": Decimal("2.00"),
    }
    refund = document(Kind.REFUND, "RF-1", settles_reference="CN-1", account="Card clearing", total="12.00")
    cafe.books.write_one(refund)
    assert cafe.standing(Kind.CREDIT_NOTE, "CN-1").open == 0
    assert cafe.balances()["Card clearing"] == Decimal("-12.00")
    assert "Accounts receivable" not in cafe.balances()


def test_a_bill_with_input_tax_and_its_payment(cafe: Cafe) -> None:
    bill = document(Kind.BILL, "BILL-1", line("Payment fees", "2.00"), line("Input VAT", "0.40"))
    written = cafe.books.write_one(bill)
    assert cafe.balances() == {
        "Accounts payable": Decimal("-2.40"),
        "Payment fees": Decimal("2.00"),
        "Input VAT": Decimal("0.40"),
    }
    payment = document(
        Kind.BILL_PAYMENT, "BP-1", settles=written.platform_id, account="Card clearing", total="2.40"
    )
    cafe.books.write_one(payment)
    assert cafe.balances()["Card clearing"] == Decimal("-2.40")
    assert "Accounts payable" not in cafe.balances()


def test_a_supplier_credit_note_and_its_refund(cafe: Cafe) -> None:
    note = cafe.books.write_one(
        document(Kind.BILL_CREDIT_NOTE, "BCN-1", line("Payment fees", "1.00", "0.20", "Tax 20%"))
    )
    cafe.books.write_one(
        document(Kind.BILL_REFUND, "BR-1", settles=note.platform_id, account="Card clearing", total="1.20")
    )
    assert cafe.balances() == {
        "Card clearing": Decimal("1.20"),
        "Payment fees": Decimal("-1.00"),
        "Tax 20% payable": Decimal("-0.20"),
    }


def test_money_spent_received_and_moved(cafe: Cafe) -> None:
    cafe.books.write_one(
        document(Kind.SPEND_MONEY, "S-1", line("Payout fees", "1.00"), account="Card clearing")
    )
    cafe.books.write_one(
        document(Kind.RECEIVE_MONEY, "R-1", line("Cashback income", "3.00"), account="Card clearing")
    )
    transfer = document(
        Kind.TRANSFER, "T-1", account="Card clearing", to_account="Bank current account", total="50.00"
    )
    cafe.books.write_one(transfer)
    assert cafe.balances() == pounds(
        Card_clearing="-48.00", Bank_current_account="50.00", Payout_fees="1.00", Cashback_income="-3.00"
    )


def test_a_journal(cafe: Cafe) -> None:
    journal = document(Kind.JOURNAL, "J-1", line("Cash on hand", "5.00"), line("Sales", "-5.00"))
    assert cafe.books.write_one(journal).total == Decimal("5.00")
    assert cafe.balances() == pounds(Cash_on_hand="5.00", Sales="-5.00")


def test_negative_lines_reduce_a_document(cafe: Cafe) -> None:
    cafe.books.write_one(
        document(Kind.INVOICE, "INV-1", line("Sales", "10.00"), line("Promotions expense", "-2.00"))
    )
    assert cafe.balances() == pounds(Accounts_receivable="8.00", Sales="-10.00", Promotions_expense="2.00")


def test_currencies_are_kept_apart(cafe: Cafe) -> None:
    cafe.books.write_one(document(Kind.INVOICE, "INV-1", line("Sales", "10.00")))
    cafe.books.write_one(document(Kind.INVOICE, "INV-2", line("Sales", "1200"), currency="JPY"))
    cafe.books.write_one(document(Kind.INVOICE, "INV-3", line("Sales", "1.234"), currency="KWD"))
    assert cafe.balances("GBP") == pounds(Accounts_receivable="10.00", Sales="-10.00")
    assert cafe.balances("JPY") == pounds(Accounts_receivable="1200", Sales="-1200")
    assert cafe.balances("KWD") == pounds(Accounts_receivable="1.234", Sales="-1.234")
    with refused("INV-2 is in JPY"):
        cafe.books.write_one(
            document(Kind.PAYMENT, "P", settles_reference="INV-2", account="Cash on hand", total="5")
        )


def test_the_books_a_company_starts_with(cafe: Cafe) -> None:
    data = cafe.books.reference_data()
    assert [(rate.rate, rate.name) for rate in data.tax_rates] == [
        (Decimal(20), "Tax 20%"),
        (Decimal(10), "Tax 10%"),
        (Decimal("9.975"), "Tax 9.975%"),
        (Decimal(8), "Tax 8%"),
        (Decimal(5), "Tax 5%"),
        (Decimal(0), "Exempt"),
        (Decimal(0), "Tax 0%"),
        (Decimal(0), "Zero-rated"),
    ]
    liabilities = {account.id for account in data.accounts if account.type == "Liability"}
    assert {rate.account for rate in data.tax_rates} <= liabilities
    assert len({rate.account for rate in data.tax_rates}) == 8
    assert len({account.code for account in data.accounts}) == len(data.accounts)
    assert len({account.name.casefold() for account in data.accounts}) == len(data.accounts)
    assert (data.company.base_currency, data.company.time_zone, data.company.country) == (
        "GBP",
        "Europe/London",
        "GB",
    )
    assert len(data.customers) == len(data.suppliers) == 1


def test_opening_the_books_again_changes_nothing(cafe: Cafe) -> None:
    cafe.archive("Sales")
    cafe.books.write_one(
        document(Kind.JOURNAL, "J-1", line("Cash on hand", "5.00"), line("Rounding", "-5.00"))
    )
    before = cafe.books.reference_data(), cafe.balances()
    assert Cafe(cafe.table).balances() == before[1]
    assert cafe.books.reference_data() == before[0]


def test_a_document_is_found_by_its_reference_and_kind(cafe: Cafe) -> None:
    written = cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES))
    assert cafe.books.find(Kind.INVOICE, "INV-1", DAY) == written
    assert cafe.books.find(Kind.CREDIT_NOTE, "INV-1", DAY) is None
    assert cafe.books.find(Kind.INVOICE, "INV-2", DAY) is None


def test_a_number_is_taken_once_in_its_family(cafe: Cafe) -> None:
    cafe.books.write_one(document(Kind.INVOICE, "D-1", *SALES))
    for kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
        with refused("has this number already"):
            cafe.books.write_one(document(kind, "D-1", line("Sales", "1.00")))
    cafe.books.write_one(document(Kind.BILL, "D-1", line("Rent and rates", "1.00")))
    assert cafe.balances()["Sales"] == Decimal("-20.00")


def unbalanced() -> Document:
    return document(Kind.JOURNAL, "X", line("Cash on hand", "5.00"), line("Sales", "-4.99"))


def with_line(**fields: Any) -> Document:
    each = replace(line("Sales", "5.00"), **fields)
    return document(Kind.INVOICE, "X", each)


@pytest.mark.parametrize(
    ("refusable", "reason"),
    [
        (unbalanced(), "debits are 5.00 and its credits 4.99"),
        (document(Kind.JOURNAL, "X"), "no lines"),
        (document(Kind.JOURNAL, "X", line("Sales", "0"), line("Refunds", "0")), "more than zero"),
        (
            document(Kind.JOURNAL, "X", line("Sales", "1"), line("Refunds", "-1"), line("Rounding", "0")),
            "cannot be zero",
        ),
        (
            document(Kind.JOURNAL, "X", line("Sales", "1", "0.20", "Tax 20%"), line("Refunds", "-1.20")),
            "cannot carry tax",
        ),
        (
            document(Kind.JOURNAL, "X", line("Sales", "1"), line("Refunds", "-1"), total="2"),
            "debits add up to 1, but its total is 2",
        ),
        (document(Kind.INVOICE, "X"), "no lines"),
        (document(Kind.INVOICE, "X", line("Sales", "1.00"), line("Refunds", "-1.00")), "more than zero"),
        (document(Kind.INVOICE, "X", line("Sales", "-1.00")), "more than zero"),
        (
            document(Kind.INVOICE, "X", line("Sales", "1.00"), total="1.01"),
            "lines add up to 1.00, but its total is 1.01",
        ),
        (
            document(Kind.INVOICE, "X", line("Sales", "1.005"), total="1.005"),
            "more than the 2 decimals of GBP",
        ),
        (
            document(Kind.INVOICE, "X", line("Sales", "0.5"), currency="JPY"),
            "more than the 0 decimals of JPY",
        ),
        (document(Kind.INVOICE, "X", line("Sales", "NaN"), total="1"), "not an amount"),
        (document(Kind.INVOICE, "X", line("Sales", "1e15")), "not an amount"),
        (document(Kind.INVOICE, "X", line("Sales", "1"), currency="gbp"), "not a currency code"),
        (document(Kind.INVOICE, "", line("Sales", "1")), "needs a number"),
        (document(Kind.INVOICE, "X" * 256, line("Sales", "1")), "needs a number of at most 255"),
        (document(Kind.INVOICE, "A\nB", line("Sales", "1")), "printable"),
        (document(Kind.INVOICE, "X", *[line("Sales", "1")] * 1001), "at most 1000"),
        (with_line(description="x" * 4001), "at most 4000"),
        (document(Kind.INVOICE, "X", *[with_line(description="x" * 4000).lines[0]] * 21), "at most 80000"),
        (with_line(account="unknown"), 'no account with the id "unknown"'),
        (with_line(tax_rate="unknown"), 'no tax rate with the id "unknown"'),
        (document(Kind.INVOICE, "X", line("Sales", "1", "0.20")), "tax without a tax rate"),
        (document(Kind.INVOICE, "X", line("Sales", "1"), contact="unknown"), "no customer"),
        (document(Kind.BILL, "X", line("Wages", "1"), contact="unknown"), "no supplier"),
        (
            document(Kind.SPEND_MONEY, "X", line("Wages", "1"), contact="unknown", account="Cash on hand"),
            "no customer or supplier",
        ),
        (
            document(Kind.SPEND_MONEY, "X", line("Wages", "1"), account="Rent and rates"),
            "neither holds money",
        ),
        (document(Kind.SPEND_MONEY, "X", line("Wages", "1")), 'no account with the id ""'),
        (
            document(Kind.TRANSFER, "X", account="Cash on hand", to_account="Cash on hand", total="1"),
            "another account",
        ),
        (
            document(Kind.TRANSFER, "X", account="Cash on hand", to_account="Wages", total="1"),
            "neither holds",
        ),
        (
            document(Kind.TRANSFER, "X", line("Sales", "1"), account="Cash on hand", to_account="Wages"),
            "cannot have lines",
        ),
        (
            document(Kind.PAYMENT, "X", settles="unknown", account="Cash on hand", total="1"),
            'no invoice "unknown"',
        ),
    ],
)
def test_what_is_refused(cafe: Cafe, refusable: Document, reason: str) -> None:
    with refused(reason):
        cafe.books.write_one(refusable)
    assert cafe.balances() == {}
    assert cafe.books.find(refusable.kind, refusable.reference, DAY) is None


def test_a_payment_must_fit_the_invoice_it_settles(cafe: Cafe) -> None:
    cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES))
    cafe.books.write_one(document(Kind.CREDIT_NOTE, "CN-1", line("Refunds", "5.00")))
    with refused("it is 27.01, but only 27.00 of INV-1 is open"):
        cafe.books.write_one(
            document(Kind.PAYMENT, "P", settles_reference="INV-1", account="Cash on hand", total="27.01")
        )
    with refused('no invoice "CN-1"'):
        cafe.books.write_one(
            document(Kind.PAYMENT, "P", settles_reference="CN-1", account="Cash on hand", total="1.00")
        )
    with refused("neither holds money"):
        cafe.books.write_one(
            document(Kind.PAYMENT, "P", settles_reference="INV-1", account="Sales", total="1.00")
        )
    assert cafe.standing(Kind.INVOICE, "INV-1").open == Decimal("27.00")


def test_a_draft_takes_no_payment(cafe: Cafe) -> None:
    cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES, status="Draft"))
    with refused("a draft takes no payments"):
        cafe.books.write_one(
            document(Kind.PAYMENT, "P", settles_reference="INV-1", account="Cash on hand", total="1.00")
        )


def test_liabilities_that_take_payments_settle_an_invoice(cafe: Cafe) -> None:
    cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES))
    payment = document(
        Kind.PAYMENT, "P", settles_reference="INV-1", account="Gift card liability", total="27.00"
    )
    cafe.books.write_one(payment)
    assert cafe.balances()["Gift card liability"] == Decimal("27.00")


def test_nothing_is_booked_on_or_before_the_lock_date(cafe: Cafe) -> None:
    books = cafe.ledger.read()
    assert books is not None
    assert cafe.ledger.lock(books.version, DAY)
    with refused(f"dated {DAY}, but the books are locked up to and including {DAY}"):
        cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES))
    cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES, dated=DAY + timedelta(days=1)))


def test_archived_accounts_rates_and_contacts_take_nothing_until_restored(cafe: Cafe) -> None:
    invoice = document(Kind.INVOICE, "INV-1", *SALES)
    cafe.archive("Sales")
    with refused('the account "Sales" is archived'):
        cafe.books.write_one(invoice)
    cafe.restore("Sales")
    books = cafe.ledger.read()
    assert books is not None
    rate = replace(next(each for each in books.data.tax_rates if each.name == "Tax 20%"), status=ARCHIVED)
    assert cafe.ledger.add(books.version, tax_rates=(rate,))
    with refused('the tax rate "Tax 20%" is archived'):
        cafe.books.write_one(invoice)
    contact = replace(books.data.customers[0], status=ARCHIVED)
    assert cafe.ledger.add(
        books.version + 1, tax_rates=(replace(rate, status="Active"),), customers=(contact,)
    )
    with refused('the customer "Daily sales" is archived'):
        cafe.books.write_one(invoice)
    assert cafe.ledger.add(books.version + 2, customers=(books.data.customers[0],))
    cafe.books.write_one(invoice)


def test_what_was_read_may_change_before_it_is_booked(cafe: Cafe) -> None:
    """The lock date moves after the document was checked and before it is booked: it is refused after all."""
    other = Ledger(cafe.table, COMPANY)

    def lock_first(operation: str) -> None:
        if operation == "transact":
            cafe.table.before = lambda _: None
            books = other.read()
            assert books is not None
            assert other.lock(books.version, DAY)

    cafe.table.before = lock_first
    with refused("locked"):
        cafe.books.write_one(document(Kind.INVOICE, "INV-1", *SALES))
    assert cafe.balances() == {}


def test_two_payments_at_once_cannot_take_the_same_pound(cafe: Cafe) -> None:
    cafe.books.write_one(document(Kind.INVOICE, "INV-1", line("Sales", "10.00")))
    first, second = (
        document(Kind.PAYMENT, name, settles_reference="INV-1", account="Cash on hand", total="6.00")
        for name in ("P-1", "P-2")
    )

    def pay_first(operation: str) -> None:
        if operation == "transact":
            cafe.table.before = lambda _: None
            SandboxBooks(COMPANY, cafe.ledger).write_one(first)

    cafe.table.before = pay_first
    with refused("only 4.00 of INV-1 is open"):
        cafe.books.write_one(second)
    assert cafe.balances()["Cash on hand"] == Decimal("6.00")


def test_an_answer_that_was_lost_can_be_looked_up(cafe: Cafe) -> None:
    def lose(operation: str) -> None:
        if operation == "transact":
            cafe.table.after = lambda _: None
            raise ConnectionError

    cafe.table.after = lose
    invoice = document(Kind.INVOICE, "INV-1", *SALES)
    with pytest.raises(ConnectionError):
        cafe.books.write_one(invoice)
    found = cafe.books.find(Kind.INVOICE, "INV-1", DAY)
    assert found is not None
    assert found.total == Decimal("27.00")
    with refused("has this number already"):
        cafe.books.write_one(invoice)


def test_books_that_keep_changing_are_unavailable(cafe: Cafe) -> None:
    class Restless(Ledger):
        def book(self, *_: object) -> bool:
            return False

    with pytest.raises(PlatformUnavailable):
        SandboxBooks(COMPANY, Restless(cafe.table, COMPANY)).write_one(
            document(Kind.INVOICE, "INV-1", *SALES)
        )


def test_books_that_were_never_opened() -> None:
    platform = connect(SANDBOX, Access(COMPANY, "connection", Ledger(MemoryTable(), COMPANY)))
    with pytest.raises(AuthorisationLost):
        platform.reference_data()


def test_an_account_is_created_once(cafe: Cafe) -> None:
    account = cafe.books.create_account(" Vouchers ", "2199", "Liability")
    assert account.name == "Vouchers"
    assert account.takes_payments
    assert account in cafe.books.reference_data().accounts
    for name, code in (("vouchers", "1"), ("Other", "2199")):
        with refused("already"):
            cafe.books.create_account(name, code, "Asset")
    with refused("type is one of"):
        cafe.books.create_account("Another", "", "Revenue")
    with refused("needs a name"):
        cafe.books.create_account(" ", "", "Asset")


def test_customers_and_suppliers_are_created_once(cafe: Cafe) -> None:
    customer = cafe.books.create_customer(NewCustomer("Catering"))
    assert cafe.books.create_customer(NewCustomer("catering")) == customer
    supplier = cafe.books.create_supplier("Catering")
    assert supplier.id != customer.id
    data = cafe.books.reference_data()
    assert customer in data.customers
    assert supplier in data.suppliers


def test_ids_can_be_told_without_asking(cafe: Cafe) -> None:
    data = cafe.books.reference_data()
    assert account_id(COMPANY, "Sales") in {account.id for account in data.accounts}
    assert tax_rate_id(COMPANY, "Tax 20%") in {rate.id for rate in data.tax_rates}
    assert account_id("another company", "Sales") != account_id(COMPANY, "Sales")


def test_entries_are_kept_as_written(cafe: Cafe) -> None:
    each = DocumentLine("Café «crème», 2 ☕", account_id(COMPANY, "Sales"), Decimal(10), Decimal("2.0"), "")
    invoice = document(
        Kind.INVOICE, "INV-1", replace(each, tax_rate=tax_rate_id(COMPANY, "Tax 20%")), status="Submitted"
    )
    cafe.books.write_one(invoice)
    later = document(Kind.INVOICE, "INV-2", *SALES, dated=date(2026, 3, 15))
    cafe.books.write_one(later)
    assert [entry.document for entry in cafe.ledger.entries()] == [invoice, later]
    assert [entry.document for entry in cafe.ledger.entries(date(2026, 3, 15))] == [later]
    assert [entry.document for entry in cafe.ledger.entries(None, DAY)] == [invoice]
