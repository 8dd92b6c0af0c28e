"""Where a merchant mends what is wrong with a configuration, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from daybook.domain.selection import empty_body
from daybook.domain.validation import Situation, problems_of
from daybook.services.flow_problems import by_field, faults_of, pages_of
from daybook.services.flow_setup import PAGES, Setup
from daybook.services.flow_stages import next_page
from daybook.services.said import named, said
from daybook.store.companies import Company
from daybook.store.configurations import StoredConfiguration
from daybook.store.flow_drafts import Draft
from daybook.web.rendering import words
from daybook.wire.configuration_answer import Offer
from tests import configuration_bodies as bodies

COMPANY = Company("company", "client", "Copper Kettle")
SITUATION = Situation(has_accounting=True, has_commerce=True, reference=bodies.BOOKS)


def body(**changes: Mapping[str, Any]) -> dict[str, Any]:
    """A valid configuration, with some of its sections changed."""
    chosen = {**bodies.sections(), "payments": bodies.sections()["payments"]}
    for name, change in changes.items():
        chosen[name] = {**chosen[name], **change}
    schedule = {"selectedFrequency": "Daily", "startDate": "2026-03-02", "syncHour": 0, "timeZone": "Etc/UTC"}
    return {**empty_body(), "schedule": schedule, "configuration": chosen}


@pytest.mark.parametrize(
    ("changes", "pages"),
    [
        ({"sales": {"accounts": {}}}, {("sales",)}),
        ({"sales": {"salesCustomer": {}}}, {("sales",)}),
        ({"fees": {"feesSupplier": {}}}, {("fees",)}),
        ({"fees": {"accounts": {}}}, {("fees",)}),
        ({"payments": {"accounts": {}}}, {("payments",)}),
        ({"payments": {"syncPayments": False}}, {("payments",)}),
        ({"sales": {"invoiceStatus": {"selectedInvoiceStatus": "Draft"}}}, {("sales", "payments")}),
    ],
)
def test_each_problem_has_its_page(changes: dict[str, dict[str, Any]], pages: set[tuple[str, ...]]) -> None:
    found = problems_of(body(**changes), SITUATION)
    assert {pages_of(problem) for problem in found} == pages


def test_every_problem_of_an_empty_configuration_can_be_mended_and_is_said_by_a_key() -> None:
    empty = empty_body()
    switched_on = {"sales": "syncSales", "payments": "syncPayments", "fees": "syncFees"}
    for section, switch in switched_on.items():
        empty["configuration"][section][switch] = True
    found = problems_of(empty, SITUATION)
    assert {page for problem in found for page in pages_of(problem)} == set(PAGES)
    for fault in faults_of(found, [], "sync"):
        assert fault.message.key in words("fr-fr"), fault


def test_problems_stand_beside_their_fields_in_the_pages_order() -> None:
    found = problems_of(body(sales={"accounts": {}, "salesCustomer": {}}), SITUATION)
    fields = [
        ("account-sales", ".sales.accounts.sales.selectedAccountId", named("Sales")),
        ("customer", ".sales.salesCustomer.selectedCustomerId", said("flow.customer")),
    ]
    faults = faults_of(found, fields, "sync")
    assert [fault.field for fault in faults] == ["account-sales", "customer"]
    said_so = by_field(faults)["account-sales"].text(lambda key, **values: f"{key} {values['label']}")
    assert said_so == "flow.problem.account Sales"


def setup(
    done: str = "", *, is_open: bool = True, waits: bool = False, **changes: Mapping[str, Any]
) -> Setup:
    """A set-up with these pages done."""
    chosen = body(**changes)
    stored = None if is_open else StoredConfiguration(1, chosen, "2026-03-02T00:00:00Z")
    pages = frozenset(done.split())
    draft = Draft({"configuration": {}} if waits else {}, pages, pages, open=is_open)
    problems = tuple(problems_of(chosen, SITUATION))
    return Setup(COMPANY, stored, draft, chosen, SITUATION, Offer(bodies.BOOKS), problems)


@pytest.mark.parametrize(
    ("done", "after", "onward"),
    [
        ("", "", "sales"),
        ("sales", "sales", "fees"),
        ("sales payments", "", "fees"),
        ("sales fees payments", "payments", "schedule"),
        ("sales fees payments schedule", "schedule", "preview"),
        ("fees payments schedule", "schedule", "sales"),
    ],
)
def test_the_way_through(done: str, after: str, onward: str) -> None:
    assert next_page(setup(done), after) == onward


def test_later_there_are_the_settings_and_what_is_to_be_mended() -> None:
    assert next_page(setup(is_open=False), "sales") == "settings"
    wrong: dict[str, Any] = {"payments": {"accounts": {}}}
    assert next_page(setup(is_open=False, waits=True, **wrong), "sales") == "payments"
    assert next_page(setup("sales fees payments schedule", **wrong)) == "payments"
