"""What it takes to reach one merchant's books: whose they are, the tokens, the pace, where they answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from daybook.frozen import frozen

if TYPE_CHECKING:
    from daybook.domain.ledger import ReferenceData
    from daybook.platforms.sandbox.books import LedgerStore


class Tokens(Protocol):
    """A connection's access tokens, refreshed by one caller at a time wherever it runs."""

    def access(self) -> str:
        """A token that is good for the next call. Raises AuthorisationLost, PlatformUnavailable."""
        ...

    def renewed(self, refused: str) -> str:
        """Another token in place of one that was refused. Raises AuthorisationLost, PlatformUnavailable."""
        ...


class Pace(Protocol):
    """How often a connection may be called, counted over all functions."""

    def before_call(self) -> None:
        """Count a call. Raises PlatformUnavailable with the seconds to wait when there are none left."""
        ...

    def blocked_for(self, seconds: int) -> None:
        """The platform refuses calls for so long: none is made until then, by anybody."""
        ...


class Reference(Protocol):
    """Reference data as last read; `read` asks the platform."""

    def data(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        """What is known, read again when it is no longer fresh."""
        ...

    def renewed(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        """What the platform says now."""
        ...

    def forget(self) -> None:
        """Have it read again: something was added there."""
        ...


@dataclass
class HeldReference:
    """Reference data held for as long as one use of a platform, where nothing keeps it for longer."""

    _held: ReferenceData | None = None

    def data(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        """What was read, read when nothing was."""
        return self._held or self.renewed(read)

    def renewed(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        """What the platform says now."""
        self._held = read()
        return self._held

    def forget(self) -> None:
        """Have it read again."""
        self._held = None


@frozen
class Access:
    """What it takes to reach one merchant's books; each platform uses its own part of it.

    `tenant` is the organisation's own id there, from the moment the merchant linked it: Xero's tenant id,
    QuickBooks' realm id. `url` is where the API answers when that is not the platform's usual address: its
    sandbox, or a simulator. `ledger` is where Sandbox books keeps the merchant's ledger. `wait` waits seconds
    between two tries of a call.
    """

    company_id: str
    connection_id: str
    ledger: LedgerStore | None = None
    tokens: Tokens | None = None
    pace: Pace | None = None
    reference: Reference = field(default_factory=HeldReference)
    tenant: str = ""
    url: str = ""
    wait: Callable[[float], None] = time.sleep


@frozen
class Credentials:
    """What a platform gave the partner for its application there.

    `urls` replaces a platform's addresses by name (`authorise`, `token`, `revoke`, `api`), for its sandbox.
    """

    client_id: str
    client_secret: str = field(repr=False)
    urls: Mapping[str, str] = field(default_factory=dict)
