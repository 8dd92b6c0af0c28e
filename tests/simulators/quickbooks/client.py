"""A small client of the simulated QuickBooks, for tests of the simulator itself: bodies written by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import urllib3

from tests.simulators.authorisation import CLIENT_ID, CLIENT_SECRET
from tests.simulators.quickbooks.simulator import QuickBooksSimulator
from tests.simulators.server import dump

Body = dict[str, Any]
HTTP = urllib3.PoolManager()


class Books:
    """A simulator, and a client that its merchant has let in."""

    def __init__(self, simulator: QuickBooksSimulator) -> None:
        self.simulator = simulator
        simulator.start()
        self.given: Body = dict(zip(("access_token", "refresh_token"), simulator.consented(), strict=True))

    def token(self, **form: str) -> tuple[int, Body]:
        headers = urllib3.make_headers(basic_auth=f"{CLIENT_ID}:{CLIENT_SECRET}")
        url = f"{self.simulator.url}/oauth2/v1/tokens/bearer"
        answer = HTTP.request("POST", url, fields=form, headers=headers, encode_multipart=False)
        return answer.status, answer.json()

    def call(self, method: str, path: str, body: Body | None = None, **query: str) -> tuple[int, Body]:
        url = f"{self.simulator.url}/v3/company/{self.simulator.realm}/{path}"
        answer = HTTP.request(
            method,
            f"{url}?{urlencode({'minorversion': '75', **query})}",
            body=None if body is None else dump(body),
            headers={
                "Accept": "application/json",
                "Authorization": f"Bearer {self.given['access_token']}",
                "Content-Type": "application/json",
            },
        )
        return answer.status, json.loads(answer.data, parse_float=Decimal)

    def create(self, kind: str, body: Body, **query: str) -> Body:
        status, answer = self.call("POST", kind.lower(), body, **query)
        assert status == 200, answer
        created: Body = answer[kind]
        return created

    def refused(self, kind: str, body: Body, **query: str) -> str:
        before = len(self.simulator.ledger.entries)
        status, answer = self.call("POST", kind.lower(), body, **query)
        assert status == 400, answer
        assert len(self.simulator.ledger.entries) == before
        return str(answer["Fault"]["Error"][0]["code"])

    def query(self, text: str) -> Body:
        status, answer = self.call("GET", "query", query=text)
        assert status == 200, answer
        response: Body = answer["QueryResponse"]
        return response

    def ref(self, kind: str, name: str) -> Body:
        return {"value": self.simulator.company.named(kind, name)["Id"]}

    def account(self, name: str) -> Body:
        return self.ref("Account", name)

    def invoice(self, number: str = "INV-1", net: str = "100", **more: Any) -> Body:
        line = {
            "Amount": Decimal(net),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": self.ref("Item", "Services"),
                "TaxCodeRef": self.ref("TaxCode", "Tax 20%"),
            },
        }
        customer = self.ref("Customer", "Daily sales")
        body = {"DocNumber": number, "TxnDate": "2026-03-02", "CustomerRef": customer, "Line": [line]}
        return {**body, **more}

    def expense(self, account: str, amount: str, code: str = "Exempt") -> Body:
        detail = {"AccountRef": self.account(account), "TaxCodeRef": self.ref("TaxCode", code)}
        kind = "AccountBasedExpenseLineDetail"
        return {"Amount": Decimal(amount), "DetailType": kind, kind: detail}

    def journal_line(self, account: str, amount: str, **more: Any) -> Body:
        signed = Decimal(amount)
        detail = {
            "PostingType": "Debit" if signed > 0 else "Credit",
            "AccountRef": self.account(account),
            **more,
        }
        kind = "JournalEntryLineDetail"
        return {"Amount": abs(signed), "DetailType": kind, kind: detail}

    def journal(self, number: str, *lines: Body) -> Body:
        return {"DocNumber": number, "TxnDate": "2026-03-02", "Line": list(lines)}

    def customer_entity(self) -> Body:
        return {"Type": "Customer", "EntityRef": self.ref("Customer", "Daily sales")}


def link(kind: str, body: Body, amount: str) -> Body:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": body["Id"], "TxnType": kind}]}


def payment(books: Books, total: str, *lines: Body, **more: Any) -> Body:
    customer = books.ref("Customer", "Daily sales")
    return {
        "CustomerRef": customer,
        "TotalAmt": Decimal(total),
        "TxnDate": "2026-03-02",
        "Line": list(lines),
        **more,
    }
