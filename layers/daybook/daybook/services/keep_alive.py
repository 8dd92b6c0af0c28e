"""Keeping consents alive that would lapse unused: platforms forget one that was not refreshed for weeks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from daybook import telemetry
from daybook.domain.errors import AuthorisationLost, NotFound, PlatformUnavailable
from daybook.services.finish_sync import deauthorise
from daybook.store import connections
from daybook.store import tokens as store
from daybook.store.connections import LINKED

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime

# The shortest life of an unused refresh token among our platforms is 60 days (docs/platforms/xero.md).
_UNUSED_SECONDS = 20 * 24 * 3600
# At one strike of the hour; what is left is done at the next.
_MOST = 200


def keep_alive(runtime: Runtime) -> int:
    """Refresh the tokens of connections that were not used for twenty days; how many there were.

    Whatever is wrong with one, the others are refreshed; at the end the first failure is raised.
    """
    before = int(runtime.clock.now().timestamp()) - _UNUSED_SECONDS
    refreshed, failures = 0, list[Exception]()
    for company_id, connection_id in islice(store.ended_before(runtime.table, before), _MOST):
        try:
            refreshed += _refresh(runtime, company_id, connection_id)
        except AuthorisationLost as lost:
            deauthorise(runtime, company_id, lost.message)
            runtime.table.transact([store.erasure(connection_id)])
        except PlatformUnavailable:  # tried again in an hour
            continue
        except Exception as error:  # noqa: BLE001 - told here, and raised at the end
            ids = {"companyId": company_id, "connectionId": connection_id}
            telemetry.tell("consent not kept alive", ids | telemetry.kind_and_place(error), level="WARNING")
            failures.append(error)
    if failures:
        raise failures[0]
    return refreshed


def _refresh(runtime: Runtime, company_id: str, connection_id: str) -> int:
    """Refresh a connection's tokens, or forget those of one that is not linked; how many were refreshed."""
    try:
        connection = connections.get(runtime.table, company_id, connection_id)
    except NotFound:
        connection = None
    if connection is None or connection.status != LINKED:
        runtime.table.transact([store.erasure(connection_id)])
        return 0
    runtime.access.tokens(connection.platform_key, connection_id).refresh()
    return 1
