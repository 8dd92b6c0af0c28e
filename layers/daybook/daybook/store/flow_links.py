"""One-time passwords of the sync configuration flow, each kept as a digest, and how often one was tried.

Each lies under its company. Tries are counted for a company before its passwords are looked at, and a
password knows the count it began at, so that however many try at once, no more than so many can be right.
"""

from __future__ import annotations

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Exists, Item, Table

# After these the table forgets a password by itself; whether it still counts is not left to that.
_KEPT_SECONDS = 3600


@frozen
class FlowLink:
    """What a password opens. `valid_until` is in milliseconds since 1970."""

    company_id: str
    digest: str
    commerce_key: str
    accounting_key: str
    locale: str
    redirect_url: str
    valid_until: int


def create(table: Table, link: FlowLink) -> None:
    """Keep a new password."""
    counted = table.get(*layout.flow_tries(link.company_id)) or {}
    table.put(_item(link) | {"tries": counted.get("tries", 0)}, Absent())


def take(table: Table, company_id: str, digest: str, now: int, most_tries: int) -> FlowLink | None:
    """Use a password up, at this time in milliseconds since 1970.

    None when there is no such password of this company, its time is over, it was used, or more than so many
    tries were made at the company since it was made. Of several at once one is answered.
    """
    tries = table.add(*layout.flow_tries(company_id), numbers={"tries": 1})["tries"]
    pk, sk = layout.flow_password(company_id, digest)
    item = table.get(pk, sk)
    if item is None or now > item["validUntil"] or tries - item["tries"] > most_tries:
        return None
    try:
        table.delete(pk, sk, Exists())
    except ConditionFailed:
        return None
    return _link(item)


def _item(link: FlowLink) -> Item:
    pk, sk = layout.flow_password(link.company_id, link.digest)
    return {
        "PK": pk,
        "SK": sk,
        "commerceKey": link.commerce_key,
        "accountingKey": link.accounting_key,
        "locale": link.locale,
        "redirectUrl": link.redirect_url,
        "validUntil": link.valid_until,
        "expires": link.valid_until // 1000 + _KEPT_SECONDS,
    }


def _link(item: Item) -> FlowLink:
    return FlowLink(
        company_id=item["PK"].partition("#")[2],
        digest=item["SK"].rpartition("#")[2],
        commerce_key=item["commerceKey"],
        accounting_key=item["accountingKey"],
        locale=item["locale"],
        redirect_url=item["redirectUrl"],
        valid_until=item["validUntil"],
    )
