"""What the operations on Sandbox books take and answer."""

from __future__ import annotations

from daybook.wire.described.sandbox import BooksAccount, BooksCompany, BooksContents, BooksUpdateRequest
from daybook.wire.sandbox import AccountUpdate
from describing import Described, Media, Parameter, Tag
from sandbox import app

_COMPANY = {
    "name": "Harbour Cafe",
    "baseCurrency": "GBP",
    "country": "GB",
    "timeZone": "Europe/London",
    "lockDate": "2026-02-28",
    "fault": None,
}
_ACCOUNT = {
    "id": "5d0c8b7e-8f12-5a34-9b56-7c8d9e0f1a2b",
    "code": "200",
    "name": "Sales",
    "type": "Income",
    "status": "Active",
    "isBank": False,
    "takesPayments": False,
}
_BOOKS = {
    "company": _COMPANY,
    "from": "2026-03-01",
    "to": "2026-03-01",
    "accounts": [_ACCOUNT],
    "taxRates": [],
    "customers": [],
    "suppliers": [],
    "trialBalance": [],
    "entries": [],
    "documents": [],
}
_PAGE = Media("text/html; charset=utf-8")
_DATE = {"type": "string", "format": "date"}
_NO_BOOKS = "There is no such company, or its books were never opened: link a connection to Sandbox books."
_BUSY = "The books kept changing meanwhile. Try again."

OPERATIONS = {
    app.read_books: Described(
        Tag.SANDBOX,
        parameters=(
            Parameter(
                "format",
                "`json`, or plain text accounting for beancount or hledger.",
                schema={"enum": ["json", "beancount", "hledger"], "default": "json"},
            ),
            Parameter("from", "The first date of entries to write out.", schema=_DATE, example="2026-03-01"),
            Parameter("to", "The last date of entries to write out.", schema=_DATE, example="2026-03-31"),
        ),
        answer=BooksContents,
        example=_BOOKS,
        also=(Media("text/plain; charset=utf-8", "2026-03-01 open Assets:Bank GBP"),),
        errors={404: _NO_BOOKS, 413: "The ledger is too large for one answer: ask for fewer days."},
    ),
    app.update_books: Described(
        Tag.SANDBOX,
        request=BooksUpdateRequest,
        answer=BooksCompany,
        request_example={"lockDate": "2026-02-28"},
        example=_COMPANY,
        errors={
            400: "The lock date is no date of the calendar, or there is no such fault.",
            404: _NO_BOOKS,
            409: _BUSY,
        },
    ),
    app.update_account: Described(
        Tag.SANDBOX,
        parameters=(Parameter("accountId", "The account's id.", "path", example=_ACCOUNT["id"]),),
        request=AccountUpdate,
        answer=BooksAccount,
        request_example={"status": "Archived"},
        example={**_ACCOUNT, "status": "Archived"},
        errors={400: "Customers' or suppliers' balances stand on this account.", 409: _BUSY},
    ),
    app.link_again: Described(
        Tag.SANDBOX,
        answer=_PAGE,
        errors={400: "Other accounting software is linked already.", 404: "This link leads nowhere."},
        keyless=True,
        failures_as=_PAGE,
    ),
    app.follow_link: Described(
        Tag.SANDBOX,
        answer=_PAGE,
        errors={400: "Other accounting software is linked already.", 404: "This link leads nowhere."},
        keyless=True,
        failures_as=_PAGE,
    ),
}
