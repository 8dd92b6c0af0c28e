"""What a connection's platform needs to be reached: the tokens, the pace, the address, what it last said.

Most functions reach none: what it takes is imported when a connection is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from daybook import platforms
from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.platforms import SANDBOX, Access
from daybook.platforms.access import Credentials
from daybook.services.cipher import Cipher
from daybook.store.connections import Connection
from daybook.store.table import Table

if TYPE_CHECKING:
    from daybook.services.tokens import ConnectionTokens

# The name under which a connection's `connection_info` holds the organisation's id at the platform.
TENANT, ORGANISATION = "tenantId", "organisation"

AllCredentials = Callable[[], Mapping[str, Mapping[str, Any]]]


@frozen
class PlatformAccess:
    """Makes ready what each connection needs; `now` gives seconds of Unix time."""

    table: Table
    cipher: Cipher
    now: Callable[[], int]
    all_credentials: AllCredentials

    def credentials(self, platform_key: str) -> Credentials:
        """What the platform gave the partner. Raises NotFound for one that was not set up."""
        held = self.all_credentials().get(platform_key)
        if held is None:
            raise NotFound(f"The set-up of {platform_key}")
        return Credentials(held["clientId"], held["clientSecret"], held.get("urls", {}))

    def is_set_up(self, platform_key: str) -> bool:
        """Whether merchants can be connected to a platform here."""
        return platform_key == SANDBOX or platform_key in self.all_credentials()

    def tokens(self, platform_key: str, connection_id: str) -> ConnectionTokens:
        """A connection's tokens."""
        from daybook.services.tokens import ConnectionTokens

        return ConnectionTokens(
            self.table,
            self.cipher,
            self.now,
            connection_id,
            platforms.authorised(platform_key).OAUTH,
            lambda: self.credentials(platform_key),
        )

    def to(self, connection: Connection) -> Access:
        """All that it takes to reach the books behind a connection. Raises NotFound."""
        key = connection.platform_key
        if key == SANDBOX:
            from daybook.store.ledger import Ledger

            ledger = Ledger(self.table, connection.company_id)
            return Access(connection.company_id, connection.id, ledger)
        from daybook.services.pace import ConnectionPace
        from daybook.services.reference_cache import ReferenceCache

        module = platforms.authorised(key)
        limit = module.CALLS_A_MINUTE
        return Access(
            connection.company_id,
            connection.id,
            tokens=self.tokens(key, connection.id),
            pace=ConnectionPace(self.table, self.now, connection.id, connection.platform_name, limit),
            reference=ReferenceCache(self.table, connection.id, self.now),
            tenant=connection.connection_info.get(TENANT, ""),
            url=self.credentials(key).urls.get("api", ""),
        )
