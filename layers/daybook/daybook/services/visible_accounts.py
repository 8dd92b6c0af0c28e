"""Which rows of the sync configuration flow a client's merchants see, for each platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.flow_rows import visible
from daybook.services.integrations import integration
from daybook.store import flow_settings
from daybook.wire.sync_flow import VisibleAccounts

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime


def show_visible_accounts(runtime: Runtime, client_id: str, platform_key: str) -> VisibleAccounts:
    """The rows in force. Raises NotFound for an unknown platform."""
    chosen = flow_settings.visible_accounts(runtime.table, client_id, integration(platform_key).key)
    return VisibleAccounts(visible_accounts=list(visible(chosen)))


def choose_visible_accounts(
    runtime: Runtime, client_id: str, platform_key: str, chosen: list[str] | None
) -> VisibleAccounts:
    """Choose which rows are shown, None for all; those in force then.

    Those a merchant must fill in are always among them. Raises NotFound for an unknown platform.
    """
    key = integration(platform_key).key
    in_force = visible(chosen)
    flow_settings.choose_visible_accounts(runtime.table, client_id, key, None if chosen is None else in_force)
    return VisibleAccounts(visible_accounts=list(in_force))
