"""Sessions: who a browser is, between a one-time link and two hours of setting up.

A session is found by a random token that only the browser's cookie holds; the table has its digest. So
nothing has to be signed, and a session can be ended (docs/adr/0025).
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from typing import TYPE_CHECKING

from daybook.store import sessions
from daybook.store.sessions import Session
from daybook.wire.errors import Unauthorized

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime

__all__ = [
    "FLOW",
    "PORTAL",
    "Session",
    "SessionOver",
    "change_session",
    "close_session",
    "csrf_of",
    "find_session",
    "open_session",
    "session_ends",
]

FLOW, PORTAL = "flow", "portal"
# A merchant sets up in one sitting; a support agent works a day.
_SECONDS = {FLOW: 2 * 3600, PORTAL: 8 * 3600}
_LONGEST_TOKEN = 100


class SessionOver(Unauthorized):
    """The browser brings no session, one that is over, or another company's; all alike."""

    message = "Your session is over. Go back to where you found the link and open it again."


def session_ends(runtime: Runtime, kind: str) -> int:
    """When a session that begins now is over, in seconds of Unix time."""
    return _now(runtime) + _SECONDS[kind]


def open_session(runtime: Runtime, session: Session) -> str:
    """Keep a session; the token for its browser's cookie."""
    token = secrets.token_urlsafe(32)
    sessions.create(runtime.table, _digest(token), session)
    return token


def find_session(runtime: Runtime, kind: str, token: str, company_id: str = "") -> Session:
    """The session of a token, of this kind and for this company. Raises SessionOver."""
    if not token or len(token) > _LONGEST_TOKEN:
        raise SessionOver
    session = sessions.find(runtime.table, _digest(token), _now(runtime))
    if session is None or session.kind != kind or session.company_id != company_id:
        raise SessionOver
    return session


def change_session(runtime: Runtime, token: str, session: Session) -> None:
    """Keep a session as changed. Raises SessionOver when it was ended."""
    if not sessions.change(runtime.table, _digest(token), session):
        raise SessionOver


def close_session(runtime: Runtime, token: str) -> None:
    """End a session."""
    sessions.remove(runtime.table, _digest(token))


def csrf_of(token: str) -> str:
    """What a form of a session's page must bring back: another site can neither read nor guess it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _now(runtime: Runtime) -> int:
    return math.floor(runtime.clock.now().timestamp())
