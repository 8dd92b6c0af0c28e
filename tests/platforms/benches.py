"""The platforms under test. PLATFORM=xero (quickbooks, freeagent) chooses one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

from tests.platforms.world import Bench, Difference
from tests.scenarios import JOURNAL, TaxTreatment
from tests.scenarios.merchants import sandbox_tax_account
from tests.simulators.freeagent import Limits as FreeAgentLimits
from tests.simulators.quickbooks.company import DOCUMENTS
from tests.simulators.server import Answer
from tests.simulators.xero import Limits

# A quick look: fewer faults, fewer orders. `make test-platforms` takes them all.
SHORT = os.environ.get("DAYBOOK_PLATFORMS") == "short"
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


def _in_xero(simulator: Any) -> Iterator[str]:
    """With the lists they are in; what was voided or deleted is not in the books."""
    held = simulator.organisations[0].held
    for documents, name in (
        (held.invoices, "InvoiceNumber"),
        (held.credit_notes, "CreditNoteNumber"),
        (held.payments, "Reference"),
        (held.bank_transactions, "Reference"),
        (held.bank_transfers, "Reference"),
        (held.journals, "Narration"),
    ):
        for each in documents.values():
            if each.get("Status") not in ("VOIDED", "DELETED"):
                yield f"{name} {each.get(name, '').split(' ')[0]}"


def _in_quickbooks(simulator: Any) -> Iterator[str]:
    for kind in DOCUMENTS:
        for each in simulator.company.held[kind].values():
            yield f"{kind} {each['PrivateNote'].split(' ')[0]}"


def _in_freeagent(simulator: Any) -> Iterator[str]:
    held = simulator.company.held
    for documents, name in (
        ("invoices", "reference"),
        ("credit_notes", "reference"),
        ("bills", "reference"),
        ("bank_transaction_explanations", "receipt_reference"),
        ("journal_sets", "tag"),
    ):
        for each in held[documents].values():
            if "_linked" not in each:  # the other side of a transfer
                yield f"{documents} {each[name]}"


_ONE_TAX_ACCOUNT = dict.fromkeys(
    ("Tax 20% payable", "Tax 10% payable", "Tax 5% payable", "Exempt tax payable"), "VAT"
)


def _refusing(refusal: Answer) -> Callable[[Any], Callable[[], None]]:
    """All calls but those for tokens are refused until it is paid for."""

    def end(simulator: Any) -> Callable[[], None]:
        admit = simulator.admit
        simulator.admit = lambda request: admit(request) if "token" in request.path else refusal
        return lambda: delattr(simulator, "admit")

    return end


def _unpaid_in_quickbooks(simulator: Any) -> Callable[[], None]:
    simulator.settings.subscription_ended = True
    return lambda: setattr(simulator.settings, "subscription_ended", False)


def _day_long_in_xero(simulator: Any) -> int:
    """Few calls are left of the day."""
    simulator.limits = Limits(day=8)
    return 80_000


def _minute_in_quickbooks(simulator: Any) -> int:
    """Few calls are left of the minute; QuickBooks does not say for how long."""
    simulator.limits.minute = 6
    simulator.limits.clock = lambda: simulator.authorisation.now
    return 60


def _hour_in_freeagent(simulator: Any) -> int:
    """Few calls are left of the hour."""
    simulator.limits = FreeAgentLimits(enforced=True, minute=120, hour=30)
    return 1000


def _lock_xero(simulator: Any, day: date) -> None:
    simulator.organisations[0].period_lock = day


def _lock_quickbooks(simulator: Any, day: date) -> None:
    simulator.settings.closing_date = day


def _lock_freeagent(simulator: Any, day: date) -> None:
    simulator.company.locked_to = day


def _misstate_in_xero(simulator: Any, off: Decimal) -> None:
    simulator.organisations[0].tax_off = off


def _mend_in_xero(simulator: Any, off: Decimal) -> None:
    held = simulator.organisations[0].held
    for each in (*held.invoices.values(), *held.credit_notes.values()):
        if each["TotalTax"]:
            each["TotalTax"] -= off


def _misstate_in_quickbooks(simulator: Any, off: Decimal) -> None:
    simulator.settings.tax_off = off


def _mend_in_quickbooks(simulator: Any, off: Decimal) -> None:
    held = simulator.company.held
    for each in (*held["Invoice"].values(), *held["CreditMemo"].values()):
        if each["TxnTaxDetail"]["TotalTax"]:
            each["TxnTaxDetail"]["TotalTax"] -= off


def _misstate_in_freeagent(simulator: Any, off: Decimal) -> None:
    simulator.company.tax_off = off


def _xero_reads_back(simulator: Any) -> int:
    found = import_module("tests.simulators.xero.second_opinion").read(simulator.organisations[0])
    with_total = [each for listed in found.values() for each in listed if each.total is not None]
    for model, total in with_total:
        read = model["total"] if "total" in model else model["amount"]
        assert Decimal(str(read)) == total, model
    return len(with_total)


def _quickbooks_reads_back(simulator: Any) -> int:
    read_back = import_module("tests.simulators.quickbooks.second_opinion")
    if not read_back.is_there():
        raise ImportError("python-quickbooks")
    count: int = read_back.read(simulator.company)
    return count


XERO = Bench(
    "gbol",
    "xero",
    _xero,
    _one_account,
    title="Xero",
    folded=_ONE_TAX_ACCOUNT,
    references=_in_xero,
    read_back=_xero_reads_back,
    lock=_lock_xero,
    shut_out=lambda simulator, gone: setattr(simulator.organisations[0], "reachable", not gone),
    end_subscription=_refusing(Answer(402, {"Title": "Payment Required", "Status": 402})),
    run_out=_day_long_in_xero,
    misstate=_misstate_in_xero,
    mend=_mend_in_xero,
    differences={
        FOREIGN: Difference(
            "Journals in another currency than the organisation's base currency are refused",
            words="Organisation is not subscribed to currency EUR",
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
    title="QuickBooks",
    description="the official schema",
    references=_in_quickbooks,
    read_back=_quickbooks_reads_back,
    lock=_lock_quickbooks,
    shut_out=lambda simulator, gone: setattr(simulator.settings, "admin_lost", gone),
    end_subscription=_unpaid_in_quickbooks,
    run_out=_minute_in_quickbooks,
    misstate=_misstate_in_quickbooks,
    mend=_mend_in_quickbooks,
    names={"Sales: Food": "Sales:Food", "Sales: Drinks": "Sales:Drinks"},
    differences={
        FOREIGN: Difference(
            "needs multiple currencies turned on, which cannot be undone, and a customer and a supplier of "
            "that currency",
            words="The currency of the transaction, EUR, is not that of Daily sales",
            prepare=_euros_in_quickbooks,
        )
    },
)
FREEAGENT = Bench(
    "fbrh",
    "freeagent",
    _freeagent,
    _one_account,
    title="FreeAgent",
    description="the documented attributes (there is no official schema)",
    folded=_ONE_TAX_ACCOUNT,
    references=_in_freeagent,
    lock=_lock_freeagent,
    shut_out=lambda simulator, gone: setattr(simulator.company, "permission_level", 0 if gone else 8),
    end_subscription=_refusing(Answer(403, {"errors": {"error": {"message": "API access is disabled"}}})),
    run_out=_hour_in_freeagent,
    misstate=_misstate_in_freeagent,
    compares_tax=True,
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
            words="EUR",
            accounts={"Card clearing": "Card clearing (EUR)"},
        )
    },
)
BENCHES = [XERO, QUICKBOOKS, FREEAGENT]


def benches() -> list[Bench]:
    """All, or the one that PLATFORM names."""
    chosen = os.environ.get("PLATFORM", "")
    return [each for each in BENCHES if chosen in ("", each.name)]
