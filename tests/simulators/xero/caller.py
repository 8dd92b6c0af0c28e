"""A client for the tests of the simulated Xero itself, with a merchant's consent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import urllib3

from tests.simulators.server import dump
from tests.simulators.xero.official import API
from tests.simulators.xero.simulator import XeroSimulator

D = Decimal
Body = Mapping[str, Any]


class Caller:
    """Sends requests; `good` and `refused` say how they must be answered."""

    def __init__(self, simulator: XeroSimulator) -> None:
        self.simulator = simulator
        self.organisation = simulator.organisations[0]
        self.pool = urllib3.PoolManager()
        self.token, self.refresh = simulator.consented()

    def balances(self) -> dict[str, Decimal]:
        """What the accounts come to, debit positive."""
        return self.simulator.ledger.balances("GBP")

    def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Status, body and headers of an answer."""
        sent = {
            "Authorization": f"Bearer {self.token}",
            "xero-tenant-id": self.organisation.id,
            "Accept": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        raw = None if body is None else dump(body)
        url = self.simulator.api_url + (path if path.startswith("/connections") else API + path)
        reply = self.pool.request(method, url, body=raw, headers=sent, retries=False)
        text = reply.data.decode()
        is_json = "json" in reply.headers.get("Content-Type", "") and text
        return reply.status, json.loads(text, parse_float=D) if is_json else text, reply.headers

    def good(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send what must be taken; the answer."""
        status, answer, _ = self.send(method, path, body, **headers)
        assert status == 200, answer
        return answer

    def refused(self, method: str, path: str, body: Any) -> str:
        """What was wrong; nothing may have moved."""
        before = len(self.simulator.ledger.entries)
        status, answer, _ = self.send(method, path, body)
        assert status == 400, answer
        assert len(self.simulator.ledger.entries) == before
        if "Elements" not in answer:
            return str(answer["Message"])
        assert (answer["ErrorNumber"], answer["Type"]) == (10, "ValidationException")
        return "; ".join(e["Message"] for each in answer["Elements"] for e in each["ValidationErrors"])

    def id_of(self, name: str) -> str:
        """The id of the account with this name."""
        return str(self.organisation.account_named(name)["AccountID"])

    def line(self, amount: str, account: str = "Sales", **more: Any) -> dict[str, Any]:
        """A line of a document."""
        return {
            "Description": "Sales",
            "Quantity": 1,
            "UnitAmount": D(amount),
            "AccountID": self.id_of(account),
            **more,
        }

    def invoice(self, *lines: Body, number: str = "DB-1", **more: Any) -> dict[str, Any]:
        """A sale of 120.00 with 20 % tax in it, or what is given."""
        return {
            "Type": "ACCREC",
            "InvoiceNumber": number,
            "Contact": {"ContactID": self.organisation.contact_named("Daily sales")["ContactID"]},
            "Date": "2025-03-01",
            "DueDate": "2025-03-01",
            "Status": "AUTHORISED",
            "LineAmountTypes": "Inclusive",
            "LineItems": list(lines) or [self.line("120.00")],
            **more,
        }

    def bill(self, **more: Any) -> dict[str, Any]:
        """A bill of 10.00 without tax."""
        contact = {"ContactID": self.organisation.contact_named("Payment provider")["ContactID"]}
        line = self.line("10.00", "Payment fees", TaxType="NONE")
        return self.invoice(line, **{"Type": "ACCPAY", "Contact": contact, **more})

    def create(self, collection: str, *elements: Body) -> Any:
        """Make documents; the answer's own elements."""
        return self.good("PUT", f"/{collection}", {collection: list(elements)})[collection]

    def payment(self, kind: str, own: str, amount: str, **more: Any) -> dict[str, Any]:
        """A payment of a document from card clearing."""
        document = {kind: {f"{kind}ID": own}}
        account = {"AccountID": self.id_of("Card clearing")}
        return {**document, "Account": account, "Date": "2025-03-02", "Amount": D(amount), **more}
