"""What is in suspense takes the first mapping it gets (specification: mapping, validation).

A posted day keeps its configuration; only what that configuration left unmapped, and so in suspense, is taken
from a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from daybook.domain.configuration import Configuration, account_for, rate_for
from daybook.domain.documents import Posting


def completed(kept: Configuration, newer: Configuration) -> Configuration:
    """The configuration a day keeps, with what it has no mapping for taken from a newer one."""
    accounts = {key: account for key, account in newer.accounts.items() if account_for(kept, key) is None}
    taxes = tuple(
        mapping
        for mapping in newer.tax_mappings
        if rate_for(kept, mapping.commerce_ids, None, taxed=True) is None
    )
    percentages = {
        percentage: rate
        for percentage, rate in newer.percentage_rates.items()
        if rate_for(kept, (), percentage, taxed=bool(percentage)) is None
    }
    return replace(
        kept,
        accounts={**kept.accounts, **accounts},
        tax_mappings=(*kept.tax_mappings, *taxes),
        percentage_rates={**kept.percentage_rates, **percentages},
        default_zero_rate=kept.default_zero_rate
        or ("" if rate_for(kept, (), None, taxed=False) else newer.default_zero_rate),
    )


def is_in_suspense(postings: Iterable[Posting], account: str) -> bool:
    """Whether any of these postings is on the suspense account."""
    return bool(account) and any(account in (posting.account, posting.tax_account) for posting in postings)
