"""Access tokens of a connection: refreshed when they end, by one caller at a time wherever it runs.

The new pair is kept before it is used, so that a crash in between loses nothing but an access token. Where a
refresh token is refused the pair is read once more, since somebody else may have changed it; then the
connection is without access until the merchant links it again (specification: sync, accounting platforms).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.platforms import oauth
from daybook.platforms.access import Credentials
from daybook.platforms.oauth import OAuth, TokenPair
from daybook.store import tokens as store
from daybook.store.table import Table

# Seconds. An access token that ends sooner than this is not begun with; a lease outlasts any token endpoint.
_MARGIN = 120
_LEASE = 40
_LOOK_AGAIN, _LOOKS = 0.25, 100


class Cipher(Protocol):
    """Encrypts for one purpose only: what was encrypted in one context opens in no other."""

    def encrypt(self, text: str, context: str) -> str:
        """The text, encrypted."""
        ...

    def decrypt(self, sealed: str, context: str) -> str:
        """The text again."""
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    """A pair as it is kept: when its access token ends (seconds of Unix time), which generation it is."""

    pair: TokenPair
    ends: int
    generation: int


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
        if held.ends - _MARGIN <= self.now():
            held = self._next(held)
        self._known = held
        return held.pair.access

    def renewed(self, refused: str) -> str:
        """Another token in place of one that was refused. Raises AuthorisationLost, PlatformUnavailable."""
        held = self._read()
        if held.pair.access == refused:
            held = self._next(held)
        self._known = held
        return held.pair.access

    def refresh(self) -> None:
        """Fetch the next pair although this one is still good, so that a consent does not lapse unused.

        Raises AuthorisationLost, PlatformUnavailable.
        """
        self._known = self._next(self._read())

    def keep(self, pair: TokenPair) -> None:
        """Keep the pair of a new consent."""
        store.keep(self.table, self.connection_id, self._seal(pair), self.now() + pair.seconds)

    def revoke(self) -> None:
        """End the consent at the platform, where there is one. Raises PlatformUnavailable."""
        if store.get(self.table, self.connection_id) is not None:
            oauth.revoke(self.settings, self.credentials(), self._read().pair.refresh)

    def _next(self, held: _Held) -> _Held:
        """The pair after this one: fetched here, or by another caller who is waited for."""
        for _ in range(_LOOKS):
            now = self.now()
            if store.lease(self.table, self.connection_id, held.generation, now, now + _LEASE):
                return self._fetch(held)
            latest = self._read()
            if latest.generation > held.generation:
                return latest
            self.wait(_LOOK_AGAIN)
        raise PlatformUnavailable(self.settings.platform, "Access is being renewed.", _LEASE)

    def _fetch(self, held: _Held) -> _Held:
        """The next pair from the platform, kept before anybody uses it."""
        try:
            pair = oauth.refresh(self.settings, self.credentials(), held.pair.refresh)
        except AuthorisationLost:
            latest = self._read()
            if latest.generation == held.generation:
                raise
            return latest
        except PlatformUnavailable:
            store.give_back(self.table, self.connection_id, held.generation)
            raise
        ends = self.now() + pair.seconds
        if store.replace(self.table, self.connection_id, held.generation, self._seal(pair), ends):
            return _Held(pair, ends, held.generation + 1)
        return self._read()  # a new consent came meanwhile

    def _read(self) -> _Held:
        stored = store.get(self.table, self.connection_id)
        if stored is None:
            message = f"This connection has no access to {self.settings.platform}. Link it again."
            raise AuthorisationLost(self.settings.platform, message)
        held = json.loads(self.cipher.decrypt(stored.sealed, self.connection_id))
        return _Held(TokenPair(held["access"], held["refresh"], 0), stored.ends, stored.generation)

    def _seal(self, pair: TokenPair) -> str:
        text = json.dumps({"access": pair.access, "refresh": pair.refresh})
        return self.cipher.encrypt(text, self.connection_id)
