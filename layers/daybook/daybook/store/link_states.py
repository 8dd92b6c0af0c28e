"""Authorisations under way: who was sent to which platform's consent page, found by what the browser brings.

Each is good once, for half an hour. It is kept under a digest of `state`, and tells the browser it was made
for by a digest of that browser's cookie. Used or over it still says for a day where that browser came from,
so that whoever reloads an old page is led back there.
"""

from __future__ import annotations

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Equals, Item, Table

_REMEMBERED = 24 * 3600


@frozen
class LinkState:
    """An authorisation under way; `ends` in seconds of Unix time.

    `tenants` are (id, name) to choose from once consent is given, when there are several. `flow_locale` is
    the language of the flow it was begun in, "" when it was begun by a connection's own link.
    """

    digest: str
    company_id: str
    connection_id: str
    browser: str
    ends: int
    tenants: tuple[tuple[str, str], ...] = ()
    flow_locale: str = ""
    used: bool = False


def keep(table: Table, state: LinkState) -> None:
    """Keep a new one."""
    table.put(_item(state), Absent())


def find(table: Table, digest: str) -> LinkState | None:
    """The one with this digest, also when it was used or its time is over."""
    item = table.get(*layout.link_state(digest))
    return None if item is None else _state(item)


def take(table: Table, state: LinkState) -> bool:
    """Use it up; of several at once one succeeds."""
    try:
        table.add(*layout.link_state(state.digest), put={"used": True}, condition=Equals("used", False))  # noqa: FBT003
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
        "expires": state.ends + _REMEMBERED,
        "flowLocale": state.flow_locale,
        "used": state.used,
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
        flow_locale=item["flowLocale"],
        used=item["used"],
    )
