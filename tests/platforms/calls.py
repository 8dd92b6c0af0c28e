"""How many calls a platform got, and how few its batch endpoints would have allowed for what it now holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.simulators.server import Request

# Documents a request: of Xero's lists (transfers have no way to answer for each), of a QuickBooks batch.
XERO_TOGETHER, QUICKBOOKS_TOGETHER = 50, 30
_ONE_BY_ONE = ("BankTransfers",)
# What names another thing by its id, and so has to wait for it.
_SETTLING = ("Payment", "BillPayment")
_AUTHORISATION = ("token", "authorize", "oauth", "approve_app", "onnections", "companyinfo")


def reads_and_writes(requests: Iterable[Request]) -> Counter[str]:
    """Calls of the accounting API; a batch of QuickBooks' questions is a read."""
    counted: Counter[str] = Counter()
    for request in requests:
        if not any(word in request.path for word in _AUTHORISATION):
            asks = request.path.endswith("/batch") and b'"Query"' in request.body
            counted["reads" if request.method == "GET" or asks else "writes"] += 1
    return counted


def least_writes(platform: str, made: Counter[str], settling: int) -> int:
    """The fewest writes for so many things of each list, of which so many wait for others."""
    if platform == "xero":
        return sum(
            count if name in _ONE_BY_ONE else -(-count // XERO_TOGETHER) for name, count in made.items()
        )
    if platform == "quickbooks":
        first = made.total() - settling
        return -(-first // QUICKBOOKS_TOGETHER) + -(-settling // QUICKBOOKS_TOGETHER)
    # No batches, and an invoice or credit note is sent by a call of its own.
    return made.total() + made["invoices"] + made["credit_notes"]


def held(platform: str, simulator: Any) -> tuple[Counter[str], int]:
    """How many things of each list the books hold, and how many of them name another by its id."""
    if platform == "xero":
        books = simulator.organisations[0].held
        lists = {
            "Invoices": books.invoices,
            "CreditNotes": books.credit_notes,
            "Payments": books.payments,
            "BankTransactions": books.bank_transactions,
            "BankTransfers": books.bank_transfers,
            "ManualJournals": books.journals,
        }
        return Counter({name: len(found) for name, found in lists.items()}), len(books.payments)
    if platform == "quickbooks":
        books = simulator.company.held
        kinds = Counter({kind: len(found) for kind, found in books.items() if kind not in _LISTS})
        return kinds, sum(kinds[kind] for kind in _SETTLING)
    books = simulator.company.held
    names = ("invoices", "credit_notes", "bills", "bank_transaction_explanations", "journal_sets")
    made = Counter({name: len(books[name]) for name in names})
    other_sides = [e for e in books["bank_transaction_explanations"].values() if "_linked" in e]
    made["bank_transaction_explanations"] -= len(other_sides)
    return made, 0


_LISTS = ("Account", "TaxCode", "TaxRate", "TaxAgency", "Customer", "Vendor", "Item")
