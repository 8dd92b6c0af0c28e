"""Clients: the partners, each with its own companies and keys."""

from __future__ import annotations

from collections.abc import Iterable

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Exists, Table


@frozen
class Client:
    """A partner. `redirect_hosts` are those its merchants may be sent back to."""

    id: str
    name: str
    redirect_hosts: tuple[str, ...] = ()


def create(table: Table, client: Client) -> None:
    """Keep a new client. Raises ConditionFailed when the id is taken."""
    pk, sk = layout.client(client.id)
    item = {"PK": pk, "SK": sk, "name": client.name, "redirectHosts": list(client.redirect_hosts), "keys": 0}
    table.put(item, Absent())


def allow_redirects(table: Table, client_id: str, hosts: Iterable[str]) -> None:
    """Have merchants of a client sent back to these hosts and no others. Raises NotFound."""
    try:
        table.add(*layout.client(client_id), put={"redirectHosts": list(hosts)}, condition=Exists())
    except ConditionFailed:
        raise NotFound("client") from None


def get(table: Table, client_id: str) -> Client:
    """A client. Raises NotFound."""
    item = table.get(*layout.client(client_id))
    if item is None:
        raise NotFound("client")
    return Client(client_id, item["name"], tuple(item["redirectHosts"]))
