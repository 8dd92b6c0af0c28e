"""The platforms under test. PLATFORM=xero (quickbooks, freeagent) chooses one."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from tests.platforms.world import Bench, Difference
from tests.scenarios import JOURNAL, TaxTreatment
from tests.scenarios.merchants import sandbox_tax_account

FOREIGN = 42  # the scenario of a sale in another currency than the books'


def _xero(currency: str, zone: str) -> Any:
    return import_module("tests.simulators.xero").XeroSimulator(base_currency=currency, time_zone=zone)


def _quickbooks(currency: str, zone: str) -> Any:
    module = import_module("tests.simulators.quickbooks")
    return module.QuickBooksSimulator(base_currency=currency, time_zone=zone)


def _freeagent(currency: str, _zone: str) -> Any:
    return import_module("tests.simulators.freeagent").FreeAgentSimulator(base_currency=currency)


def _one_account(_tax: TaxTreatment, _output_format: str) -> str:
    """Xero and FreeAgent keep the tax of every rate on one account."""
    return "VAT"


def _of_each_agency(tax: TaxTreatment, _output_format: str) -> str:
    """In QuickBooks each agency that tax is owed to has an account."""
    return sandbox_tax_account(tax)


def _euros_in_xero(simulator: Any) -> None:
    organisation = simulator.organisations[0]
    organisation.currencies = (*organisation.currencies, "EUR")
    account = {"Code": "1069", "Name": "Card clearing (EUR)", "Type": "BANK", "CurrencyCode": "EUR"}
    organisation.add_account(account)


def _euros_in_quickbooks(simulator: Any) -> None:
    simulator.company.named("Customer", "Daily sales")["CurrencyRef"] = {"value": "EUR", "name": "EUR"}


XERO = Bench(
    "gbol",
    "xero",
    _xero,
    _one_account,
    differences={
        FOREIGN: Difference(
            "Journals in another currency than the organisation's base currency are refused",
            accounts={"Card clearing": "Card clearing (EUR)"},
            prepare=_euros_in_xero,
        )
    },
)
QUICKBOOKS = Bench(
    "qhyg",
    "quickbooks",
    _quickbooks,
    _of_each_agency,
    names={"Sales: Food": "Sales:Food", "Sales: Drinks": "Sales:Drinks"},
    differences={
        FOREIGN: Difference(
            "needs multiple currencies turned on, which cannot be undone, and a customer and a supplier of "
            "that currency",
            prepare=_euros_in_quickbooks,
        )
    },
)
FREEAGENT = Bench(
    "fbrh",
    "freeagent",
    _freeagent,
    _one_account,
    names={
        "Accounts receivable": "Trade Debtors",
        "Accounts payable": "Trade Creditors",
        "Tax 0%": "VAT 0%",
        "Tax 5%": "VAT 5%",
        "Tax 8%": "VAT 8%",
        "Tax 9.975%": "VAT 9.975%",
        "Tax 10%": "VAT 10%",
        "Tax 20%": "VAT 20%",
        "Zero-rated": "VAT 0%",
        "Exempt": "VAT exempt",
    },
    differences={
        FOREIGN: Difference(
            "Journals in another currency than the company's are refused",
            refused=(JOURNAL,),
            accounts={"Card clearing": "Card clearing (EUR)"},
        )
    },
)
BENCHES = [XERO, QUICKBOOKS, FREEAGENT]


def benches() -> list[Bench]:
    """All, or the one that PLATFORM names."""
    chosen = os.environ.get("PLATFORM", "")
    return [each for each in BENCHES if chosen in ("", each.name)]
