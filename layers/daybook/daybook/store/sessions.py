"""Sessions of people: merchants in the flow, support agents in the portal. Found by a digest of a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Exists, Item, Table


@frozen
class Session:
    """Who may see and do what, until when (`ends`, in seconds of Unix time).

    `company_id` is "" for a session that reaches all companies of its client; `values` are what the kind of
    session needs to remember.
    """

    kind: str
    client_id: str
    company_id: str
    locale: str
    ends: int
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def create(table: Table, digest: str, session: Session) -> None:
    """Keep a new session."""
    table.put(_item(digest, session), Absent())


def change(table: Table, digest: str, session: Session) -> bool:
    """Keep a session as changed; False when there is none any more."""
    try:
        table.put(_item(digest, session), Exists())
    except ConditionFailed:
        return False
    return True


def find(table: Table, digest: str, now: int) -> Session | None:
    """The session with this digest; None when there is none or its time is over."""
    item = table.get(*layout.session(digest))
    if item is None or item["expires"] <= now:
        return None
    return Session(
        item["kind"], item["clientId"], item["companyId"], item["locale"], item["expires"], item["values"]
    )


def remove(table: Table, digest: str) -> None:
    """End a session."""
    table.delete(*layout.session(digest))


def _item(digest: str, session: Session) -> Item:
    pk, sk = layout.session(digest)
    return {
        "PK": pk,
        "SK": sk,
        "kind": session.kind,
        "clientId": session.client_id,
        "companyId": session.company_id,
        "locale": session.locale,
        "values": dict(session.values),
        "expires": session.ends,
    }
