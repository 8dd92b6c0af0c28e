"""Access tokens of a connection: refreshed when they end, by one caller at a time wherever it runs.

The new pair is kept before it is used, so that a crash in between loses nothing but an access token. Where a
refresh token is refused the pair is read once more, since somebody else may have changed it; then the
connection is without access until the merchant links it again (specification: sync, accounting platforms).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from daybook import telemetry
from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.frozen import frozen
from daybook.platforms import oauth
from daybook.platforms.access import Credentials
from daybook.platforms.oauth import OAuth, TokenPair
from daybook.services.cipher import Cipher
from daybook.store import tokens as store
from daybook.store.table import Table
from daybook.store.tokens import StoredTokens

# Seconds. An access token that ends sooner than this is not begun with; a lease outlasts any token endpoint.
_MARGIN = 120
_LEASE = 40
_LOOK_AGAIN, _LOOKS = 0.25, 100


@frozen
class _Held:
    """An access token, and the pair it is kept with."""

    access: str
    stored: StoredTokens


@dataclass
class ConnectionTokens:
    """The tokens of one connection (`platforms.access.Tokens`); lives as long as one use of the platform.

    `now` gives seconds of Unix time.
    """

    table: Table
    cipher: Cipher
    now: Callable[[], int]
    connection_id: str
    settings: OAuth
    credentials: Callable[[], Credentials]
    wait: Callable[[float], None] = time.sleep
    _known: _Held | None = None

    def access(self) -> str:
        """A token that is good for the next call. Raises AuthorisationLost, PlatformUnavailable."""
        held = self._known or self._read()
        if held.stored.ends - _MARGIN <= self.now():
            held = self._next(held)
        self._known = held
        return held.access

    def renewed(self, refused: str) -> str:
        """Another token in place of one that was refused. Raises AuthorisationLost, PlatformUnavailable."""
        held = self._read()
        if held.access == refused:
            held = self._next(held)
        self._known = held
        return held.access

    def refresh(self) -> None:
        """Fetch the next pair although this one is still good, so that a consent does not lapse unused.

        Raises AuthorisationLost, PlatformUnavailable.
        """
        self._known = self._next(self._read())

    def keep(self, company_id: str, pair: TokenPair) -> None:
        """Keep the pair of a new consent."""
        store.keep(self.table, company_id, self.connection_id, self._seal(pair))

    def revoke(self) -> None:
        """End the consent at the platform, where there is one. Raises PlatformUnavailable."""
        stored = store.get(self.table, self.connection_id)
        if stored is not None:
            oauth.revoke(self.settings, self.credentials(), self._open(stored.refresh))

    def _next(self, held: _Held) -> _Held:
        """The pair after this one: fetched here, or by another caller who is waited for."""
        for _ in range(_LOOKS):
            now = self.now()
            if store.lease(self.table, self.connection_id, held.stored.generation, now, now + _LEASE):
                return self._fetch(held)
            latest = self._read()
            if latest.stored.generation > held.stored.generation:
                return latest
            self.wait(_LOOK_AGAIN)
        raise PlatformUnavailable(self.settings.platform, "Access is being renewed.", _LEASE)

    def _fetch(self, held: _Held) -> _Held:
        """The next pair from the platform, kept before anybody uses it."""
        generation = held.stored.generation
        try:
            pair = oauth.refresh(self.settings, self.credentials(), self._open(held.stored.refresh))
        except AuthorisationLost:
            latest = self._read()
            if latest.stored.generation == generation:
                told = {"connectionId": self.connection_id, "platform": self.settings.platform}
                telemetry.tell("consent lost", told, {"ConsentsLost": 1})
                raise
            return latest
        except PlatformUnavailable:
            store.give_back(self.table, self.connection_id, generation)
            raise
        sealed = self._seal(pair)
        if store.replace(self.table, self.connection_id, generation, sealed):
            return _Held(pair.access, replace(sealed, generation=generation + 1))
        return self._read()  # a new consent came meanwhile

    def _read(self) -> _Held:
        stored = store.get(self.table, self.connection_id)
        if stored is None:
            message = f"This connection has no access to {self.settings.platform}. Link it again."
            raise AuthorisationLost(self.settings.platform, message)
        return _Held(self._open(stored.access), stored)

    def _open(self, sealed: str) -> str:
        return self.cipher.decrypt(sealed, self.connection_id)

    def _seal(self, pair: TokenPair) -> StoredTokens:
        access = self.cipher.encrypt(pair.access, self.connection_id)
        refresh = self.cipher.encrypt(pair.refresh, self.connection_id)
        return StoredTokens(access, refresh, self.now() + pair.seconds)
