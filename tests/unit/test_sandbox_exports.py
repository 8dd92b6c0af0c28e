"""Sandbox books written out: beancount and hledger read what was booked, and find it balanced."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Open, Transaction

from daybook.domain.documents import Kind
from daybook.domain.ledger import Account
from daybook.platforms.sandbox.contents import contents
from daybook.platforms.sandbox.extract import Extract, extract
from daybook.platforms.sandbox.plain_text import account_names, beancount, hledger
from tests.simulation.sandbox import DAY, Cafe, document, line

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")
NASTY = 'Café "crème" \\ [2026-01-01] date:nonsense; (a) | b, c:d\n\t* 売上 ☕'


def everything() -> Cafe:
    """Books holding every kind of document, several currencies, and texts that try to break out."""
    cafe = Cafe()
    cafe.books.create_account("売上 その他", "4095", "Income")
    cafe.books.create_account("sales FOOD!", "4096", "Income")
    cafe.books.create_account("…", "4097", "Income")
    write = cafe.books.write_one
    sales = (line("Sales", "20.00", "4.00", "Tax 20%"), line("売上 その他", "3.00", "0", "Exempt"))
    invoice = write(document(Kind.INVOICE, "INV-1", *sales, description=NASTY))
    write(document(Kind.INVOICE, "INV #2 (b)", replace(line("Sales: Food", "8"), description=NASTY)))
    write(document(Kind.INVOICE, "INV-3", line("sales FOOD!", "1.00"), status="Draft"))
    write(document(Kind.PAYMENT, "PAY-1", settles=invoice.platform_id, account="Cash on hand", total="7.00"))
    write(document(Kind.CREDIT_NOTE, "CN-1", line("Refunds", "10.00", "2.00", "Tax 20%")))
    write(document(Kind.REFUND, "RF-1", settles_reference="CN-1", account="Card clearing", total="12.00"))
    write(document(Kind.BILL, "B-1", line("Payment fees", "2.00"), line("Input VAT", "0.40")))
    write(document(Kind.BILL_PAYMENT, "BP-1", settles_reference="B-1", account="Card clearing", total="2.40"))
    write(document(Kind.BILL_CREDIT_NOTE, "BC-1", line("Payment fees", "1.00")))
    write(document(Kind.BILL_REFUND, "BR-1", settles_reference="BC-1", account="Card clearing", total="1.00"))
    write(document(Kind.SPEND_MONEY, "S-1", line("Payout fees", "1.00"), account="Card clearing"))
    write(document(Kind.RECEIVE_MONEY, "R-1", line("…", "3.00"), account="Card clearing"))
    for place, (currency, amount) in enumerate((("JPY", "1200"), ("KWD", "1.234"), ("CAD", "9.98"))):
        dated = DAY + timedelta(days=place + 1)
        lines = (line("Cash on hand", amount), line("Sales", f"-{amount}"))
        write(document(Kind.JOURNAL, f"J-{place}", *lines, currency=currency, dated=dated))
    write(
        document(
            Kind.TRANSFER, "T-1", account="Card clearing", to_account="Bank current account", total="5.00"
        )
    )
    return cafe


def extracted(cafe: Cafe, first: date | None = None, last: date | None = None) -> Extract:
    entries = cafe.ledger.entries(first, last)
    return extract(cafe.books.reference_data(), entries, cafe.ledger.standings(), first, last)


def booked(cafe: Cafe) -> dict[tuple[str, str], Decimal]:
    names = account_names(cafe.books.reference_data().accounts)
    return {
        (names[account], currency): amount for account, currency, amount in cafe.books.balances() if amount
    }


def run_hledger(folder: Path, text: str, *arguments: str) -> str:
    journal = folder / "books.journal"
    journal.write_text(text, encoding="utf-8")
    command = [HLEDGER or "", "-f", str(journal), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", env={"LANG": "C.UTF-8"})
    return done.stdout


@pytest.fixture(scope="module")
def cafe() -> Cafe:
    return everything()


def test_beancount_reads_every_entry_and_the_same_balances(cafe: Cafe) -> None:
    entries, errors, options = loader.load_string(beancount(extracted(cafe)))
    assert errors == []
    assert options["title"] == "Corner Café"
    transactions = [entry for entry in entries if isinstance(entry, Transaction)]
    assert len(transactions) == 16
    balances: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for transaction in transactions:
        for posting in transaction.postings:
            assert posting.units is not None
            assert posting.units.number is not None
            balances[posting.account, posting.units.currency] += posting.units.number
    assert {key: amount for key, amount in balances.items() if amount} == booked(cafe)
    opened = [entry for entry in entries if isinstance(entry, Open)]
    assert len({entry.account for entry in opened}) == len(cafe.books.reference_data().accounts)


def test_beancount_keeps_texts_numbers_and_what_belongs_together(cafe: Cafe) -> None:
    entries, _, _ = loader.load_string(beancount(extracted(cafe)))
    by_reference = {entry.meta["reference"]: entry for entry in entries if isinstance(entry, Transaction)}
    invoice = by_reference["INV-1"]
    assert invoice.narration == " ".join(NASTY.split())
    assert invoice.payee == "Daily sales"
    assert invoice.tags == {"invoice"}
    assert by_reference["PAY-1"].links == {"INV-1", "PAY-1"}
    assert by_reference["INV #2 (b)"].links == {"INV--2--b-"}
    assert by_reference["INV-3"].flag == "!"


@needs_hledger
def test_hledger_reads_the_same_balances(cafe: Cafe, tmp_path: Path) -> None:
    text = hledger(extracted(cafe))
    run_hledger(tmp_path, text, "check", "--strict")
    printed = run_hledger(tmp_path, text, "print", "-O", "json")
    transactions = json.loads(printed, parse_float=Decimal)
    assert len(transactions) == 16
    balances: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for transaction in transactions:
        for posting in transaction["tpostings"]:
            assert posting["pdate"] is None
            for amount in posting["pamount"]:
                quantity = amount["aquantity"]
                number = Decimal(quantity["decimalMantissa"]).scaleb(-quantity["decimalPlaces"])
                balances[posting["paccount"], amount["acommodity"]] += number
    assert {key: amount for key, amount in balances.items() if amount} == booked(cafe)
    assert {transaction["tcode"] for transaction in transactions} >= {"INV-1", "PAY-1", "INV #2 [b]"}
    dates = {transaction["tdate"] for transaction in transactions}
    assert dates == {str(DAY + timedelta(days=days)) for days in range(4)}


def test_empty_books_are_valid(tmp_path: Path) -> None:
    empty = extracted(Cafe())
    assert loader.load_string(beancount(empty))[1] == []
    if HLEDGER:
        run_hledger(tmp_path, hledger(empty), "check", "--strict")


def test_a_range_of_dates_is_valid_by_itself(cafe: Cafe) -> None:
    part = extracted(cafe, DAY + timedelta(days=1), DAY + timedelta(days=2))
    text = beancount(part)
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    assert len([entry for entry in entries if isinstance(entry, Transaction)]) == 2
    assert "Only entries dated from 2026-03-15 to 2026-03-16" in text


def test_the_text_does_not_depend_on_the_order_of_writing() -> None:
    documents = [
        document(Kind.JOURNAL, f"J-{place}", line("Cash on hand", "1.00"), line("Sales", "-1.00"))
        for place in range(3)
    ]
    one, other = Cafe(), Cafe()
    for each in documents:
        one.books.write_one(each)
    for each in reversed(documents):
        other.books.write_one(each)
    assert beancount(extracted(one)) == beancount(extracted(other))
    assert hledger(extracted(one)) == hledger(extracted(other))


def test_names_of_accounts_are_fit_for_both_and_never_meet() -> None:
    names = ["Sales: Food", "sales FOOD!", "Sales_Food", "売上", "élan", "9 lives", "…", "?", "ßtraße", "ǆ"]
    accounts = [Account(str(place), "", name, "Income") for place, name in enumerate(names)]
    assert list(account_names(accounts).values()) == [
        "Income:Sales-Food",
        "Income:Sales-FOOD-2",
        "Income:Sales-Food-3",
        "Income:X-売上",
        "Income:Élan",
        "Income:9-lives",
        "Income:Account",
        "Income:Account-2",
        "Income:X-ßtraße",
        "Income:Ǆ",
    ]


def test_the_json_holds_everything_and_balances(cafe: Cafe) -> None:
    whole = contents(extracted(cafe))
    balances = {each["currency"]: each for each in whole["trialBalance"]}
    assert set(balances) == {"GBP", "JPY", "KWD", "CAD"}
    for each in balances.values():
        assert each["debits"] == each["credits"]
        assert sum(row["balance"] for row in each["accounts"]) == 0
    assert len(whole["entries"]) == len(whole["documents"]) == 16
    invoice = next(each for each in whole["documents"] if each["reference"] == "INV-1")
    assert (invoice["total"], invoice["tax"], invoice["open"], invoice["status"]) == (
        Decimal("27.00"),
        Decimal("4.00"),
        Decimal("20.00"),
        "PartiallyPaid",
    )
    assert whole["customers"][0]["balances"][0] == {"currency": "GBP", "balance": Decimal("29.00")}
    assert [each["accountName"] for each in invoice["lines"]] == ["Sales", "売上 その他"]


def test_what_was_pushed_by_itself_is_told_apart(tmp_path: Path) -> None:
    """It is of no business day; everything else of it is as of any document."""
    cafe = Cafe()
    cafe.books.write_one(document(Kind.INVOICE, "D-1", line("Sales", "5"), direct=True, due=date(2026, 4, 1)))
    cafe.books.write_one(document(Kind.INVOICE, "INV-1", line("Sales", "7")))
    ledger = extracted(cafe)
    told = [(each["reference"], each["direct"], each["day"]) for each in contents(ledger)["documents"]]
    assert told == [("D-1", True, None), ("INV-1", False, str(DAY))]
    assert [each["dueDate"] for each in contents(ledger)["documents"]] == ["2026-04-01", None]
    entries, errors, _ = loader.load_string(beancount(ledger))
    assert errors == []
    found = {entry.meta["reference"]: entry.meta for entry in entries if isinstance(entry, Transaction)}
    assert (found["D-1"]["direct"], "day" in found["D-1"]) == (True, False)
    assert (found["INV-1"]["day"], "direct" in found["INV-1"]) == (DAY, False)
    if HLEDGER is not None:
        assert "INV-1" not in run_hledger(tmp_path, hledger(ledger), "print", "tag:direct=yes")
    assert "direct:yes" in hledger(ledger)
