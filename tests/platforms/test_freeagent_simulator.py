"""The simulated FreeAgent by itself: what it takes, what it refuses, and that its ledger follows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import urllib3

from tests.simulators.authorisation import CLIENT_ID, CLIENT_SECRET
from tests.simulators.freeagent import FreeAgentSimulator
from tests.simulators.server import dump

D = Decimal
DAY = "2026-03-02"


class Caller:
    """A client of the simulator with a merchant's consent."""

    def __init__(self, simulator: FreeAgentSimulator) -> None:
        self.simulator = simulator
        self.company = simulator.company
        self.pool = urllib3.PoolManager(retries=False)
        self.token, self.refresh = simulator.consented()

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any, Mapping[str, str]]:
        sent = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "User-Agent": "Daybook",
            **(headers or {}),
        }
        url = path if path.startswith("http") else self.simulator.api_url + path
        raw = None if body is None else dump(body)
        reply = self.pool.request(method, url, body=raw, headers=sent)
        is_json = "json" in reply.headers.get("Content-Type", "")
        return reply.status, json.loads(reply.data) if is_json else reply.data.decode(), reply.headers

    def good(self, method: str, path: str, body: Any = None) -> Any:
        status, answer, _ = self.send(method, path, body)
        assert status in (200, 201), answer
        return answer

    def refused(self, method: str, path: str, body: Any = None, status: int = 422) -> str:
        """What was wrong; nothing may have moved."""
        before = len(self.simulator.ledger.entries)
        found, answer, _ = self.send(method, path, body)
        assert found == status, answer
        assert len(self.simulator.ledger.entries) == before
        errors = answer["errors"]
        return "; ".join(
            each["message"] for each in (errors if isinstance(errors, list) else errors.values())
        )

    def url(self, name: str) -> str:
        """The id of a category, a bank account or a contact."""
        company = self.company
        for record in company.categories.values():
            if record["description"] == name:
                return str(self.simulator.url + record["url"])
        for collection in ("bank_accounts", "contacts"):
            for record in company.held[collection].values():
                if name in (record.get("name"), record.get("organisation_name")):
                    return str(self.simulator.url + record["url"])
        raise KeyError(name)

    def sale(self, *prices: str, reference: str = "R-1", kind: str = "invoice", rate: str = "20") -> Any:
        """A draft with an item for each price."""
        items = [self.item("Sales", price, rate) for price in prices]
        given = {
            "contact": self.url("Daily sales"),
            "reference": reference,
            "dated_on": DAY,
            "payment_terms_in_days": 0,
            f"{kind}_items": items,
        }
        return self.good("POST", f"/{kind}s", {kind: given})[kind]

    def item(self, category: str, price: str, rate: str) -> dict[str, Any]:
        return {
            "description": category,
            "category": self.url(category),
            "quantity": 1,
            "price": price,
            "sales_tax_rate": rate,
        }

    def sent(self, *prices: str, **options: str) -> Any:
        """The same, marked as sent."""
        kind = options.get("kind", "invoice")
        path = f"{self.sale(*prices, **options)['url']}/transitions/mark_as_sent"
        return self.good("PUT", path)[kind]

    def bill(self, *items: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        given = {
            "contact": self.url("Payment provider"),
            "reference": "B-1",
            "dated_on": DAY,
            "due_on": DAY,
            "bill_items": [{"category": self.url("Payment fees"), **each} for each in items],
        }
        return {"bill": given | changes}

    def explain(self, gross: str, bank: str = "Card clearing", **what: Any) -> dict[str, Any]:
        given = {"bank_account": self.url(bank), "dated_on": DAY, "gross_value": gross, "description": "R-1"}
        return {"bank_transaction_explanation": given | what}

    def paid(self, gross: str, bank: str = "Card clearing", **what: Any) -> Any:
        body = self.explain(gross, bank, **what)
        return self.good("POST", "/bank_transaction_explanations", body)["bank_transaction_explanation"]

    def journal(self, *lines: tuple[str, str], **changes: Any) -> dict[str, Any]:
        entries = [{"category": self.url(name), "debit_value": value} for name, value in lines]
        return {
            "journal_set": {"dated_on": DAY, "description": "J", "journal_entries": entries, "tag": "J-1"}
            | changes
        }


@pytest.fixture
def there() -> Iterator[Caller]:
    simulator = FreeAgentSimulator()
    simulator.start()
    caller = Caller(simulator)
    yield caller
    simulator.stop()
    assert simulator.violations == []


def balances(there: Caller, currency: str = "GBP") -> dict[str, Decimal]:
    return there.simulator.balances(currency)


def test_an_invoice_is_a_draft_until_it_is_sent_and_then_takes_what_is_due(there: Caller) -> None:
    draft = there.sale("10.01", "0.33")
    assert (draft["status"], draft["total_value"], draft["sales_tax_value"]) == ("Draft", "12.41", "2.07")
    assert balances(there) == {}
    body = there.explain("12.41", paid_invoice=draft["url"])
    assert "draft" in there.refused("POST", "/bank_transaction_explanations", body)
    there.good("PUT", f"{draft['url']}/transitions/mark_as_sent")
    assert balances(there) == {"Trade Debtors": D("12.41"), "Sales": D("-10.34"), "VAT": D("-2.07")}
    there.paid("12.00", paid_invoice=draft["url"])
    again = there.explain("0.42", paid_invoice=draft["url"])
    assert "more than" in there.refused("POST", "/bank_transaction_explanations", again)
    there.paid("0.41", paid_invoice=draft["url"])
    found = there.good("GET", draft["url"])["invoice"]
    assert (found["status"], found["paid_value"], found["due_value"]) == ("Paid", "12.41", "0.0")
    assert balances(there) == {"Card clearing": D("12.41"), "Sales": D("-10.34"), "VAT": D("-2.07")}


def test_the_unit_price_is_rounded_before_it_is_multiplied_and_tax_on_every_line(there: Caller) -> None:
    items = [
        {**there.item("Sales", "4.1666", "20"), "quantity": "50"},
        there.item("Refunds", "0.125", "9.975"),
    ]
    given = {"contact": there.url("Daily sales"), "dated_on": DAY, "payment_terms_in_days": 0}
    made = there.good("POST", "/invoices", {"invoice": {**given, "invoice_items": items}})["invoice"]
    assert (made["net_value"], made["sales_tax_value"]) == ("208.63", "41.71")
    assert made["reference"] == "001"


def test_a_credit_note_is_refunded_or_set_against_an_invoice(there: Caller) -> None:
    note = there.sent("-100", reference="C-1", kind="credit_note")
    assert (note["total_value"], note["due_value"]) == ("-120.0", "-120.0")
    invoice = there.sent("50", reference="R-9")
    link = {"gross_value": "60", "invoice": invoice["url"], "credit_note": note["url"]}
    there.good("POST", "/credit_note_reconciliations", {"credit_note_reconciliation": link})
    there.refused("POST", "/credit_note_reconciliations", {"credit_note_reconciliation": link})
    wrong = there.explain("60", paid_invoice=note["url"])
    assert "sign" in there.refused("POST", "/bank_transaction_explanations", wrong)
    there.paid("-60", paid_invoice=note["url"])
    assert there.good("GET", note["url"])["credit_note"]["status"] == "Refunded"
    assert balances(there) == {"Card clearing": D(-60), "Sales": D(50), "VAT": D(10)}


def test_a_bill_is_gross_and_below_zero_a_refund(there: Caller) -> None:
    bill = there.good("POST", "/bills", there.bill({"total_value": "100", "sales_tax_rate": "20"}))["bill"]
    assert (bill["sales_tax_value"], bill["net_value"]) == ("-16.67", "83.33")
    assert there.good("GET", bill["url"])["bill"]["net_value"] == "-83.33"
    there.paid("-100", "Bank current account", paid_bill=bill["url"])
    back = there.bill({"total_value": "-12", "manual_sales_tax_amount": "2.01"})
    there.paid("12", paid_bill=there.good("POST", "/bills", back)["bill"]["url"])
    assert balances(there) == {
        "Bank current account": D(-100),
        "Card clearing": D(12),
        "Payment fees": D("73.34"),
        "VAT": D("14.66"),
    }
    untold = there.good("POST", "/bills", there.bill({"total_value": "120"}, reference="B-2"))["bill"]
    assert untold["sales_tax_value"] == "-20.0"
    assert "40" in there.refused("POST", "/bills", there.bill(*[{"total_value": "1"}] * 41))


def test_money_in_and_out_under_a_category_and_between_accounts(there: Caller) -> None:
    there.paid("-1.20", category=there.url("Payment fees"))
    there.paid("5", category=there.url("Tips payable"))
    there.paid("-3", transfer_bank_account=there.url("Bank current account"))
    assert balances(there) == {
        "Card clearing": D("0.80"),
        "Payment fees": D(1),
        "VAT": D("0.20"),
        "Tips payable": D(-5),
        "Bank current account": D(3),
    }
    path = f"/bank_transaction_explanations?bank_account={there.url('Bank current account')}&from_date={DAY}"
    (other,) = there.good("GET", path)["bank_transaction_explanations"]
    assert (other["gross_value"], other["transfer_bank_account"]) == ("3.0", there.url("Card clearing"))
    taxed = there.explain("5", category=there.url("Tips payable"), sales_tax_rate="20")
    assert "AUTO" in there.refused("POST", "/bank_transaction_explanations", taxed)
    debtors = there.explain("5", category=there.url("Trade Debtors"))
    there.refused("POST", "/bank_transaction_explanations", debtors)


def test_a_journal_balances_touches_no_bank_account_and_is_found_by_its_tag(there: Caller) -> None:
    there.good("POST", "/journal_sets", there.journal(("Sales", "-5"), ("Disputed funds", "5")))
    assert balances(there) == {"Sales": D(-5), "Disputed funds": D(5)}
    (found,) = there.good("GET", "/journal_sets?tag=J-1&from_date=2026-03-01")["journal_sets"]
    assert [each["debit_value"] for each in found["journal_entries"]] == ["-5.0", "5.0"]
    assert there.good("GET", "/journal_sets?tag=J-2")["journal_sets"] == []
    uneven = there.journal(("Sales", "-5"), ("Disputed funds", "4"))
    assert "balance" in there.refused("POST", "/journal_sets", uneven)
    bank = there.journal(("Sales", "-5"), ("Bank Account", "5"))
    assert "bank" in there.refused("POST", "/journal_sets", bank)


def test_categories_have_codes_in_the_range_of_their_group(there: Caller) -> None:
    given = {"description": "Tips", "nominal_code": "745", "category_group": "liabilities"}
    made = there.good("POST", "/categories", {"category": given})["general_categories"]
    assert made["url"] == f"{there.simulator.api_url}/categories/745"
    assert "taken" in there.refused("POST", "/categories", {"category": given})
    there.refused("POST", "/categories", {"category": {**given, "nominal_code": "671"}})
    lists = there.good("GET", "/categories?sub_accounts=true")
    banks = [each["nominal_code"] for each in lists["general_categories"] if "bank_account" in each]
    assert banks[:2] == ["750-1", "750-2"]
    items = [{**there.item("Tips payable", "1", "0")}]
    sale = {"contact": there.url("Daily sales"), "dated_on": DAY, "payment_terms_in_days": 0}
    assert "income" in there.refused("POST", "/invoices", {"invoice": {**sale, "invoice_items": items}})


def test_lists_come_in_pages_and_can_be_narrowed(there: Caller) -> None:
    for number in range(30):
        there.sale("1", reference=f"R-{number}")
    status, answer, headers = there.send("GET", f"/invoices?contact={there.url('Daily sales')}&view=draft")
    assert (status, len(answer["invoices"]), headers["X-Total-Count"]) == (200, 25, "30")
    assert "invoice_items" not in answer["invoices"][0]
    following = headers["Link"].split('>; rel="next"')[0].rsplit("<", 1)[1]
    assert [each["reference"] for each in there.good("GET", following)["invoices"]][-1] == "R-29"
    assert there.good("GET", "/invoices?updated_since=2100-01-01T00:00:00Z")["invoices"] == []
    assert there.good("GET", f"/invoices?contact={there.url('Payment provider')}")["invoices"] == []


def test_the_same_reference_is_not_taken_twice(there: Caller) -> None:
    there.sale("1")
    given = {"contact": there.url("Daily sales"), "dated_on": DAY, "payment_terms_in_days": 0}
    assert "taken" in there.refused("POST", "/credit_notes", {"credit_note": {**given, "reference": "R-1"}})


def test_nothing_is_written_in_a_locked_period(there: Caller) -> None:
    draft = there.sale("1")
    there.company.locked_to = date(2026, 3, 2)
    assert (
        there.refused("PUT", f"{draft['url']}/transitions/mark_as_sent", status=403) == "Invoice is locked."
    )
    locked = "dated_on is in a locked period"
    assert there.refused("POST", "/bills", there.bill({"total_value": "1"})) == locked
    assert there.refused("POST", "/journal_sets", there.journal(("Sales", "0"))) == locked
    body = there.explain("1", category=there.url("Sales"))
    assert there.refused("POST", "/bank_transaction_explanations", body) == locked
    (lock,) = there.good("GET", "/account_locks")["account_locks"]
    assert lock["locked_to_date"] == "2026-03-02"


def test_hidden_contacts_and_unknown_references_and_rates_are_refused(there: Caller) -> None:
    sale = {"contact": there.url("Daily sales"), "dated_on": DAY, "payment_terms_in_days": 0}
    items = [there.item("Sales", "1", "17.5")]
    assert "rate" in there.refused("POST", "/invoices", {"invoice": {**sale, "invoice_items": items}})
    nowhere = {**sale, "contact": f"{there.simulator.api_url}/contacts/99"}
    there.refused("POST", "/invoices", {"invoice": nowhere}, status=404)
    there.company.named("contacts", "Daily sales")["status"] = "Hidden"
    assert "hidden" in there.refused("POST", "/invoices", {"invoice": sale})


def test_an_invoice_in_another_currency_is_paid_in_its_own(there: Caller) -> None:
    given = {
        "contact": there.url("Daily sales"),
        "dated_on": DAY,
        "payment_terms_in_days": 0,
        "currency": "EUR",
        "invoice_items": [there.item("Sales", "10", "0")],
    }
    made = there.good("POST", "/invoices", {"invoice": given})["invoice"]
    there.good("PUT", f"{made['url']}/transitions/mark_as_sent")
    body = there.explain("4", paid_invoice=made["url"])
    assert "foreign" in there.refused("POST", "/bank_transaction_explanations", body)
    there.paid("4", "Card clearing (EUR)", paid_invoice=made["url"])
    there.paid("5.10", paid_invoice=made["url"], foreign_currency_value="6")
    euro = {"Card clearing (EUR)": D(4), "Sales": D(-10), "Currency conversion": D(6)}
    assert balances(there, "EUR") == euro
    assert balances(there) == {"Card clearing": D("5.10"), "Currency conversion": D("-5.10")}


def test_what_is_not_documented_is_a_violation(there: Caller) -> None:
    assert there.send("POST", "/contacts", {"contact": {"name": "X"}})[0] == 400
    assert there.send("POST", "/contacts", {"organisation_name": "X"})[0] == 400
    assert there.send("GET", "/invoices?reference=R-1")[0] == 400
    assert there.send("POST", "/bills", there.bill({"total_value": "1", "net": "1"}))[0] == 400
    assert len(there.simulator.violations) == 4
    there.simulator.violations.clear()


def test_who_is_let_in(there: Caller) -> None:
    simulator = there.simulator
    assert there.send("GET", "/company", headers={"User-Agent": ""})[0] == 403
    secret = urllib3.make_headers(basic_auth=f"{CLIENT_ID}:{CLIENT_SECRET}")
    form = {"grant_type": "refresh_token", "refresh_token": there.refresh}
    url = f"{simulator.api_url}/token_endpoint"
    reply = there.pool.request_encode_body("POST", url, form, headers=secret, encode_multipart=False)
    pair = json.loads(reply.data)
    assert (pair["expires_in"], pair["refresh_token"] != there.refresh) == (3600, True)
    simulator.authorisation.now += 3600
    assert there.send("GET", "/company")[0] == 401
    there.token, _ = simulator.consented()
    assert there.good("GET", "/company")["company"]["sales_tax_rates"][0] == "20.0"
    there.company.permission_level = 6
    assert there.send("GET", "/journal_sets")[0] == 403


def test_calls_are_limited_and_told_when_to_come_back(there: Caller) -> None:
    simulator = there.simulator
    test = {"X-RateLimit-Test": "true"}
    assert [there.send("GET", "/company", headers=test)[0] for _ in range(6)] == [200] * 5 + [429]
    simulator.limits.enforced, simulator.limits.minute = True, 2
    simulator.authorisation.now += 60 - simulator.authorisation.now % 60 + 20
    assert [there.send("GET", "/company")[0] for _ in range(2)] == [200] * 2
    status, _, headers = there.send("GET", "/company")
    assert (status, headers["Retry-After"]) == (429, "40")
    simulator.authorisation.now += 40
    assert there.send("GET", "/company")[0] == 200


def test_the_trial_balance_is_the_ledger(there: Caller) -> None:
    there.paid("6", category=there.url("Sales"))
    rows = there.good("GET", "/accounting/trial_balance/summary")["trial_balance_summary"]
    found = {row["display_nominal_code"]: row["total"] for row in rows}
    assert found == {"001": "-5.0", "750-4": "6.0", "817": "-1.0"}


def test_what_was_written_can_be_taken_away(there: Caller) -> None:
    invoice = there.sent("10")
    payment = there.paid("12", paid_invoice=invoice["url"])
    there.refused("PUT", f"{invoice['url']}/transitions/mark_as_draft", status=403)
    there.good("DELETE", payment["url"])
    there.good("PUT", f"{invoice['url']}/transitions/mark_as_draft")
    assert balances(there) == {}
    there.good("DELETE", invoice["url"])
    there.refused("GET", invoice["url"], status=404)
