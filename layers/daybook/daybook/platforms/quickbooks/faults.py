"""Why QuickBooks did not do what it was asked, in words a merchant can act on. Pure.

The numbers are QuickBooks' own error codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.frozen import frozen
from daybook.platforms.transport import Reply

PLATFORM_NAME = "QuickBooks"

DUPLICATE_NAME = "6240"
_LONGEST_REASON = 600
_WAIT = 60
_SUBSCRIPTION = ("6190",)
# 120: the person who linked it may no longer; the others: the application may not.
_NO_ACCESS = ("120", "3100", "3200")
_THROTTLED = ("3001",)
_STALE = ("5010",)
_ADVICE = {
    "6140": "Another document in QuickBooks has this number. Delete it there or give it another number.",
    "6210": "The books are closed for this day. Move the closing date in QuickBooks, or have the day written "
    "after it.",
    "610": "It is inactive or deleted. Make it active in QuickBooks, or choose another one in Daybook's "
    "settings.",
    "2500": "It is inactive or deleted. Make it active in QuickBooks, or choose another one in Daybook's "
    "settings.",
    DUPLICATE_NAME: "QuickBooks has this name already, perhaps for a customer, a supplier or an employee.",
    "6540": "It is part of a bank deposit in QuickBooks. Remove it from the deposit first.",
    "6000": "Look at the accounts, tax rates and currency that are chosen in Daybook's settings.",
    "2020": "Look at the accounts, tax rates and currency that are chosen in Daybook's settings.",
}


@frozen
class Fault:
    """One error of an answer; `code` without leading zeros."""

    code: str
    message: str
    detail: str
    type: str


def faults(answer: Any) -> list[Fault]:
    """The errors in an answer, or in an element of a batch's answer; none when it holds no fault.

    Faults of authorisation are spelt in lower case there.
    """
    fault = _named(answer, "Fault")
    if not isinstance(fault, Mapping):
        return []
    errors = _named(fault, "Error")
    kind = str(_named(fault, "type") or "")
    listed = [each for each in errors if isinstance(each, Mapping)] if isinstance(errors, list) else []
    return [
        Fault(
            str(_named(each, "code") or "").lstrip("0"),
            str(_named(each, "Message") or ""),
            str(_named(each, "Detail") or ""),
            kind,
        )
        for each in listed
    ] or [Fault("", "", "", kind)]


def error(found: list[Fault]) -> PlatformError:
    """The error of something that QuickBooks did not do, by its faults."""
    codes = {each.code for each in found}
    kind = found[0].type.upper() if found else ""
    text = _text(found)
    if codes & set(_SUBSCRIPTION):
        return SubscriptionExpired(
            PLATFORM_NAME, f"{text} The subscription to QuickBooks has to be renewed.".strip()
        )
    if codes & set(_NO_ACCESS) or kind.startswith("AUTH"):
        return AuthorisationLost(
            PLATFORM_NAME, "QuickBooks gives no more access to this company. Link it again."
        )
    if codes & set(_THROTTLED):
        return PlatformUnavailable(
            PLATFORM_NAME, f"QuickBooks takes no more calls for {_WAIT} seconds.", _WAIT
        )
    if codes & set(_STALE):
        return PlatformUnavailable(
            PLATFORM_NAME, "It was changed in QuickBooks meanwhile. It is tried again."
        )
    if kind.startswith("SYSTEM"):
        return unclear()
    advice = next((_ADVICE[each.code] for each in found if each.code in _ADVICE), "")
    return PlatformRejected(PLATFORM_NAME, f"{text} {advice}".strip() or "QuickBooks gave no reason.")


def refused(reply: Reply) -> PlatformError:
    """The error of a request that was not accepted; PlatformUnclear when the answer leaves it open."""
    found = faults(reply.json())
    if reply.status == HTTPStatus.PAYMENT_REQUIRED:
        return SubscriptionExpired(PLATFORM_NAME, "The subscription to QuickBooks has to be renewed.")
    if reply.status == HTTPStatus.FORBIDDEN and not found:
        return AuthorisationLost(
            PLATFORM_NAME, "QuickBooks gives no more access to this company. Link it again."
        )
    if not HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR and not found:
        return unclear()
    if reply.status == HTTPStatus.FORBIDDEN and isinstance(error(found), PlatformRejected):
        return AuthorisationLost(PLATFORM_NAME, f"{_text(found)} Link it again.")
    return error(found)


def unread(reply: Reply) -> PlatformError:
    """The error of a read that was not answered: there is nothing to reject in a question."""
    found = refused(reply)
    if isinstance(found, PlatformRejected | PlatformUnclear):
        message = f"QuickBooks does not answer as it should (HTTP {reply.status}). It is tried again."
        return PlatformUnavailable(PLATFORM_NAME, message)
    return found


def unclear() -> PlatformUnclear:
    """The error of an answer that leaves open what was done."""
    return PlatformUnclear(PLATFORM_NAME, "QuickBooks' answer does not say what was done.")


def _text(found: list[Fault]) -> str:
    said = dict.fromkeys(_sentence(each.detail or each.message) for each in found)
    text = " ".join(each for each in said if each)[:_LONGEST_REASON]
    return f"QuickBooks says: {text}" if text else ""


def _named(record: Any, name: str) -> Any:
    if not isinstance(record, Mapping):
        return None
    return record.get(name, record.get(name.lower()))


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if not line or line[-1] in ".!?" else f"{line}."
