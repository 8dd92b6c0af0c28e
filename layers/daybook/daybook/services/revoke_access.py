"""Giving up access to a merchant's accounting software, at the platform and here.

Here it ends at once, whatever the platform answers: without its tokens a connection reaches nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook import platforms, telemetry
from daybook.domain.errors import NotFound, PlatformError
from daybook.platforms import SANDBOX
from daybook.services.platform_access import TENANT
from daybook.store import reference_data
from daybook.store import tokens as store
from daybook.store.connections import ACCOUNTING

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.connections import Connection


def revoke_access(runtime: Runtime, connection: Connection) -> None:
    """Have the platform forget the consent, and forget the tokens."""
    by_consent = connection.source_type == ACCOUNTING and connection.platform_key != SANDBOX
    if not by_consent or store.get(runtime.table, connection.id) is None:
        return
    try:
        _revoke(runtime, connection)
    except (PlatformError, NotFound) as trouble:
        told = {"connectionId": connection.id, "error": type(trouble).__name__}
        telemetry.tell("access was not revoked at the platform", told, level="WARNING")
    runtime.table.transact([store.erasure(connection.id)])
    reference_data.forget(runtime.table, connection.id)


def _revoke(runtime: Runtime, connection: Connection) -> None:
    """End access to this one organisation where the platform can do that, else the whole consent."""
    module = platforms.authorised(connection.platform_key)
    tokens = runtime.access.tokens(connection.platform_key, connection.id)
    disconnect = getattr(module, "disconnect", None)
    if disconnect is None:
        tokens.revoke()
        return
    url = runtime.access.credentials(connection.platform_key).urls.get("api", "")
    disconnect(url, tokens.access(), connection.connection_info.get(TENANT, ""))
