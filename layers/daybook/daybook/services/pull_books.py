"""Reading a merchant's books for the first time, a part at a time, so that they see how far it is.

Each request reads one part, which is then kept until all are there; whoever comes back goes on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.errors import AuthorisationLost
from daybook.frozen import frozen
from daybook.platforms import SANDBOX
from daybook.services.finish_sync import deauthorise
from daybook.store import pulled_parts
from daybook.store import reference_data as store

if TYPE_CHECKING:
    from daybook.domain.ledger import ReferenceData
    from daybook.platforms.interface import Platform
    from daybook.services.runtime import Runtime
    from daybook.store.connections import Connection

# A merchant who comes back later than this begins anew: what was read is old by then.
_KEPT = 3600


@frozen
class Pull:
    """How far the books are read: each part with whether it is there, and all of it once everything is."""

    parts: tuple[tuple[str, bool], ...]
    data: ReferenceData | None

    @property
    def done(self) -> int:
        """How many parts are there."""
        return sum(is_there for _, is_there in self.parts)

    @property
    def next(self) -> str:
        """The part that is read next, "" when all are there."""
        return next((part for part, is_there in self.parts if not is_there), "")


def begin_pull(runtime: Runtime, connection: Connection) -> None:
    """Have the books read from the beginning."""
    store.forget(runtime.table, connection.id)


def is_pulled(runtime: Runtime, connection: Connection) -> bool:
    """Whether the books were read."""
    return connection.platform_key == SANDBOX or store.is_kept(runtime.table, connection.id)


def look(runtime: Runtime, connection: Connection) -> Pull:
    """How far the books are read. Raises PlatformError."""
    platform = runtime.platform_for(connection)
    data = _data(runtime, connection, platform)
    there = {} if data else _kept(runtime, connection)
    return Pull(tuple((part, bool(data) or part in there) for part in platform.reference_parts), data)


def pull(runtime: Runtime, connection: Connection) -> Pull:
    """Read the next part; how far it is then.

    Raises PlatformUnavailable, SubscriptionExpired, and AuthorisationLost, which unlinks the connection.
    """
    now = look(runtime, connection)
    if not now.next and now.data:
        return now
    platform = runtime.platform_for(connection)
    if now.next:
        try:
            value = platform.read_part(now.next)
        except AuthorisationLost as lost:
            deauthorise(runtime, connection.company_id, lost.message)
            raise
        expires = _now(runtime) + _KEPT
        pulled_parts.keep(runtime.table, connection.id, now.next, value, expires)
    return _joined(runtime, connection, platform)


def _joined(runtime: Runtime, connection: Connection, platform: Platform) -> Pull:
    """How far it is; what is there is put together once it is everything."""
    there = _kept(runtime, connection)
    if all(part in there for part in platform.reference_parts):
        try:
            values = {
                part: pulled_parts.get(runtime.table, connection.id, part, there[part])
                for part in platform.reference_parts
            }
        except LookupError:  # another tab has put them together meanwhile, or begun anew
            return look(runtime, connection)
        platform.join_parts(values)
        pulled_parts.forget(runtime.table, connection.id)
    return look(runtime, connection)


def _data(runtime: Runtime, connection: Connection, platform: Platform) -> ReferenceData | None:
    if not platform.reference_parts:
        return platform.reference_data()
    kept = store.get(runtime.table, connection.id)
    return None if kept is None else kept[0]


def _kept(runtime: Runtime, connection: Connection) -> dict[str, int]:
    return pulled_parts.kept(runtime.table, connection.id, _now(runtime))


def _now(runtime: Runtime) -> int:
    return int(runtime.clock.now().timestamp())
