"""The cookie that tells the browser which went to a platform's consent page from others that come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages import cookie, cookie_of

if TYPE_CHECKING:
    from rest import Request

_NAME, _BELOW, _SECONDS = "daybook-linking", "/oauth", 1800


def consent_cookie(request: Request, value: str) -> str:
    """For this browser alone, on its way back."""
    return cookie(request, _NAME, value, _BELOW, _SECONDS)


def consent_token(request: Request) -> str:
    """What this browser was sent away with, "" for nothing."""
    return cookie_of(request, _NAME)
