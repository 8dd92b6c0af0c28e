"""Authorisations under way: who was sent to which platform's consent page, found by what the browser brings.

Each is used once and forgotten after half an hour. It is kept under a digest of `state`, and tells the
browser it was made for by a digest of that browser's cookie.
"""

from __future__ import annotations

from dataclasses import dataclass

from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Exists, Item, Table


@dataclass(frozen=True, slots=True)
class LinkState:
    """An authorisation under way; `ends` in seconds of Unix time.

    `tenants` are (id, name) to choose from once consent is given, when there are several.
    """

    digest: str
    company_id: str
    connection_id: str
    browser: str
    ends: int
    tenants: tuple[tuple[str, str], ...] = ()


def keep(table: Table, state: LinkState) -> None:
    """Keep a new one."""
    table.put(_item(state), Absent())


def find(table: Table, digest: str, now: int) -> LinkState | None:
    """The one with this digest, or None when there is none or its time is over."""
    item = table.get(*layout.link_state(digest))
    return None if item is None or item["ends"] <= now else _state(item)


def take(table: Table, state: LinkState) -> bool:
    """Use it up; of several at once one succeeds."""
    try:
        table.delete(*layout.link_state(state.digest), Exists())
    except ConditionFailed:
        return False
    return True


def _item(state: LinkState) -> Item:
    pk, sk = layout.link_state(state.digest)
    return {
        "PK": pk,
        "SK": sk,
        "companyId": state.company_id,
        "connectionId": state.connection_id,
        "browser": state.browser,
        "ends": state.ends,
        "expires": state.ends,
        "tenants": [list(each) for each in state.tenants],
    }


def _state(item: Item) -> LinkState:
    return LinkState(
        digest=item["PK"].partition("#")[2],
        company_id=item["companyId"],
        connection_id=item["connectionId"],
        browser=item["browser"],
        ends=item["ends"],
        tenants=tuple((each[0], each[1]) for each in item["tenants"]),
    )
