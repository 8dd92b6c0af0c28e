"""Sandbox books, the embedded accounting platform: its ledger, its controls and its link."""

from __future__ import annotations

from typing import Any

from daybook.domain.errors import DaybookError
from daybook.services import sandbox
from daybook.services.companies import find_company
from daybook.services.connections import LINKED
from daybook.services.runtime import runtime
from daybook.wire.errors import failure_of
from daybook.wire.models import read
from daybook.wire.sandbox import AccountUpdate, read_books_query, read_books_update
from pages import error_page, is_fetched_ahead, page
from rest import Api, Reply, Request, Text

api = Api("sandbox")

_NO_STORE = {"Cache-Control": "no-store"}


@api.route("GET", "/sandbox/<company_id>/books")
def read_books(request: Request, company_id: str) -> object:
    """The whole ledger, or its entries between two dates, in the format asked for.

    Accounts, tax rates, contacts, every entry and document, and the balances of all accounts. As text it can
    be read by beancount and hledger.
    """
    company = find_company(runtime(), request.client_id, company_id)
    asked = read_books_query(request.parameters)
    if asked.format == "json":
        return sandbox.books_as_json(runtime(), company, asked)
    return Text(sandbox.books_as_text(runtime(), company, asked))


@api.route("PATCH", "/sandbox/<company_id>/books")
def update_books(request: Request, company_id: str) -> object:
    """Set or lift the lock date, or have the books fail.

    Nothing can be booked up to the lock date, as in books whose year is closed.

    With a fault the books fail until it is lifted, so that you see what your merchants would:
    `unavailable` (out of service), `accessLost` (the merchant withdrew access), `expired` (their subscription
    ended), `refused` (every document is refused), `unanswered` (documents are booked, the answer is lost).
    """
    company = find_company(runtime(), request.client_id, company_id)
    return sandbox.update_books(runtime(), company, read_books_update(request.json()))


@api.route("PATCH", "/sandbox/<company_id>/accounts/<account_id>")
def update_account(request: Request, company_id: str, account_id: str) -> object:
    """Archive or restore an account.

    Nothing can be booked to an archived account.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return sandbox.update_account(runtime(), company, account_id, read(AccountUpdate, request.json()))


@api.route("GET", "/sandbox/<company_id>/link/<connection_id>")
def follow_link(request: Request, company_id: str, connection_id: str) -> object:
    """Link the connection; whoever has its link may, and no key is needed.

    This is the `linkUrl` of a connection to Sandbox books, which has no page of consent. A connection that
    was unlinked is not linked again by following it: the page then asks.
    """
    if is_fetched_ahead(request):
        return page(request, "link/ahead.html", headers=_NO_STORE)
    return _link(request, company_id, connection_id, is_asked=False)


@api.route("POST", "/sandbox/<company_id>/link/<connection_id>")
def link_again(request: Request, company_id: str, connection_id: str) -> object:
    """Link the connection again; whoever has its link may, and no key is needed.

    This is what the page's button does.
    """
    return _link(request, company_id, connection_id, is_asked=True)


def _link(request: Request, company_id: str, connection_id: str, *, is_asked: bool) -> Reply:
    try:
        company, connection = sandbox.follow_link(runtime(), company_id, connection_id, is_asked=is_asked)
    except DaybookError as error:  # a person is looking
        return error_page(request, failure_of(error, request.correlation_id), error)
    return page(
        request,
        "link/linked.html" if connection.status == LINKED else "link/ask.html",
        headers=_NO_STORE,
        client_id=company.client_id,
        company=company.name,
        platform=connection.platform_name,
        organisation="",
    )


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request."""
    return api.handle(event, context)
