"""What a client chose for the sync configuration flow: its own texts, and which rows are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from daybook.store import layout
from daybook.store.table import Table

# Before the key of a text, so that no attribute of the item can be mistaken for one.
_TEXT = "text:"


def texts(table: Table, client_id: str, locale: str) -> dict[str, str]:
    """The client's own texts by key."""
    item = table.get(*layout.flow_texts(client_id, locale))
    return _texts(item or {})


def change_texts(
    table: Table, client_id: str, locale: str, changes: Mapping[str, str | None]
) -> dict[str, str]:
    """Set these texts, None for none of the client's own; all of its texts as they are then.

    Others are left as they are, also when somebody changes them at the same time.
    """
    put: dict[str, Any] = {f"{_TEXT}{key}": text for key, text in changes.items()}
    return _texts(table.add(*layout.flow_texts(client_id, locale), put=put))


def visible_accounts(table: Table, client_id: str, platform_key: str) -> list[str] | None:
    """The rows a client chose to show for a platform; None for all."""
    item = table.get(*layout.visible_accounts(client_id, platform_key))
    return None if item is None else item["accounts"]


def choose_visible_accounts(
    table: Table, client_id: str, platform_key: str, accounts: Iterable[str] | None
) -> None:
    """Keep which rows a client shows for a platform; None for all."""
    pk, sk = layout.visible_accounts(client_id, platform_key)
    if accounts is None:
        table.delete(pk, sk)
    else:
        table.put({"PK": pk, "SK": sk, "accounts": list(accounts)})


def _texts(item: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix(_TEXT): text
        for name, text in item.items()
        if name.startswith(_TEXT) and text is not None
    }
