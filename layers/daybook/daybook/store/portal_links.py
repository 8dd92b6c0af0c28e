"""One-time passwords of the portal, each kept as a digest under its client, and how often one was tried.

Tries are counted before a password is looked at, as `flow_links.py` does and for the same reason.
"""

from __future__ import annotations

from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Exists, Table

# After these the table forgets a password by itself; whether it still counts is not left to that.
_KEPT_SECONDS = 3600


def create(table: Table, client_id: str, digest: str, locale: str, valid_until: int) -> None:
    """Keep a new password; `valid_until` is in milliseconds since 1970."""
    counted = table.get(*layout.portal_tries(client_id)) or {}
    pk, sk = layout.portal_password(client_id, digest)
    item = {
        "PK": pk,
        "SK": sk,
        "locale": locale,
        "validUntil": valid_until,
        "tries": counted.get("tries", 0),
        "expires": valid_until // 1000 + _KEPT_SECONDS,
    }
    table.put(item, Absent())


def take(table: Table, client_id: str, digest: str, now: int, most_tries: int) -> str | None:
    """Use a password up, at this time in milliseconds since 1970; the locale it was made for.

    None when there is no such password of this client, its time is over, it was used, or more than so many
    tries were made at the client since it was made. Of several at once one is answered.
    """
    tries = table.add(*layout.portal_tries(client_id), numbers={"tries": 1})["tries"]
    key = layout.portal_password(client_id, digest)
    item = table.get(*key)
    if item is None or now > item["validUntil"] or tries - item["tries"] > most_tries:
        return None
    try:
        table.delete(*key, Exists())
    except ConditionFailed:
        return None
    return str(item["locale"])
