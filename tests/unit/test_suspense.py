"""What a kept configuration takes from a newer one, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from daybook.domain.configuration import (
    JOURNAL_ENTRY,
    Configuration,
    TaxMapping,
    account_for,
    rate_for,
    read_configuration,
)
from daybook.domain.documents import Posting
from daybook.domain.suspense import completed, is_in_suspense

EMPTY = replace(read_configuration({}), suspense_account="suspense")


def chosen(
    accounts: dict[str, str], *mappings: tuple[set[str], str], base: Configuration = EMPTY
) -> Configuration:
    """A configuration with these choices."""
    taxes = tuple(TaxMapping(frozenset(ids), rate) for ids, rate in mappings)
    return replace(base, accounts=accounts, tax_mappings=taxes)


def test_only_what_has_no_mapping_is_taken() -> None:
    """A choice that was made stays, also one made through a key that others fall back to."""
    kept = chosen({"sales": "old sales", "cash": "till"})
    newer = chosen({"sales": "new sales", "refund": "refunds", "cash": "safe", "klarna": "klarna"})
    found = completed(kept, newer)
    assert found.accounts == {"sales": "old sales", "cash": "till", "klarna": "klarna"}
    assert account_for(found, "refund") == "old sales"


def test_keys_that_fall_back_to_one_another_are_taken_together() -> None:
    """Each its own account, whatever the order."""
    newer = chosen({"paymentFee": "fees", "payoutFee": "payout fees"})
    assert completed(EMPTY, newer).accounts == {"paymentFee": "fees", "payoutFee": "payout fees"}


def test_the_first_mapping_stays() -> None:
    """Completing again changes nothing that was taken before."""
    first = completed(EMPTY, chosen({"cash": "till"}, ({"vat"}, "20%")))
    again = completed(first, chosen({"cash": "safe"}, ({"vat"}, "5%")))
    assert again == first


def test_taxes_are_taken_by_treatment() -> None:
    """A combination that components cover alone, in journals, is not in suspense and is not taken."""
    journal = replace(EMPTY, output_format=JOURNAL_ENTRY)
    kept = chosen({}, ({"state"}, "4%"), ({"city"}, "1%"), base=journal)
    newer = chosen({}, ({"state", "city"}, "5%"), ({"county"}, "2%"), base=journal)
    found = completed(kept, newer)
    joint = rate_for(found, {"state", "city"}, None, taxed=True)
    assert joint is not None
    assert not joint.line
    county = rate_for(found, {"county"}, None, taxed=True)
    assert county is not None
    assert county.line == "2%"


def test_percentages_and_the_rate_without_tax() -> None:
    """As with components: only what had none."""
    kept = replace(EMPTY, percentage_rates={Decimal(20): "standard"})
    newer = replace(
        EMPTY, percentage_rates={Decimal(20): "other", Decimal(5): "reduced"}, default_zero_rate="none"
    )
    found = completed(kept, newer)
    assert found.percentage_rates == {Decimal(20): "standard", Decimal(5): "reduced"}
    assert found.default_zero_rate == "none"
    kept = replace(EMPTY, percentage_rates={Decimal(0): "zero"})
    assert completed(kept, newer).default_zero_rate == ""


def test_postings_in_suspense() -> None:
    """By account or by tax account."""
    posting = Posting("GBP", "", "sale", "sales", "sales", "", "", "")
    assert not is_in_suspense([posting], "suspense")
    assert is_in_suspense([posting._replace(account="suspense")], "suspense")
    assert is_in_suspense([posting._replace(tax_account="suspense")], "suspense")
    assert not is_in_suspense([posting._replace(tax_account="")], "")
