"""Sandbox books, the embedded accounting platform: its ledger, its controls and its link."""

from __future__ import annotations

from html import escape
from typing import Any

from daybook.services import sandbox
from daybook.services.companies import find_company
from daybook.services.runtime import runtime
from daybook.wire.models import read
from daybook.wire.sandbox import AccountUpdate, read_books_query, read_books_update
from rest import Api, Html, Request, Text

api = Api("sandbox")


_LINKED = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Linked</title></head>
<body><main><h1>Linked</h1><p>{company} is linked to {platform}. You can close this page.</p></main></body>
</html>
"""


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
def follow_link(_request: Request, company_id: str, connection_id: str) -> object:
    """Link the connection; whoever has its link may, and no key is needed.

    This is the `linkUrl` of a connection to Sandbox books, which has no page of consent.
    """
    company, connection = sandbox.follow_link(runtime(), company_id, connection_id)
    return Html(_LINKED.format(company=escape(company.name), platform=escape(connection.platform_name)))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request."""
    return api.handle(event, context)
