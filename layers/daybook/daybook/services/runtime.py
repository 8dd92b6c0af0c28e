"""What a use case needs from outside: the table, the time, new ids and the accounting platforms.

Everything a service does passes through here, so that tests put a table in memory, a stopped clock and
counted ids in their place. Store modules are functions of the table: `companies.get(runtime.table, ...)`;
syncs, documents and days have stores of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import field, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from daybook import platforms
from daybook.frozen import frozen
from daybook.platforms.interface import Platform
from daybook.services.cipher import Cipher, NoCipher
from daybook.services.platform_access import AllCredentials, PlatformAccess
from daybook.store.connections import Connection
from daybook.store.days import DayStore
from daybook.store.documents import DocumentStore
from daybook.store.read_once import ReadOnce, reading_once
from daybook.store.syncs import SyncStore
from daybook.store.table import Table

if TYPE_CHECKING:
    from daybook.outside.sender import Sender


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The instant it is, in UTC."""
        ...


class Ids(Protocol):
    """Makes ids: lower-case UUIDs, later ones greater."""

    def new(self) -> str:
        """An id never given before."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant it is, in UTC."""
        return datetime.now(UTC)


@frozen
class TimeOrderedIds:
    """UUIDs of version 7: milliseconds first, then chance."""

    clock: Clock

    def new(self) -> str:
        """An id never given before."""
        return time_ordered_id(self.clock.now(), secrets.token_bytes(10))


def time_ordered_id(moment: datetime, rest: bytes) -> str:
    """A UUID of version 7 for an instant; the same instant and ten bytes give the same id."""
    milliseconds = int(moment.timestamp() * 1000)
    number = int.from_bytes(milliseconds.to_bytes(6) + rest[:10])
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _plain_sender() -> Sender:
    from daybook.outside.sender import Sender

    return Sender()


@frozen
class Runtime:
    """The outside of the services."""

    table: Table
    clock: Clock
    ids: Ids
    connect: Callable[[Connection], Platform]
    access: PlatformAccess
    cipher: Cipher = field(default_factory=NoCipher)
    find_sender: Callable[[], Sender] = _plain_sender

    @property
    def sender(self) -> Sender:
        """Sends to addresses that somebody else gave."""
        return self.find_sender()

    @property
    def syncs(self) -> SyncStore:
        """Syncs."""
        return SyncStore(self.table)

    @property
    def documents(self) -> DocumentStore:
        """Documents."""
        return DocumentStore(self.table)

    @property
    def days(self) -> DayStore:
        """Business days as posted."""
        return DayStore(self.table)

    def platform_for(self, connection: Connection) -> Platform:
        """The accounting platform behind a connection. Raises NotFound for one Daybook does not write to."""
        return self.connect(connection)


def _set_up_nowhere() -> Mapping[str, Mapping[str, Any]]:
    """No accounting platform but Sandbox books."""
    return {}


def over(
    table: Table,
    clock: Clock,
    ids: Ids,
    cipher: Cipher | None = None,
    credentials: AllCredentials = _set_up_nowhere,
) -> Runtime:
    """A runtime with the real platforms over any table; without a cipher it keeps no secrets."""
    kept_by = cipher or NoCipher()
    access = PlatformAccess(table, kept_by, lambda: int(clock.now().timestamp()), credentials)

    def connect(connection: Connection) -> Platform:
        return platforms.connect(connection.platform_key, access.to(connection))

    return Runtime(table, clock, ids, connect, access, kept_by)


def one_look() -> AbstractContextManager[None]:
    """While it lasts nothing is read twice: for a page that is made and not answered."""
    return reading_once()


@cache
def runtime() -> Runtime:
    """The runtime of a function: the table of its environment, the machine's clock."""
    # Late, so that tests need neither AWS nor its settings.
    from daybook.store import environment
    from daybook.store.aws import client
    from daybook.store.dynamodb import DynamoTable
    from daybook.store.platform_credentials import all_credentials
    from daybook.store.secrets import KmsCipher

    clock = SystemClock()
    table = DynamoTable(ReadOnce.of(client("dynamodb")), environment.table_name())
    deployed = over(table, clock, TimeOrderedIds(clock), KmsCipher(), all_credentials)
    return replace(deployed, find_sender=_sender)


def _sender() -> Sender:
    from daybook.store import environment

    return replace(_plain_sender(), admit_local=environment.admits_local_targets())
