"""Accounts and tax rates that take no postings any more.

Specification: mapping, a posted day keeps its configuration. The difference of a posted day goes to the
account now selected instead; where that takes none either, the day is blocked.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from daybook.domain.codes import CONFIGURATION
from daybook.domain.configuration import Configuration, account_for
from daybook.domain.documents import Posting
from daybook.domain.ledger import ACTIVE, ReferenceData
from daybook.domain.money import ZERO
from daybook.domain.resolution import Blocker

Changes = dict[Posting, Decimal]


def use_active(
    changes: Mapping[Posting, Decimal],
    reference: ReferenceData,
    configuration: Configuration,
    *,
    restates: bool = False,
) -> tuple[Changes, tuple[Blocker, ...], dict[Posting, Posting]]:
    """The changes with every account active, why the day is blocked if one cannot be, and what went where.

    A day that is restated is blocked instead of posting elsewhere: what moves an amount from one account to
    another would move it from the other to itself.
    """
    active = {account.id for account in reference.accounts if account.status == ACTIVE}
    rates = active | {rate.id for rate in reference.tax_rates if rate.status == ACTIVE}
    blockers: dict[Blocker, None] = {}
    replaced: Changes = {}
    instead: dict[Posting, Posting] = {}
    for posting, amount in changes.items():
        target = posting
        if posting.account not in active:
            other = account_for(configuration, posting.key) or configuration.suspense_account
            if restates:
                message = (
                    f"The day cannot be restated: an account that '{posting.key}' was posted to takes no "
                    "postings any more. Restore it, then restate."
                )
                blockers[Blocker(CONFIGURATION, message)] = None
            elif other in active:
                target = instead[posting] = posting._replace(account=other)
            else:
                message = (
                    f"The account selected for '{posting.key}' takes no postings any more. Select another."
                )
                blockers[Blocker(CONFIGURATION, message)] = None
        archived = [rate for rate in posting.tax_rate.split("+") if rate and rate not in rates]
        if archived or (posting.tax_account and posting.tax_account not in active):
            message = (
                f"A tax rate selected for '{posting.key}', or its account, is archived. Select another one."
            )
            blockers[Blocker(CONFIGURATION, message)] = None
        replaced[target] = replaced.get(target, ZERO) + amount
    kept = {posting: amount for posting, amount in sorted(replaced.items()) if amount}
    return kept, tuple(blockers), instead
