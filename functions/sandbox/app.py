"""Sandbox books, the embedded accounting platform: its ledger, its controls and its link."""

from __future__ import annotations

from html import escape
from typing import Any

from daybook.services import sandbox
from daybook.services.companies import find_company
from daybook.services.connections import LINKED
from daybook.services.runtime import runtime
from daybook.wire.models import read
from daybook.wire.sandbox import AccountUpdate, read_books_query, read_books_update
from rest import Api, Html, Reply, Request, Text

api = Api("sandbox")


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main><h1>{title}</h1>{content}</main></body>
</html>
"""
_DONE = "<p>{company} is linked to {platform}. You can close this page.</p>"
_ASK = '<p>Link {company} to {platform}?</p><form method="post"><button>Link</button></form>'
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# How browsers and their helpers say that they only fetch a page ahead, in case somebody opens it.
_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")


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
    """Set or lift the lock date.

    Nothing can be booked up to the lock date, as in books whose year is closed.
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
    if any("prefetch" in request.headers.get(name, "").lower() for name in _AHEAD):
        return Reply(Html(_PAGE.format(title="Link", content="")), _HEADERS)
    return _link(company_id, connection_id, is_asked=False)


@api.route("POST", "/sandbox/<company_id>/link/<connection_id>")
def link_again(_request: Request, company_id: str, connection_id: str) -> object:
    """Link the connection again; whoever has its link may, and no key is needed.

    This is what the page's button does.
    """
    return _link(company_id, connection_id, is_asked=True)


def _link(company_id: str, connection_id: str, *, is_asked: bool) -> Reply:
    company, connection = sandbox.follow_link(runtime(), company_id, connection_id, is_asked=is_asked)
    title, content = ("Linked", _DONE) if connection.status == LINKED else ("Link", _ASK)
    named = content.format(company=escape(company.name), platform=escape(connection.platform_name))
    return Reply(Html(_PAGE.format(title=title, content=named)), _HEADERS)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request."""
    return api.handle(event, context)
