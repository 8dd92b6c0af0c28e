"""What Xero says to a document: what it holds now, or why not, in words a merchant can act on. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.ledger import Written
from daybook.domain.money import ZERO
from daybook.platforms.transport import Reply
from daybook.platforms.xero.authorisation import PLATFORM_NAME
from daybook.platforms.xero.payloads import BANK_TRANSFERS, CALLS, MANUAL_JOURNALS, PAYMENTS, narration

Record = Mapping[str, Any]

_LONGEST_REASON = 600
# What Xero's reasons mean to a merchant, by words that stand in them. The first that fits is added.
_ADVICE = (
    (r"lock ?date|locked period", "Move the lock date in Xero, or have the day written after it."),
    (r"archived|un-?archived", "Restore it in Xero, or choose another one in Daybook's settings."),
    (
        r"tax ?type|tax rate",
        "Choose a tax rate that Xero takes on this account, or another account, in Daybook's settings.",
    ),
    (
        r"must be unique|already (exists|been used|in use)|duplicate",
        "Another document in Xero has this number. Delete it there or give it another number.",
    ),
    (r"not subscribed to currency|currency", "Add the currency in Xero, or check the account's currency."),
    (
        r"account code|not a valid (code|account)|account .*(not|cannot) ",
        "Choose another account in Daybook's settings.",
    ),
    (
        r"exceeds|amount outstanding|status|not.* (authorised|approved)",
        "Look at the invoice in Xero: it may be a draft, voided, or paid by another payment.",
    ),
    (r"contact", "Choose another customer or supplier in Daybook's settings."),
)
# A plan that has ended, or that is used up for this month: nothing can be written until it is changed.
_PLAN = re.compile(
    r"(subscription|trial|pricing plan).*(expired|ended|cancel|suspend|inactive|upgrade)"
    r"|organisation.*(suspended|expired|not active|inactive)"
    r"|(reached|exceeded) the limit of (approved )?(invoices|bills)",
    re.IGNORECASE | re.DOTALL,
)
_NO_ID = "00000000-0000-0000-0000-000000000000"


def outcome(document: Document, element: object) -> Written | PlatformError:
    """What became of a document, by its element of the answer."""
    if not isinstance(element, Mapping):
        return unreadable()
    reasons = messages(element)
    if reasons or element.get("StatusAttributeString") == "ERROR":
        return refused(reasons)
    held = written(document.kind, element)
    said = number(document.kind, element)
    if held is None or (said and not bears(document.reference, document.kind, said)):
        return unreadable()
    return held


def written(kind: Kind, element: Record) -> Written | None:
    """What Xero holds of a document; None when the answer does not say."""
    identity = element.get(CALLS[kind].resource.id_field)
    held = amounts(kind, element)
    if not isinstance(identity, str) or identity in ("", _NO_ID) or held is None:
        return None
    return Written(identity, *held)


def amounts(kind: Kind, element: Record) -> tuple[Decimal, Decimal | None] | None:
    """Total and tax of a document in Xero, or None when it does not say.

    The tax is None of what has no lines that could bear one.
    """
    resource = CALLS[kind].resource
    if resource is MANUAL_JOURNALS:
        lines = element.get("JournalLines")
        if not isinstance(lines, list) or not lines:
            return None
        debits = [_decimal(line.get("LineAmount")) or ZERO for line in lines]
        return sum((amount for amount in debits if amount > 0), ZERO), None
    if resource in (PAYMENTS, BANK_TRANSFERS):
        moved = _decimal(element.get("Amount"))
        return None if moved is None else (moved, None)
    total = _decimal(element.get("Total"))
    # Its lines include their tax, so that a total would not tell: no tax said is no tax held.
    return None if total is None else (total, _decimal(element.get("TotalTax")) or ZERO)


def number(kind: Kind, element: Record) -> str:
    """The number that a document in Xero bears; of a journal its whole narration."""
    return str(element.get(CALLS[kind].number_field) or "")


def bears(reference: str, kind: Kind, said: str) -> bool:
    """Whether this number in Xero is this reference; a narration begins with it."""
    return said == reference or (kind is Kind.JOURNAL and said.startswith(narration(reference, "")))


def is_live(kind: Kind, element: Record) -> bool:
    """Whether a document in Xero is of this kind, and in the books."""
    call = CALLS[kind]
    fits = not call.type_field or element.get(call.type_field) == call.type
    return fits and element.get("Status") not in call.resource.dead


def messages(element: Record) -> list[str]:
    """The reasons Xero gives with one element."""
    errors = element.get("ValidationErrors")
    named = [each.get("Message") for each in errors if isinstance(each, Mapping)] if errors else []
    return [str(each) for each in named if each]


def refused(reasons: list[str]) -> PlatformError:
    """The error of a document that Xero does not take."""
    text = " ".join(dict.fromkeys(_sentence(each) for each in reasons))[:_LONGEST_REASON]
    if _PLAN.search(text):
        return SubscriptionExpired(PLATFORM_NAME, f"Xero says: {text} Look at the subscription in Xero.")
    if not text:
        return PlatformRejected(PLATFORM_NAME, "Xero refused it without a reason.")
    advice = next((said for words, said in _ADVICE if re.search(words, text, re.IGNORECASE)), "")
    return PlatformRejected(PLATFORM_NAME, f"Xero says: {text} {advice}".strip())


def refused_request(reply: Reply) -> PlatformError:
    """The error of a request that Xero refused as a whole; nothing of it was carried out.

    An answer that neither refuses nor can be read is PlatformUnclear.
    """
    answer = reply.json()
    known = answer if isinstance(answer, Mapping) else {}
    if reply.status == HTTPStatus.PAYMENT_REQUIRED:
        return SubscriptionExpired(PLATFORM_NAME, "Xero says that the subscription has to be paid for.")
    if reply.status == HTTPStatus.FORBIDDEN:
        text = _text_of(known)
        if _PLAN.search(text):
            return SubscriptionExpired(PLATFORM_NAME, f"Xero says: {_sentence(text)}")
        message = "Xero gives no more access to this organisation. Link it again."
        return AuthorisationLost(PLATFORM_NAME, message)
    if reply.status == HTTPStatus.CONFLICT or not _is_refusal(reply):
        return unreadable()
    elements = known.get("Elements")
    reasons = [reason for each in elements or [] if isinstance(each, Mapping) for reason in messages(each)]
    return refused(reasons or [_text_of(known)] if _text_of(known) or reasons else [])


def unreadable() -> PlatformUnclear:
    """The error of an answer that leaves open what was done."""
    return PlatformUnclear(PLATFORM_NAME, "Xero's answer cannot be read.")


def _is_refusal(reply: Reply) -> bool:
    return HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR


def _text_of(answer: Record) -> str:
    return next((str(answer[name]) for name in ("Message", "Detail", "Title") if answer.get(name)), "")


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if not line or line[-1] in ".!?" else f"{line}."


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)
