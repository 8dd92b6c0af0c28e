"""What Sandbox books can be told to fail at, so that partners see what their merchants would.

A fault stays until it is lifted. Looking at the books, and finding a document by its number, always works.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.platforms.sandbox.posting import PLATFORM_NAME

# Nothing is read or written.
UNAVAILABLE, ACCESS_LOST, EXPIRED = "unavailable", "accessLost", "expired"
# Documents are refused; or they are booked, and the answer to that is lost.
REFUSED, UNANSWERED = "refused", "unanswered"

_ERRORS: Mapping[str, tuple[type[PlatformError], str]] = MappingProxyType(
    {
        UNAVAILABLE: (PlatformUnavailable, "These books are switched to be out of service. Try again later."),
        ACCESS_LOST: (
            AuthorisationLost,
            "These books are switched to have withdrawn their access. Link again.",
        ),
        EXPIRED: (SubscriptionExpired, "These books are switched to have an expired subscription. Renew it."),
        REFUSED: (PlatformRejected, "These books are switched to refuse every document. Switch that off."),
        UNANSWERED: (PlatformUnclear, "These books are switched not to answer when something is written."),
    }
)
FAULTS = tuple(_ERRORS)


def fail_read(fault: str) -> None:
    """Raise what the fault has reading and writing fail with."""
    if fault in (UNAVAILABLE, ACCESS_LOST, EXPIRED):
        raise _error(fault)


def fail_before_write(fault: str) -> None:
    """Raise what a document is refused with."""
    if fault == REFUSED:
        raise _error(fault)


def fail_after_write(fault: str) -> None:
    """Raise when nothing is to be heard of a document that was booked."""
    if fault == UNANSWERED:
        raise _error(fault)


def _error(fault: str) -> PlatformError:
    kind, message = _ERRORS[fault]
    return kind(PLATFORM_NAME, message)
