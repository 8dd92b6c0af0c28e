"""A company whose books are open, single documents to push to them, and the workers behind the queues."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from daybook.domain.ledger import trial_balance
from daybook.services.runtime import Runtime
from daybook.services.write_direct_push import write_direct_push
from daybook.store import outbox
from daybook.store.ledger import Ledger
from tests.integration.api_calls import Answer, Caller

Json = dict[str, Any]


@dataclass
class Partner:
    """A partner who pushes documents to one merchant's Sandbox books."""

    call: Caller
    runtime: Runtime
    company: str = ""
    connection: str = ""
    events: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.company = self.call("POST", "/companies", {"name": "Cafe"}).body["id"]
        made = self.call("POST", f"/companies/{self.company}/connections", "mqjo")
        self.connection = made.body["id"]
        path = f"/companies/{self.company}/connections/{self.connection}"
        self.call("PUT", f"{path}/authorization", {})

    def push(self, data_type: str, body: object, query: str = "", **headers: str) -> Answer:
        """Push one document."""
        return self.call("POST", f"{self.path(data_type)}{query}", body, headers=headers)

    def path(self, data_type: str) -> str:
        """Where documents of a type are pushed to."""
        return f"/companies/{self.company}/connections/{self.connection}/push/{data_type}"

    def push_through(self, data_type: str, body: object) -> Json:
        """Push one document and have it written; the push operation afterwards."""
        answer = self.push(data_type, body)
        assert answer.status == 200, answer.body
        assert (answer.body["status"], answer.body["statusCode"]) == ("Pending", 202)
        self.deliver()
        return self.operation(answer.body["pushOperationKey"])

    def operation(self, key: str) -> Json:
        """A push operation as it stands."""
        operation: Json = self.call("GET", f"/companies/{self.company}/push/{key}").body
        return operation

    def deliver(self) -> int:
        """Have the messages of direct pushes worked off; how many there were."""
        count = 0
        for message in list(outbox.unsent(self.runtime.table, "9999")):
            if message.queue == outbox.PUSH:
                write_direct_push(self.runtime, self.company, message.body["pushOperationKey"])
                count += 1
            elif message.queue == outbox.EVENTS:
                self.events.append(message.body)
            outbox.sent(self.runtime.table, message)
        return count

    @property
    def ledger(self) -> Ledger:
        """The books."""
        return Ledger(self.runtime.table, self.company)

    def balances(self) -> dict[str, Decimal]:
        """Account name -> balance in pounds, debit positive; accounts at zero left out."""
        found = trial_balance(self.ledger.entries()).get("GBP", {})
        return {self._names()[account]: balance for account, balance in found.items() if balance}

    def account(self, name: str) -> Json:
        """A reference to the account with this name."""
        return {"id": next(identity for identity, known in self._names().items() if known == name)}

    def tax_rate(self, name: str) -> Json:
        """A reference to the tax rate with this name."""
        books = self.ledger.read()
        assert books is not None
        return {"id": next(each.id for each in books.data.tax_rates if each.name == name)}

    @property
    def customer(self) -> Json:
        """A reference to the customer there is."""
        books = self.ledger.read()
        assert books is not None
        return {"id": books.data.customers[0].id}

    def line(self, account: str = "Sales", **changes: object) -> Json:
        """A line of 100.00 net and 20.00 tax."""
        return {
            "description": "Catering",
            "unitAmount": 50,
            "quantity": 2,
            "accountRef": self.account(account),
            "taxRateRef": self.tax_rate("Tax 20%"),
            **changes,
        }

    def invoice(self, **changes: object) -> Json:
        """An invoice of 120.00."""
        return {
            "customerRef": self.customer,
            "issueDate": "2026-03-02T23:30:00Z",
            "currency": "GBP",
            "lineItems": [self.line()],
            "totalTaxAmount": 20,
            "totalAmount": 120,
            "amountDue": 120,
            "status": "Submitted",
            **changes,
        }

    def credit_note(self, **changes: object) -> Json:
        """A credit note of 120.00."""
        body = {**self.invoice(), "totalDiscount": 0, "subTotal": 0, "discountPercentage": 0}
        return {**body, "remainingCredit": 120, **changes}

    def direct_income(self, **changes: object) -> Json:
        """120.00 received in cash."""
        received = {"accountRef": self.account("Cash on hand"), "totalAmount": 120}
        return {
            "issueDate": "2026-03-02",
            "currency": "GBP",
            "lineItems": [self.line()],
            "paymentAllocations": [{"payment": received, "allocation": {"totalAmount": 120}}],
            "subTotal": 100,
            "taxAmount": 20,
            "totalAmount": 120,
            **changes,
        }

    def journal_entry(self, **changes: object) -> Json:
        """30.00 from one account to another."""
        lines = [
            {"netAmount": 30, "accountRef": self.account("Promotions expense"), "currency": "GBP"},
            {"netAmount": -30, "accountRef": self.account("Sales"), "currency": "GBP"},
        ]
        return {
            "description": "Tasting",
            "postedOn": "2026-03-02T00:00:00Z",
            "journalLines": lines,
            **changes,
        }

    def payment(self, invoice: str, amount: float = 120, **changes: object) -> Json:
        """A payment of an invoice."""
        link = {"type": "Invoice", "id": invoice, "amount": -amount}
        return {
            "date": "2026-03-03",
            "accountRef": self.account("Cash on hand"),
            "customerRef": self.customer,
            "totalAmount": amount,
            "lines": [{"amount": amount, "links": [link]}],
            **changes,
        }

    def _names(self) -> dict[str, str]:
        books = self.ledger.read()
        assert books is not None
        return {account.id: account.name for account in books.data.accounts}
