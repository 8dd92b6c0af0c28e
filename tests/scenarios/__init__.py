"""The forty scenarios of the specification, as real records with the entries they must lead to."""

from tests.scenarios import aftermath, days, sales
from tests.scenarios.shapes import INVOICE, JOURNAL, Entry, Scenario, TaxTreatment

__all__ = ["INVOICE", "JOURNAL", "Entry", "Scenario", "TaxTreatment", "scenarios"]


def scenarios() -> list[Scenario]:
    """All scenarios, by number."""
    found = [
        *sales.plain_sales(),
        *sales.tips(),
        *sales.charges(),
        *sales.gift_cards_and_tenders(),
        *sales.untaxed(),
        *sales.currencies(),
        *aftermath.refunds(),
        *aftermath.fees(),
        *aftermath.payouts(),
        *aftermath.provider_balance(),
        *aftermath.edits(),
        *aftermath.payments_apart_from_sales(),
        days.statuses(),
        *days.edges_of_days(),
        days.categories(),
        *days.missing_mappings(),
        days.settled_net(),
    ]
    return sorted(found, key=lambda scenario: scenario.id)
