"""Documents of the simulated Xero read with the models of the vendor's own library, where it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

from tests.simulators.server import dump
from tests.simulators.xero.organisation import Organisation
from tests.simulators.xero.refusals import rendered


class Reading(NamedTuple):
    """A document as the library reads it, and its total as the simulator holds it (None: it has none)."""

    model: Any
    total: Decimal | None


def read(organisation: Organisation) -> dict[str, list[Reading]]:
    """Every document of an organisation, by collection. Raises ImportError without xero-python."""
    from xero_python.accounting import models
    from xero_python.api_client import ApiClient, Configuration, ModelFinder

    held = organisation.held
    stores: Mapping[str, Iterable[Mapping[str, Any]]] = {
        "Contacts": held.contacts.values(),
        "Accounts": held.accounts.values(),
        "Invoices": held.invoices.values(),
        "CreditNotes": held.credit_notes.values(),
        "Payments": held.payments.values(),
        "BankTransactions": held.bank_transactions.values(),
        "BankTransfers": held.bank_transfers.values(),
        "ManualJournals": held.journals.values(),
    }
    reader, finder = ApiClient(Configuration()), ModelFinder(models)
    found = {}
    for collection, records in stores.items():
        kept = list(records)
        reply = SimpleNamespace(text=dump({collection: rendered(kept)}).decode())
        answer = reader.deserialize(reply, collection, finder).to_dict()
        (listed,) = (answer[name] for name in answer if name.replace("_", "") == collection.lower())
        totals = [record.get("Total", record.get("Amount")) for record in kept]
        found[collection] = [Reading(model, total) for model, total in zip(listed or [], totals, strict=True)]
    return found
